import assert from 'node:assert/strict'
import { test } from 'node:test'
import { failed } from '../src/notify/channel.ts'
import { openSql } from '../src/store/sql.ts'
import { House } from './house.ts'
import { HandChannel, person, PostOffice } from './post-office.ts'

/** The desk of a house tells an office. */
function follow(house: House, office: PostOffice): void {
  const { journal, desk } = house
  const { letters } = office.notifier
  letters.follow({ journal, accounts: (id) => desk.account(id) })
  desk.follow(() => letters.wake())
}

/** An order that meets the market, and what follows. */
async function trade(house: House, wish: string): Promise<void> {
  await house.place(wish)
  await house.pass(1)
  house.feed.quote('INFY', 99.95, 100)
  await house.pass(1)
}

const DOWN = failed('Telegram was not reached')

test('an execution is told with its price and value, the account and its mark', async () => {
  const house = await House.open()
  const office = new PostOffice({ clock: house.clock })
  follow(house, office)
  await trade(house, 'BUY 5 INFY')
  const told = office.channel.sent.find(({ message }) => message.kind === 'executed')
  assert.equal(
    told?.text,
    [
      '✅ ORDER EXECUTED',
      '📊 Symbol: INFY',
      `📝 Order ID: ${[...house.account.orders.keys()][0]}`,
      '📦 Quantity: BUY 5',
      '💰 Price: ₹100.00',
      '💵 Total Value: ₹500.00',
      '🏦 Account: paper · PAPER',
      '⏰ Time: 2026-11-23 12:00:02',
    ].join('\n'),
  )
})

test('what did not arrive is tried again, more and more seldom, until it does', async () => {
  const office = new PostOffice()
  office.channel.answers.push(DOWN, DOWN, DOWN)
  office.tell('SCAN')
  await office.pass(0)
  const at: number[] = []
  const from = office.clock.now()
  for (let before = 1; at.length < 3;) {
    await office.pass(1)
    if (office.channel.sent.length > before) at.push((office.clock.now() - from) / 1_000)
    before = office.channel.sent.length
  }
  assert.deepEqual(at, [2, 6, 14])
  await office.pass(600)
  assert.equal(office.channel.sent.length, 4, 'it arrived, and was not sent again')
  assert.deepEqual(office.said, [
    'warn: A message for asha did not arrive: Telegram was not reached. It is kept.',
    'info: Messages reach asha again.',
  ])
})

test('what Telegram asks us to wait is waited', async () => {
  const office = new PostOffice()
  office.channel.answers.push(failed('429 Too Many Requests', { afterMs: 37_000 }))
  office.tell('SCAN')
  await office.pass(36)
  assert.equal(office.channel.sent.length, 1)
  await office.pass(1)
  assert.equal(office.channel.sent.length, 2)
})

test('hours of outage lose nothing that still matters, and then it does not flood', async () => {
  const office = new PostOffice()
  office.channel.dead.set('asha', DOWN)
  for (let n = 0; n < 400; n++) office.tell(`SCAN ${n}`)
  office.tell('DESK STOPPED', 'error')
  await office.pass(3 * 3_600)
  office.channel.dead.clear()
  office.channel.sent.length = 0
  await office.pass(600)
  const [first, ...rest] = office.channel.titles()
  assert.equal(first, 'asha: DESK STOPPED')
  assert.deepEqual(rest.slice(0, 2), ['asha: SCAN 0', 'asha: 399 MESSAGES'])
  assert.equal(rest.length, 2)
})

test('what no longer matters is given up, and that is said', async () => {
  const office = new PostOffice()
  office.channel.dead.set('asha', DOWN)
  office.tell('SCAN')
  await office.pass(25 * 3_600)
  assert.equal(office.notifier.latest(1, Infinity)[0]?.state, 'old')
  assert.ok(
    office.said.includes('warn: A message for asha could not be sent while it mattered.'),
    office.said.join('\n'),
  )
})

test('a few are told one by one, a storm by symbol and minute, critical ones alone', async () => {
  const house = await House.open()
  const office = new PostOffice({ clock: house.clock })
  follow(house, office)
  const wishes = Array.from({ length: 12 }, () => house.submit('BUY 5 INFY'))
  office.tell('FIRST FIRE', 'error')
  office.tell('SECOND FIRE', 'error')
  await house.pass(3)
  house.feed.quote('INFY', 99.95, 100)
  await house.pass(30)
  await Promise.all(wishes)
  const titles = office.channel.titles()
  assert.deepEqual(titles.slice(0, 2), ['asha: FIRST FIRE', 'asha: SECOND FIRE'])
  const merged = office.channel.sent.find(({ message }) => / × \d+ in INFY/.test(message.title))
  assert.ok(merged, titles.join('\n'))
  assert.match(merged.text, /🏦 Account: paper · PAPER/)
  const told = office.channel.sent.map(({ message }) => {
    const [, count] = /ORDER EXECUTED(?: × (\d+))?/.exec(message.title) ?? []
    return message.title.startsWith('ORDER EXECUTED') ? Number(count ?? 1) : 0
  })
  assert.equal(
    told.reduce((sum, each) => sum + each, 0),
    12,
  )
})

test('a critical message goes on to the next person, and at last to the banner', async () => {
  const people = [person('asha'), person('ravi', { noise: { system: 'off' } })]
  const office = new PostOffice({ people })
  office.channel.dead.set('asha', failed('403 bot was blocked by the user', { hopeless: true }))
  office.tell('DESK STOPPED', 'error')
  await office.pass(5)
  assert.deepEqual(office.channel.titles(), ['asha: DESK STOPPED', 'ravi: DESK STOPPED'])
  assert.match(office.channel.sent[1]!.text, /asha could not be reached: 403 bot was blocked/)
  assert.deepEqual(office.notifier.banner(), [])

  office.channel.dead.set('ravi', DOWN)
  office.tell('NOT FLAT', 'error')
  await office.pass(90)
  assert.deepEqual(
    office.notifier.banner().map(({ title, key }) => [title, key.startsWith('own-')]),
    [['NOT FLAT', true]],
  )
  office.channel.dead.delete('asha')
  await office.pass(700)
  assert.deepEqual(office.notifier.banner(), [], 'it arrived after all')
})

test('quiet hours hold back all but what is critical', async () => {
  const quiet = { from: 11 * 60, to: 13 * 60, zone: 'Asia/Kolkata' } // it is noon
  const office = new PostOffice({ people: [person('asha', { quiet })] })
  office.tell('SCAN')
  office.tell('FIRE', 'error')
  await office.pass(59 * 60)
  assert.deepEqual(office.channel.titles(), ['asha: FIRE'])
  await office.pass(61)
  assert.deepEqual(office.channel.titles(), ['asha: FIRE', 'asha: SCAN'])
})

test('a group that became a supergroup is told under its new number from then on', async () => {
  const office = new PostOffice()
  office.channel.answers.push({ is: 'moved', to: '-1001' })
  office.tell('SCAN')
  await office.pass(5)
  assert.deepEqual(office.channel.titles(), ['asha: SCAN', '-1001: SCAN'])
  const again = new PostOffice({ file: office.file, clock: office.clock })
  again.tell('NEXT')
  await again.pass(1)
  assert.deepEqual(again.channel.titles(), ['-1001: NEXT'])
})

test('the same key is told once, also by the next process', async () => {
  const office = new PostOffice()
  office.tell('SCAN', 'info', 'key:me/1')
  office.tell('SCAN', 'info', 'key:me/1')
  await office.pass(5)
  office.notifier.close()
  const again = new PostOffice({ file: office.file, clock: office.clock })
  again.tell('SCAN', 'info', 'key:me/1')
  await again.pass(5)
  assert.deepEqual([office.channel.sent.length, again.channel.sent.length], [1, 0])
})

test('dying between sending and noting it repeats that one message, and no other', async () => {
  const house = await House.open()
  const channel = new HandChannel()
  channel.pace = 0
  let office = new PostOffice({ clock: house.clock, channel })
  follow(house, office)
  await trade(house, 'BUY 5 INFY')
  const before = channel.sent.length
  // The answer to the next one never comes: the process dies meanwhile.
  channel.answers.push(new Promise(() => {}))
  await trade(house, 'SELL 5 INFY')
  office.notifier.letters.close()
  const { file } = office
  office = new PostOffice({ clock: house.clock, channel, file })
  follow(house, office)
  await trade(house, 'BUY 5 INFY')
  await office.pass(5)
  const keys = channel.sent.map(({ key }) => key)
  assert.ok(new Set(keys).size > before + 1, keys.join(' '))
  assert.equal(keys.length, new Set(keys).size + 1, 'all of them, and one of them twice')
})

test('a journal that nobody followed is told of from its end on', async () => {
  const house = await House.open()
  await trade(house, 'BUY 5 INFY')
  const office = new PostOffice({ clock: house.clock })
  follow(house, office)
  await office.pass(5)
  assert.deepEqual(office.channel.titles(), [])
  await trade(house, 'BUY 5 INFY')
  await office.pass(5)
  office.notifier.letters.close()
  await trade(house, 'BUY 5 INFY')
  const { file, channel } = office
  follow(house, new PostOffice({ clock: house.clock, channel, file }))
  await office.pass(5)
  assert.equal(channel.titles().filter((title) => title.includes('EXECUTED')).length, 2)
})

test('an outbox that cannot be read is told of, and throws at nobody', async () => {
  const office = new PostOffice()
  office.channel.answers.push(DOWN)
  office.tell('SCAN')
  await office.pass(1)
  const sql = openSql(office.file)
  sql.exec('DROP TABLE letter')
  sql.close()
  await office.pass(5)
  assert.match(office.said.join('\n'), /error: Messages for asha wait: .*letter/)
})

test('hostile texts stay what they are: text', async () => {
  const { telegramHtml, subject } = await import('../src/notify/dress.ts')
  const { alert } = await import('../src/core/message.ts')
  const message = alert({
    title: 'M&M <b>x</b>\nBcc: all@example.com',
    text: 'L&TFH <a href="tg://user?id=1">x</a> NIFTY_50 *y* \u202eevil',
    severity: 'info',
  })
  assert.equal(
    telegramHtml(message),
    'ℹ️ <b>M&amp;M &lt;b&gt;x&lt;/b&gt; Bcc: all@example.com</b>\n' +
      'L&amp;TFH &lt;a href="tg://user?id=1"&gt;x&lt;/a&gt; NIFTY_50 *y*  evil',
  )
  assert.doesNotMatch(subject(message), /\n/)
})
