import type { Instant } from '../core/time.ts'
import { instant, later } from '../core/time.ts'
import { dayAround, tradingDateOf } from '../market/exchange.ts'
import type { Line } from './line.ts'

/**
 * Ends the account's trading days by the clock, one exchange each; a day missed is ended at the
 * start.
 */
export class Days {
  readonly #line: Line
  readonly #exchange: string
  #disarm: () => void = () => {}

  constructor(line: Line, exchange: string) {
    this.#line = line
    this.#exchange = exchange
  }

  start(): void {
    const { desk, account, clock, broker } = this.#line
    const [begin, end] = dayAround(this.#exchange, clock.now())
    const date = tradingDateOf(this.#exchange, justBefore(begin))
    // Twice the broker's own window: what leaves our memory must not come back as somebody else's.
    const before = later(begin, -2 * broker.traits.reportsKeptMs)
    const body = { type: 'DayEnded', exchange: this.#exchange, date, before } as const
    desk.tell({ account, cause: 'clock', body })
    this.#disarm = clock.at(end, () => this.start())
  }

  stop(): void {
    this.#disarm()
  }
}

const justBefore = (moment: Instant): Instant => instant(moment - 1)
