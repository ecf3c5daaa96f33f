import type { News, Reading } from '../brokers/broker.ts'
import type { Account } from '../core/account.ts'
import { requestCount } from '../core/account.ts'
import type { Rate } from '../core/amount.ts'
import type { Event } from '../core/event.ts'
import type { Matching } from '../core/input.ts'
import { oursOf } from '../core/rules/report.ts'
import type { Instant } from '../core/time.ts'
import { elapsed, later, MINUTE, SECOND } from '../core/time.ts'
import { isUnsettled } from './compare.ts'
import type { Line } from './line.ts'

/** How often the broker's book is read when nothing calls for it sooner. */
export type Cadence = {
  /** While orders work. */
  readonly workingMs: number
  /** Between two readings that are to agree: only the second of them proves a difference. */
  readonly agreeMs: number
  /** Always; undefined: never. */
  readonly verifyMs: number | undefined
  /** Whether orders and trades that the broker tells of unasked are listened to. */
  readonly streams: boolean
  /** How trades by hand reach the books. */
  readonly matching?: Matching | undefined
  /** Differences up to this fraction of what is held lock nothing. */
  readonly tolerance?: Rate | undefined
}

export const CADENCE: Cadence = {
  workingMs: SECOND,
  agreeMs: SECOND,
  verifyMs: 30 * MINUTE,
  streams: true,
}

/** A reading, and what came of it. */
type Seen = Reading & { readonly events: readonly Event[] }

/** When an unknown order is looked for, after it was sent; from then on once a minute. */
const LOOKS_MS = [0.5, 1, 2, 5, 10, 30, 60].map((seconds) => seconds * SECOND)
/** After reads that failed. */
const RETRY_MS = [1, 2, 5, 10, 30].map((seconds) => seconds * SECOND)
/** Decides when to read the broker's book, and hands what it read to the core. */
export class Watch {
  readonly #desk: Line['desk']
  readonly #clock: Line['clock']
  readonly #broker: Line['broker']
  readonly #account: string
  readonly #spareEpoch: Line['spareEpoch']
  readonly #cadence: Cadence
  #reading: Promise<Seen | undefined> | undefined
  #lastAt: Instant | undefined
  #failures = 0
  /** Readings of this account, over all runs. */
  #cycle = 0
  /** What the last good reading showed, and when an earlier one showed the same. */
  #seen = ''
  #seenAt: Instant | undefined
  /** Something has moved that no two readings have agreed on yet. */
  #confirm = false
  #wasBusy = false
  #disarm: () => void = () => {}
  #armedFor: Instant | undefined
  #stopped = false
  /** Resolves once a list of orders that is known to be whole has been read and committed. */
  readonly seen: Promise<void>
  #saw: () => void = () => {}

  constructor({ desk, clock, broker, account, spareEpoch }: Line, cadence: Cadence) {
    this.#desk = desk
    this.#clock = clock
    this.#broker = broker
    this.#account = account
    this.#spareEpoch = spareEpoch
    this.#cadence = cadence
    this.seen = new Promise((resolve) => {
      this.#saw = resolve
    })
  }

  /** Connects, and resolves once the book has been read for the first time or could not be. */
  async start(): Promise<void> {
    await this.#broker.start((news) => {
      if (!this.#cadence.streams && isSeen(news)) return // the book will tell
      const told = { account: this.#account, cause: `${this.#broker.traits.name} told`, body: news }
      this.#desk.tell(told)
      if (news.type === 'Connected') void this.readNow()
      else if (isForeign(this.#desk.account(this.#account), news)) this.#soon()
    })
    const { compared } = this.#desk.account(this.#account)
    this.#cycle = compared?.cycle ?? 0
    this.#wasBusy = isBusy(this.#desk.account(this.#account))
    this.#desk.follow((touched) => {
      if (!touched.has(this.#account)) return
      const busy = isBusy(this.#desk.account(this.#account))
      if (this.#wasBusy && !busy) this.#confirm = true
      this.#wasBusy = busy
      this.#arm()
    })
    await this.readNow()
  }

  /** Somebody else is at work in the account: the book, not the stream, says what it was. */
  #soon(): void {
    this.#confirm = true
    this.#arm()
  }

  /** One reading that began after this call; undefined when we are stopping. */
  async readNow(): Promise<Seen | undefined> {
    while (this.#reading) await this.#reading
    if (this.#stopped) return undefined
    this.#reading = this.#read().finally(() => {
      this.#reading = undefined
      this.#arm()
    })
    return this.#reading
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#disarm()
    await this.#reading
    await this.#broker.stop()
  }

  async #read(): Promise<Seen | undefined> {
    this.#lastAt = this.#clock.now()
    const { lapseAfterMs, reportsKeptMs, tagsMayBeLost } = this.#broker.traits
    const reading = await this.#readInTime()
    const agreesSince = this.#compare(reading)
    this.#failures = reading.orders.ok && reading.trades.ok ? 0 : this.#failures + 1
    const body = {
      type: 'BookRead',
      ...reading,
      agreesSince,
      cycle: ++this.#cycle,
      matching: this.#cadence.matching,
      tolerance: this.#cadence.tolerance,
      lapseAfterMs,
      reportsKeptMs,
      tagsMayBeLost,
      spareEpoch: this.#spareEpoch,
    } as const
    try {
      const outcome = await this.#desk.submit({ account: this.#account, cause: 'book', body })
      const events = outcome.is === 'done' ? outcome.events : []
      if (events.some(isMove)) this.#confirm = true
      if (reading.orders.ok && reading.orders.proven) this.#saw()
      // Two readings agree, and another part of this one was too poor to conclude anything from.
      const account = this.#desk.account(this.#account)
      if (agreesSince !== undefined && isUnsettled(account, reading)) this.#confirm = true
      return { ...reading, events }
    } catch {
      return undefined // the desk has stopped; the next one reads the book first of all
    }
  }

  /** What has not come within the broker's bound has failed, and so has what an adapter throws. */
  #readInTime(): Promise<Reading> {
    const askedAt = this.#clock.now()
    const { timeoutMs } = this.#broker.traits
    return new Promise((resolve) => {
      const fail = (reason: string): void => resolve(failedReading(askedAt, reason))
      const disarm = this.#clock.at(later(askedAt, timeoutMs), () =>
        fail(`no answer within ${timeoutMs / SECOND} s`),
      )
      const read = async (): Promise<Reading> => this.#broker.read()
      read()
        .then(resolve, (error: Error) => fail(`the adapter failed: ${error.message}`))
        .finally(disarm)
    })
  }

  /** When an earlier reading showed the positions and funds that this one shows. */
  #compare({ positions, holdings, funds, askedAt }: Reading): Instant | undefined {
    if (!positions.ok || !funds.ok || holdings?.ok === false) return undefined
    const shown = JSON.stringify(
      [positions.rows, holdings?.rows, funds.rows],
      (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value),
    )
    const before = shown === this.#seen ? this.#seenAt : undefined
    this.#seen = shown
    // A witness may be called again at once; the next one is not to be from the same moment.
    const isApart = before === undefined || elapsed(before, askedAt) >= this.#cadence.agreeMs
    if (isApart) this.#seenAt = askedAt
    this.#confirm = before === undefined || before <= lastMove(this.#desk.account(this.#account))
    return before
  }

  #arm(): void {
    if (this.#stopped || this.#reading || this.#lastAt === undefined) return
    const due = this.#due(this.#lastAt)
    if (due === this.#armedFor) return
    this.#disarm()
    this.#armedFor = due
    this.#disarm = () => {}
    if (due === undefined) return
    this.#disarm = this.#clock.at(due, () => {
      this.#armedFor = undefined
      void this.readNow()
    })
  }

  #due(last: Instant): Instant | undefined {
    if (this.#failures > 0) {
      return later(last, RETRY_MS[Math.min(this.#failures, RETRY_MS.length) - 1]!)
    }
    const { workingMs, agreeMs, verifyMs = Infinity } = this.#cadence
    const account = this.#desk.account(this.#account)
    let wait = verifyMs
    if (this.#confirm) wait = Math.min(wait, agreeMs)
    if (hasWorking(account)) wait = Math.min(wait, workingMs)
    for (const id of account.unknown) {
      const since = account.orders.get(id)!.doubt!.since
      wait = Math.min(wait, elapsed(last, this.#nextLook(since, last)))
    }
    return wait === Infinity ? undefined : later(last, wait)
  }

  /** Also at the broker's bound, when absence first means something. */
  #nextLook(since: Instant, last: Instant): Instant {
    const passed = elapsed(since, last)
    const looks = [...LOOKS_MS, this.#broker.traits.lapseAfterMs].filter((look) => look > passed)
    // By a clock that was set back it was sent only later: nobody waits for that.
    if (looks.length === 0 || passed < 0) return later(last, MINUTE)
    return later(since, Math.min(...looks))
  }
}

/** Orders that the broker has, or is about to have. Unknown ones have looks of their own. */
const hasWorking = (account: Account): boolean =>
  requestCount(account) > 0 || account.working > account.unknown.size

/** The unknown ones too. */
const isBusy = (account: Account): boolean => requestCount(account) > 0 || account.working > 0

/** When an order or trade last changed anything in our books. */
const lastMove = ({ exposures }: Account): number =>
  Math.max(0, ...[...exposures.values()].map(({ touchedAt }) => touchedAt))

/** Looking for an unknown order moves nothing, and neither does counting. */
const isMove = ({ type }: Event): boolean => type !== 'OrderNotFound' && type !== 'BookCompared'

const failedReading = (askedAt: Instant, reason: string): Reading => {
  const failed = { ok: false, reason } as const
  return {
    askedAt,
    orders: failed,
    trades: failed,
    positions: failed,
    holdings: failed,
    funds: failed,
  }
}

const isSeen = ({ type }: News): boolean => type === 'OrderSeen' || type === 'TradeSeen'

/** Of an order that is none of ours, or not yet. */
function isForeign(account: Account, news: News): boolean {
  if (news.type === 'TradeSeen') return !account.byBrokerId.has(news.trade.brokerOrderId)
  return news.type === 'OrderSeen' && oursOf(account, news.row) === undefined
}
