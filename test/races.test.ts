import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { DENIALS } from '../src/core/denial.ts'
import { scenario } from './scenario.ts'

/** An order of 10 at work, to be changed to 15 and cancelled, with everything on its way. */
const BEGIN = `
place INFY 10 limit 100 -> placed o1, sending o1
accept o1 b1 -> accepted o1 b1
amend o1 quantity 15 -> amend asked o1, sending amend o1
cancel o1 -> cancel asked o1, sending cancel o1`

type Truth = {
  readonly name: string
  /** What the broker tells, each once, in whatever order it arrives. */
  readonly told: readonly string[]
  /** What its book shows in the end. */
  readonly book: string
  readonly end: string
}

const TRADES = 'trade b1 t1 4 @ 100; trade b1 t2 6 @ 100'
const TRUTHS: readonly Truth[] = [
  {
    name: 'the change was taken, a part traded, the cancel was taken',
    told: [
      'accept-amend o1',
      'trade b1 t1 4 @ 100',
      'accept-cancel o1',
      'row o1 b1 cancelled 4 size 15',
    ],
    book: 'book; o1 b1 cancelled 4 size 15; trade b1 t1 4 @ 100',
    end: 'cancelled 4/15',
  },
  {
    name: 'the change was refused, a part traded, the cancel was taken',
    told: [
      'reject-amend o1 busy',
      'trade b1 t1 4 @ 100',
      'accept-cancel o1',
      'row o1 b1 cancelled 4 size 10',
    ],
    book: 'book; o1 b1 cancelled 4 size 10; trade b1 t1 4 @ 100',
    end: 'cancelled 4/10',
  },
  {
    name: 'it was filled before either arrived',
    told: [
      'reject-amend o1 complete',
      'reject-cancel o1 complete',
      'trade b1 t1 4 @ 100',
      'trade b1 t2 6 @ 100',
      'row o1 b1 complete 10 size 10',
    ],
    book: `book; o1 b1 complete 10 size 10; ${TRADES}`,
    end: 'complete 10/10',
  },
  {
    name: 'the change was taken, all of it traded, the cancel came too late',
    told: [
      'accept-amend o1',
      'reject-cancel o1 complete',
      'trade b1 t1 4 @ 100',
      'trade b1 t2 6 @ 100',
      'trade b1 t3 5 @ 100',
    ],
    book: `book; o1 b1 complete 15 size 15; ${TRADES}; trade b1 t3 5 @ 100`,
    end: 'complete 15/15',
  },
  {
    name: 'nobody answered the change or the cancel; both were taken',
    told: [
      'silence-amend o1',
      'silence-cancel o1',
      'trade b1 t1 4 @ 100',
      'row o1 b1 cancelled 4 size 15',
    ],
    book: 'book; o1 b1 cancelled 4 size 15; trade b1 t1 4 @ 100',
    end: 'cancelled 4/15',
  },
  {
    name: 'nobody answered; neither was taken, and it traded whole',
    told: ['silence-amend o1', 'silence-cancel o1', 'trade b1 t1 4 @ 100', 'trade b1 t2 6 @ 100'],
    book: `book; o1 b1 complete 10 size 10; ${TRADES}`,
    end: 'complete 10/10',
  },
]

function* orders<T>(items: readonly T[]): Iterable<readonly T[]> {
  if (items.length <= 1) yield items
  for (const [index, item] of items.entries()) {
    const rest = items.filter((_, other) => other !== index)
    if (items.length > 1) for (const tail of orders(rest)) yield [item, ...tail]
  }
}

for (const { name, told, book, end } of TRUTHS) {
  test(`whatever arrives first, it ends as it is: ${name}`, () => {
    let runs = 0
    for (const arrival of orders([...told, book])) {
      // What matters is the end: on the way each report says what it says.
      const steps = [...arrival, book].map((step) => `${step} -> *`)
      scenario(`${BEGIN}\n${steps.join('\n')}\n? order o1 = ${end}\n? reserved = 0`)
      runs++
    }
    assert.ok(runs >= 120)
  })
}

test('every denial there is has its story or its test', () => {
  const folder = fileURLToPath(new URL('../../test', import.meta.url))
  const told = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(txt|test\.ts)$/.test(file))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n')
  const untold = Object.keys(DENIALS).filter((code) => !told.includes(code))
  assert.deepEqual(untold, [])
})
