import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { ACTORS } from '../sim/actors.ts'
import { FAMILIES } from '../sim/families.ts'
import { MUTANTS } from '../sim/mutants/all.ts'
import { planted } from '../sim/mutants/mutant.ts'
import type { Mutant, TestName } from '../sim/mutants/mutant.ts'
import type { Row } from '../sim/mutants/row.ts'
import { ROWS } from '../sim/mutants/rows.ts'
import { record } from '../sim/mutants/record.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const read = (file: string): string => readFileSync(join(root, file), 'utf8')
const byName = new Map(MUTANTS.map((mutant) => [mutant.name, mutant]))
const covered = ROWS.flatMap((row) => ('mutant' in row ? [row] : []))

test('every mutant can be planted, at one place, and has a name of its own', () => {
  for (const mutant of MUTANTS) {
    const text = read(mutant.file)
    assert.notEqual(planted(text, mutant), text, mutant.name)
  }
  assert.equal(byName.size, MUTANTS.length)
})

test('there are mutants enough, and most come from rows of the fault catalogue', () => {
  const ids = new Set(ROWS.map(({ id }) => id))
  const fromRows = MUTANTS.filter(({ rows }) => rows.length > 0)
  for (const { name, rows } of fromRows) for (const id of rows) assert.ok(ids.has(id), name)
  assert.ok(MUTANTS.length >= 40, `${MUTANTS.length} mutants`)
  assert.ok(2 * fromRows.length >= MUTANTS.length, `${fromRows.length} from rows`)
})

test('every test that a mutant or a row names is one', () => {
  const named = [...MUTANTS, ...covered].flatMap((each) =>
    'test' in each && each.test ? [each.test] : [],
  )
  assert.ok(named.length > 20)
  for (const name of named) assert.ok(isTest(name), `${name.file}: ${name.title}`)
})

/** Titles may have parts that are filled in: those stand for anything. */
function isTest({ file, title }: TestName): boolean {
  const [story, ...rest] = title.split(': ')
  const stories = join('test', 'scenarios', story!)
  if (file === 'scenarios') {
    return existsSync(join(root, stories)) && read(stories).includes(`== ${rest.join(': ')}\n`)
  }
  const titles = [...read(`test/${file}.test.ts`).matchAll(/\btest\(\s*(['`])(.*?)\1,/g)]
  return titles.some(([, , text]) => {
    const parts = text!.split(/\$\{[^}]*\}/)
    const escaped = parts.map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    return new RegExp(`^${escaped.join('.+')}$`).test(title)
  })
}

test('a row of the fault catalogue that counts as covered has a mutant of its own', () => {
  const ids = ROWS.map(({ id }) => id)
  assert.equal(new Set(ids).size, ids.length)
  assert.deepEqual(ids, [...ids].sort())
  assert.equal(ids.length, 68)
  for (const row of covered) {
    const mutant = byName.get(row.mutant)
    assert.ok(mutant?.rows.includes(row.id), `${row.id}: ${row.mutant}`)
    assert.deepEqual('test' in row ? row.test : undefined, mutant?.test, row.id)
    for (const cause of 'sim' in row ? row.sim : []) {
      assert.ok(cause in FAMILIES || cause in ACTORS, `${row.id}: ${cause}`)
    }
  }
})

test('of the mutants nearly all were found, and all that the table names', () => {
  const found = record()
  const missed = MUTANTS.filter(({ name }) => !(name in found)).map(({ name }) => name)
  assert.ok(missed.length <= 0.05 * MUTANTS.length, `npm run mutants: ${missed.join('; ')}`)
  for (const { id, mutant } of covered) assert.ok(mutant in found, `${id}: ${mutant}`)
  for (const name of Object.keys(found)) assert.ok(byName.has(name), name)
})

test('docs/faults.md is the table the code has', () => {
  const file = 'docs/faults.md'
  const [before = ''] = read(file).split('| row |')
  const written = before + page()
  if (process.env['WRITE_DOCS']) writeFileSync(join(root, file), written)
  assert.equal(read(file), written, 'run the tests with WRITE_DOCS=1')
})

function page(): string {
  const missing = ROWS.flatMap((row) =>
    'missing' in row ? [`| ${row.id} | ${row.what} | ${row.missing} |`] : [],
  )
  return [
    '| row | what goes wrong | what shows that it is survived | a mistake it finds |',
    '|---|---|---|---|',
    ...covered.map((row) => `| ${row.id} | ${row.what} | ${shownBy(row)} | ${row.mutant} |`),
    '',
    `${covered.length} of ${ROWS.length} rows. The others are about parts that do not exist yet:`,
    '',
    '| row that is not covered | what goes wrong | why |',
    '|---|---|---|',
    ...missing,
    '',
  ].join('\n')
}

function shownBy(row: Extract<Row, { readonly mutant: string }>): string {
  if ('sim' in row) return `simulator: ${row.sim.map((cause) => `\`${cause}\``).join(', ')}`
  const { file, title } = row.test
  return `\`test/${file}.test.ts\`: ${title}`
}

test('what is planted twice, or nowhere, is refused', () => {
  const mutant: Mutant = {
    ...MUTANTS[0]!,
    name: 'm',
    from: 'a',
    to: 'b',
  }
  assert.equal(planted('xay', mutant), 'xby')
  assert.throws(() => planted('aa', mutant), /2 times/)
  assert.throws(() => planted('x', mutant), /0 times/)
})
