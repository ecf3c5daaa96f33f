/** What the broker holds, by net. */
import type { Price } from '../amount.ts'
import { absolute, average, plus, times } from '../amount.ts'
import type { Book, BrokerPosition } from '../input.ts'
import type { NetKey } from '../instrument.ts'
import { netKey } from '../instrument.ts'

/** Positions and holdings together, by net; undefined where either could not be read. */
export function heldThere({
  positions,
  holdings,
}: Pick<Book, 'positions' | 'holdings'>): Map<NetKey, BrokerPosition> | undefined {
  if (!positions.ok || holdings?.ok === false) return undefined
  const theirs = new Map<NetKey, BrokerPosition>()
  for (const row of positions.rows) addRow(theirs, row)
  for (const row of holdings?.rows ?? []) addRow(theirs, row)
  return theirs
}

function addRow(theirs: Map<NetKey, BrokerPosition>, row: BrokerPosition): void {
  const key = netKey(row.instrument, row.product)
  const known = theirs.get(key)
  theirs.set(key, known ? { ...row, ...merged(known, row) } : row)
}

/** What is in delivery and what was traded since: a holding that is being sold shows as both. */
function merged(
  a: BrokerPosition,
  b: BrokerPosition,
): Pick<BrokerPosition, 'quantity' | 'average'> {
  return { quantity: plus(a.quantity, b.quantity), average: averageOf(a, b) }
}

/** Of two that add up, the mean; what is sold of a holding leaves it at the holding's own. */
function averageOf(a: BrokerPosition, b: BrokerPosition): Price | undefined {
  if (a.quantity === 0n || a.average === b.average) return b.average
  if (b.quantity === 0n) return a.average
  const isSameSide = a.quantity > 0n === b.quantity > 0n
  if (!isSameSide) return absolute(a.quantity) > absolute(b.quantity) ? a.average : b.average
  if (a.average === undefined || b.average === undefined) return undefined
  const cost = plus(times(a.average, a.quantity), times(b.average, b.quantity))
  return average(cost, plus(a.quantity, b.quantity))
}
