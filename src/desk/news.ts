import type { Notice, NoticeKind, NoticesAsked, NoticesView } from '../core/notice.ts'
import { endOfRow, NOTICE_KINDS, rowOfSequence } from '../core/notice.ts'
import type { Batch, Journal } from '../store/journal.ts'
import { Past } from '../store/past.ts'
import type { Views } from '../store/views.ts'
import type { Clock } from './clock.ts'
import type { Desk } from './desk.ts'
import { NewsReader } from './news-reader.ts'

/** One page is so much work at most: orders come first. */
const SLICE_MS = 5
const ROWS_A_PAGE = 200
/** Of work for what an order was before: whoever asks may ask again. */
const CATCH_UP_MS = 100
/** Rows this near the head are read for all who follow, and their notices kept for a while. */
const NEAR_ROWS = 256
const NOTICES_KEPT = 1_000
/** Followers far behind, each somewhere else, whose orders are kept folded. */
const READERS_MAX = 8

type Row = {
  readonly n: number
  readonly kinds: ReadonlySet<NoticeKind>
  readonly notices: readonly Notice[]
}

/**
 * What has happened, for whoever follows: pages of notices from any place in the journal. Each
 * follower keeps its own place and asks for what comes after it, so that one that is slow holds
 * nobody up, and nothing waits for it in memory.
 */
export class News {
  readonly #journal: Journal
  readonly #past: Past
  /** By the row each of them reads next. */
  readonly #readers = new Map<number, NewsReader>()
  readonly #recent = new Map<number, Row>()
  #kept = 0
  /** What anybody has asked for: nothing else is worked out. */
  readonly #asked = new Set<NoticeKind>()

  constructor(journal: Journal, views: Views) {
    this.#journal = journal
    this.#past = new Past(journal, (row) => views.withRow(row, CATCH_UP_MS))
  }

  /** To be called between commits. Throws ScreensBehind. */
  page({ after, kinds = NOTICE_KINDS, account, limit }: NoticesAsked): NoticesView | 'ahead' {
    const head = this.#journal.head().n
    const from = after ?? endOfRow(head)
    if (from > endOfRow(head)) return 'ahead'
    const wanted = new Set(kinds)
    for (const kind of kinds) this.#asked.add(kind)
    const until = performance.now() + SLICE_MS
    const items: Notice[] = []
    let next = from
    let rows = 0
    for (const row of this.#rows(rowAfter(from), head, wanted)) {
      for (const notice of row.notices) {
        const { sequence, kind } = notice
        if (sequence <= from || !wanted.has(kind)) continue
        if (account !== undefined && notice.account !== account) continue
        const last = items.at(-1)?.sequence
        if (items.length >= limit && last !== undefined && last !== sequence) {
          this.#keep(row) // to be gone on with
          return { items, next: last, more: true }
        }
        items.push(notice)
      }
      next = endOfRow(row.n)
      rows++
      if (items.length >= limit || rows >= ROWS_A_PAGE || performance.now() > until) break
    }
    return { items, next, more: next < endOfRow(head) }
  }

  *#rows(first: number, head: number, wanted: ReadonlySet<NoticeKind>): Iterable<Row> {
    let n = first
    for (let row = this.#known(n, wanted); row; row = this.#known(++n, wanted)) yield row
    if (n > head) return
    for (const batch of this.#journal.read(n - 1)) {
      yield this.#known(batch.n, wanted) ?? this.#read(batch, head, wanted)
    }
  }

  #known(n: number, wanted: ReadonlySet<NoticeKind>): Row | undefined {
    const row = this.#recent.get(n)
    return row && [...wanted].every((kind) => row.kinds.has(kind)) ? row : undefined
  }

  #read(batch: Batch, head: number, wanted: ReadonlySet<NoticeKind>): Row {
    const { n } = batch
    const isNear = n > head - NEAR_ROWS
    const kinds = isNear ? new Set(this.#asked) : wanted
    const reader = this.#readers.get(n) ?? new NewsReader(this.#past)
    this.#readers.delete(n)
    const row: Row = { n, kinds, notices: reader.read(batch, kinds) }
    this.#readers.set(n + 1, reader)
    for (const oldest of this.#readers.keys()) {
      if (this.#readers.size <= READERS_MAX) break
      this.#readers.delete(oldest)
    }
    if (isNear) this.#keep(row)
    return row
  }

  #keep(row: Row): void {
    this.#forget(row.n)
    this.#recent.set(row.n, row)
    this.#kept += row.notices.length
    for (const oldest of this.#recent.keys()) {
      if (this.#recent.size <= NEAR_ROWS && this.#kept <= NOTICES_KEPT) break
      if (oldest !== row.n) this.#forget(oldest)
      else if (this.#recent.size === 1) break
    }
  }

  #forget(n: number): void {
    this.#kept -= this.#recent.get(n)?.notices.length ?? 0
    this.#recent.delete(n)
  }
}

/** The row in which what comes after a sequence begins; the first is 1. */
const rowAfter = (sequence: number): number => Math.max(1, rowOfSequence(sequence + 1))

type Counter = { readonly desk: Desk; readonly clock: Pick<Clock, 'soon'> }

/**
 * Each page lets the loop turn once: whoever reads a long journal holds up no order. What is asked
 * for from now on begins with what is asked of the desk next.
 */
export async function askNews(
  news: News,
  { desk, clock }: Counter,
  asked: NoticesAsked,
): Promise<NoticesView | 'ahead' | 'noAccount'> {
  if (asked.after !== undefined) await new Promise<void>((resolve) => clock.soon(resolve))
  const { account } = asked
  return desk.ask((accounts) => {
    if (account !== undefined && !accounts.has(account)) return 'noAccount'
    return news.page(asked)
  })
}
