/**
 * Carries closings out: reads the broker's book, closes what it shows, and reads again, until two
 * readings show that nothing is left. All it needs to go on after a crash is in the journal.
 */
import type { Reading } from '../brokers/broker.ts'
import type { Account } from '../core/account.ts'
import type { Price, Quantity } from '../core/amount.ts'
import { onTick, worseBy } from '../core/amount.ts'
import type { Closing } from '../core/guard.ts'
import { NO_POLICY } from '../core/input.ts'
import type { Instrument, NetKey } from '../core/instrument.ts'
import { netKey, symbolOf } from '../core/instrument.ts'
import type { Reason, Ticket } from '../core/order.ts'
import { isWorking, USUAL } from '../core/order.ts'
import type { Close, Truth } from '../core/rules/closing.ts'
import { closerOf, planOf } from '../core/rules/closing.ts'
import { heldThere } from '../core/rules/held-there.ts'
import type { Instant } from '../core/time.ts'
import { elapsed, later, SECOND } from '../core/time.ts'
import { freshLast } from '../market/feed.ts'
import { priceOfPoints } from '../core/amount.ts'
import type { GuardsOptions } from './guards.ts'

/** Between two passes, and at the least between two readings that agree. */
const PASS_MS: number = SECOND
/** Where nothing can be done, as while the market is closed, it is looked at more seldom. */
const IDLE_PASS_MAX_MS: number = 15 * SECOND
const IDLE_PASSES = 5
/** A close that the broker refused is tried again after so long, and twice as long each time. */
const AGAIN_MS: number = 2 * SECOND
const AGAIN_MAX_MS: number = 60 * SECOND

type Work = {
  readonly id: string
  truths: Truth[]
  /** Passes in a row in which there was nothing to do. */
  idle: number
  /** Why the book could not be read, the last time. */
  blind: string | undefined
  disarm: () => void
}

export class Closer {
  readonly #options: GuardsOptions
  readonly #work = new Map<string, Work>()
  #stopped = false

  constructor(options: GuardsOptions) {
    this.#options = options
  }

  /** There is something to close in this account. */
  wake(id: string): void {
    if (this.#stopped || this.#work.has(id)) return
    const work: Work = {
      id,
      truths: [],

      idle: 0,
      blind: undefined,
      disarm: () => {},
    }
    this.#work.set(id, work)
    void this.#run(work)
  }

  stop(): void {
    this.#stopped = true
    for (const { disarm } of this.#work.values()) disarm()
  }

  async #run(work: Work): Promise<void> {
    const { desk, clock, onTrouble } = this.#options
    try {
      await this.#pass(work)
    } catch (error) {
      if (!desk.stopped) onTrouble(error as Error)
    }
    if (this.#stopped || desk.stopped) return
    if (desk.account(work.id).guards.closings.size === 0) {
      this.#work.delete(work.id)
      return
    }
    const slower = PASS_MS * 2 ** Math.max(0, Math.min(work.idle - IDLE_PASSES, 10))
    const wait = Math.min(slower, IDLE_PASS_MAX_MS)
    work.disarm = clock.at(later(clock.now(), wait), () => void this.#run(work))
  }

  async #pass(work: Work): Promise<void> {
    const { desk, firm } = this.#options
    const { id } = work
    // What works is asked to end before anything is read: it takes a while.
    const cancelled = await this.#each(id, (account, closing) => {
      return this.#cancel(account, closing, work)
    })
    const reading = await firm.watch(id)?.readNow()
    if (!reading || this.#stopped) return
    this.#learn(work, reading)
    const truth = work.truths.at(-1)
    let closed = 0
    if (truth && work.blind === undefined) {
      closed = await this.#each(id, (account, closing) => this.#close(account, closing, truth))
    }
    const isWorking = desk.account(id).working > 0
    work.idle = cancelled + closed > 0 || isWorking ? 0 : work.idle + 1
    await this.#each(id, (account, closing) => {
      const { truths, blind } = work
      const why = truth ? this.#whyLeft(account, closing) : []
      const body = { type: 'ClosingLooked', closing: closing.id, truths, why, blind } as const
      return [desk.submit({ account: id, cause: 'guard', body })]
    })
  }

  /** Each closing stands alone; their inputs, so many, are committed together. */
  async #each(
    id: string,
    act: (account: Account, closing: Closing) => readonly Promise<unknown>[],
  ): Promise<number> {
    const asked = await this.#options.desk.ask((accounts) => {
      const account = accounts.get(id)!
      return [...account.guards.closings.values()].flatMap((each) => act(account, each))
    })
    await Promise.allSettled(asked)
    return asked.length
  }

  #learn(work: Work, reading: Reading): void {
    const held = heldThere(reading)
    const isProven = reading.positions.ok && reading.positions.proven
    if (!held || !isProven) {
      const { positions } = reading
      work.blind = positions.ok ? 'positions are not certain' : positions.reason
      return
    }
    work.blind = undefined
    const quantities = new Map([...held].map(([net, { quantity }]) => [net, quantity] as const))
    const truth: Truth = { askedAt: reading.askedAt, held: quantities }
    const before = work.truths.at(-1)
    // A witness from the same moment is none.
    if (before && elapsed(before.askedAt, truth.askedAt) < PASS_MS / 2) work.truths.pop()
    work.truths = [...work.truths, truth].slice(-2)
  }

  #cancel(account: Account, closing: Closing, { truths }: Work): Promise<unknown>[] {
    const { desk, clock } = this.#options
    const truth = truths.at(-1) ?? { askedAt: clock.now(), held: new Map<NetKey, Quantity>() }
    const { cancels } = planOf(account, closing, truth, clock.now())
    return cancels.map((orderId) => {
      const turn = this.#turn(account.id)
      const body = { type: 'CancelOrder', orderId, by: closerOf(closing), turn } as const
      return this.#submit(
        account.id,
        desk.submit({ account: account.id, cause: 'guard', body }),
        turn,
      )
    })
  }

  #close(account: Account, closing: Closing, truth: Truth): Promise<unknown>[] {
    const { desk, clock } = this.#options
    const now = clock.now()
    const { closes } = planOf(account, closing, truth, now)
    return closes.flatMap((close) => {
      const instrument = this.#options.instruments.get(close.instrument)
      if (!instrument || this.#waits(account, closing, close.net, now)) return []
      const ticket = this.#ticketFor(account, closing, close, instrument)
      if (this.#options.refuse(instrument, ticket.type)) return []
      const turn = this.#turn(account.id)
      const last = this.#last(instrument)
      const rest = { last, turn, policy: NO_POLICY, refused: undefined }
      const body = { type: 'PlaceOrder', ticket, instrument, ...rest } as const
      return [
        this.#submit(account.id, desk.submit({ account: account.id, cause: 'guard', body }), turn),
      ]
    })
  }

  #turn(id: string): boolean {
    return this.#options.firm.gateway(id)?.takeTurn('exit') ?? false
  }

  /** A turn that came to nothing is given back. */
  #submit(id: string, told: ReturnType<GuardsOptions['desk']['submit']>, turn: boolean) {
    const giveBack = (): void => this.#options.firm.gateway(id)?.giveTurnBack()
    return told.then(
      (outcome) => {
        const isSending =
          outcome.is === 'done' && outcome.events.some(({ type }) => type === 'OrderSending')
        if (turn && !isSending) giveBack()
      },
      () => {
        if (turn) giveBack()
      },
    )
  }

  /** How often it was tried in vain in this net, and when the last of them ended. */
  #tried(
    { orders }: Account,
    closing: Closing,
    net: NetKey,
  ): { count: number; endedAt: Instant | undefined; refused: boolean; error: string | undefined } {
    let [count, refused] = [0, false]
    let endedAt: Instant | undefined
    let error: string | undefined
    for (const order of orders.values()) {
      if (order.by !== closerOf(closing) || order.net !== net || isWorking(order.status)) continue
      if (order.status === 'complete') continue
      count++
      endedAt = order.completedAt ?? order.updatedAt
      refused = order.status !== 'cancelled'
      error = order.error?.message
    }
    return { count, endedAt, refused, error }
  }

  #waits(account: Account, closing: Closing, net: NetKey, now: Instant): boolean {
    const { count, endedAt, refused } = this.#tried(account, closing, net)
    if (endedAt === undefined || !refused) return false
    return elapsed(endedAt, now) < Math.min(AGAIN_MS * 2 ** (count - 1), AGAIN_MAX_MS)
  }

  #last(instrument: Instrument): Price | undefined {
    const { feed, clock } = this.#options
    const points = freshLast(feed, instrument.id, clock.now())
    return points === undefined ? undefined : priceOfPoints(points, instrument.decimals)
  }

  /** At the market; where that rested (a protected limit may), each time at a worse price. */
  #ticketFor(account: Account, closing: Closing, close: Close, instrument: Instrument): Ticket {
    const { product, owner, side, size } = close
    const { reason, limit } = closing
    const isGuard = reason.startsWith('guard:')
    const { count: rung, refused } = this.#tried(account, closing, close.net)
    const last = this.#last(instrument)
    const laddered =
      rung > 0 && !refused && last !== undefined
        ? priceAt(instrument, { last, side, rung })
        : undefined
    const price = limit ?? laddered
    return {
      ...USUAL,
      instrument: instrument.id,
      side,
      size,
      type: price === undefined ? 'market' : 'limit',
      price,
      product,
      owner,
      by: closerOf(closing),
      note: isGuard ? undefined : reason,
      reduceOnly: true,
      slice: true,
      reason: isGuard ? (reason as Reason) : 'manual',
    }
  }

  /** What keeps each net from being closed, as far as that is known here. */
  #whyLeft(account: Account, closing: Closing): { net: NetKey; why: string }[] {
    const { instruments, refuse } = this.#options
    const nets = new Map(
      [...account.legs.values()]
        .flatMap((owners) => [...owners.values()])
        .map((leg) => [netKey(leg.instrument, leg.product), leg] as const),
    )
    return [...nets].flatMap(([net, { instrument: id }]) => {
      const instrument = instruments.get(id)
      const refused = instrument && refuse(instrument, 'market')
      const { error } = this.#tried(account, closing, net)
      const why = instrument
        ? (refused?.why ?? error)
        : `${symbolOf(id)} is no instrument that is known`
      return why === undefined ? [] : [{ net, why }]
    })
  }
}

type Rung = { readonly last: Price; readonly side: 'buy' | 'sell'; readonly rung: number }

/** One per cent worse with each try, and never outside the band of the day. */
function priceAt({ tick, band }: Instrument, { last, side, rung }: Rung): Price {
  const at = onTick(worseBy(last, side, rung), tick)
  if (!band) return at
  return at < band.low ? band.low : at > band.high ? band.high : at
}
