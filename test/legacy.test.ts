import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { readLegacy } from '../src/cli/legacy-files.ts'
import { readRow } from '../src/cli/legacy-rows.ts'
import { formatQuantity, quantity } from '../src/core/amount.ts'
import { RECORD_KINDS } from '../src/core/books-event.ts'
import type { ImportedRecord } from '../src/core/importing.ts'
import { instrumentId } from '../src/core/instrument.ts'
import { strategyOwner } from '../src/core/owner.ts'
import { planOf } from '../src/core/rules/import.ts'
import { legsOf } from '../src/core/view.ts'
import { tempFolder } from './temp.ts'
import { TradeStory } from './trade-story.ts'

function folderOf(files: Readonly<Record<string, unknown>>): string {
  const folder = join(tempFolder(), 'old')
  mkdirSync(folder)
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(
      join(folder, `${name}.json`),
      typeof content === 'string' ? content : JSON.stringify(content),
    )
  }
  return folder
}

const DHARMAJ = {
  current_tracked_qty: 10,
  pre_existing_qty: 119,
  order_ids: ['2409'],
  status: 'active',
}

test('all four files are read, whether their rows have names or stand in a list', async () => {
  const folder = folderOf({
    system_recommended_symbols: { DHARMAJ, TCS: { ...DHARMAJ, status: 'completed' } },
    pending_orders: [{ order_id: 'ORDER-1', symbol: 'INFY-EQ', quantity: 5, status: 'PENDING' }],
    trades_history: { trades: [{ symbol: 'NSE:SBIN', qty: '3', price: 500.5 }] },
    portfolio_state: {
      initial_capital: 100_000,
      positions: { ITC: { qty: 7, entry_price: 400 }, DHARMAJ: { qty: 10 } },
      closed: [{ symbol: 'LT', qty: 1, pnl: 12.5 }],
    },
  })
  const { records, refused, notes } = await readLegacy(folder)
  assert.deepEqual([refused, notes], [[], []])
  assert.deepEqual(
    records.map(({ kind, symbol, holding }) =>
      `${kind} ${symbol} ${holding?.quantity ?? ''}`.trim(),
    ),
    [
      'symbol DHARMAJ 10',
      'symbol TCS',
      'order INFY',
      'trade SBIN',
      'position ITC 7',
      'position DHARMAJ', // the list of symbols says better what is its own
      'closed LT',
    ],
  )
  assert.equal(records[2]?.ref, 'order:ORDER-1')
})

test('each line that cannot be taken is named with the reason', async () => {
  const folder = folderOf({
    system_recommended_symbols: {
      A: { current_tracked_qty: -1 },
      B: { current_tracked_qty: 1, status: 'half' },
      C: 'text',
      D: { current_tracked_qty: 1, order_ids: 'x' },
      '<b>': { current_tracked_qty: 1 },
    },
    pending_orders:
      '[{"id": "o1", "symbol": "INFY", "quantity": NaN}, {"symbol": "INFY", "quantity": 1},' +
      ' {"id": "o2", "symbol": "INFY", "quantity": 1},' +
      ' {"id": "o2", "symbol": "TCS", "quantity": 2}]',
    trades_history: 'not json',
    portfolio_state: { positions: 5 },
  })
  const { records, refused } = await readLegacy(folder)
  assert.deepEqual(
    records.map(({ ref }) => ref),
    ['order:o2'],
  )
  assert.deepEqual(
    refused.map(({ file, row, why }) => `${file.split('_')[0]} ${row}: ${why.slice(0, 32)}`),
    [
      'system A: current_tracked_qty: a number fr',
      'system B: status "half": active or complet',
      'system C: an object with named fields is e',
      'system D: order_ids: a list of order ids i',
      'system <b>: it names no symbol of letters an',
      'pending #1: it has no quantity',
      'pending #2: it has no order id',
      'pending #4: order:o2 stands there twice: the',
      'trades : it cannot be read as JSON: Unexp',
      'portfolio positions: a list, or an object of rows, is',
    ],
  )
})

test('no secret is taken along, and the file of tokens is not opened', async () => {
  const folder = folderOf({
    kite_tokens: { access_token: 'abc' },
    trades_history: [{ symbol: 'LT', qty: 1, access_token: 'abc', meta: { MPIN: 1, note: 'x' } }],
  })
  const { records, notes } = await readLegacy(folder)
  assert.equal(records[0]?.detail, '{"meta":{"note":"x"},"qty":1,"symbol":"LT"}')
  assert.match(notes.join(), /kite_tokens.json holds a secret and was not opened/)
})

test('what is held of a symbol has one name, in whichever file it stands', async () => {
  const refs = async (files: Readonly<Record<string, unknown>>) =>
    (await readLegacy(folderOf(files))).records.map(({ ref, holding }) => {
      return `${ref} ${holding?.quantity ?? '-'}`
    })
  const listed = { system_recommended_symbols: { ITC: { current_tracked_qty: 7 } } }
  const state = (qty: number) => ({ portfolio_state: { positions: { ITC: { qty } } } })
  assert.deepEqual(await refs(listed), ['symbol:ITC 7'])
  assert.deepEqual(await refs(state(8)), ['symbol:ITC 8'])
  assert.deepEqual(await refs({ ...listed, ...state(9) }), ['symbol:ITC 7', 'position:ITC -'])
})

test('two equal trades without a name are two, and the same two again', async () => {
  const trade = { symbol: 'LT', qty: 1, price: 10, time: '2026-01-02' }
  const folder = folderOf({ trades_history: [trade, trade] })
  const refs = async () => (await readLegacy(folder)).records.map(({ ref }) => ref)
  const [first, second] = await refs()
  assert.equal(second, `${first}#2`)
  assert.deepEqual(await refs(), [first, second])
})

test('whatever a row is, it is taken or refused, and never throws', () => {
  const kinds = fc.constantFrom(...RECORD_KINDS)
  fc.assert(
    fc.property(kinds, fc.string(), fc.jsonValue({ maxDepth: 12 }), (kind, place, value) => {
      const row = { file: 'f', place, value }
      const [read, again] = [readRow(kind, row), readRow(kind, row)]
      assert.deepEqual(read, again)
      if ('why' in read) return
      assert.ok(read.ref.length <= 80 && read.detail.length <= 1_000)
    }),
  )
})

const INFY = instrumentId('NSE', 'INFY')
const owner = strategyOwner('x')
const claim = (size: string, ref = 'symbol:INFY'): ImportedRecord => ({
  kind: 'symbol',
  ref,
  symbol: 'INFY',
  detail: '{}',
  holding: { instrument: INFY, owner, quantity: quantity(size), orders: [] },
})
const books = ({ account }: TradeStory): string[] =>
  [...legsOf(account)].map(({ owner: whose, position }) => {
    return `${whose} ${formatQuantity(position.quantity)} ${position.cost / 10n ** 16n}`
  })

test('what the other system calls its own leaves the pre-existing book, once', async () => {
  const story = await TradeStory.open()
  await story.play('book agreed cycle 1; cash 1000000; position INFY 129 @ 100')
  assert.deepEqual(books(story), ['preexisting 129 12900'])
  const told = { type: 'ImportRecords', records: [claim('10')], by: 'key:me' } as const
  await story.tell(told)
  assert.deepEqual(books(story), ['preexisting 119 11900', 'strategy:x 10 1000'])
  assert.equal(story.account.tracking.get(INFY)?.preexisting, quantity('119'))
  const { seq } = story.account
  await story.tell(told)
  assert.equal(story.account.seq, seq, 'a second time changes nothing')
  story.close()
})

test('a file is no share: no more moves than the broker holds of nobody’s', async () => {
  const story = await TradeStory.open()
  const plan = (...records: ImportedRecord[]) =>
    planOf(story.account, { records, by: 'key:me' }).map(({ outcome, moved, short }) => {
      const size = moved === undefined ? '-' : formatQuantity(moved)
      return `${outcome} ${size} ${formatQuantity(short)}`
    })
  assert.deepEqual(plan(claim('10')), ['notHeld - 10'])
  await story.play('book agreed cycle 1; cash 1000000; position INFY 12 @ 100')
  assert.deepEqual(plan(claim('10'), claim('5', 'b'), claim('1', 'c')), [
    'taken 10 0',
    'taken 2 3',
    'notHeld - 1',
  ])
  const { holding: _, ...rest } = claim('1', 'd')
  const unheard: ImportedRecord = {
    ...rest,
    holding: { ...claim('1').holding!, instrument: undefined },
  }
  assert.deepEqual(plan(unheard, { ...rest, holding: undefined }), [
    'unknownSymbol - 0',
    'taken - 0',
  ])
  story.close()
})

test('an import makes no trade, no order and no profit', async () => {
  const story = await TradeStory.open()
  await story.play('book agreed cycle 1; cash 1000000; position INFY 129 @ 100')
  await story.tell({ type: 'ImportRecords', records: [claim('10')], by: 'key:me' })
  const found = story.performance({}, () => undefined)
  assert.deepEqual([story.account.orders.size, found.figures.trades], [0, 0])
  const { realized, used } = story.portfolio()
  assert.deepEqual([realized, used], ['0', '1000'])
  story.close()
})
