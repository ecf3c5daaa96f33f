import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { publint } from 'publint'
import { tempFolder } from './temp.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const modules = join(root, 'node_modules')

function run(cwd: string, command: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    timeout: 60_000,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'] },
  })
  assert.equal(status, 0, `${command} ${args.join(' ')}\n${stdout}${stderr}`)
  return stdout
}

/** A program of somebody else, with the packed package installed as npm would unpack it. */
let consumer: string
let packed: readonly string[]

before(() => {
  consumer = tempFolder()
  const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', consumer]
  const [{ filename, files } = assert.fail()] = JSON.parse(run(root, 'npm', ...pack)) as {
    filename: string
    files: { path: string }[]
  }[]
  packed = files.map(({ path }) => path)
  run(consumer, 'tar', '-xzf', filename)
  mkdirSync(join(consumer, 'node_modules'))
  const installed = join(consumer, 'node_modules', 'tallyman')
  renameSync(join(consumer, 'package'), installed)
  symlinkSync(modules, join(installed, 'node_modules')) // offline: what it depends on is here
  writeFileSync(join(consumer, 'package.json'), '{"type": "module"}')
})

test('publint finds nothing to improve in the package', async () => {
  const pkgDir = join(consumer, 'node_modules', 'tallyman')
  const { messages } = await publint({ pkgDir, strict: true, pack: false })
  assert.deepEqual(messages, [])
})

test('the package has what it needs and nothing else', () => {
  const needed =
    /^(bin\/tallyman\.mjs|dist\/src\/.+\.(js|d\.ts)|(package|LICENSE|README|CHANGELOG)\.?\w*)$/
  assert.deepEqual(
    packed.filter((path) => !needed.test(path)),
    [],
  )
  const scripts = packed.filter((path) => path.endsWith('.js'))
  for (const script of scripts) {
    assert.ok(packed.includes(script.replace(/\.js$/, '.d.ts')), script)
  }
  assert.match(run(consumer, 'node', 'node_modules/tallyman/bin/tallyman.mjs', '--help'), /Usage/)
})

test('the lines in README run as they stand there', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  const [, program = ''] = /```js\n(.*?)```/s.exec(readme) ?? []
  assert.match(program, /from 'tallyman'/)
  assert.ok(program.trim().split('\n').length <= 30)
  writeFileSync(join(consumer, 'readme.js'), program)
  run(consumer, 'node', 'readme.js')
  const said = run(consumer, 'node', 'readme.js') // once more, on what the first run left
  assert.match(said, /^paper-\d+ PENDING 0\n/)
  assert.match(said, /\nBUY 10 ACME [\d.]+\n/)
  assert.match(said, /\nPRICE_NOT_ON_TICK tick=0.05 price=101.23 Round the price to the tick.\n/)
  assert.match(said, /totalOrders: 6,\n/)
  assert.match(said, /\n\d{7,}\n$/)
})

const PROGRAM = `
import type { OrderView, Subscription, Tallyman } from 'tallyman'
import { connect, Denied, open, TallymanError } from 'tallyman'

export async function trade(desk: Tallyman): Promise<OrderView | string> {
  const subscription: Subscription = desk.on('executed', ({ symbol, price, sequence }) => {
    const told: string = symbol + price
    const at: number = sequence
    return [told, at]
  })
  desk.on('order', async ({ status, fills }) => [status === 'COMPLETE', fills[0]?.price])
  desk.on('dayClosed', ({ account, date }) => account + date, { after: subscription.position })
  // @ts-expect-error: there is no such kind
  desk.on('orders', () => {})
  // @ts-expect-error: an order needs its side
  await desk.place({ symbol: 'ACME', quantity: 10, type: 'MARKET' })
  // @ts-expect-error: there is no such status
  await desk.orders({ status: 'DONE' })
  try {
    return await desk.place(
      { symbol: 'ACME', side: 'BUY', quantity: 10n, type: 'LIMIT', price: '101.25' },
      { id: 'once' },
    )
  } catch (error) {
    if (error instanceof Denied) return error.code + error.context
    if (error instanceof TallymanError) return error.remedy
    throw error
  }
}

export const here: Promise<Tallyman> = open({
  data: './data',
  server: { port: 0 },
  trading: { capital_per_trade: '50000.50' },
  paper: { charges: 'kotak', faults: { reject: 0.1 } },
  verifier: { enabled: true, check_interval_seconds: 60 },
  serve: true,
  onError: () => {},
})
// @ts-expect-error: there is no such setting
export const elsewhere: Promise<Tallyman> = open({ trading: { leverage: 5 } })
export const there: Tallyman = connect('http://127.0.0.1:7373', 'key', { timeoutMs: 1_000 })
`

test('a program of somebody else compiles against the types, however strict it is', () => {
  writeFileSync(join(consumer, 'program.ts'), PROGRAM)
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    module: 'nodenext',
    target: 'es2022',
    types: [],
    noEmit: true,
  }
  writeFileSync(
    join(consumer, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, files: ['program.ts'] }),
  )
  run(consumer, 'node', join(modules, 'typescript', 'bin', 'tsc'), '-p', '.')
})
