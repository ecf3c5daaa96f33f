import { formatQuantity, quantity } from '../core/amount.ts'
import type { ImportAsked, ImportedRecord, ImportView, PlainRecord } from '../core/importing.ts'
import type { OrderId } from '../core/order.ts'
import type { Owner } from '../core/owner.ts'
import { MANUAL, strategyOwner } from '../core/owner.ts'
import type { Planned } from '../core/rules/import.ts'
import { planOf } from '../core/rules/import.ts'
import type { QuestionsOptions } from './questions.ts'

type Options = Pick<QuestionsOptions, 'desk' | 'instruments'>

/** Undefined where there is no such account. A dry run says what would be done. */
export async function importInto(
  { desk, instruments }: Options,
  { account, strategy, records: given, dryRun, by }: ImportAsked,
): Promise<ImportView | undefined> {
  const owner = strategy === undefined ? MANUAL : strategyOwner(strategy)
  const records = given.map((each) => recordOf(instruments, each, owner))
  const plan = await desk.ask((accounts) => {
    const books = accounts.get(account)
    return books && planOf(books, { records, by })
  })
  if (!plan) return undefined
  if (!dryRun && plan.some(({ events }) => events.length > 0)) {
    await desk.submit({ account, cause: by, body: { type: 'ImportRecords', records, by } })
  }
  return { account, dryRun, items: plan.map(itemOf) }
}

function recordOf(
  instruments: Options['instruments'],
  { kind, ref, symbol, detail, holding }: PlainRecord,
  owner: Owner,
): ImportedRecord {
  if (!holding) return { kind, ref, symbol, detail, holding: undefined }
  const instrument = instruments.find(symbol, holding.exchange)?.id
  const size = quantity(holding.quantity)
  const orders = holding.orders as readonly OrderId[]
  return { kind, ref, symbol, detail, holding: { instrument, owner, quantity: size, orders } }
}

const itemOf = ({ record, outcome, moved, short }: Planned): ImportView['items'][number] => ({
  ref: record.ref,
  outcome,
  moved: moved === undefined ? null : formatQuantity(moved),
  short: short === 0n ? null : formatQuantity(short),
})
