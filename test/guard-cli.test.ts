import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { CloseView, GuardsView } from '../src/core/guard-port.ts'
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
const standing = (): GuardsView =>
  (JSON.parse(run('guard', 'status', '--json').out) as { items: GuardsView[] }).items[0]!

/** Until it is so; the command line takes its own time. */
function until(is: (found: GuardsView) => boolean): GuardsView {
  for (let tries = 0; tries < 40; tries++) {
    const found = standing()
    if (is(found)) return found
  }
  throw new Error('it never came about')
}

test('guards are shown, set, disarmed, armed and removed from the command line', () => {
  until(({ status }) => status === 'armed')
  const status = run('guard', 'status')
  assert.equal(status.code, 0, status.err)
  assert.match(status.out, /^paper: ARMED \(armed, orders unproven today\)/)
  assert.match(status.out, /drawdown +OK +1000000 +800000 .*20 % below highest-equity, liquidate/)
  assert.match(run('guard', 'presets').out, /ftmo-2-step: FTMO 2-Step\n {2}academy\.ftmo\.com/)
  assert.equal(run('guard', 'set', 'ftmo-2-step', '--initial', '1000000').code, 0)
  const own = 'set mine --base fixed --at 5 --consequence liquidate --delay 3'
  assert.match(run('guard', ...own.split(' ')).out, /mine +OK .*equity 5, liquidate after 3 s/)
  assert.equal(run('guard', 'set', 'x', '--base', 'fixed').code, 2)
  assert.equal(run('guard', 'remove', 'mine').code, 1)
  assert.equal(run('guard', 'remove', 'mine', '--confirm', 'paper').code, 0)
  assert.match(run('guard', 'disarm', '--confirm', 'paper').out, /DISARMED/)
  assert.equal(run('guard', 'arm').code, 1)
  assert.equal(run('guard', 'arm', '--confirm', 'paper').code, 0)
  assert.match(run('guard', 'alerts').out, /No alerts/)
  assert.equal(run('guard', 'cash', '--as', 'loss').code, 1)
  assert.equal(run('guard', 'acknowledge', '3').code, 1)
})

test('one is closed, all are, and trading is halted and resumed', () => {
  assert.equal(run('order', 'place', 'BUY', '30', 'ACME').code, 0)
  until(({ positions }) => positions.length > 0)
  const closed = run('close', 'ACME', '--json')
  assert.equal(closed.code, 0, closed.err)
  assert.equal((JSON.parse(closed.out) as CloseView).closedQuantity, '30')
  assert.equal(run('close', 'ACME').code, 1)
  assert.equal(run('close').code, 2)
  assert.equal(run('order', 'place', 'BUY', '30', 'ACME').code, 0)
  until(({ positions }) => positions.length > 0)
  const rests = run('close', '--all', '--price', '9000')
  assert.equal(rests.code, 75)
  const [, number] = /closing (\d+) goes on/.exec(rests.out) ?? []
  assert.match(run('guard', 'status').out, new RegExp(`Closing ${number}: everything`))
  assert.equal(run('close', '--stop', number!, '--confirm', 'paper').code, 0)
  assert.match(run('kill', 'cancel', '--strategy', 'ema').out, /^paper: /)
  assert.match(run('kill', 'flatten', '--everything').out, /paper: halted/)
  assert.equal(run('kill', '--everything', '--account', 'paper').code, 2)
  until(({ positions, closings }) => positions.length === 0 && closings.length === 0)
  assert.match(run('order', 'place', 'BUY', '1', 'ACME').err, /TRADING_PAUSED/)
  assert.equal(run('resume').code, 1)
  assert.equal(run('resume', '--confirm', 'paper').code, 0)
  assert.equal(run('resume', '--strategy', 'ema', '--confirm', 'paper').code, 0)
})
