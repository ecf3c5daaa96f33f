/** What the journal tells, as the judge keeps it by a count of its own. */
import type { Quantity } from '../src/core/amount.ts'
import type { EventOf, RequestKind } from '../src/core/event.ts'
import type { BrokerOrderId, Intent, OrderId, OrderStatus, Tag, Terms } from '../src/core/order.ts'
import type { Owner } from '../src/core/owner.ts'
import type { Instant } from '../src/core/time.ts'
import type { Batch } from '../src/store/journal.ts'

/** An order as the journal tells of it, by a count of our own. */
export type Known = {
  readonly id: OrderId
  readonly tag: Tag
  readonly intent: Intent
  readonly owner: Owner
  /** By true time, whatever the desk's clock said. */
  readonly placedAt: Instant
  terms: Terms
  /** Where a change is on its way: the other size it may have. */
  asked: Quantity | undefined
  status: OrderStatus
  filled: Quantity
  brokerOrderId: BrokerOrderId | undefined
  /** How often each call was journaled as sending, and how often it was proven not to be sent. */
  readonly sent: Record<RequestKind, number>
  readonly unsent: Record<RequestKind, number>
  cancelAskedAt: Instant | undefined
}

/** A row and when it was begun, by true time. */
export type Dated = Batch & { readonly at: Instant }

export type Complain = (rule: string, what: string) => void

/** All that was counted. */
export type Counted = {
  readonly orders: ReadonlyMap<OrderId, Known>
  /** By net. */
  readonly breaks: ReadonlyMap<string, EventOf<'BreakFound'>>
  /** What all owners together hold. */
  netOf(net: string): Quantity
}
