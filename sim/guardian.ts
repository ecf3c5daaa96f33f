/** Somebody who closes, halts and arms, and what must be true of whatever a guard does. */
import type { Account } from '../src/core/account.ts'
import type { Event, EventOf } from '../src/core/event.ts'
import { HALT_LEVELS } from '../src/core/guard-event.ts'
import type { GuardsCommand } from '../src/core/guard-port.ts'
import { netKey } from '../src/core/instrument.ts'
import { EXTERNAL, PREEXISTING } from '../src/core/owner.ts'
import type { Asked } from '../src/core/port.ts'
import type { Instant } from '../src/core/time.ts'
import { elapsed, SECOND } from '../src/core/time.ts'
import type { Random } from '../src/market/random.ts'
import type { Stage } from './actors.ts'
import type { Exchange } from './exchange.ts'
import { EXCHANGE, LISTED } from './market.ts'
import { ACCOUNT } from './opened.ts'
import type { Complain } from './known.ts'

type Wish = GuardsCommand extends infer C ? (C extends Asked ? Omit<C, keyof Asked> : never) : never

/** Closes one or all, halts and lifts it, and sets a guard that a small loss breaches. */
export function guardian(stage: Stage, random: Random): void {
  const ask = (wish: Wish): void => {
    const asked: Asked = { scope: 'key:guardian', id: stage.nextId(), by: 'key:guardian' }
    void stage.client.ask({ ...asked, ...wish })
  }
  const on = { account: ACCOUNT, reason: 'of the simulator' }
  const { symbol } = LISTED[random.integer(0, LISTED.length - 1)]!
  const dice = random.next()
  if (dice < 0.35) return ask({ type: 'Close', ...on, positionId: `${EXCHANGE}:${symbol}` })
  if (dice < 0.45) return ask({ type: 'Close', ...on, positionId: 'all' })
  if (dice < 0.55) {
    const level = HALT_LEVELS[random.integer(0, HALT_LEVELS.length - 1)]!
    const strategy = random.chance(0.5) ? 'greedy' : undefined
    return ask({ type: 'Halt', ...on, level, strategy })
  }
  if (dice < 0.75) {
    const strategy = random.chance(0.5) ? 'greedy' : undefined
    return ask({ type: 'Resume', ...on, strategy, confirm: ACCOUNT })
  }
  if (dice < 0.85) return ask({ type: 'Arm', ...on, confirm: ACCOUNT })
  const rule = {
    name: 'tight',
    base: 'highest-equity',
    percent: random.chance(0.5) ? '0.05' : '1',
    consequence: 'liquidate',
    delaySeconds: random.integer(0, 5),
  } as const
  ask({ type: 'SetGuards', account: ACCOUNT, rule })
}

/** Trades of somebody else that it cannot have known of: readings lag, and the disk may stall. */
const UNSEEN_MS = 60 * SECOND

type Parts = {
  readonly complain: Complain
  readonly exchange: () => Exchange
  readonly now: () => Instant
  readonly account: () => Account | undefined
  readonly isOurs: (tag: string | undefined) => boolean
}

/** Holds what guards decided against what is true at the broker. */
export class GuardJudge {
  readonly #parts: Parts
  readonly #started = new Map<number, EventOf<'LiquidationStarted'>>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  row(event: Event): void {
    if (event.type === 'LiquidationStarted') this.#started.set(event.closing, event)
    if (event.type === 'OrderPlaced') this.#placed(event)
    if (event.type === 'FlatConfirmed') this.#flat(event)
  }

  /** 22: a closing never opens, and never grows what is held. */
  #placed({ orderId, by, intent, reduceOnly }: EventOf<'OrderPlaced'>): void {
    if (!by.startsWith('closing:') || (intent === 'exit' && reduceOnly)) return
    this.#parts.complain('22 guards only ever reduce', `${orderId} is an ${intent}`)
  }

  /** 23: what is called flat is flat, unless somebody else has traded a moment ago. */
  #flat({ closing }: EventOf<'FlatConfirmed'>): void {
    const { complain, exchange, account, now, isOurs } = this.#parts
    const scope = this.#started.get(closing)?.scope
    const books = account()
    if (!scope || scope.owner !== undefined || !books) return
    const { truth, venue } = exchange()
    const isLately = [...truth.trades.values()].some(({ brokerOrderId, tradedAt, busted }) => {
      const tag = truth.orders.get(brokerOrderId)?.tag
      return (busted || !isOurs(tag)) && elapsed(tradedAt, now()) < UNSEEN_MS
    })
    if (isLately) return
    for (const { instrument, product, quantity } of venue.netPositions()) {
      if (scope.instrument !== undefined && scope.instrument !== instrument) continue
      if (scope.product !== undefined && scope.product !== product) continue
      const legs = books.legs.get(netKey(instrument, product))
      const others = [PREEXISTING, EXTERNAL].reduce(
        (sum, owner) => sum + (legs?.get(owner)?.position.quantity ?? 0n),
        0n,
      )
      if (quantity === 0n || (others !== 0n && quantity > 0n === others > 0n)) continue
      complain('23 what is called flat is flat', `closing ${closing}: ${quantity} ${instrument}`)
    }
  }
}

/** 23: once nothing goes wrong any more, a closing has ended, or it says loudly that it has not. */
export function closingsEnded(
  { guards }: Account,
  now: Instant,
  complain: (what: string) => void,
): void {
  for (const { id, at, notFlatAt } of guards.closings.values()) {
    if (notFlatAt === undefined && elapsed(at, now) > 60 * SECOND) {
      complain(`closing ${id} is neither flat nor told of`)
    }
  }
}
