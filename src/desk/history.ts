import type { Account } from '../core/account.ts'
import { newAccount } from '../core/account.ts'
import type { Entry } from '../core/event.ts'
import { evolve } from '../core/evolve.ts'
import type { Order } from '../core/order.ts'
import type { Instant } from '../core/time.ts'
import type { FillView, OrderView, ShowTime } from '../core/view.ts'
import { fillView, orderView } from '../core/view.ts'
import type { Journal } from '../store/journal.ts'

export type HistoryAsked = {
  readonly account?: string | undefined
  /** Of orders when they were placed, of fills when they traded; `to` no longer counts. */
  readonly from: Instant | undefined
  readonly to: Instant | undefined
  readonly show: ShowTime
  readonly onRow: (n: number) => void
}

/**
 * Every order as it ended, or as it stands: each is told once nothing can change it any more, so
 * that no more of them are in memory than in a desk's.
 */
export function* orderHistory(journal: Journal, asked: HistoryAsked): Iterable<OrderView> {
  const { show } = asked
  const accounts = new Map<string, Account>()
  for (const { account, leaving } of folded(journal, asked, accounts)) {
    for (const order of leaving) {
      if (isIn(asked, order.placedAt)) yield orderView(account.id, order, show)
    }
  }
  for (const account of accounts.values()) {
    for (const order of account.orders.values()) {
      if (isIn(asked, order.placedAt)) yield orderView(account.id, order, show)
    }
  }
}

/** Every fill in the order of the journal. */
export function* fillHistory(journal: Journal, asked: HistoryAsked): Iterable<FillView> {
  const { show } = asked
  for (const { account, entry } of folded(journal, asked, new Map())) {
    for (const [index, event] of entry.events.entries()) {
      if (event.type !== 'OrderFilled' && event.type !== 'FillBusted') continue
      const order = account.orders.get(event.orderId)
      const fill = order?.fills.find(({ seq }) => seq === entry.seq + index)
      if (!order || !fill || !isIn(asked, fill.tradedAt)) continue
      yield fillView(account.id, order, { fill, show })
    }
  }
}

const isIn = ({ from, to }: HistoryAsked, at: Instant): boolean =>
  (from === undefined || at >= from) && (to === undefined || at < to)

type Folded = {
  readonly account: Account
  readonly entry: Entry
  /** Orders that left memory with this entry. */
  readonly leaving: readonly Order[]
}

function* folded(
  journal: Journal,
  { account: only, onRow }: HistoryAsked,
  accounts: Map<string, Account>,
): Iterable<Folded> {
  for (const { n, entries } of journal.read(0)) {
    onRow(n)
    for (const entry of entries) {
      if (only !== undefined && entry.account !== only) continue
      let account = accounts.get(entry.account)
      if (!account) accounts.set(entry.account, (account = newAccount(entry.account)))
      const closes = entry.events.some(({ type }) => type === 'DayClosed')
      const before = closes ? [...account.orders.values()] : []
      evolve(account, entry)
      const leaving = before.filter(({ id }) => !account.orders.has(id))
      yield { account, entry, leaving }
    }
  }
}
