import type { Event } from '../src/core/event.ts'
import { NO_POLICY } from '../src/core/input.ts'
import type { Order } from '../src/core/order.ts'
import { epoch } from '../src/core/tag.ts'
import type { Instant } from '../src/core/time.ts'
import { DAY, elapsed, MINUTE, SECOND } from '../src/core/time.ts'
import { Calendar } from '../src/market/calendar.ts'
import { CADENCE } from '../src/desk/cadence.ts'
import type { Batch } from '../src/store/journal.ts'
import type { VirtualClock } from '../src/worlds/virtual.ts'
import { Disk } from './disk.ts'
import { Fates, stream } from './fates.ts'
import { Life, MortalClock } from './life.ts'
import { ACCOUNT, Opened } from './opened.ts'
import { EXCHANGE } from './market.ts'
import { TIMEOUT_MS } from './policies.ts'
import type { SlowBroker } from './slow-broker.ts'

/** As for Kite: no call surfaces in the book later than this after it was sent, we presume. */
const LAPSE_MS = 3 * MINUTE

/** An order of ours by what its events said, in the order in which they were written. */
type Told = {
  readonly sentAt: Instant
  /** It was called ended without a trade; whether that was true, the broker knows. */
  ended: boolean
  /** When what became of it was first said. */
  saidAt: Instant | undefined
}

export type OwnWish = {
  readonly intent: number
  readonly symbol: string
  readonly side: 'BUY' | 'SELL'
}

/** Our policy is not modelled: this is the desk, opened as for real, on a disk that is well. */
export class OwnDesk {
  readonly #broker: SlowBroker
  readonly #clock: VirtualClock
  readonly #opened: Opened
  /** By the desk’s own id. */
  readonly #told = new Map<string, Told>()
  readonly #ids = new Map<number, string>()
  /** Wishes that were denied because an order in the same share was in doubt. */
  keptBack = 0

  static async open(clock: VirtualClock, broker: SlowBroker, seed: number): Promise<OwnDesk> {
    const told = new Map<string, Told>()
    const onSafe = (batch: Batch): void => listen(told, batch)
    const fates = new Fates(seed, [])
    const random = stream(seed, 'disk')
    const disk = new Disk({ clock, fates, random, latencyMs: 5, onSafe, onSometimes: () => {} })
    const onError = (error: Error): void => {
      throw error
    }
    const around = { clock, skew: () => 0, dies: () => false, onError }
    const life = new Life(1, around)
    const opened = await clock.until(
      Opened.open({
        life,
        clock: new MortalClock(life, around),
        disk,
        wire: broker,
        feed: broker.market,
        traits: {
          name: 'paper',
          lapseAfterMs: LAPSE_MS,
          reportsKeptMs: 2 * DAY,
          tagsMayBeLost: false,
          timeoutMs: TIMEOUT_MS,
          limits: { windows: [{ ms: SECOND, max: 10 }], keptForExits: 3 },
        },
        policy: NO_POLICY,
        charges: 'none',
        calendar: new Calendar(),
        cadence: CADENCE,
        epoch: epoch('SIM01'),
        halted: () => undefined,
        onTrouble: onError,
        onCommit: () => {},
      }),
    )
    return new OwnDesk(clock, broker, { opened, told })
  }

  private constructor(
    clock: VirtualClock,
    broker: SlowBroker,
    { opened, told }: { readonly opened: Opened; readonly told: Map<string, Told> },
  ) {
    this.#clock = clock
    this.#broker = broker
    this.#opened = opened
    this.#told = told
  }

  /** Asks for it once, as a program would; a denial is the end of it. */
  async place({ intent, symbol, side }: OwnWish): Promise<void> {
    this.#broker.intent = intent
    const ticket = {
      account: ACCOUNT,
      symbol,
      exchange: EXCHANGE,
      product: 'MIS',
      side,
      type: 'MARKET',
      quantity: symbol === 'GAMMA' ? '25' : '1',
    } as const
    const by = { scope: 'key:me', id: `w${intent}`, by: 'me' }
    const answer = await this.#opened.port.submit({ type: 'PlaceOrder', ...by, ticket })
    if (answer.is === 'placed') this.#ids.set(intent, answer.order.id)
    else if (answer.is === 'denied' && answer.denial.code === 'SYMBOL_IN_DOUBT') this.keptBack++
    else throw new Error(`${JSON.stringify(answer)} was not to be expected`)
  }

  /** What it said of a wish; undefined: it was kept back. */
  saidOf(intent: number): (Told & { readonly waitedMs: number }) | undefined {
    const told = this.#told.get(this.#ids.get(intent) ?? '')
    if (!told) return undefined
    const until = told.saidAt ?? this.#clock.now()
    return { ...told, waitedMs: elapsed(told.sentAt, until) }
  }

  /** Orders that the desk ended up wrong about, after all it has learned since. */
  wrong(): Order[] {
    const { byTag } = this.#broker.venue.truth
    return [...this.#opened.desk.account(ACCOUNT).orders.values()].filter(
      ({ tag, status }) => byTag.has(tag) !== (status === 'open' || status === 'complete'),
    )
  }
}

function listen(told: Map<string, Told>, { entries }: Batch): void {
  for (const { events, at } of entries) for (const event of events) hear(told, event, at)
}

function hear(told: Map<string, Told>, event: Event, at: Instant): void {
  if (event.type === 'OrderPlaced') {
    told.set(event.orderId, { sentAt: at, ended: false, saidAt: undefined })
    return
  }
  if (!SAYS.has(event.type) || !('orderId' in event)) return
  const order = told.get(event.orderId)!
  order.saidAt ??= at
  order.ended ||= event.type !== 'OrderAccepted'
}

/** What is news of whether an order is at the broker. */
const SAYS: ReadonlySet<Event['type']> = new Set([
  'OrderAccepted',
  'OrderRejected',
  'OrderLapsed',
  'OrderExpired',
  'OrderCancelled',
])
