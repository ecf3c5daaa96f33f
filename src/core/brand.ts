declare const brand: unique symbol

/** A `T` that has been checked once and may not be confused with any other `T`. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name }

/** Makes the compiler prove that a switch has covered every case. */
export function unreachable(value: never): never {
  throw new BrokenInvariant(`no case for ${JSON.stringify(value)}`)
}

/** Our own books contradict each other. Never thrown for anything the outside may do. */
class BrokenInvariant extends Error {
  override readonly name = 'BrokenInvariant'
}

/** Stops the account whose books contradict each other; never used for bad input. */
export function assert(truth: boolean, claim: string | (() => string)): asserts truth {
  if (!truth) throw new BrokenInvariant(typeof claim === 'string' ? claim : claim())
}
