import { hash } from 'node:crypto'
import { formatPrice, formatQuantity, price, quantity } from '../core/amount.ts'
import type { DenialCode } from '../core/denial.ts'
import { DENIALS } from '../core/denial.ts'
import type { Event } from '../core/event.ts'
import type { Command } from '../core/input.ts'
import { instrumentId } from '../core/instrument.ts'
import type { OrderId, Ticket } from '../core/order.ts'
import { MANUAL, strategyOwner } from '../core/order.ts'
import type {
  DeskPort,
  PlainAnswer,
  PlainCommand,
  PlainDenial,
  PlainQuestion,
  PlainTicket,
  Replies,
  Settling,
} from '../core/port.ts'
import type { OrderView } from '../core/view.ts'
import { asPlaced, orderView } from '../core/view.ts'
import type { QuestionsOptions } from './questions.ts'
import { accountOf, Questions } from './questions.ts'
import type { Outcome } from './told.ts'
import { AccountBroken, DeskStopped } from './told.ts'

type PlaceCommand = Extract<PlainCommand, { readonly type: 'PlaceOrder' }>
type Settled = Extract<Settling, { readonly is: 'settled' }>

/**
 * The desk's counter: plain commands become inputs here, and what came of them becomes plain again.
 */
export class FrontDesk implements DeskPort {
  readonly #options: QuestionsOptions
  readonly #questions: Questions

  constructor(options: QuestionsOptions) {
    this.#options = options
    this.#questions = new Questions(options)
  }

  async submit(command: PlainCommand): Promise<PlainAnswer> {
    const told = await this.settle(command)
    return told.is === 'settled' ? this.#answer(command, told) : told
  }

  /** Like `submit`, for a caller who does not read the order it is answered with. */
  async settle(command: PlainCommand): Promise<Settling> {
    const account =
      command.type === 'PlaceOrder' ? command.ticket.account : accountOf(command.orderId)
    const gateway = this.#options.firm.gateway(account)
    if (!gateway) return { is: 'noAccount', account }
    const cancelling = command.type === 'CancelOrder'
    const turn = gateway.takeTurn(cancelling ? 'exit' : 'entry')
    const body = cancelling ? cancelOf(command, turn) : this.#placing(command, turn)
    const { scope, id } = command
    const key = { scope, id, hash: hashOf(command) }
    const told = { account, cause: `${scope}/${id}`, key, body }
    let outcome: Outcome
    try {
      outcome = await this.#options.desk.submit(told)
    } catch (error) {
      if (turn) gateway.giveTurnBack()
      if (error instanceof DeskStopped || error instanceof AccountBroken) {
        return { is: 'unavailable', reason: error.message }
      }
      throw error
    }
    if (turn && !isSending(outcome)) gateway.giveTurnBack()
    if (outcome.is === 'conflict') return { is: 'conflict' }
    if (outcome.is === 'done') {
      return { is: 'settled', account, repeated: false, ...verdictOf(outcome.events) }
    }
    const { orderId, denial } = outcome.settled
    return { is: 'settled', account, repeated: true, orderId, denial }
  }

  #placing({ ticket: plain, by }: PlaceCommand, turn: boolean): Command {
    const { symbol, exchange, side, type, strategy, note, product } = plain
    const instrument = this.#options.instruments.find(symbol, exchange)
    const ticket: Ticket = {
      instrument: instrument?.id ?? instrumentId(exchange ?? '?', symbol),
      side: side === 'BUY' ? 'buy' : 'sell',
      size: quantity(plain.quantity),
      type: type === 'MARKET' ? 'market' : 'limit',
      price: plain.price === undefined ? undefined : price(plain.price),
      product,
      owner: strategy === undefined ? MANUAL : strategyOwner(strategy),
      by,
      note,
    }
    return {
      type: 'PlaceOrder',
      ticket,
      instrument,
      last: instrument && this.#questions.last(instrument),
      turn,
    }
  }

  async #answer({ type }: PlainCommand, told: Settled): Promise<PlainAnswer> {
    const { account, repeated, denial, orderId } = told
    if (denial) return { is: 'denied', denial: explain(denial), repeated }
    const cancelling = type === 'CancelOrder'
    const order = await this.#orderAfter(account, orderId!, cancelling)
    return { is: cancelling ? 'cancelAsked' : 'placed', order, repeated }
  }

  /** A placed order is shown as it was then, so that a repeat is answered with the same body. */
  async #orderAfter(account: string, id: OrderId, cancelling: boolean): Promise<OrderView> {
    const shown = await this.#options.desk.ask((accounts) => {
      const order = accounts.get(account)?.orders.get(id)
      if (!order) return undefined
      return cancelling ? orderView(account, order) : asPlaced(account, order)
    })
    const kept = shown ?? (await this.ask({ about: 'order', id }))
    if (!kept) throw new Error(`order ${id} was settled and is nowhere to be found`)
    return kept
  }

  ask<Q extends PlainQuestion>(question: Q): Promise<Replies[Q['about']]> {
    return this.#questions.ask(question)
  }
}

const cancelOf = (
  { orderId, by }: Extract<PlainCommand, { type: 'CancelOrder' }>,
  turn: boolean,
): Command => ({ type: 'CancelOrder', orderId: orderId as OrderId, by, turn })

const isSending = (outcome: Outcome): boolean =>
  outcome.is === 'done' && outcome.events.some(({ type }) => type === 'OrderSending')

function verdictOf(events: readonly Event[]): Pick<Settled, 'orderId' | 'denial'> {
  for (const event of events) {
    if (event.type === 'OrderPlaced' || event.type === 'CancelAsked') {
      return { orderId: event.orderId, denial: undefined }
    }
    if (event.type === 'OrderDenied' || event.type === 'CancelDenied') {
      return { orderId: undefined, denial: { code: event.code, context: event.context } }
    }
  }
  throw new Error('a command brings about an order, an asked cancel or a denial')
}

function explain({ code, context }: { code: DenialCode; context: string }): PlainDenial {
  const { field, says, remedy } = DENIALS[code]
  return { code, context, field: field ?? null, says, remedy }
}

/** Of what the command asks, in a fixed order and form: the same wish has the same hash. */
const hashOf = (command: PlainCommand): string =>
  hash('sha256', command.type === 'PlaceOrder' ? canonical(command.ticket) : command.orderId)

function canonical(ticket: PlainTicket): string {
  const { account, symbol, exchange, side, type, product, strategy, note } = ticket
  const size = formatQuantity(quantity(ticket.quantity))
  const at = ticket.price === undefined ? null : formatPrice(price(ticket.price))
  const words = [account, symbol, exchange, side, size, type, at, product, strategy, note]
  return JSON.stringify(words)
}
