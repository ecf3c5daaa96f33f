import { breakRules } from '../src/core/break-rule.ts'
/** How a story speaks of whose shares are whose. */
import type { Price } from '../src/core/amount.ts'
import { price, quantity, rate } from '../src/core/amount.ts'
import type { BrokerPosition, Book, Giver, Input } from '../src/core/input.ts'
import { GIVERS } from '../src/core/input.ts'
import type { InstrumentId } from '../src/core/instrument.ts'
import type { OrderId } from '../src/core/order.ts'
import type { Owner } from '../src/core/owner.ts'
import { INSTRUMENTS, wordAfter } from './scenario-asks.ts'

/** `settle INFY as manual`, `settle INFY as split`, `release INFY`, `lapse o1 looked it up` */
export function settlingFrom(
  verb: string,
  words: readonly string[],
  orderId: OrderId,
): Input['body'] {
  const instrument = INSTRUMENTS.get(words[0] ?? '')?.id ?? INSTRUMENTS.get('INFY')!.id
  const by = 'me'
  if (verb === 'release') return { type: 'ReleaseSymbol', instrument, by }
  const reason = 'looked it up'
  if (verb === 'lapse') return { type: 'SettleOrder', orderId, reason, by }
  const as = wordAfter(words)('as') as Owner | 'split'
  return { type: 'SettleBreak', instrument, product: undefined, as, reason, by }
}

/** `position INFY 4 @ 99` */
export const positionFrom = ([, symbol = '', size = '', , at]: string[]): BrokerPosition => ({
  instrument: INSTRUMENTS.get(symbol)!.id,
  product: 'CNC',
  quantity: quantity(size),
  average: at === undefined ? undefined : price(at),
})

/** `mark INFY 101` */
export const markFrom = ([, symbol = '', at = '']: string[]): [InstrumentId, Price] => [
  INSTRUMENTS.get(symbol)!.id,
  price(at),
]

export function matchingFrom(
  words: readonly string[],
): Pick<Book, 'cycle' | 'tolerance' | 'matching' | 'costExact' | 'rules'> {
  const after = wordAfter(words)
  const [cycle, within] = [after('cycle'), after('within')]
  const first: readonly Giver[] = words.includes('strategy-first') ? ['strategy'] : []
  const givers = [...first, ...GIVERS.filter((giver) => !first.includes(giver))]
  return {
    cycle: cycle === undefined ? undefined : Number(cycle),
    tolerance: within === undefined ? undefined : rate(within),
    rules: rulesFrom(after('under'), after('is')),
    costExact: words.includes('exact'),
    matching: { opens: words.includes('join') ? 'join' : 'separate', givers },
  }
}

/** `under 5 is manual`: a difference of fewer than five units. */
function rulesFrom(size: string | undefined, owner: string | undefined): Book['rules'] {
  if (size === undefined) return undefined
  return { rules: breakRules(`difference below ${size} units: ${owner}`), lots: new Map() }
}
