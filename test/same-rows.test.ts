import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SameRows } from '../src/brokers/same-rows.ts'

type Raw = { readonly symbol: string; readonly held: string; readonly last: string }
type Row = { readonly symbol: string; readonly held: number }

function reader() {
  const decoded: string[] = []
  const rows = new SameRows<Raw, Raw, Row>({
    keep: (raw) => raw,
    isSame: (raw, kept) => raw.symbol === kept.symbol && raw.held === kept.held,
    rowOf: ({ symbol, held }) => {
      if (!/^-?\d+$/.test(held)) throw new Error(`held is ${held}`)
      decoded.push(symbol)
      return { symbol, held: Number(held) }
    },
  })
  return { rows, decoded }
}

const shown = (last: string, ...held: readonly string[]): readonly Raw[] =>
  held.map((each, index) => ({ symbol: `S${index}`, held: each, last }))

test('where only prices moved, the rows are the very same and nothing is decoded', () => {
  const { rows, decoded } = reader()
  const first = rows.read(shown('100', '1', '2'))
  assert.equal(rows.read(shown('101', '1', '2')), first)
  assert.deepEqual(decoded, ['S0', 'S1'])
})

test('of rows that changed only those are decoded, and a shorter list is another', () => {
  const { rows, decoded } = reader()
  const [kept] = rows.read(shown('100', '1', '2'))
  const second = rows.read(shown('100', '1', '3'))
  assert.equal(second[0], kept)
  assert.deepEqual([second[1]?.held, decoded], [3, ['S0', 'S1', 'S1']])
  assert.deepEqual(rows.read(shown('100', '1')), [kept])
  assert.deepEqual(rows.read([]), [])
})

test('a list that cannot be read changes nothing of what was read before', () => {
  const { rows } = reader()
  const first = rows.read(shown('100', '1', '2'))
  assert.throws(() => rows.read(shown('100', '1', 'x')), /held is x/)
  assert.equal(rows.read(shown('100', '1', '2')), first)
})
