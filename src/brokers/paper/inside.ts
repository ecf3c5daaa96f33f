import type { Quantity } from '../../core/amount.ts'
import { negate } from '../../core/amount.ts'
import type { Instrument } from '../../core/instrument.ts'
import type { BrokerOrderId } from '../../core/order.ts'
import type { Instant } from '../../core/time.ts'
import type { Inside } from '../faults/faulty.ts'
import type { Venue } from './venue.ts'

const GHOST_LOTS_MAX = 5

/** What a plan of faults may do inside the paper venue. */
export function insideOf(
  venue: Venue,
  instruments: readonly Instrument[],
  now: () => Instant,
): Inside {
  return {
    ghost: (pick) => {
      const instrument = instruments[pick(instruments.length)]!
      const { id, group, currency, multiplier, products, lot } = instrument
      const bought = (lot * BigInt(1 + pick(GHOST_LOTS_MAX))) as Quantity
      venue.place(
        undefined,
        {
          instrument: id,
          group,
          currency,
          multiplier,
          product: products[pick(products.length)]!,
          quantity: pick(2) === 0 ? bought : negate(bought),
          pricing: { type: 'market' },
          validity: 'day',
          disclosed: undefined,
        },
        now(),
      )
    },
    bust: () => venue.bust(now()),
    rejectLate: (id) => venue.reject(id, now()),
    tradePart: (id: BrokerOrderId) => {
      const order = venue.books().orders.find(({ brokerOrderId }) => brokerOrderId === id)
      const instrument = instruments.find((each) => each.id === order?.instrument)
      if (instrument) venue.tradePart(id, instrument, now())
    },
  }
}
