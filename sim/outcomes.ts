/** Policies compared: the same wishes, the same broker, the same delays, and who was wrong. */
import type { Terms } from '../src/core/order.ts'
import { quantity } from '../src/core/amount.ts'
import type { Instant } from '../src/core/time.ts'
import { elapsed, HOUR, instant, later, MINUTE, SECOND } from '../src/core/time.ts'
import { VirtualClock } from '../src/worlds/virtual.ts'
import { LISTED } from './market.ts'
import type { OwnWish } from './own-policy.ts'
import { OwnDesk } from './own-policy.ts'
import type { Caller, Model } from './policies.ts'
import { MODELS, TIMEOUT_MS } from './policies.ts'
import { SlowBroker } from './slow-broker.ts'

export const OURS = 'Tallyman'
export const POLICIES: readonly string[] = [...MODELS.map(({ name }) => name), OURS]

export type Session = { readonly policy: string; readonly seed: number }

export type Score = {
  readonly policy: string
  /** Wishes for which a call was made. */
  readonly orders: number
  /** Orders at the broker beyond the first of their wish. */
  readonly duplicates: number
  /** Wishes that were called ended while the broker had, or later got, an order for them. */
  readonly falseEnds: number
  /** How long those took that were not certain within a second, in milliseconds, sorted. */
  readonly doubts: readonly number[]
  readonly keptBack: number
  /** Orders whose last word was wrong, an hour later; asked of our own desk only. */
  readonly wrong: number
}

const WISHES = 120
const EVERY_MS = 5 * SECOND
/** The latest order comes ten minutes after its call. */
const AFTER_MS = HOUR
const CERTAIN_MS = SECOND
const FROM = instant(Date.UTC(2026, 11, 7) + 4.75 * HOUR) // 10:15 in Kolkata, a Monday

/** Each share is bought and sold in turn, so that no position grows. */
const wishes = (): OwnWish[] =>
  Array.from({ length: WISHES }, (_, n) => ({
    intent: n,
    symbol: LISTED[n % LISTED.length]!.symbol,
    side: Math.floor(n / LISTED.length) % 2 === 0 ? 'BUY' : 'SELL',
  }))

/** One session of ten minutes under one policy, and an hour in which late orders come. */
export async function session({ policy, seed }: Session): Promise<Score> {
  const clock = new VirtualClock(FROM)
  const broker = new SlowBroker(clock, seed, later(FROM, WISHES * EVERY_MS + MINUTE))
  const model = MODELS.find(({ name }) => name === policy)
  return model ? modelled(model, broker, clock) : ours(broker, clock, seed)
}

async function modelled(model: Model, broker: SlowBroker, clock: VirtualClock): Promise<Score> {
  const caller: Caller = { broker, clock, timeoutMs: TIMEOUT_MS }
  const failed = new Set<number>()
  const doubts: number[] = []
  for (const wish of wishes()) {
    const sentAt = await next(clock, wish.intent)
    void model.decide(caller, { intent: wish.intent, terms: termsOf(wish) }).then((says) => {
      if (says === 'failed') failed.add(wish.intent)
      doubts.push(elapsed(sentAt, clock.now()))
    })
  }
  await clock.advance(later(clock.now(), AFTER_MS))
  if (doubts.length !== WISHES) throw new Error(`${model.name} did not make up its mind`)
  return { ...scored(model.name, broker, [...failed], doubts), keptBack: 0, wrong: 0 }
}

async function ours(broker: SlowBroker, clock: VirtualClock, seed: number): Promise<Score> {
  const desk = await OwnDesk.open(clock, broker, seed)
  for (const wish of wishes()) {
    await next(clock, wish.intent)
    await clock.until(desk.place(wish))
  }
  await clock.advance(later(clock.now(), AFTER_MS))
  const said = wishes().map(({ intent }) => ({ intent, said: desk.saidOf(intent) }))
  const sent = said.filter(({ said: told }) => told !== undefined)
  const ended = sent.filter(({ said: told }) => told!.ended).map(({ intent }) => intent)
  const doubts = sent.map(({ said: told }) => told!.waitedMs)
  const { keptBack } = desk
  return { ...scored(OURS, broker, ended, doubts), keptBack, wrong: desk.wrong().length }
}

/** Waits until it is this wish’s turn. */
async function next(clock: VirtualClock, intent: number): Promise<Instant> {
  await clock.advance(later(FROM, (intent + 1) * EVERY_MS))
  return clock.now()
}

function scored(
  policy: string,
  { attempts, arrivals }: SlowBroker,
  ended: readonly number[],
  waits: readonly number[],
): Omit<Score, 'keptBack' | 'wrong'> {
  const counts = [...arrivals.values()].map(({ length }) => length)
  return {
    policy,
    orders: attempts.size,
    duplicates: counts.reduce((sum, count) => sum + count - 1, 0),
    falseEnds: ended.filter((intent) => arrivals.has(intent)).length,
    doubts: waits.filter((ms) => ms > CERTAIN_MS).toSorted((a, b) => a - b),
  }
}

function termsOf({ symbol, side }: OwnWish): Terms {
  const { id, group, currency, multiplier } = LISTED.find((each) => each.symbol === symbol)!
  const size = symbol === 'GAMMA' ? '25' : '1'
  return {
    instrument: id,
    group,
    currency,
    multiplier,
    product: 'MIS',
    quantity: quantity(side === 'BUY' ? size : `-${size}`),
    pricing: { type: 'market' },
    validity: 'day',
    disclosed: undefined,
  }
}
