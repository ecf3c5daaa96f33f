/** What becomes of another system's lines: kept word for word, and no broker's fact. */
import type { Account, Leg } from '../account.ts'
import type { Quantity } from '../amount.ts'
import { minus, NO_QUANTITY, plus, share, smaller } from '../amount.ts'
import type { Event, EventOf } from '../event.ts'
import type { Holding, ImportedRecord, ImportOutcome, ImportRecords } from '../importing.ts'
import type { InstrumentId } from '../instrument.ts'
import { netKey, PRODUCTS } from '../instrument.ts'
import { heldByOthers } from '../owning.ts'
import type { OrderId } from '../order.ts'
import { isAutomatic, PREEXISTING } from '../owner.ts'
import { carriedCost, FLAT } from '../position.ts'

/** Of one account: they are remembered for ever, and take some 10 MB. */
const IMPORTED_MAX = 100_000

export type Planned = {
  readonly record: ImportedRecord
  readonly outcome: ImportOutcome
  readonly moved: Quantity | undefined
  readonly short: Quantity
  readonly events: readonly Event[]
}

export const importRecords = (account: Account, command: ImportRecords): Event[] =>
  planOf(account, command).flatMap(({ events }) => events)

/** What each of them would come to, one after the other. */
export function planOf(account: Account, { records, by }: Omit<ImportRecords, 'type'>): Planned[] {
  const seen = new Set<string>()
  const gone = new Map<InstrumentId, Quantity>()
  return records.map((record) => {
    const isKnown = account.imported.has(record.ref) || seen.has(record.ref)
    if (isKnown) return nothing(record, 'known')
    if (account.imported.size + seen.size >= IMPORTED_MAX) return nothing(record, 'full')
    const { holding } = record
    const taken = holding ? held(account, { record, holding, by }, gone) : kept(record, by)
    if (taken.outcome === 'taken') seen.add(record.ref)
    return taken
  })
}

const nothing = (record: ImportedRecord, outcome: ImportOutcome): Planned => ({
  record,
  outcome,
  moved: undefined,
  short: NO_QUANTITY,
  events: [],
})

function kept(record: ImportedRecord, by: string): Planned {
  const { kind, ref, symbol, detail } = record
  const event: Event = { type: 'RecordImported', kind, ref, symbol, detail, by }
  return { ...nothing(record, 'taken'), events: [event] }
}

type Claim = { readonly record: ImportedRecord; readonly holding: Holding; readonly by: string }

/**
 * What was held before us is `preexisting`; the part that the other system calls its own goes to
 * the book it names. No more than the broker holds: a file is no share.
 */
function held(
  account: Account,
  { record, holding, by }: Claim,
  gone: Map<InstrumentId, Quantity>,
): Planned {
  const { instrument, owner, quantity, orders } = holding
  if (instrument === undefined) return nothing(record, 'unknownSymbol')
  const leg = preexistingOf(account, instrument)
  const before = gone.get(instrument) ?? NO_QUANTITY
  const left = leg ? minus(leg.position.quantity, before) : NO_QUANTITY
  if (!leg || left <= 0n) return { ...nothing(record, 'notHeld'), short: quantity }
  const moved = smaller(quantity, left)
  gone.set(instrument, plus(before, moved))
  const move = movedTo(account, leg, { moved, owner, by })
  const events: Event[] = [...kept(record, by).events, move]
  if (!account.tracking.has(instrument)) {
    const [firstOrder = record.ref as OrderId] = orders
    const { preexisting, preexistingCost } = heldByOthers(account, instrument)
    const isTheirs = !isAutomatic(owner) // what a person trades is held by others than strategies
    events.push({
      type: 'SymbolTracked',
      instrument,
      firstOrder,
      preexisting: isTheirs ? preexisting : minus(preexisting, moved),
      preexistingCost: isTheirs ? preexistingCost : minus(preexistingCost, move.cost),
    })
  }
  return { record, outcome: 'taken', moved, short: minus(quantity, moved), events }
}

/** The largest of them: a symbol is held before us under one product, as a rule. */
function preexistingOf({ legs }: Account, instrument: InstrumentId): Leg | undefined {
  const all = PRODUCTS.flatMap(
    (product) => legs.get(netKey(instrument, product))?.get(PREEXISTING) ?? [],
  )
  return all.toSorted((a, b) => (a.position.quantity < b.position.quantity ? 1 : -1))[0]
}

type LegMoved = EventOf<'LegMoved'>
type Move = { readonly moved: Quantity; readonly owner: Holding['owner']; readonly by: string }

function movedTo(account: Account, leg: Leg, { moved, owner: toOwner, by }: Move): LegMoved {
  const { instrument, product, owner, position } = leg
  const isAll = moved === position.quantity
  const cost = isAll ? position.cost : share(position.cost, moved, position.quantity)
  const to = account.legs.get(netKey(instrument, product))?.get(toOwner)?.position ?? FLAT
  const carried = carriedCost(to, moved, cost)
  const reason = `imported by ${by}`
  const of = { instrument, product, owner, toProduct: product, toOwner }
  return { type: 'LegMoved', ...of, quantity: moved, cost, carried, reason }
}
