import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { newAccount } from '../src/core/account.ts'
import type { Notice, NoticeKind } from '../src/core/notice.ts'
import { endOfRow, NOTICE_KINDS, sequenceOf } from '../src/core/notice.ts'
import { foldOne, orderIdOf } from '../src/core/one-order.ts'
import type { PositionView } from '../src/core/view.ts'
import { legsOf, orderView, positionView } from '../src/core/view.ts'
import { News } from '../src/desk/news.ts'
import type { Journal } from '../src/store/journal.ts'
import { MemoryJournal } from '../src/store/memory.ts'
import { Views } from '../src/store/views.ts'
import { batchesOf } from './journal.exam.ts'
import { tempFolder } from './temp.ts'
import { tour } from './tour.ts'

async function toured(size: number): Promise<MemoryJournal> {
  const journal = new MemoryJournal()
  for (const batch of batchesOf(tour(), size)) await journal.append(batch)
  return journal
}

/** With screens that have caught up, however slow this machine is. */
function newsOf(journal: Journal): Pick<News, 'page'> {
  const file = join(tempFolder(), 'views.db')
  const views = new Views({ file, journal, say: assert.fail })
  const news = new News(journal, views)
  return {
    page: (asked) => {
      views.catchUp(60_000)
      return news.page(asked)
    },
  }
}

type Reading = {
  readonly after?: number
  readonly limit?: number
  readonly kinds?: readonly NoticeKind[]
}

/** Page after page, until there is no more. */
function readAll(
  news: Pick<News, 'page'>,
  { after = 0, limit = 500, kinds }: Reading = {},
): Notice[] {
  const all: Notice[] = []
  for (let at = after; ;) {
    const page = news.page({ after: at, limit, kinds })
    assert.ok(page !== 'ahead')
    all.push(...page.items)
    assert.ok(page.next > at || !page.more, 'every page goes on')
    at = page.next
    if (!page.more) return all
  }
}

/** What moves from one book to another moves two positions. */
const places = (notices: readonly Notice[]): string[] =>
  notices.map((each) => {
    const { product, owner } = each.kind === 'position' ? each.position : {}
    return `${each.sequence} ${each.kind} ${product} ${owner}`
  })

test('an order and a position are told as they were right after the event', async () => {
  const journal = await toured(3)
  const whole = newAccount('paper')
  const told = readAll(newsOf(journal))
  for (const { n, entries } of journal.read(0)) {
    let events = 0
    for (const entry of entries) {
      for (const [index, event] of entry.events.entries()) {
        const sequence = sequenceOf(n, events++)
        foldOne(whole, entry, index)
        const id = orderIdOf(event)
        const price = 'price' in event ? event.price : undefined
        const legs = [...legsOf(whole)].map((leg) => positionView('paper', leg, price))
        for (const notice of told.filter((each) => each.sequence === sequence)) {
          if (notice.kind === 'order') {
            assert.deepEqual(notice.order, orderView('paper', whole.orders.get(id!)!))
          }
          if (notice.kind !== 'position') continue
          const { symbol, product, owner } = notice.position
          const isIt = (leg: PositionView): boolean =>
            leg.symbol === symbol && leg.product === product && leg.owner === owner
          assert.deepEqual([notice.position], legs.filter(isIt))
        }
      }
    }
  }
  const count = (kind: NoticeKind): number => told.filter((each) => each.kind === kind).length
  const fills = [...journal.read(0)]
    .flatMap(({ entries }) => entries)
    .flatMap(({ events }) => events)
    .filter(({ type }) => type === 'OrderFilled' || type === 'FillBusted')
  assert.equal(count('fill'), fills.length)
  assert.ok(count('position') > fills.length, 'not orders alone move positions')
  for (const kind of NOTICE_KINDS) assert.ok(count(kind) > 0, kind)
})

test('whatever the page and wherever it begins, each is told once and in order', async () => {
  for (const size of [1, 5, 1_000]) {
    const journal = await toured(size)
    const all = readAll(newsOf(journal))
    const sequences = all.map(({ sequence }) => sequence)
    assert.deepEqual(
      sequences,
      [...sequences].sort((a, b) => a - b),
    )
    assert.equal(new Set(places(all)).size, all.length)
    for (const limit of [1, 7]) assert.deepEqual(readAll(newsOf(journal), { limit }), all)
    for (const after of sequences) {
      const rest = all.filter(({ sequence }) => sequence > after)
      assert.deepEqual(readAll(newsOf(journal), { after, limit: 11 }), rest)
    }
    const some = ['executed', 'position'] as const
    assert.deepEqual(
      readAll(newsOf(journal), { kinds: some }),
      all.filter(({ kind }) => some.some((each) => each === kind)),
    )
  }
})

test('followers at different places hear what one alone hears', async () => {
  const journal = new MemoryJournal()
  const news = newsOf(journal)
  const followers = NOTICE_KINDS.map((kind) => ({ kind, after: 0, heard: [] as Notice[] }))
  for (const [turn, batch] of batchesOf(tour(), 2).entries()) {
    await journal.append(batch)
    for (const [rank, follower] of followers.entries()) {
      if (turn % (rank + 1) !== 0) continue // the later in the list, the slower
      const { kind, after } = follower
      const page = news.page({ after, kinds: [kind], limit: 2 })
      assert.ok(page !== 'ahead')
      follower.after = page.next
      follower.heard.push(...page.items)
    }
  }
  const all = readAll(newsOf(journal))
  for (const { kind, after, heard } of followers) {
    const rest = readAll(news, { after, kinds: [kind] })
    assert.deepEqual(
      [...heard, ...rest],
      all.filter((each) => each.kind === kind),
      kind,
    )
  }
})

test('from now on begins after what is there; a place beyond the journal is none', async () => {
  const journal = await toured(4)
  const { n } = journal.head()
  const news = newsOf(journal)
  assert.deepEqual(news.page({ limit: 5 }), { items: [], next: endOfRow(n), more: false })
  assert.equal(news.page({ after: sequenceOf(n + 1, 0), limit: 5 }), 'ahead')
})

test('what is told of the end of an order comes once, with its charges', async () => {
  const all = readAll(newsOf(await toured(1)))
  const ends = all.filter((each) => each.kind === 'execution')
  assert.deepEqual(
    ends.map(({ event, execution: { status } }) => `${status} ${event}`),
    [
      'COMPLETE ChargesBooked',
      'REJECTED OrderRejected',
      'LAPSED OrderLapsed',
      'CANCELLED OrderCancelled',
      'EXPIRED OrderExpired',
      'COMPLETE ChargesBooked', // its last fill came late
      'REJECTED OrderRejected',
      'CANCELLED ChargesBooked', // the exchange took that fill back
      'EXPIRED OrderExpired',
    ],
  )
  const [{ execution } = assert.fail()] = ends
  assert.deepEqual([execution.filled, execution.totalCharges !== '0'], ['10', true])
})
