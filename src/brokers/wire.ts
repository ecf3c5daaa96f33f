/**
 * How bytes reach a broker and come back. An adapter of a broker that speaks HTTP knows nothing
 * else of the network, so that a simulator can lose, tear, garble and delay what passes.
 */
export interface Wire {
  /** One request. Never rejects; may never resolve, so the caller keeps a bound of its own. */
  exchange(request: WireRequest): Promise<WireEnd>
  /** What the broker tells without being asked. Returns what ends it. */
  listen(ears: WireEars): () => void
}

export type WireRequest = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly body: Uint8Array
}

export type WireResponse = {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** How a request ended. Whether it did anything at the broker, only `notSent` tells. */
export type WireEnd =
  | ({ readonly is: 'answered' } & WireResponse)
  /** No byte of it left: no name, no route, no connection. */
  | { readonly is: 'notSent'; readonly reason: string }
  /** Something of it may have left, and no whole answer came back. */
  | { readonly is: 'broken'; readonly reason: string }

export type WireEars = {
  readonly opened: () => void
  readonly heard: (message: Uint8Array) => void
  readonly lost: (reason: string) => void
}
