/** What readings of one account have shown: whether two agree, and whether one is no news. */
import type { Reading } from '../brokers/broker.ts'
import type { BrokerFunds, BrokerPosition, Part } from '../core/input.ts'
import type { Instant } from '../core/time.ts'
import { elapsed } from '../core/time.ts'

export class Shown {
  #before: Reading | undefined
  #beforeAt: Instant | undefined

  /**
   * When an earlier reading showed the positions and funds that this one shows; undefined where
   * none did. Two that are to agree are at least `apartMs` apart.
   */
  agreesSince(reading: Reading, apartMs: number): Instant | undefined {
    const isSame = this.#before !== undefined && isSameHoldings(this.#before, reading)
    const since = isSame ? this.#beforeAt : undefined
    this.#before = reading
    // A witness may be called again at once; the next one is not to be from the same moment.
    const isApart = since === undefined || elapsed(since, reading.askedAt) >= apartMs
    if (isApart) this.#beforeAt = reading.askedAt
    return since
  }
}

/** Both good, and the same. */
export const areHoldingsRead = ({ positions, holdings, funds }: Reading): boolean =>
  positions.ok && funds.ok && holdings?.ok !== false

const isSameHoldings = (a: Reading, b: Reading): boolean =>
  isSamePart(a.positions, b.positions, isSamePosition) &&
  isSameMaybe(a.holdings, b.holdings) &&
  isSamePart(a.funds, b.funds, isSameFunds)

function isSameMaybe(
  a: Part<BrokerPosition> | undefined,
  b: Part<BrokerPosition> | undefined,
): boolean {
  if (!a || !b) return a === b
  return isSamePart(a, b, isSamePosition)
}

/** Quantities alone: an average moves nothing. */
const isSamePosition = (a: BrokerPosition, b: BrokerPosition): boolean =>
  a.quantity === b.quantity && a.instrument === b.instrument && a.product === b.product

const isSameFunds = (a: BrokerFunds, b: BrokerFunds): boolean =>
  a.cash === b.cash && a.currency === b.currency

type Same<Row> = (a: Row, b: Row) => boolean

function isSamePart<Row>(a: Part<Row>, b: Part<Row>, isSame: Same<Row>): boolean {
  if (!a.ok || !b.ok) return false
  if (a.rows === b.rows) return true
  if (a.rows.length !== b.rows.length) return false
  return a.rows.every((row, index) => row === b.rows[index] || isSame(row, b.rows[index]!))
}

/** The very rows of another reading, part by part: broker.ts. Nothing of it can be news. */
export const isRepeat = (a: Reading, b: Reading): boolean =>
  isVery(a.orders, b.orders) &&
  isVery(a.trades, b.trades) &&
  isVery(a.positions, b.positions) &&
  isVery(a.holdings, b.holdings) &&
  isVery(a.funds, b.funds)

function isVery(a: Part<unknown> | undefined, b: Part<unknown> | undefined): boolean {
  if (!a || !b) return a === b
  return a.ok && b.ok && a.rows === b.rows && a.proven === b.proven
}
