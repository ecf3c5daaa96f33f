import { closable } from '../core/account.ts'
import { quantity } from '../core/amount.ts'
import { COMMANDS_MAX, outcomeOf, settledBefore } from '../core/commands.ts'
import type { Command, Policy, Refused } from '../core/input.ts'
import type { Instrument, InstrumentId } from '../core/instrument.ts'
import { instrumentId, netKey } from '../core/instrument.ts'
import type { OrderId, Pricing } from '../core/order.ts'
import { strategyOwner } from '../core/owner.ts'
import type { PlainQuestion, Replies } from '../core/asking.ts'
import type {
  BooksCommand,
  DeskPort,
  OrderCommand,
  PlainAnswer,
  PlainCommand,
  Settling,
} from '../core/port.ts'
import type { GuardsCommand } from '../core/guard-port.ts'
import type { OrderView } from '../core/view.ts'
import { asPlaced, orderView } from '../core/view.ts'
import type { Urgency } from './limit.ts'
import { changesOf, hashOf, ticketOf } from './plain.ts'
import type { QuestionsOptions } from './questions.ts'
import { accountOf, Questions } from './questions.ts'
import { settleGuards } from './guard-front.ts'
import { settleBooks } from './settling.ts'
import type { Space } from './space.ts'
import type { Outcome } from './told.ts'
import { isUnavailable } from './told.ts'
import type { Unavailable } from './answering.ts'
import { explain, unavailable } from './answering.ts'

type Now = Pick<
  Extract<Command, { readonly type: 'PlaceOrder' }>,
  'instrument' | 'last' | 'policy' | 'refused'
>
type ReopenCommand = Extract<PlainCommand, { readonly type: 'ReopenAccount' }>
type Settled = Extract<Settling, { readonly is: 'settled' }>

const ANSWERS = {
  PlaceOrder: 'placed',
  AmendOrder: 'amendAsked',
  CancelOrder: 'cancelAsked',
} as const

export type FrontOptions = QuestionsOptions & {
  readonly policy: Policy
  /** Why no order is taken in that instrument now, if so. */
  readonly refuse: (
    instrument: Instrument | undefined,
    type: Pricing['type'] | undefined,
  ) => Refused | undefined
  /** Undefined in a world that has no disk. */
  readonly space?: Pick<Space, 'isShort' | 'whyShort'> | undefined
}

/**
 * The desk's counter: plain commands become inputs here, and what came of them becomes plain again.
 */
export class FrontDesk implements DeskPort {
  readonly #options: FrontOptions
  readonly #questions: Questions
  readonly #wakes = new Set<() => void>()

  constructor(options: FrontOptions) {
    this.#options = options
    this.#questions = new Questions(options)
    options.desk.follow(() => {
      for (const wake of this.#wakes) wake()
    })
  }

  async submit(command: PlainCommand): Promise<PlainAnswer> {
    if (command.type === 'ReopenAccount') return this.#reopen(command)
    if (isAboutGuards(command)) return settleGuards(this.#options, command)
    if (isAboutBooks(command)) return settleBooks(this.#options, command)
    const told = await this.settle(command)
    // It was settled; a desk that stops meanwhile says so, and a repeat tells the rest.
    return told.is === 'settled' ? this.#answer(command, told).catch(unavailable) : told
  }

  /** Like `submit`, for a caller who does not read the order it is answered with. */
  async settle(command: OrderCommand): Promise<Settling> {
    const account = accountFor(command)
    const gateway = this.#options.firm.gateway(account)
    if (!gateway) return { is: 'noAccount', account }
    if (command.type === 'PlaceOrder' && !gateway.isStarted) return UNSEEN
    const noSpace = this.#options.space?.isShort() ? await this.#noSpaceFor(command) : undefined
    if (noSpace) return noSpace
    const goes = command.type !== 'CancelAll' && gateway.takeTurn(urgencyOf(command))
    const body = this.#input(command, goes)
    const { scope, id } = command
    const key = id === undefined ? undefined : { scope, id, hash: hashOf(command) }
    const told = { account, cause: id === undefined ? scope : `${scope}/${id}`, key, body }
    const outcome = await this.#options.desk.submit(told).catch(unavailable)
    if (goes && !isSending(outcome)) gateway.giveTurnBack()
    if (outcome.is === 'unavailable') return outcome
    if (outcome.is === 'conflict') return { is: 'conflict' }
    if (outcome.is === 'full') return { is: 'unavailable', reason: FULL }
    const settled = outcome.is === 'repeated' ? outcome.settled : outcomeOf(outcome.events)
    const repeated = outcome.is === 'repeated'
    const { orderId, orderIds, denial } = settled
    return { is: 'settled', account, repeated, orderId, orderIds, denial }
  }

  /**
   * While the disk is short, only what makes us safer is taken, and what was settled before. What
   * is an exit now may no longer be one when it is decided: that costs a little of the reserve.
   */
  async #noSpaceFor(command: OrderCommand): Promise<Settling | undefined> {
    const { space, desk, instruments } = this.#options
    const reason = await space?.whyShort()
    if (reason === undefined || command.type !== 'PlaceOrder') return undefined
    const { scope, id, ticket } = command
    const instrument = instruments.find(ticket.symbol, ticket.exchange)
    const asking = desk.ask((accounts) => {
      const account = accounts.get(ticket.account)
      if (!account) return false
      if (id !== undefined && settledBefore(account, { scope, id })) return true
      if (!instrument) return false
      if (ticket.quantity === undefined) return ticket.reduceOnly === true
      const key = netKey(instrument.id, ticket.product ?? instrument.products[0])
      const safe = closable(account, key, ticket.side === 'BUY' ? 'buy' : 'sell')
      return quantity(ticket.quantity) <= safe
    })
    try {
      return (await asking) ? undefined : { is: 'noSpace', reason }
    } catch (error) {
      if (isUnavailable(error)) return { is: 'unavailable', reason: error.message }
      throw error
    }
  }

  async #reopen({ account, scope, by }: ReopenCommand): Promise<PlainAnswer> {
    if (!this.#options.firm.gateway(account)) return { is: 'noAccount', account }
    const told = { account, cause: scope, body: { type: 'ReopenAccount', by } } as const
    const outcome = await this.#options.desk.submit(told).catch(unavailable)
    return outcome.is === 'unavailable' ? outcome : { is: 'reopened', account }
  }

  #input(command: OrderCommand, turn: boolean): Command {
    const { by } = command
    switch (command.type) {
      case 'PlaceOrder':
        return this.#placing(command, turn)
      case 'AmendOrder':
        return this.#amending(command, turn)
      case 'CancelOrder':
        return { type: 'CancelOrder', orderId: command.orderId as OrderId, by, turn }
      case 'CancelAll': {
        const { symbol, exchange, strategy } = command.chosen
        const instrument = symbol === undefined ? undefined : this.#idOf(symbol, exchange)
        const owner = strategy === undefined ? undefined : strategyOwner(strategy)
        return { type: 'CancelAll', instrument, owner, by }
      }
    }
  }

  #idOf(symbol: string, exchange: string | undefined): InstrumentId {
    const found = this.#options.instruments.find(symbol, exchange)
    return found?.id ?? instrumentId(exchange ?? '?', symbol)
  }

  #placing({ ticket, by }: Extract<PlainCommand, { type: 'PlaceOrder' }>, turn: boolean): Command {
    const instrument = this.#options.instruments.find(ticket.symbol, ticket.exchange)
    const id = this.#idOf(ticket.symbol, ticket.exchange)
    const asked = ticketOf(ticket, id, by)
    return { type: 'PlaceOrder', ticket: asked, ...this.#now(instrument, asked.type), turn }
  }

  #amending(command: Extract<PlainCommand, { type: 'AmendOrder' }>, turn: boolean): Command {
    const { by, changes } = command
    const orderId = command.orderId as OrderId
    const asked = changesOf(changes)
    const id = this.#options.desk.account(accountOf(orderId)).orders.get(orderId)?.terms.instrument
    const instrument = id && this.#options.instruments.get(id)
    return {
      type: 'AmendOrder',
      orderId,
      changes: asked,
      by,
      ...this.#now(instrument, asked.type),
      turn,
    }
  }

  /** What the world says at this moment: the core is told, it never asks. */
  #now(instrument: Instrument | undefined, type: Pricing['type'] | undefined): Now {
    const { policy, refuse } = this.#options
    const last = instrument && this.#questions.last(instrument)
    return { instrument, last, policy, refused: refuse(instrument, type) }
  }

  async #answer({ type }: OrderCommand, told: Settled): Promise<PlainAnswer> {
    const { repeated, denial, orderId, orderIds } = told
    if (denial) return { is: 'denied', denial: explain(denial), repeated }
    if (type === 'CancelAll') {
      const shown = (orderIds ?? []).map((id) => this.#orderAfter(id, type))
      return { is: 'allCancelAsked', orders: await Promise.all(shown), repeated }
    }
    const order = await this.#orderAfter(orderId!, type)
    return { is: ANSWERS[type], order, repeated }
  }

  /** A placed order is shown as it was then, so that a repeat is answered with the same body. */
  async #orderAfter(id: OrderId, type: OrderCommand['type']): Promise<OrderView> {
    const order = await this.#questions.order(id, type === 'PlaceOrder' ? asPlaced : orderView)
    if (!order) throw new Error(`order ${id} was settled and is nowhere to be found`)
    return order
  }

  ask<Q extends PlainQuestion>(question: Q): Promise<Replies[Q['about']]> {
    return this.#questions.ask(question)
  }

  follow(wake: () => void): () => void {
    this.#wakes.add(wake)
    return () => void this.#wakes.delete(wake)
  }
}

const isAboutGuards = (command: PlainCommand): command is GuardsCommand =>
  GUARDS_COMMANDS.has(command.type)

const GUARDS_COMMANDS: ReadonlySet<PlainCommand['type']> = new Set<GuardsCommand['type']>([
  'SetGuards',
  'RemoveGuards',
  'Arm',
  'Disarm',
  'Halt',
  'Resume',
  'Close',
  'StopClose',
  'KnowResidue',
  'SettleMissingCash',
])

const isAboutBooks = (command: PlainCommand): command is BooksCommand =>
  command.type === 'SettleBreak' ||
  command.type === 'ReleaseSymbol' ||
  command.type === 'SettleOrder'

const accountFor = (command: OrderCommand): string => {
  if (command.type === 'PlaceOrder') return command.ticket.account
  return command.type === 'CancelAll' ? command.chosen.account : accountOf(command.orderId)
}

const urgencyOf = ({ type }: OrderCommand): Urgency => (type === 'CancelOrder' ? 'exit' : 'entry')

const UNSEEN: Unavailable = {
  is: 'unavailable',
  reason: 'the broker’s book has not been read yet since the start',
}

const FULL =
  `the account has taken ${COMMANDS_MAX} commands with an id in seven days, as many as can be ` +
  'remembered; those without an id pass'

const isSending = (outcome: Outcome | Unavailable): boolean =>
  outcome.is === 'done' && outcome.events.some(({ type }) => type === 'OrderSending')
