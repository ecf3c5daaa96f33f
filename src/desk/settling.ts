import { hash } from 'node:crypto'
import { outcomeOf } from '../core/commands.ts'
import type { Command } from '../core/input.ts'
import type { OrderId } from '../core/order.ts'
import type { Owner } from '../core/owner.ts'
import type { BooksCommand, PlainAnswer } from '../core/port.ts'
import { idOf } from './books.ts'
import { explain, unavailable } from './answering.ts'
import type { QuestionsOptions } from './questions.ts'
import { accountOf } from './questions.ts'

type Options = Pick<QuestionsOptions, 'desk' | 'firm' | 'instruments'>

/** What a person decides about the books, on its way to the desk and back. */
export async function settleBooks(options: Options, command: BooksCommand): Promise<PlainAnswer> {
  const { desk, firm } = options
  const account = command.type === 'SettleOrder' ? accountOf(command.orderId) : command.account
  if (!firm.gateway(account)) return { is: 'noAccount', account }
  const { scope, id } = command
  const key = id === undefined ? undefined : { scope, id, hash: hashOf(command) }
  const cause = id === undefined ? scope : `${scope}/${id}`
  const body = inputOf(options, account, command)
  const outcome = await desk.submit({ account, cause, key, body }).catch(unavailable)
  if (outcome.is === 'unavailable') return outcome
  if (outcome.is === 'conflict') return { is: 'conflict' }
  if (outcome.is === 'full') return { is: 'unavailable', reason: 'too many commands with an id' }
  const repeated = outcome.is === 'repeated'
  const { denial } = outcome.is === 'repeated' ? outcome.settled : outcomeOf(outcome.events)
  if (denial) return { is: 'denied', denial: explain(denial), repeated }
  return { is: 'booksSettled', account, repeated }
}

function inputOf(options: Options, id: string, command: BooksCommand): Command {
  const { by } = command
  if (command.type === 'SettleOrder') {
    const { orderId, reason } = command
    return { type: 'SettleOrder', orderId: orderId as OrderId, reason, by }
  }
  const instrument = idOf(options, options.desk.account(id), command)
  if (command.type === 'ReleaseSymbol') return { type: 'ReleaseSymbol', instrument, by }
  const { product, as, reason } = command
  return { type: 'SettleBreak', instrument, product, as: as as Owner | 'split', reason, by }
}

const hashOf = ({ scope: _, id: __, by: ___, ...wish }: BooksCommand): string =>
  hash('sha256', canonical(wish))

/** The same wish has the same text, in whatever order it was written. */
const canonical = (wish: object): string =>
  Object.entries(wish)
    .map(([name, value]) => `${name}=${String(value)}`)
    .toSorted((a, b) => (a < b ? -1 : 1))
    .join('\n')
