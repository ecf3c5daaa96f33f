/** Our journal in the files of the system that came before: docs/moving-over.md. */
import { join } from 'node:path'
import type { Account, Leg } from '../core/account.ts'
import {
  absolute,
  average,
  formatMoney,
  formatPrice,
  formatQuantity,
  plus,
} from '../core/amount.ts'
import { NO_MONEY, NO_QUANTITY } from '../core/amount.ts'
import type { EventOf } from '../core/event.ts'
import { NOT_FUNDED } from '../core/funding.ts'
import { currency as inCurrency, symbolOf } from '../core/instrument.ts'
import { isWorking } from '../core/order.ts'
import { isTraded, PREEXISTING } from '../core/owner.ts'
import { isoTime } from '../core/time.ts'
import type { TradeView } from '../core/trade-view.ts'
import { tradeView } from '../core/trade-view.ts'
import { legsOf, orderView } from '../core/view.ts'
import type { Exporting, Sources } from '../desk/exports.ts'
import { restore } from '../desk/restore.ts'
import { EXIT, Exit } from './exit.ts'
import { SOURCES } from './legacy-files.ts'
import { progressBar } from './progress.ts'
import { entriesOf } from './record.ts'
import { writeWhole } from './whole-file.ts'

type Imported = EventOf<'RecordImported'>
type Job = { readonly sources: Sources; readonly asked: Exporting; readonly folder: string }
type Rows = Readonly<Record<string, object>>

/** One account; the files appear one after the other, each when it is whole. */
export async function exportLegacy({ sources, asked, folder }: Job): Promise<readonly string[]> {
  const { accounts } = restore(sources.journal)
  const { account: named = accounts.keys().next().value } = asked
  const account = named === undefined ? undefined : accounts.get(named)
  if (!account) throw new Exit(EXIT.refused, 'there is no account in the journal')
  const trades = tradesOf(sources, { ...asked, account: account.id })
  const imported = importedIn(sources, account.id)
  const contents: Readonly<Record<string, unknown>> = {
    'system_recommended_symbols.json': symbolsOf(account),
    'pending_orders.json': pendingOf(account),
    'trades_history.json': historyOf(trades, imported),
    'portfolio_state.json': stateOf(account, trades),
  }
  const written: string[] = []
  for (const { file } of SOURCES) {
    const path = join(folder, file)
    await writeWhole(path, [`${JSON.stringify(contents[file], undefined, 2)}\n`])
    written.push(path)
  }
  return written
}

function tradesOf({ screens }: Sources, { account, from, to }: Exporting): TradeView[] {
  const asked = { account, from: momentOf(from), to: momentOf(to) }
  const all: TradeView[] = []
  for (const page of screens.trades(asked)) {
    for (const { trip, ...of } of page) all.push(tradeView(of, trip))
  }
  return all
}

const momentOf = (bound: Exporting['from']) => (typeof bound === 'number' ? bound : undefined)

function importedIn({ journal }: Sources, id: string): Imported[] {
  const bar = progressBar('reading the journal')
  const found: Imported[] = []
  for (const { account, events } of entriesOf(journal, bar)) {
    if (account !== id) continue
    for (const event of events) if (event.type === 'RecordImported') found.push(event)
  }
  bar.stop()
  return found
}

/** Their files have numbers where ours have text; the last digits of a long one may differ. */
const number = (text: string): number => Number(text)

function symbolsOf(account: Account): Rows {
  const rows = new Map<string, object>()
  for (const { instrument, orders, since } of account.tracking.values()) {
    const legs = [...legsOf(account)].filter((leg) => leg.instrument === instrument)
    const sum = (of: (leg: Leg) => boolean): string =>
      formatQuantity(
        legs.reduce((all, leg) => (of(leg) ? plus(all, leg.position.quantity) : all), NO_QUANTITY),
      )
    const symbol = symbolOf(instrument)
    rows.set(symbol, {
      symbol,
      current_tracked_qty: number(sum(({ owner }) => isTraded(owner))),
      pre_existing_qty: number(sum(({ owner }) => owner === PREEXISTING)),
      order_ids: orders,
      status: 'active',
      tracked_since: isoTime(since),
    })
  }
  return Object.fromEntries(rows)
}

function pendingOf(account: Account): Rows {
  const working = [...account.orders.values()].filter(({ status }) => isWorking(status))
  return Object.fromEntries(
    working.map((order) => {
      const view = orderView(account.id, order)
      const { id, symbol, side, quantity, filled, type, price, status, submittedAt } = view
      const row = {
        order_id: id,
        symbol,
        transaction_type: side,
        quantity: number(quantity),
        filled_quantity: number(filled),
        order_type: type,
        price: price === null ? null : number(price),
        status,
        time: submittedAt,
        broker_order_id: view.brokerOrderId,
      }
      return [id, row]
    }),
  )
}

/** Round trips of ours, and what was imported word for word. */
function historyOf(trades: readonly TradeView[], imported: readonly Imported[]): object[] {
  const old = imported
    .filter(({ kind }) => kind === 'trade' || kind === 'closed')
    .map(({ ref, symbol, detail }) => ({
      ...(JSON.parse(detail) as object),
      symbol,
      trade_id: ref.replace(/^\w+:/, ''),
      origin: 'imported',
    }))
  return [...old, ...trades.filter(({ status }) => status === 'closed').map(tradeRow)]
}

const tradeRow = (trade: TradeView): object => ({
  trade_id: trade.id,
  ...positionRow(trade),
  side: trade.side,
  strategy: trade.owner.replace(/^strategy:/, ''),
  exit_price: trade.exitPrice === null ? null : number(trade.exitPrice),
  exit_time: trade.exitTime,
  exit_reason: trade.exitReason,
  pnl: number(trade.pnl),
  pnl_pct: trade.pnlPercent === null ? null : number(trade.pnlPercent),
  charges: number(trade.charges),
})

const positionRow = (trade: TradeView): object => ({
  symbol: trade.symbol,
  qty: number(trade.status === 'open' ? trade.remaining : trade.quantity),
  entry_price: number(trade.entryPrice),
  entry_time: trade.entryTime,
  partial_exit_1: trade.exits.length > (trade.status === 'open' ? 0 : 1),
  partial_exit_2: trade.exits.length > (trade.status === 'open' ? 1 : 2),
})

/** In the currency of its first money; positions are those that strategies and people hold. */
function stateOf(account: Account, trades: readonly TradeView[]): object {
  const [first] = account.cash
  const [currency, cash] = first ?? [inCurrency('INR'), NO_MONEY]
  const { opening } = account.funding.get(currency) ?? NOT_FUNDED
  const held = [...legsOf(account)].filter(({ owner, position }) => {
    return isTraded(owner) && position.quantity !== 0n
  })
  const cost = held
    .filter((leg) => leg.currency === currency)
    .reduce((sum, { position }) => plus(sum, position.cost), NO_MONEY)
  return {
    initial_capital: number(formatMoney(opening)),
    current_capital: number(formatMoney(plus(cash, cost))),
    currency,
    positions: Object.fromEntries(
      held.map((leg) => [symbolOf(leg.instrument), heldRow(leg, trades)]),
    ),
    closed: trades.filter(({ status }) => status === 'closed').map(tradeRow),
  }
}

function heldRow({ instrument, owner, multiplier, position }: Leg, trades: readonly TradeView[]) {
  const symbol = symbolOf(instrument)
  const open = trades.find((each) => {
    return each.status === 'open' && each.symbol === symbol && each.owner === owner
  })
  const { quantity, cost } = position
  return {
    symbol,
    qty: number(formatQuantity(quantity)),
    side: quantity > 0n ? 'LONG' : 'SHORT',
    entry_price: number(formatPrice(average(cost, quantity, multiplier))),
    entry_time: open?.entryTime ?? null,
    partial_exit_1: (open?.exits.length ?? 0) > 0,
    partial_exit_2: (open?.exits.length ?? 0) > 1,
    value: number(formatMoney(absolute(cost))),
  }
}
