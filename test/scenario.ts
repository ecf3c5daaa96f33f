import assert from 'node:assert/strict'
import type { Account } from '../src/core/account.ts'
import { exposureOf, netQuantity, newAccount } from '../src/core/account.ts'
import { netKey } from '../src/core/instrument.ts'
import { average, formatMoney, formatPrice, formatQuantity } from '../src/core/amount.ts'
import { totalCharges } from '../src/core/charges.ts'
import { decide } from '../src/core/decide.ts'
import type { Event } from '../src/core/event.ts'
import { evolve } from '../src/core/evolve.ts'
import type { Input } from '../src/core/input.ts'
import type { Order, OrderId } from '../src/core/order.ts'
import { limitOf, triggerOf } from '../src/core/order.ts'
import { nextWake } from '../src/core/rules/send.ts'
import { instant, later, SECOND } from '../src/core/time.ts'
import { checkBooks } from '../sim/books.ts'
import { inr, INSTRUMENTS } from './scenario-asks.ts'
import { Reader } from './scenario-read.ts'
import { tell } from './scenario-tell.ts'

/**
 * Plays a story against the core, one line at a time:
 *
 *   place INFY 10 limit 100    -> placed o1, sending o1    an input, and the events it must cause
 *   accept o1 b1               -> accepted o1 b1
 *   trade b1 t1 4 @ 99.95      -> filled o1 4
 *   trade b1 t1 4 @ 99.95      -> nothing
 *   ? order o1                 =  open 4/10                a question, and its answer
 *   ? position INFY            =  4 avg 99.95 realized 0
 *
 * `-> *` is whatever it is. A second passes at each line. Orders are called o1, o2 … in the order
 * of their placing.
 */
export function scenario(story: string): void {
  const stage = new Stage()
  for (const [number, line] of lines(story)) stage.play(line, `line ${number}: ${line}`)
}

/** What many steps bring along is told only where the story is about it. */
const QUIET = /^(tracked|released|compared|adjusted|marked) /

class Stage {
  readonly #account: Account = newAccount('paper')
  readonly #names = new Map<OrderId, string>()
  #now = instant(Date.UTC(2026, 10, 23, 4, 0, 0))

  constructor() {
    const plan = 'none'
    this.#do({ type: 'OpenAccount', number: 1, broker: 'paper', mode: 'paper', plan })
    this.#do({ type: 'Started', epoch: Reader.EPOCH })
    this.#do({ type: 'CashSeen' })
  }

  play(line: string, where: string): void {
    const [left, right] = line.split(/ (?:->|=) /) as [string, string]
    assert.ok(right !== undefined, `${where}: "->" or "=" is missing`)
    if (left.startsWith('?')) {
      assert.equal(this.#answer(left.slice(1).trim()), right, where)
      return
    }
    this.#now = later(this.#now, left.startsWith('wait') ? seconds(left) : SECOND)
    const reader = new Reader(this.#account, this.#names, this.#now)
    const body = left.startsWith('wait') ? ({ type: 'TimePassed' } as const) : reader.read(left)
    const events = [...this.#do(body)]
    if (this.#account.releasable.size > 0) events.push(...this.#do({ type: 'TimePassed' }))
    const told = events
      .map((event) => tell(event, this.#names))
      .filter((words) => !QUIET.test(words) || right.includes(words))
      .join(', ')
    if (right !== '*') assert.equal(told || 'nothing', right, where)
  }

  #do(body: Input['body'] | { readonly type: 'CashSeen' }): readonly Event[] {
    const account = this.#account
    const at = this.#now
    const events: readonly Event[] =
      body.type === 'CashSeen'
        ? [{ type: 'CashMoved', currency: inr, amount: Reader.CASH, reason: 'opening' }]
        : decide(account, { at, cause: 'story', key: undefined, body })
    if (events.length > 0) {
      const entry = { account: account.id, at, cause: 'story', command: undefined, events }
      evolve(account, { ...entry, seq: account.seq + 1 })
    }
    for (const event of events) {
      if (event.type === 'OrderPlaced') this.#names.set(event.orderId, `o${this.#names.size + 1}`)
    }
    checkBooks(account)
    return events
  }

  #idOf(name: string): OrderId {
    return [...this.#names].find(([, given]) => given === name)![0]
  }

  #answer(question: string): string {
    const [what, key = ''] = question.split(' ')
    const account = this.#account
    if (what === 'order') {
      const order = account.orders.get(this.#idOf(key))
      if (!order) return 'gone'
      const size = order.terms.quantity
      return `${order.status} ${formatQuantity(order.filled)}/${formatQuantity(size)}`
    }
    if (what === 'terms') return termsText(account.orders.get(this.#idOf(key))!)
    if (what === 'cash') return formatMoney(account.cash.get(inr)!)
    if (what === 'reserved') return formatMoney(account.reserved.get(inr)!)
    if (what === 'wake') {
      const due = nextWake(account)
      return due === undefined ? 'never' : `in ${(due - this.#now) / SECOND} s`
    }
    const net = netKey(INSTRUMENTS.get(key)!.id, 'CNC')
    if (what === 'working') {
      const { buying, selling, unknown } = exposureOf(account, net)
      const doubt = unknown > 0 ? ` unknown ${unknown}` : ''
      return `buy ${formatQuantity(buying)} sell ${formatQuantity(selling)}${doubt}`
    }
    if (what === 'break') {
      const open = account.breaks.get(net)
      return open ? `${open.class}: ${open.evidence}` : 'none'
    }
    if (what === 'net') return formatQuantity(netQuantity(account, net))
    if (what === 'charges') {
      const orders = [...account.orders.values()]
      return orders.map(({ charges }) => formatMoney(totalCharges(charges))).join(' ')
    }
    assert.equal(what, 'position', `no such question: ${question}`)
    return [...(account.legs.get(net) ?? [])]
      .map(([owner, { position }]) => {
        const { quantity: held, cost, realized } = position
        const at = held === 0n ? '-' : formatPrice(average(cost, held))
        const whose = owner === 'manual' ? '' : `${owner} `
        return `${whose}${formatQuantity(held)} avg ${at} realized ${formatMoney(realized)}`
      })
      .join(', ')
  }
}

/** `10 limit 99 ttl 5 amending` */
function termsText({ terms, amending, cancelAsked }: Order): string {
  const { quantity, pricing, validity, disclosed } = terms
  const [limit, trigger] = [limitOf(pricing), triggerOf(pricing)]
  const words = [
    formatQuantity(quantity),
    pricing.type,
    limit === undefined ? '' : formatPrice(limit),
    trigger === undefined ? '' : `trigger ${formatPrice(trigger)}`,
    validity === 'day' ? '' : validity === 'ioc' ? 'ioc' : `ttl ${validity.minutes}`,
    disclosed === undefined ? '' : `show ${formatQuantity(disclosed)}`,
    amending ? 'amending' : '',
    cancelAsked ? 'cancelling' : '',
  ]
  return words.filter((word) => word !== '').join(' ')
}

const seconds = (line: string): number => SECOND * Number(line.split(' ')[1])

/** Lines without comments and double spaces, with their numbers. */
function* lines(story: string): Iterable<[number, string]> {
  for (const [index, text] of story.split('\n').entries()) {
    const line = text.replace(/\s*#.*$/, '').trim()
    if (line) yield [index + 1, line.replace(/\s+/g, ' ')]
  }
}

/** The stories of a scenario file: each begins with a line `== what it shows`. */
export function* stories(
  file: string,
): Iterable<{ readonly title: string; readonly story: string }> {
  for (const part of file.split(/^== /m).slice(1)) {
    const end = part.indexOf('\n')
    yield { title: part.slice(0, end).trim(), story: part.slice(end) }
  }
}
