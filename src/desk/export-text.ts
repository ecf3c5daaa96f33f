/** Exported rows as text: JSON, a JSON value a line, or CSV with a heading. */
import type { Cell } from '../core/csv.ts'
import { csvLine } from '../core/csv.ts'
import type { SlippageView } from '../core/execution.ts'
import type { Format, What } from '../core/exporting.ts'
import type { Rows } from './exports.ts'

/** One piece a page; empty where there is nothing to say of it. */
export function textOf<W extends What>(
  what: W,
  format: Format,
  pages: Iterable<readonly Rows[W][]>,
): Iterable<string> {
  if (format === 'csv') return asCsv(pages, COLUMNS[what])
  return format === 'json' ? asJson(pages) : asLines(pages)
}

function* asJson(pages: Iterable<readonly object[]>): Iterable<string> {
  let before = '[\n'
  for (const page of pages) {
    let piece = ''
    for (const row of page) {
      piece += `${before}${JSON.stringify(row)}`
      before = ',\n'
    }
    yield piece
  }
  yield before === '[\n' ? '[]\n' : '\n]\n'
}

function* asLines(pages: Iterable<readonly object[]>): Iterable<string> {
  for (const page of pages) yield page.map((row) => `${JSON.stringify(row)}\n`).join('')
}

function* asCsv<Row>(pages: Iterable<readonly Row[]>, columns: Columns<Row>): Iterable<string> {
  yield csvLine(Object.keys(columns))
  const cells = Object.values(columns)
  for (const page of pages) {
    yield page.map((row) => csvLine(cells.map((cell) => cell(row)))).join('')
  }
}

type Columns<Row> = Readonly<Record<string, (row: Row) => Cell>>

/** Columns that bear the names of the fields. */
const fields = <Row>(...names: readonly (keyof Row & string)[]): Columns<Row> =>
  Object.fromEntries(names.map((name) => [name, (row: Row) => row[name] as Cell]))

const slippage = (name: 'arrival' | 'limit'): Columns<Rows['executions']> => {
  const of =
    (field: keyof SlippageView) =>
    ({ slippage }: Rows['executions']): Cell =>
      slippage[name]?.[field] ?? null
  return {
    [name]: of('price'),
    [`${name}SlippagePerUnit`]: of('perUnit'),
    [`${name}Slippage`]: of('amount'),
  }
}

const COLUMNS: { readonly [W in What]: Columns<Rows[W]> } = {
  audit: {
    ...fields('seq', 'account', 'at', 'type', 'orderId', 'by', 'cause', 'summary'),
    event: ({ event }) => JSON.stringify(event),
  },
  fills: {
    ...fields('fillId', 'account', 'orderId', 'exchangeOrderId', 'tradeId', 'symbol', 'exchange'),
    ...fields('side', 'quantity', 'price', 'isBust', 'exchangeAt', 'at'),
  },
  orders: {
    ...fields('id', 'account', 'symbol', 'exchange', 'side', 'type', 'product'),
    ...fields('quantity', 'price', 'trigger', 'validity', 'validityMinutes'),
    ...fields('disclosed', 'reduceOnly', 'status', 'filled', 'remaining', 'average'),
    ...fields('currency', 'multiplier', 'arrival', 'commission', 'reason', 'submittedAt'),
    ...fields('updatedAt', 'firstFillAt', 'completedAt', 'retryCount', 'tag'),
    ...fields('brokerOrderId', 'exchangeOrderId', 'by', 'owner', 'note', 'warning'),
    ...fields('signalId', 'approvalId', 'parentId', 'skippedChecks', 'amending', 'cancelling'),
    errorCode: ({ error }) => error?.code ?? null,
    errorMessage: ({ error }) => error?.message ?? null,
  },
  executions: {
    ...fields('orderId', 'account', 'symbol', 'exchange', 'side', 'type', 'product', 'owner'),
    ...fields('status', 'requested', 'filled', 'remaining', 'average', 'currency'),
    ...fields('submittedAt', 'firstFillAt', 'completedAt', 'exchangeOrderId', 'totalCharges'),
    fills: ({ fills }) => fills.length,
    ...slippage('arrival'),
    ...slippage('limit'),
  },
  trades: {
    ...fields('id', 'account', 'symbol', 'exchange', 'product', 'owner', 'side', 'status'),
    ...fields('quantity', 'remaining', 'entryPrice', 'entryTime', 'exitPrice', 'exitTime'),
    ...fields('exitReason', 'gross', 'charges', 'pnl', 'pnlPercent', 'currency'),
    entries: ({ entries }) => entries.length,
    exits: ({ exits }) => exits.length,
  },
  positions: {
    ...fields('account', 'symbol', 'exchange', 'product', 'owner', 'currency'),
    ...fields('quantity', 'average', 'realized', 'last', 'unrealized'),
  },
  statistics: {
    ...fields('day', 'account', 'owner', 'exchange', 'currency', 'totalOrders', 'totalSubmitted'),
    ...fields('totalCompleted', 'totalCancelled', 'totalRejected', 'totalExpired', 'totalFailed'),
    ...fields('totalDenied', 'pendingCount', 'totalFills', 'totalVolume', 'totalCommission'),
    ...fields('fillRate', 'averageFillTime'),
    slippage: ({ averageSlippage }) => averageSlippage?.amount ?? null,
    slippageBasisPoints: ({ averageSlippage }) => averageSlippage?.basisPoints ?? null,
  },
}
