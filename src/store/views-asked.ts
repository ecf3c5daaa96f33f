import type { Order } from '../core/order.ts'
import type { OrderView } from '../core/view.ts'

export type FillsAsked = {
  readonly account?: string | undefined
  readonly symbol?: string | undefined
  readonly orderId?: string | undefined
}
/** Newest first. `before` is the `next` of the page before this one. */
export type PageAsked = { readonly limit: number; readonly before?: number | undefined }
export type ShowOrder = (account: string, order: Order) => OrderView
