/** What of a reading is journaled: its counts, averages that differ, what the account is worth. */
import type { Account } from '../account.ts'
import { exposureOf } from '../account.ts'
import type { Event } from '../event.ts'
import type { Book } from '../input.ts'
import type { NetKey } from '../instrument.ts'
import { netKey } from '../instrument.ts'
import type { Instant } from '../time.ts'
import { later, MINUTE, SECOND } from '../time.ts'
import type { Net, Nets } from './compare.ts'
import { marked } from './mark.ts'
import { slippages } from './slippage.ts'

/**
 * A reading that found nothing new is journaled once a minute all the same. It may come a little
 * early: else the one after it would, and that is ten seconds too late.
 */
const NOTED_MS: number = MINUTE - 5 * SECOND
/** Of an account that holds nothing and waits for nothing: no price changes what it is worth. */
const IDLE_NOTED_MS: number = 30 * MINUTE - 5 * SECOND

export type Noting = {
  /** Undefined where the reading proves nothing of positions. */
  readonly nets: Nets | undefined
  /** What the reading brought about so far. */
  readonly before: readonly Event[]
  /** All that was traded is in both books. */
  readonly isFirm: boolean
}

/** Whether a reading that finds nothing new would be journaled. */
export const isNoteDue = (account: Account, askedAt: Instant): boolean =>
  !account.compared || isMoved(account) || askedAt >= notedAgain(account, account.compared.at)

const notedAgain = ({ held, working }: Account, last: Instant): Instant =>
  later(last, held > 0 || working > 0 ? NOTED_MS : IDLE_NOTED_MS)

/** A position or cash has moved since the account was last marked. */
const isMoved = ({ movedSeq, markedSeq, cash }: Account): boolean =>
  movedSeq > markedSeq && cash.size > 0

export function noted(account: Account, book: Book, { nets, before, isFirm }: Noting): Event[] {
  const { cycle, askedAt, marks } = book
  if (cycle === undefined) return []
  const total = nets?.total ?? 0
  const isOpen = opensAfter(account, book, { before, isFirm })
  const differs = nets?.odd.filter(isOpen).length ?? 0
  const unknown = account.unknown.size
  const counts = { matched: total - differs, total, unknown, failed: failedIn(book) }
  const { compared } = account
  const proven = isFirm && book.agreesSince !== undefined && nets !== undefined
  const isFirst = !compared || (proven && !compared.adopted)
  const isNews = isFirst || before.some(isAboutBooks) || !isSameCounts(compared, counts)
  const isDue = isNews || askedAt >= notedAgain(account, compared.at)
  if (!isDue && !(marks && isMoved(account))) return []
  return [
    ...(isFirm && nets ? slippages(account, book) : []),
    { type: 'BookCompared', cycle, ...counts, proven },
    // What this very reading moved is not in the account yet: the next one marks it.
    ...(marks && !before.some(isMove) ? marked(account, marks) : []),
  ]
}

export const isWhole = ({ orders, trades, positions, holdings, funds }: Book): boolean =>
  orders.ok && trades.ok && positions.ok && funds.ok && holdings?.ok !== false

function failedIn(book: Book): string {
  if (isWhole(book)) return ''
  const { orders, trades, positions, holdings, funds } = book
  const parts = { orders, trades, positions, ...(holdings && { holdings }), funds }
  return Object.entries(parts)
    .flatMap(([name, part]) => (part.ok ? [] : [name]))
    .join(',')
}

type Reached = Pick<Noting, 'before' | 'isFirm'>

/**
 * Whether a net differs once `before` has happened: it has a break, or is about to. What moved
 * while the book was read cannot be told from this reading.
 */
function opensAfter(account: Account, { askedAt }: Book, { before, isFirm }: Reached) {
  const after = new Map<NetKey, boolean>()
  for (const event of before) {
    const { type } = event
    if (type !== 'BreakFound' && type !== 'BreakSettled' && type !== 'HoldingsAdopted') continue
    after.set(netKey(event.instrument, event.product), type === 'BreakFound')
  }
  return ({ key, ours, quantity }: Net): boolean => {
    const known = after.get(key) ?? (account.breaks.has(key) || undefined)
    if (known !== undefined) return known
    return isFirm && ours !== quantity && exposureOf(account, key).touchedAt < askedAt
  }
}

const ABOUT_BOOKS: ReadonlySet<Event['type']> = new Set([
  'BreakFound',
  'BreakSettled',
  'HoldingsAdopted',
  'ManualTradeSeen',
])
const isAboutBooks = ({ type }: Event): boolean => ABOUT_BOOKS.has(type)

const MOVES: ReadonlySet<Event['type']> = new Set([
  'OrderFilled',
  'FillBusted',
  'ChargesBooked',
  'ManualTradeSeen',
  'HoldingsAdopted',
  'LegAdjusted',
  'CashMoved',
])
const isMove = ({ type }: Event): boolean => MOVES.has(type)

type Counts = { readonly matched: number; readonly total: number; readonly failed: string }

const isSameCounts = (a: Counts, b: Counts): boolean =>
  a.matched === b.matched && a.total === b.total && a.failed === b.failed
