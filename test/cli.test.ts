import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { OrderView } from '../src/core/view.ts'
import { Spawned, tallyman } from './spawned.ts'
import { tempFolder } from './temp.ts'

const folder = tempFolder()
let running: Spawned

before(async () => {
  running = await Spawned.start(folder)
})
after(async () => {
  await running.kill('SIGTERM')
})

const run = (...args: string[]): ReturnType<typeof tallyman> => tallyman(folder, args)

test('an order is placed, shown, listed and cancelled from the command line', () => {
  const placed = run('order', 'place', 'BUY', '3', 'ACME', '--limit', '1', '--json')
  assert.equal(placed.code, 0, placed.err)
  const { id, type, price } = JSON.parse(placed.out) as OrderView
  assert.deepEqual([type, price], ['LIMIT', '1'])
  assert.match(run('order', 'show', id).out, new RegExp(`Order +${id} +BUY 3 ACME LIMIT 1`))
  assert.match(run('order', 'list').out, new RegExp(`^ID .*\n${id} +BUY +3 +ACME`))
  const cancelled = run('order', 'cancel', id)
  assert.equal(cancelled.code, 0, cancelled.err)
  assert.match(cancelled.out, /Cancel asked/)
})

test('an order is modified, and all that work are cancelled', () => {
  const stop = 'place SELL 3 ACME --trigger 1 --minutes 30 --product mis --json'
  const { id, type, validityMinutes } = JSON.parse(
    run('order', ...stop.split(' ')).out,
  ) as OrderView
  assert.deepEqual([type, validityMinutes], ['SL-M', 30])
  const modified = run('order', 'modify', id, '--trigger', '1.05')
  assert.equal(modified.code, 0, modified.err)
  assert.match(modified.out, /Change asked/)
  const nothing = run('order', 'modify', id, '--quantity', '3', '--trigger', '1.05')
  assert.equal(nothing.code, 1)
  const all = run('order', 'cancel', '--all', '--symbol', 'ACME')
  assert.equal(all.code, 0, all.err)
  assert.match(all.out, new RegExp(`Cancel asked: ${id}`))
})

test('a report says how well an order was carried out', () => {
  const bought = 'place --side BUY --quantity 2 --symbol BANYAN --json'
  const { id } = JSON.parse(run('order', ...bought.split(' ')).out) as OrderView
  while ((JSON.parse(run('order', 'show', id, '--json').out) as OrderView).status !== 'COMPLETE');
  const { code, out } = run('report', id)
  assert.equal(code, 0)
  assert.match(out, /Filled +2 of 2 at ₹[\d,.]+ on average\n/)
  assert.match(out, /Charges +₹\d.*stt/)
  assert.match(out, /Arrival +₹.*a unit\)/)
  assert.equal((JSON.parse(run('report', id, '--json').out) as { orderId: string }).orderId, id)
  assert.equal(run('report', 'paper-99999').code, 1)
})

test('the words of the API work as flags, and a key makes a repeat harmless', () => {
  const flags = '--side buy --quantity 2 --symbol chai --type market --strategy x --key k1 --json'
  const [first, again] = [1, 2].map(() => run('order', 'place', ...flags.split(' ')))
  assert.equal(first?.code, 0, first?.err)
  assert.equal(first.out, again?.out)
  assert.equal((JSON.parse(first.out) as OrderView).owner, 'strategy:x')
})

test('what is refused ends with 1, what is used wrongly with 2', () => {
  const refused = run('order', 'place', 'BUY', '10', 'ACME', '--limit', '1.03')
  assert.equal(refused.code, 1)
  assert.match(refused.err, /PRICE_NOT_ON_TICK tick=0.05 price=1.03.*Round the price/)
  const wrong: readonly (readonly string[])[] = [
    ['order', 'place', 'BUY', '10'],
    ['order', 'place', 'HOLD', '10', 'ACME'],
    ['order', 'place', 'BUY', '10', 'ACME', '--side', 'SELL'],
    ['order', 'place', 'BUY', '10', 'ACME', '--limit', '1', '--price', '2'],
    ['order', 'place', 'BUY', '10', 'ACME', '--limit', '1', '--type', 'MARKET'],
    ['order', 'cancel'],
    ['order', 'cancel', 'paper-1', '--all'],
    ['order', 'cancel', 'paper-1', '--symbol', 'ACME'],
    ['order', 'place', 'BUY', 'ten', 'ACME'],
    ['order', 'place', 'BUY', '10', 'ACME', '--colour', 'red'],
    ['order', 'show', 'nothing'],
    ['order', 'frobnicate'],
    ['keys', 'create', '--scope', 'root'],
    ['demo', '--seed', 'x'],
    ['nothing'],
  ]
  for (const args of wrong) {
    const { code, err } = run(...args)
    assert.equal(code, 2, `${args.join(' ')}: ${err}`)
    assert.ok(err.length > 10, args.join(' '))
  }
  assert.equal(run('order', 'show', 'paper-99999').code, 1)
  assert.equal(run('order', 'cancel', 'paper-99999').code, 1)
})

test('a word that is nearly right is answered with the right one', () => {
  assert.match(run('positons').err, /Did you mean positions\?/)
})

test('positions, instruments and verify answer in words and in JSON', () => {
  for (const args of [['positions'], ['instruments', 'ban'], ['verify']]) {
    const words = run(...args)
    assert.equal(words.code, 0, words.err)
    assert.ok(words.out.length > 5)
    const json = run(...args, '--json')
    assert.ok(typeof JSON.parse(json.out) === 'object', args.join(' '))
  }
  assert.match(run('instruments', 'ban').out, /BANYAN +SIM +Banyan Bank/)
})

test('portfolio and trades speak in words and in JSON', () => {
  assert.match(run('portfolio').out, /^Account +paper, paper, INR\nInitial +₹10,00,000\.00\n/)
  assert.match(run('trades').out, /^TRADE .*\npaper-T\d+ +/)
  for (const args of [['portfolio'], ['trades', '--open'], ['trades', '--summary']]) {
    assert.ok(Array.isArray((JSON.parse(run(...args, '--json').out) as { items: object[] }).items))
  }
  const wrong = run('trades', '--summary', '--open')
  assert.deepEqual([wrong.code, /--open makes no sense with --summary/.test(wrong.err)], [2, true])
})

test('every command explains itself, with examples', () => {
  const commands = [
    'start',
    'demo',
    'order place',
    'positions',
    'portfolio',
    'trades',
    'instruments',
    'verify',
    'statistics',
    'accounts reopen',
    'audit',
    'doctor',
    'journal verify',
    'journal show',
    'journal why',
    'keys create',
    'keys list',
    'keys revoke',
  ]
  for (const command of commands) {
    const { code, out } = run(...command.split(' '), '--help')
    assert.equal(code, 0)
    assert.match(out, new RegExp(`Usage: tallyman ${command} [^]*Examples?:\\n +\\$ .*tallyman`))
  }
  assert.match(run('--help').out, /Exit codes: 0 done/)
  assert.match(run('--version').out, /^\d+\.\d+\.\d+\n$/)
})

test('keys are made, listed without their texts, and revoked', async () => {
  const made = run('keys', 'create', '--scope', 'read', '--name', 'my-bot', '--json')
  const { key, name, scope } = JSON.parse(made.out) as Record<string, string>
  assert.deepEqual([name, scope], ['my-bot', 'read'])
  assert.equal(run('keys', 'create', '--name', 'my-bot').code, 1)
  assert.equal(run('keys', 'create', '--name', '../x').code, 2)
  const listed = run('keys', 'list')
  assert.match(listed.out, /my-bot +read .* works/)
  assert.equal(listed.out.includes(key!), false)
  const asked = (): Promise<number> =>
    fetch(`${running.url}/api/v1/orders`, { headers: { authorization: `Bearer ${key}` } }).then(
      ({ status }) => status,
    )
  assert.equal(await asked(), 200)
  const revoked = run('keys', 'revoke', 'my-bot', '--json')
  assert.deepEqual(JSON.parse(revoked.out), { name: 'my-bot', revoked: true })
  assert.equal(await asked(), 401)
  assert.equal(run('keys', 'revoke', 'my-bot').code, 1)
})

test('without a running desk it says to try again, with 75', () => {
  for (const args of [['positions'], ['order', 'place', 'BUY', '1', 'ACME'], ['verify']]) {
    const { code, err } = tallyman(tempFolder(), args)
    assert.equal(code, 75)
    assert.match(err, /no desk is running .* "npx tallyman start"/)
  }
})

test('the journal is verified beside the running desk', () => {
  const { code, out } = run('journal', 'verify', '--full')
  assert.equal(code, 0)
  assert.match(out, /rows and \d+ events are sound[^]*every account is the same/)
  const none = tallyman(tempFolder(), ['journal', 'verify'])
  assert.deepEqual([none.code, /there is no journal/.test(none.err)], [1, true])
})

test('reopening an account proves its journal first', () => {
  const { code, out, err } = run('accounts', 'reopen', 'paper')
  assert.equal(code, 0, err)
  assert.match(out, /paper takes orders again; its \d+ rows of journal add up/)
  assert.equal(run('accounts', 'reopen', 'nobody').code, 1)
})
