import type { Account } from '../src/core/account.ts'
import type { Money } from '../src/core/amount.ts'
import { money, price, quantity } from '../src/core/amount.ts'
import type { RequestKind } from '../src/core/event.ts'
import type { Answer, Book, BrokerOrder, BrokerTrade, Input, Part } from '../src/core/input.ts'
import type { BrokerOrderId, OrderId, Tag, TradeId } from '../src/core/order.ts'
import { epoch, tagOf } from '../src/core/tag.ts'
import type { Instant, TradingDate } from '../src/core/time.ts'
import { DAY, later, SECOND } from '../src/core/time.ts'
import {
  amendFrom,
  cancelAllFrom,
  inr,
  INSTRUMENTS,
  placeFrom,
  wordAfter,
} from './scenario-asks.ts'
import { markFrom, matchingFrom, positionFrom, settlingFrom } from './scenario-books.ts'

/** Reads one line of a story as an input. */
export class Reader {
  static readonly EPOCH = epoch('00TST')
  static readonly CASH: Money = money('1000000')
  readonly #account: Account
  readonly #names: ReadonlyMap<OrderId, string>
  readonly #now: Instant

  constructor(account: Account, names: ReadonlyMap<OrderId, string>, now: Instant) {
    this.#account = account
    this.#names = names
    this.#now = now
  }

  read(text: string): Input['body'] {
    const [verb = '', ...words] = text.split(' ')
    const [first = '', second = ''] = words
    const rest = words.slice(1).join(' ')
    switch (verb.replace(';', '')) {
      case 'place':
        return placeFrom(words)
      case 'amend':
        return amendFrom(this.#id(first), words.slice(1), this.#account)
      case 'cancel-all':
        return cancelAllFrom(words)
      case 'cancel':
        return {
          type: 'CancelOrder',
          orderId: this.#id(first),
          by: 'me',
          turn: second !== 'queued',
        }
      case 'turn':
        return { type: 'TurnCame', orderId: this.#id(first), request: 'place' }
      case 'turn-cancel':
        return { type: 'TurnCame', orderId: this.#id(first), request: 'cancel' }
      case 'turn-amend':
        return { type: 'TurnCame', orderId: this.#id(first), request: 'amend' }
      case 'accept':
        return this.#answer(first, { is: 'accepted', brokerOrderId: second as BrokerOrderId })
      case 'reject':
        return this.#answer(first, { is: 'rejected', code: 'NO', reason: rest })
      case 'silence':
        return this.#answer(first, { is: 'unknown', evidence: 'timeout' })
      case 'unsent':
        return this.#answer(first, { ...UNSENT, reason: rest })
      case 'blocked':
        return this.#answer(first, { ...UNSENT, reason: 'data/HALT is there', halted: true })
      case 'accept-cancel':
        return this.#answer(
          first,
          { is: 'accepted', brokerOrderId: 'b' as BrokerOrderId },
          'cancel',
        )
      case 'reject-cancel':
        return this.#answer(first, { is: 'rejected', code: 'NO', reason: rest }, 'cancel')
      case 'silence-cancel':
        return this.#answer(first, { is: 'unknown', evidence: 'timeout' }, 'cancel')
      case 'accept-amend':
        return this.#answer(first, { is: 'accepted', brokerOrderId: 'b' as BrokerOrderId }, 'amend')
      case 'reject-amend':
        return this.#answer(first, { is: 'rejected', code: 'NO', reason: rest }, 'amend')
      case 'silence-amend':
        return this.#answer(first, { is: 'unknown', evidence: 'timeout' }, 'amend')
      case 'unsent-amend':
        return this.#answer(first, { ...UNSENT, reason: rest }, 'amend')
      case 'row':
        return { type: 'OrderSeen', row: this.#row(words) }
      case 'trade':
        return { type: 'TradeSeen', trade: this.#trade(words) }
      case 'book':
        return this.#book(text)
      case 'settle':
      case 'release':
      case 'lapse':
        return settlingFrom(verb, words, this.#id(first))
      case 'restart':
        return { type: 'Started', epoch: Reader.EPOCH }
      case 'restore':
        return { type: 'Restored', epoch: epoch(first) }
      case 'connect':
        return { type: 'Connected' }
      case 'lose':
        return { type: 'Lost', reason: words.join(' ') }
      case 'close-day':
        return {
          type: 'DayEnded',
          exchange: 'NSE',
          date: first as TradingDate,
          before: later(this.#now, -DAY),
        }
      default:
        throw new Error(`No such step: ${text}`)
    }
  }

  #id(name: string): OrderId {
    const known = [...this.#names].find(([, given]) => given === name)
    return known ? known[0] : (name as OrderId)
  }

  #answer(name: string, answer: Answer, request: RequestKind = 'place'): Input['body'] {
    return { type: 'Answered', orderId: this.#id(name), request, answer }
  }

  /**
   * `o1 b1 working 4`: an order of ours; `INFY:-5 b9 complete -5` one that is not; and
   * `gone:INFY:10:o1 …` one that was ours and has left our memory. `size 12 at 99 notag`: as it is
   * there now.
   */
  #row([name = '', brokerOrderId = '', status, filled = '0', ...now]: string[]): BrokerOrder {
    const after = wordAfter(now)
    const [resized, limit] = [after('size'), after('at')]
    const order = this.#account.orders.get(this.#id(name))
    const [symbol = '', size = ''] = name.replace(/^(gone|lost):/, '').split(':')
    return {
      brokerOrderId: brokerOrderId as BrokerOrderId,
      tag: this.#tag(name, now, order?.tag),
      exchangeOrderId: undefined,
      instrument: order?.terms.instrument ?? INSTRUMENTS.get(symbol)!.id,
      quantity: resized ? quantity(resized) : (order?.terms.quantity ?? quantity(size)),
      pricing: limit ? { type: 'limit', limit: price(limit) } : order?.terms.pricing,
      filled: quantity(filled),
      status: status as BrokerOrder['status'],
      placedAt: this.#now,
      message: status === 'rejected' ? 'no margin' : '',
    }
  }

  /** `lost:` one that we never placed, though it has our tag: the journal is an older copy. */
  #tag(name: string, now: readonly string[], known: Tag | undefined): Tag | undefined {
    if (now.includes('notag')) return '' as Tag
    if (name.startsWith('lost:')) return tagOf(Reader.EPOCH, 1, 9_999)
    return known ?? (name.startsWith('gone:') ? tagOf(Reader.EPOCH, 1, 4) : undefined)
  }

  /** `b1 t1 4 @ 99.95 [SBIN] [bust]`: the symbol only where the order is not one of ours. */
  #trade([
    broker = '',
    tradeId = '',
    size = '',
    ,
    at = '',
    symbol = 'INFY',
    bust = '',
  ]: string[]): BrokerTrade {
    const brokerOrderId = broker as BrokerOrderId
    const id = this.#account.byBrokerId.get(brokerOrderId)
    const order = id && this.#account.orders.get(id)
    return {
      tradeId: tradeId as TradeId,
      brokerOrderId,
      exchangeOrderId: undefined,
      instrument:
        order?.terms.instrument ?? (INSTRUMENTS.get(symbol) ?? INSTRUMENTS.get('INFY')!).id,
      product: order?.terms.product ?? 'CNC',
      currency: inr,
      multiplier: 1n,
      date: (symbol.startsWith('20') ? symbol : '2026-11-23') as TradingDate,
      quantity: quantity(size),
      price: price(at),
      tradedAt: this.#now,
      ...(bust || symbol === 'bust' ? { busted: true } : {}),
    }
  }

  /**
   * `book [unproven] [early] [agreed] [tagless] [no orders] [no trades] [cycle 1] [within 0.05]
   * [join] [strategy-first] [exact]; o1 b1 working; trade …; position INFY 4 [@ 99]; holding INFY 4
   * [@ 99]; cash 9; mark INFY 101`
   */
  #book(text: string): Input['body'] {
    const [head = '', ...items] = text.split(';').map((item) => item.trim())
    const has = (word: string): boolean => head.includes(word)
    const rest = (word: string): string[][] =>
      items.map((item) => item.split(' ')).filter(([first]) => first === word)
    const rows = items
      .map((item) => item.split(' '))
      .filter(([first = '']) => !NO_ROWS.includes(first))
    const part = <Row>(list: readonly Row[]): Part<Row> => ({
      ok: true,
      rows: list,
      proven: !has('unproven'),
    })
    const orders = part(rows.map((row) => this.#row(row)))
    const tagless = orders.ok ? orders.rows.map((row) => ({ ...row, tag: undefined })) : []
    const positions = rest('position').map(positionFrom)
    const holdings = rest('holding').map(positionFrom)
    const book: Book = {
      askedAt: has('early') ? later(this.#now, -3600 * SECOND) : this.#now,
      orders: has('no orders') ? FAILED : has('tagless') ? part(tagless) : orders,
      trades: has('no trades')
        ? FAILED
        : part(rest('trade').map(([, ...words]) => this.#trade(words))),
      positions: rest('position').length > 0 || has('flat') ? part(positions) : FAILED,
      funds: has('cash') || rest('cash').length > 0 ? this.#funds(rest('cash')) : FAILED,
      ...(holdings.length > 0 ? { holdings: part(holdings) } : {}),
      ...matchingFrom(head.split(' ')),
      ...(rest('mark').length > 0 ? { marks: new Map(rest('mark').map(markFrom)) } : {}),
      agreesSince: has('agreed') ? this.#now : undefined,
      lapseAfterMs: 12 * SECOND,
      reportsKeptMs: 2 * DAY,
      spareEpoch: epoch('SPARE'),
      tagsMayBeLost: has('tagless'),
    }
    return { type: 'BookRead', ...book }
  }

  #funds(rows: string[][]): Book['funds'] {
    const funds = rows.map(([, cash = '']) => ({ currency: inr, cash: money(cash) }))
    return { ok: true, rows: funds, proven: true }
  }
}

const NO_ROWS: readonly string[] = ['trade', 'position', 'holding', 'cash', 'mark']
const FAILED = { ok: false, reason: 'not asked' } as const
const UNSENT = { is: 'notSent', reason: '', retryAfterMs: 0, halted: false } as const
