/** How `evolve` changes the terms of an order that works. */
import { absolute } from './amount.ts'
import { assert } from './brand.ts'
import type { Books, Draft } from './draft.ts'
import { ask, change, draft } from './draft.ts'
import type { EventOf } from './event.ts'
import type { Order } from './order.ts'
import type { Instant } from './time.ts'

export function amendAsked(books: Books, event: EventOf<'AmendAsked'>, at: Instant): void {
  const { orderId, to, reserve } = event
  const order = draft(books, orderId)
  assert(order.amending === undefined, 'one change of an order at a time')
  become(books, order, { at, message: '' }, () => {
    order.amending = { to, reserve, unknownSince: undefined }
  })
  ask(books, { orderId, kind: 'amend', sending: false, notBefore: at, attempts: 0 })
}

export function amended(books: Books, event: EventOf<'Amended'>, at: Instant): void {
  const { orderId, to, reserve, by } = event
  const order = draft(books, orderId)
  books.requests.amend.delete(orderId)
  const message = by === 'broker' ? 'changed at the broker' : 'amended'
  become(books, order, { at, message }, () => {
    order.amending = undefined
    const { quantity, pricing, validity, disclosed } = order.terms
    order.asked ??= { quantity, pricing, validity, disclosed }
    order.terms = { ...order.terms, ...to }
    order.reserve = reserve
  })
}

/** The order is as it was, and says so. */
export function amendRejected(books: Books, event: EventOf<'AmendRejected'>, at: Instant): void {
  const order = draft(books, event.orderId)
  books.requests.amend.delete(order.id)
  become(books, order, { at, message: `not amended: ${event.reason}` }, () => {
    order.amending = undefined
  })
}

export function amendUnknown(books: Books, event: EventOf<'AmendUnknown'>, at: Instant): void {
  const order = draft(books, event.orderId)
  books.requests.amend.delete(order.id)
  become(books, order, { at, message: `amend unknown: ${event.evidence}` }, () => {
    if (order.amending) order.amending.unknownSince = at
  })
}

type Becoming = { readonly at: Instant; readonly message: string }

/** It stays what it is, unless with its new size all of it is filled. */
function become(
  books: Books,
  order: Draft<Order>,
  { at, message }: Becoming,
  write: () => void,
): void {
  change(books, order, { at, message, status: order.status }, write)
  const { filled, terms, status, amending } = order
  if (status !== 'open' || amending || absolute(filled) < absolute(terms.quantity)) return
  order.completedAt = at
  change(books, order, { at, message: '', status: 'complete' }, () => {})
}
