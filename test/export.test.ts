import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { csvLine } from '../src/core/csv.ts'
import type { AuditView, PageView } from '../src/core/asking.ts'
import type { FillView, OrderView } from '../src/core/view.ts'
import type { Ended } from './spawned.ts'
import { Spawned, tallyman } from './spawned.ts'
import { tempFolder } from './temp.ts'

const folder = tempFolder()
/** Nothing is journaled between two questions but what the test does. */
const QUIET = { TALLYMAN_RECONCILIATION: 'off' }
let running: Spawned
let key: string
let hostile: string
const FORMULA = '=HYPERLINK("http://evil","me, ""too""")'

/** A bought, a denied and a cancelled order, one with a note that a spreadsheet would run. */
before(async () => {
  running = await Spawned.start(folder, { ...QUIET, TALLYMAN_GUARDS: 'off' })
  const made = run('keys', 'create', '--scope', 'trade', '--name', 'me', '--json')
  key = (JSON.parse(made.out) as { readonly key: string }).key
  hostile = await place({ quantity: 10, type: 'MARKET', note: FORMULA })
  await until(hostile, 'COMPLETE')
  await place({ quantity: 1, type: 'LIMIT', price: 1.03 }, 422)
  const resting = await place({ quantity: 5, type: 'LIMIT', price: 1, note: '-5' })
  await until(resting, 'OPEN')
  await call('DELETE', `/orders/${resting}`)
  await until(resting, 'CANCELLED')
})
after(async () => {
  await running.kill('SIGTERM')
})

type Told = { readonly status: number; readonly body: Readonly<Record<string, unknown>> }

async function call(method: string, path: string, body?: object): Promise<Told> {
  const headers: Record<string, string> = { authorization: `Bearer ${key}` }
  if (body) headers['content-type'] = 'application/json'
  const sent = body ? { body: JSON.stringify(body) } : {}
  const response = await fetch(`${running.url}/api/v1${path}`, { method, headers, ...sent })
  return { status: response.status, body: (await response.json()) as Told['body'] }
}

async function place(over: object, expected = 201): Promise<string> {
  const body = { symbol: 'ACME', side: 'BUY', ...over }
  const told = await call('POST', '/orders', body)
  assert.equal(told.status, expected, JSON.stringify(told.body))
  return String(told.body['id'])
}

async function until(id: string, status: string): Promise<void> {
  for (let tries = 0; tries < 2_000; tries++) {
    const { body } = await call('GET', `/orders/${id}`)
    if (body['status'] === status) return
  }
  throw new Error(`${id} never became ${status}`)
}

const run = (...args: string[]): Ended => tallyman(folder, args, { TZ: 'Asia/Kolkata' })

async function audit(query: string): Promise<PageView<AuditView>> {
  const told = await call('GET', `/audit${query}`)
  assert.equal(told.status, 200, JSON.stringify(told.body))
  return told.body as unknown as PageView<AuditView>
}

/** RFC 4180, read back. */
function parse(csv: string): Record<string, string>[] {
  const rows: string[][] = [[]]
  for (const [, quoted, plain, end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    rows.at(-1)!.push(quoted === undefined ? plain! : quoted.replaceAll('""', '"'))
    if (end === '\r\n') rows.push([])
  }
  const [head = [], ...body] = rows.slice(0, -1)
  return body.map((cells) => Object.fromEntries(head.map((name, at) => [name, cells[at]!])))
}

test('the audit trail has every event, the latest first, with who, why and what', async () => {
  const { items, next } = await audit('?limit=500')
  assert.equal(next, null)
  const { n } = (await call('GET', '/journal/head')).body as { n: number }
  assert.ok(n > 5)
  assert.deepEqual(
    items.map(({ seq }) => seq),
    [...items.keys()].map((at) => items.length - at),
  )
  const placed = items.find(({ orderId, type }) => orderId === hostile && type === 'OrderPlaced')
  assert.deepEqual([placed?.account, placed?.by], ['paper', 'key:me'])
  assert.match(placed!.at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  assert.match(placed!.summary, /BUY 10 ACME MARKET was placed for manual/)
  const terms = placed?.event['terms'] as Record<string, unknown>
  assert.deepEqual([terms['quantity'], terms['pricing']], ['10', { type: 'market' }])
})

test('pages of the audit trail meet without a gap, whatever is asked for', async () => {
  for (const query of ['', '&account=paper', `&orderId=${hostile}`, '&type=OrderPlaced']) {
    const whole = (await audit(`?limit=500${query}`)).items
    assert.ok(whole.length > 1, query)
    const parts: AuditView[] = []
    let cursor = ''
    for (;;) {
      const { items, next } = await audit(`?limit=2${query}${cursor}`)
      parts.push(...items)
      if (next === null) break
      cursor = `&cursor=${next}`
    }
    assert.deepEqual(parts, whole, query)
  }
  assert.deepEqual((await audit('?account=nobody')).items, [])
  assert.deepEqual((await audit('?orderId=paper-99999')).items, [])
})

test('a period of the trail begins with its first moment and ends before its last', async () => {
  const whole = (await audit('?limit=500')).items
  const [from, to] = [whole.at(-3)!.at, whole[2]!.at]
  const within = whole.filter(({ at }) => at >= from && at < to)
  assert.deepEqual((await audit(`?limit=500&from=${from}&to=${to}`)).items, within)
  assert.equal((await fetch(`${running.url}/api/v1/audit`)).status, 401, 'it needs a key')
  const bad = await call('GET', '/audit?from=yesterday')
  assert.deepEqual([bad.status, bad.body['field']], [400, 'from'])
  const unknown = await call('GET', '/audit?type=OrderDreamt')
  assert.deepEqual([unknown.status, unknown.body['field']], [400, 'type'])
})

test('the command line shows the trail from the desk and from the journal alike', () => {
  const [desk, file] = [run('audit', '--json'), run('journal', 'show', '--json')].map(
    ({ out }) => (JSON.parse(out) as PageView<AuditView>).items,
  )
  assert.deepEqual(
    desk!.map(({ seq, summary }) => [seq, summary]),
    file!.map(({ seq, summary }) => [seq, summary]).toReversed(),
  )
  const shown = run('journal', 'show', '--order', hostile, '--type', 'orderplaced')
  const line = `^\\S+\\+05:30  ${hostile} +OrderPlaced +${hostile}: BUY 10 ACME MARKET was placed`
  assert.match(shown.out, new RegExp(`${line} for manual\\.\n$`))
  assert.equal(run('journal', 'show', '--limit', '3').out.trim().split('\n').length, 3)
  assert.match(run('journal', 'show', '--to', '2001-01-01').out, /^No such events\.\n$/)
  assert.equal(run('journal', 'show', '--type', 'Dream').code, 2)
  assert.equal(run('journal', 'show', '--from', '21.11.2026').code, 2)
  assert.equal(run('journal', 'show', '--zone', 'Mars/Olympus').code, 2)
})

test('why answers on the command line, in words and in JSON', () => {
  const { out, code } = run('journal', 'why', hostile)
  assert.equal(code, 0)
  assert.match(out, /BUY 10 ACME MARKET, for manual\.\n {2}\S+ {2}The key "me" asked for/)
  assert.match(out, /\nIt is COMPLETE: 10 of 10/)
  const json = JSON.parse(run('journal', 'why', hostile, '--json').out) as { steps: unknown[] }
  assert.ok(json.steps.length > 3)
  assert.deepEqual(
    [run('journal', 'why', 'paper-99999').code, run('journal', 'why', 'x').code],
    [1, 1],
  )
})

test('exports are whole, in JSON and in CSV, of the trail, the orders and the fills', async () => {
  const [orders, fills] = (await Promise.all(
    ['orders', 'fills'].map(async (what) => {
      return (await call('GET', `/${what}?limit=500`)).body['items']
    }),
  )) as unknown as [OrderView[], FillView[]]
  const whole = { orders, fills, audit: (await audit('?limit=500')).items }
  for (const what of ['orders', 'fills', 'audit'] as const) {
    const { out, err, code } = run('export', '--what', what)
    assert.equal(code, 0, err)
    assert.deepEqual(JSON.parse(out), whole[what].toReversed(), what)
    const rows = parse(run('export', '--what', what, '--format', 'csv').out)
    assert.equal(rows.length, whole[what].length, what)
  }
  const events = parse(run('export', '--format', 'csv').out)
  const plain = whole.audit.map(({ event }) => event).toReversed()
  assert.deepEqual(
    events.map(({ event }) => JSON.parse(event!) as unknown),
    plain,
  )
})

test('what a spreadsheet would run is guarded; amounts stay amounts', () => {
  const rows = parse(run('export', '--what', 'orders', '--format', 'csv').out)
  assert.deepEqual(
    rows.map(({ note }) => note),
    [`'${FORMULA}`, '-5'],
  )
  const hostileCells = ['=1+1', '+1', '-1+1', '@SUM(A1)', '\tx', '\rx', '＝1', '-', '-0x1', '+5']
  for (const cell of hostileCells) assert.match(csvLine([cell]), /^"?'/, JSON.stringify(cell))
  const harmless = ['-12.5', '-0', '0.5', '12', 'INFY', "'quoted", 'a=b', '2026-11-21', '']
  for (const cell of harmless) assert.equal(csvLine([cell]), `${cell}\r\n`)
  assert.equal(csvLine(['a,b', 'say "no"', null, 3, true]), '"a,b","say ""no""",,3,true\r\n')
})

test('an export of a period goes to a file, whole or not at all', () => {
  const apart = tempFolder()
  const file = join(apart, 'fills.csv')
  const today = new Date().toISOString().slice(0, 10)
  const args = ['--what', 'fills', '--format', 'csv', '--zone', 'UTC', '--out', file]
  assert.equal(run('export', ...args, '--from', today, '--to', today).code, 0)
  assert.ok(parse(readFileSync(file, 'utf8')).length > 0)
  assert.equal(existsSync(`${file}.part`), false)
  assert.equal(run('export', ...args, '--to', '2001-01-01').code, 0)
  assert.deepEqual(parse(readFileSync(file, 'utf8')), [])
  writeFileSync(join(apart, 'no-folder'), '')
  const nowhere = run('export', '--out', join(apart, 'no-folder', 'x.json'))
  assert.equal(nowhere.code, 1)
  assert.match(nowhere.err, /^tallyman: .*x\.json cannot be written: .*\n$/)
})
