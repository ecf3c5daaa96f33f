import { Option } from 'commander'
import type { OrderView } from '../core/view.ts'

export const jsonOption = (): Option => new Option('--json', 'print the answer as JSON')

export function priced({ type, price, trigger }: OrderView): string {
  const limit = price === null ? '' : ` ${price}`
  return trigger === null ? `${type}${limit}` : `${type}${limit} trigger ${trigger}`
}

export const line = (order: OrderView): string =>
  `${order.id}  ${order.side} ${order.quantity} ${order.symbol} ${priced(order)}  ${order.status}`

export function queryText(query: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(query).filter((pair): pair is [string, string] => !!pair[1])
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`
}
