/** Exports: memory and time of 100,000 orders, all of them placed on one day, beside 10,000. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Entry } from '../src/core/event.ts'
import { tradingDateOf } from '../src/market/exchange.ts'
import { SqliteJournal } from '../src/store/sqlite.ts'
import { Views } from '../src/store/views.ts'
import { median } from './measure.ts'
import { tradersYear } from './year.ts'

const SIZES = [10_000, 100_000]
const EVENTS_AN_ORDER = 5
const ENTRIES_A_ROW = 20
const ROUNDS = 3
/** What grew with the number of rows would not fit. */
const HEAP_MB = 48
const WHATS = ['orders', 'fills', 'executions', 'audit', 'statistics'] as const

const main = fileURLToPath(new URL('../src/cli.js', import.meta.url))
const SCRIPT = `
  process.on('exit', () => process.stderr.write('rss ' + process.resourceUsage().maxRSS))
  const { run } = await import(${JSON.stringify(main)})
  await run(process.argv.slice(1))`

async function madeUp(orders: number): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'tallyman-bench-'))
  const journal = new SqliteJournal(join(folder, 'journal.db'))
  let n = 0
  let pending: Entry[] = []
  const events = orders * EVENTS_AN_ORDER
  for (const entry of tradersYear({ events, ordersADay: orders + 1 })) {
    pending.push(entry)
    if (pending.length < ENTRIES_A_ROW) continue
    await journal.append({ n: ++n, entries: pending })
    pending = []
    journal.rest()
  }
  await journal.append({ n: ++n, entries: pending })
  const file = join(folder, 'views.db')
  const views = new Views({ file, journal, dayOf: tradingDateOf, say: assert.fail })
  const started = performance.now()
  while (!views.catchUp(1_000));
  const seconds = (performance.now() - started) / 1_000
  process.stdout.write(`screens of ${orders} orders written in ${seconds.toFixed(1)} s\n`)
  views.close()
  journal.close()
  return folder
}

type Run = { readonly ms: number; readonly rssMb: number; readonly mb: number }

function exported(folder: string, what: string, orders: number): Run {
  const file = join(folder, `${what}.csv`)
  const args = ['export', '--what', what, '--format', 'csv', '--out', file]
  const started = performance.now()
  const { status, stderr } = spawnSync(
    process.execPath,
    [`--max-old-space-size=${HEAP_MB}`, '--input-type=module', '-e', SCRIPT, '--', ...args],
    { env: { PATH: process.env['PATH'], TALLYMAN_DATA: folder }, encoding: 'utf8' },
  )
  const ms = performance.now() - started
  assert.equal(status, 0, stderr)
  const rows = readFileSync(file, 'utf8').split('\r\n').length - 2
  const perOrder = { orders: 1, executions: 1, fills: 2, audit: EVENTS_AN_ORDER, statistics: 0 }
  const expected = orders * perOrder[what as keyof typeof perOrder]
  assert.ok(Math.abs(rows - expected) <= 10, `${what}: ${rows} rows`)
  const [, rss] = /rss (\d+)/.exec(stderr) ?? []
  return { ms, rssMb: Number(rss) / 1_024, mb: statSync(file).size / 1024 ** 2 }
}

const folders = new Map<number, string>()
for (const orders of SIZES) folders.set(orders, await madeUp(orders))
for (const what of WHATS) {
  const told = SIZES.map((orders) => {
    const runs = Array.from({ length: ROUNDS }, () => exported(folders.get(orders)!, what, orders))
    const of = (field: keyof Run): number => median(runs.map((run) => run[field]))
    const figures = `${of('rssMb').toFixed(0)} MB of memory, ${(of('ms') / 1_000).toFixed(1)} s`
    return `  ${orders.toLocaleString('en')} orders: ${figures}, ${of('mb').toFixed(1)} MB written`
  })
  const title = `export of ${what}, a process of its own with ${HEAP_MB} MB of heap`
  process.stdout.write(`${title}\n${told.join('\n')}\n`)
}
for (const folder of folders.values()) rmSync(folder, { recursive: true })
