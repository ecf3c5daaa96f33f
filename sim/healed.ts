/**
 * What must hold once nothing goes wrong any more: within two minutes both books agree, and what by
 * rule takes longer, an order given up or a change settled, is done when the rule says so.
 */
import type { Account } from '../src/core/account.ts'
import { explainedQuantity } from '../src/core/account.ts'
import { absolute } from '../src/core/amount.ts'
import { toText } from '../src/core/plain.ts'
import type { BrokerOrder } from '../src/core/input.ts'
import { netKey } from '../src/core/instrument.ts'
import type { Order } from '../src/core/order.ts'
import { isSamePricing } from '../src/core/order.ts'
import { later, MINUTE, SECOND } from '../src/core/time.ts'
import { restore } from '../src/desk/restore.ts'
import { closingsEnded } from './guardian.ts'
import { Life } from './life.ts'
import { ACCOUNT } from './opened.ts'
import type { World } from './world.ts'

const CONVERGE_MS = 120 * SECOND
/** What happened just before is on its way to us: it counts if it is still so after that. */
const ON_ITS_WAY_MS = 6 * SECOND
/** An unknown order is looked for once a minute by then, and three looks must have missed it. */
const LOOKS_MS = 4 * MINUTE

export async function converge(world: World): Promise<void> {
  const { judge } = world
  const healedAt = world.heal()
  await world.pass(later(healedAt, CONVERGE_MS))
  if (world.judge.broken) return
  const account = await settled(world)
  if (!account || world.judge.broken) return
  closingsEnded(account, world.clock.now(), (what) => complain(world, what))
  const isOpen = account.unknown.size > 0 || [...account.orders.values()].some(isChanging)
  const isBehind = judge.isBehindOthers
  if (!isOpen && !isBehind) return check(world, account)
  const { traits, cadence } = world.plan
  const verified = isBehind ? cadence.verifyMs! + CONVERGE_MS : 0
  await world.pass(later(healedAt, Math.max(traits.lapseAfterMs + LOOKS_MS, verified)))
  if (world.judge.broken) return
  if (judge.isBehindOthers) complain(world, 'somebody else’s trades are not booked')
  const late = await settled(world)
  if (!late) return
  for (const id of late.unknown) complain(world, `${id} is still unknown`)
  for (const order of late.orders.values()) {
    if (isChanging(order)) complain(world, `${order.id} is still being changed`)
  }
  check(world, late)
}

const isChanging = ({ amending }: Order): boolean => amending !== undefined

const complain = ({ judge }: World, what: string): void =>
  judge.complain('24 all is well again in time', what)

/** A day’s end, the disk, the next reading, and one that is under way. */
const TIMERS_AT_REST = 12

/** By what it is about. */
type Complaints = Map<string, string>

/** What two minutes are enough for. */
async function settled(world: World): Promise<Account | undefined> {
  const first = differences(world)
  if (first.size > 0) {
    await world.pass(later(world.clock.now(), ON_ITS_WAY_MS))
    for (const [subject, what] of differences(world)) if (first.has(subject)) complain(world, what)
  }
  return world.machine.isServing ? world.machine.desk?.account(ACCOUNT) : undefined
}

function differences(world: World): Complaints {
  const { machine, exchange, client } = world
  if (!machine.isServing || !machine.desk) return new Map([['desk', 'the desk does not serve']])
  const account = machine.desk.account(ACCOUNT)
  const found: Complaints = new Map()
  const { orders } = exchange.books()
  for (const row of orders) {
    const what = row.tag === undefined ? undefined : whatDiffers(world, account, row)
    if (what !== undefined) found.set(row.tag!, what)
  }
  if (!world.judge.isBehindOthers) holdings(world, account, found)
  for (const net of account.breaks.keys()) found.set(`break ${net}`, `a break in ${net}`)
  for (const call of client.open) found.set(`call ${call}`, `no answer to ${call}`)
  const { timers } = machine
  if (timers > TIMERS_AT_REST) found.set('timers', `${timers} timers are set`)
  return found
}

/** 11: all that the broker holds has an owner here. */
function holdings(world: World, account: Account, found: Complaints): void {
  const { funds } = world.exchange.books()
  for (const { instrument, product, quantity } of world.exchange.venue.netPositions()) {
    const ours = explainedQuantity(account, netKey(instrument, product))
    if (ours === quantity) continue
    const net = `${instrument} ${product}`
    found.set(net, `${net}: ours ${ours}, theirs ${quantity}`)
  }
  const ours = account.cash.get(funds[0]!.currency)
  if (ours !== funds[0]!.cash) found.set('cash', `cash ${ours}, theirs ${funds[0]!.cash}`)
}

/** 5: what the broker shows of an order of ours is what we show. */
function whatDiffers(world: World, account: Account, row: BrokerOrder): string | undefined {
  const { judge } = world
  const tag = row.tag!
  const id = account.byTag.get(tag)
  const order = id && account.orders.get(id)
  // Two days that an old journal made of one may have given the tag to two orders.
  if (order && order.terms.instrument !== row.instrument) return undefined
  if (!order) return judge.isLost(tag) ? undefined : `${tag} works at the broker and is not known`
  const status = row.status === 'working' ? 'open' : row.status
  const there = `at the broker ${status} ${row.filled}`
  // Somebody made it smaller or larger there, and it traded before we could see that: said loudly.
  const { subjects } = judge.written
  const isShort = order.status === 'expired' && subjects.has(`short ${order.id}`)
  const isLarger = absolute(row.quantity) > absolute(order.terms.quantity)
  const isWhole = isLarger && row.status !== 'working'
  const isOver = order.status === 'complete' && (isWhole || subjects.has(`overfill ${order.id}`))
  const isSame = order.status === status || (isShort && status === 'complete') || isOver
  if (order.filled !== row.filled || !isSame) {
    return `${order.id} is ${order.status} ${order.filled}, ${there}`
  }
  if (order.status !== 'open' || order.amending) return undefined
  const { quantity, pricing } = order.terms
  const isLike = quantity === row.quantity && (!row.pricing || isSamePricing(pricing, row.pricing))
  if (!isLike) return `${order.id} has other terms at the broker`
  return order.cancelAsked ? `${order.id} was to be cancelled and works on` : undefined
}

/** 10 and 14: the journal is sound from its first row, and folds to what lives. */
function check(world: World, account: Account): void {
  const { judge, disk, clock } = world
  const around = { clock, skew: () => 0, dies: () => false, onError: () => {} }
  const reader = disk.open(new Life(0, around), () => false)
  const folded = restore(reader).accounts.get(ACCOUNT)
  if (toText(folded) !== toText(account)) {
    judge.complain('10 a fold of the journal is what lives', `row ${disk.rows.length}`)
  }
  disk.dropSnapshots()
  if (toText(restore(reader).accounts.get(ACCOUNT)) !== toText(account)) {
    judge.complain('10 a fold from the first row is what lives', `row ${disk.rows.length}`)
  }
}
