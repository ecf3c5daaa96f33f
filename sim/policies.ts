/**
 * What programs do when a call that places an order is not answered well: small models of rules
 * that are written down elsewhere. docs/outcomes.md names the sources. Ours is not among them: it
 * is the desk itself that is asked (sim/own-policy.ts).
 */
import { bytesOf, plainOf, rowsOf, sayTerms, text } from '../src/brokers/paper/words.ts'
import type { WireEnd } from '../src/brokers/wire.ts'
import type { Terms } from '../src/core/order.ts'
import { SECOND } from '../src/core/time.ts'
import type { VirtualClock } from '../src/worlds/virtual.ts'
import type { SlowBroker } from './slow-broker.ts'

/** What a policy says of an order in the end. */
type Verdict = 'placed' | 'failed'

export type Caller = {
  readonly broker: SlowBroker
  readonly clock: VirtualClock
  /** How long it waits for the answer to a call: what the broker’s own libraries do. */
  readonly timeoutMs: number
}

type Wish = { readonly intent: number; readonly terms: Terms }
type Decide = (caller: Caller, wish: Wish) => Promise<Verdict>

export type Model = { readonly name: string; readonly parameters: string; readonly decide: Decide }

export const TIMEOUT_MS: number = 7 * SECOND
const RETRIES = 3
const NAUTILUS = { firstMs: 5 * SECOND, queries: 5 }
const HUMMINGBOT_LOOKS = 3

export const MODELS: readonly Model[] = [
  {
    name: 'retry on error',
    parameters: 'no good answer within 7 s: again after 1 s, up to 3 times',
    decide: retry,
  },
  {
    name: 'failed at the first error',
    parameters: 'no good answer within 7 s: failed',
    decide: async (caller, wish) => ((await called(caller, wish, 1)) ? 'placed' : 'failed'),
  },
  {
    name: 'rejected after 15 s',
    parameters: 'looked for after 5 s and every 2 s, 5 times in all',
    decide: rejectedAfter(2 * SECOND),
  },
  {
    name: 'rejected after 30 s',
    parameters: 'the same, looked for every 5 s',
    decide: rejectedAfter(5 * SECOND),
  },
  {
    name: 'lost after 3 looks',
    parameters: 'looked for every 5 s; the fourth look that misses it ends it',
    decide: lostAfter(5 * SECOND),
  },
  {
    name: 'lost after 3 looks, seldom',
    parameters: 'the same, looked for every 120 s',
    decide: lostAfter(120 * SECOND),
  },
]

/** A fresh name each time: to the broker, a second try is another order. */
async function retry(caller: Caller, wish: Wish): Promise<Verdict> {
  for (let attempt = 1; attempt <= 1 + RETRIES; attempt++) {
    if (await called(caller, wish, attempt)) return 'placed'
    if (attempt <= RETRIES) await caller.broker.passes(SECOND)
  }
  return 'failed'
}

/** An answer settles it at any time; else so many looks do. */
function rejectedAfter(everyMs: number): Decide {
  return (caller, wish) =>
    settled(caller, wish, async (looked) => {
      await caller.broker.passes(NAUTILUS.firstMs)
      for (let query = 0; query < NAUTILUS.queries; query++) {
        if (await looked()) return 'placed'
        await caller.broker.passes(everyMs)
      }
      return 'failed'
    })
}

function lostAfter(everyMs: number): Decide {
  return (caller, wish) =>
    settled(caller, wish, async (looked) => {
      for (let missed = 0; missed <= HUMMINGBOT_LOOKS; missed++) {
        await caller.broker.passes(everyMs)
        if (await looked()) return 'placed'
      }
      return 'failed'
    })
}

type Looks = (looked: () => Promise<boolean>) => Promise<Verdict>

/** Whichever comes first: a good answer to the call, however late, or what the looks say. */
async function settled(caller: Caller, wish: Wish, looks: Looks): Promise<Verdict> {
  const tag = tagOf(wish, 1)
  const answer = caller.broker.call(request(wish, tag), wish.intent)
  const good = new Promise<'placed'>((resolve) => {
    void answer.then((end) => isGood(end) && resolve('placed'))
  })
  return Promise.race([good, looks(() => isListed(caller, tag))])
}

async function called({ broker, timeoutMs }: Caller, wish: Wish, attempt: number) {
  const answer = broker.call(request(wish, tagOf(wish, attempt)), wish.intent)
  const end = await Promise.race([answer, broker.passes(timeoutMs)])
  return end !== undefined && isGood(end)
}

const tagOf = ({ intent }: Wish, attempt: number): string => `M${intent}A${attempt}`

const request = ({ terms }: Wish, tag: string) =>
  ({ method: 'POST', path: '/orders', body: bytesOf({ tag, ...sayTerms(terms) }) }) as const

const isGood = (end: WireEnd): boolean => end.is === 'answered' && end.status === 200

/** Whether the book shows it; one that cannot be read shows nothing. */
async function isListed({ broker }: Caller, tag: string): Promise<boolean> {
  const end = await broker.exchange({ method: 'GET', path: '/orders', body: new Uint8Array() })
  if (end.is !== 'answered' || end.status !== 200) return false
  const tags = rowsOf(plainOf(end.body)['rows'], (row) => row['tag'] !== null && text(row, 'tag'))
  return tags.includes(tag)
}
