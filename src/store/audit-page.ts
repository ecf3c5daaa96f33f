import type { AuditView, PageView } from '../core/asking.ts'
import { utc } from '../core/view.ts'
import type { AuditAsked } from './audit.ts'
import { auditView, chosen } from './audit.ts'
import type { Range } from './blocks.ts'
import type { Batch, Journal } from './journal.ts'
import type { PageAsked } from './views-asked.ts'

/** Rows of the journal that one question about it may read: a few milliseconds. */
const ROWS_A_QUESTION = 1_000
/** A position in the journal as one number: its row, and which of the row's events. */
const EVENTS_A_ROW = 2 ** 20

/** The last row of which a page that ends `before` may show something. */
export const rowOf = (before = Number.MAX_SAFE_INTEGER): number => Math.floor(before / EVENTS_A_ROW)

type Asking = { readonly asked: AuditAsked; readonly page: PageAsked }

/**
 * Events of those rows, the latest first. A page ends where enough was read, so it may hold less
 * than was asked for, and even nothing: only a `next` of null says that there is no more.
 */
export function auditPage(
  journal: Journal,
  ranges: Iterable<Range>,
  { asked, page }: Asking,
): PageView<AuditView> {
  const { limit, before = Number.MAX_SAFE_INTEGER } = page
  const items: AuditView[] = []
  let left = ROWS_A_QUESTION
  for (const range of ranges) {
    if (left <= 0) return { items, next: (range.upTo + 1) * EVENTS_A_ROW }
    left -= range.upTo - range.after
    for (const { n, entries } of backwards(journal, range)) {
      const found = entries.flatMap((entry) =>
        chosen(entry, asked).map((index) => ({ entry, index })),
      )
      for (const [at, { entry, index }] of [...found.entries()].toReversed()) {
        const position = n * EVENTS_A_ROW + at
        if (position >= before) continue
        if (items.length === limit) return { items, next: position + 1 }
        items.push(auditView(entry, index, utc))
      }
    }
  }
  return { items, next: null }
}

function backwards(journal: Journal, { after, upTo }: Range): Batch[] {
  const batches: Batch[] = []
  for (const batch of journal.read(after)) {
    if (batch.n > upTo) break
    batches.push(batch)
  }
  return batches.toReversed()
}
