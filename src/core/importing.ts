/** What another system has written down, on its way into the journal. */
import type { Quantity } from './amount.ts'
import type { RecordKind } from './books-event.ts'
import type { InstrumentId } from './instrument.ts'
import type { OrderId } from './order.ts'
import type { Owner } from './owner.ts'

/** One line, well formed. */
export type ImportedRecord = {
  readonly kind: RecordKind
  readonly ref: string
  readonly symbol: string
  readonly detail: string
  /** What the other system says is its own of what the broker holds. */
  readonly holding: Holding | undefined
}

export type Holding = {
  /** Undefined where nobody here knows the symbol. */
  readonly instrument: InstrumentId | undefined
  /** Whose book it belongs in. */
  readonly owner: Owner
  /** Above zero. */
  readonly quantity: Quantity
  /** Of the other system, the oldest first. */
  readonly orders: readonly OrderId[]
}

export type ImportRecords = {
  readonly type: 'ImportRecords'
  readonly records: readonly ImportedRecord[]
  readonly by: string
}

export type PlainRecord = Omit<ImportedRecord, 'holding'> & {
  readonly holding?:
    | {
        readonly quantity: string
        readonly exchange?: string | undefined
        readonly orders: readonly string[]
      }
    | undefined
}

export type ImportAsked = {
  readonly account: string
  /** Whose the holdings are; without one they are the person’s own. */
  readonly strategy?: string | undefined
  readonly records: readonly PlainRecord[]
  readonly dryRun: boolean
  readonly by: string
}

/**
 * `taken`: it is, or would be, in the journal. `known`: it was there. `unknownSymbol`, `notHeld`:
 * not taken, since the book it is about would not fit what the broker holds. `full`: there is no
 * room for more.
 */
export type ImportOutcome = 'taken' | 'known' | 'unknownSymbol' | 'notHeld' | 'full'

export type ImportedView = {
  readonly ref: string
  readonly outcome: ImportOutcome
  /** What moved from `preexisting` into the owner’s book; null where no book is touched. */
  readonly moved: string | null
  /** The owner says it has this much more than the broker holds of nobody else’s. */
  readonly short: string | null
}

export type ImportView = {
  readonly account: string
  readonly dryRun: boolean
  readonly items: readonly ImportedView[]
}
