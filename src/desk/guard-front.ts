/** What people ask of guards, on its way to the desk and back. */
import { hash } from 'node:crypto'
import type { Account } from '../core/account.ts'
import { money, price } from '../core/amount.ts'
import { outcomeOf } from '../core/commands.ts'
import type { GuardCommand } from '../core/guard-input.ts'
import { EVERYTHING } from '../core/guard.ts'
import type { Scope } from '../core/guard-event.ts'
import type { CloseView, GuardsCommand, PlainRule } from '../core/guard-port.ts'
import { fractionFrom, presetNamed, rulesOf } from '../core/guard-presets.ts'
import type { GuardRule } from '../core/guard-rule.ts'
import { closeView, closingFor, positionNamed } from '../core/guard-view.ts'
import type { Currency, InstrumentId, Product } from '../core/instrument.ts'
import { currency, symbolOf } from '../core/instrument.ts'
import type { Owner } from '../core/owner.ts'
import { strategyOwner } from '../core/owner.ts'
import type { PlainAnswer } from '../core/port.ts'
import { later, SECOND } from '../core/time.ts'
import { legsOf } from '../core/view.ts'
import { zoneOf } from '../market/zone.ts'
import { explain, unavailable } from './answering.ts'
import type { QuestionsOptions } from './questions.ts'

type Options = Pick<QuestionsOptions, 'desk' | 'firm' | 'instruments' | 'clock'>
type Close = Extract<GuardsCommand, { readonly type: 'Close' }>

/** A close is answered as confirmed if it is by then. */
const FLAT_WITHIN_MS = 5 * SECOND
const LOOK_MS = 100

export async function settleGuards(options: Options, command: GuardsCommand): Promise<PlainAnswer> {
  const { desk, firm } = options
  const { account: id, scope: who, by } = command
  if (!firm.gateway(id)) return { is: 'noAccount', account: id }
  const account = await desk.ask((accounts) => accounts.get(id)!).catch(unavailable)
  if ('is' in account) return account
  const body = inputOf(options, account, command)
  if (typeof body === 'string') {
    const context = `${body} by=${by}`
    return { is: 'denied', denial: explain({ code: 'GUARD_RULE_WRONG', context }), repeated: false }
  }
  const key =
    command.id === undefined ? undefined : { scope: who, id: command.id, hash: hashOf(command) }
  const cause = command.id === undefined ? who : `${who}/${command.id}`
  const outcome = await desk.submit({ account: id, cause, key, body }).catch(unavailable)
  if (outcome.is === 'unavailable') return outcome
  if (outcome.is === 'conflict') return { is: 'conflict' }
  if (outcome.is === 'full') return { is: 'unavailable', reason: 'too many commands with an id' }
  const repeated = outcome.is === 'repeated'
  const { denial } = outcome.is === 'repeated' ? outcome.settled : outcomeOf(outcome.events)
  if (denial) return { is: 'denied', denial: explain(denial), repeated }
  if (command.type !== 'Close' || body.type !== 'ClosePosition') {
    return { is: 'guardsSettled', account: id, repeated }
  }
  try {
    const closed = await flat(options, command, body.scope)
    if (closed) return { is: 'closing', closed, repeated }
    const context = `position=${command.positionId}`
    const gone = explain({ code: 'CLOSING_NOT_FOUND', context })
    return { is: 'denied', denial: gone, repeated }
  } catch (error) {
    return unavailable(error)
  }
}

/** Looks until it is flat, but not for long. Undefined for one of long ago. */
async function flat(
  options: Options,
  command: Close,
  scope: Scope,
): Promise<CloseView | undefined> {
  const { desk, clock } = options
  const until = later(clock.now(), FLAT_WITHIN_MS)
  for (;;) {
    const view = await desk.ask((accounts) => {
      const account = accounts.get(command.account)!
      const found = closingFor(account, scope)
      return found && closeView(account, found, command.positionId)
    })
    if (!view || view.confirmed || clock.now() >= until) return view
    await new Promise<void>((resolve) => {
      clock.at(later(clock.now(), LOOK_MS), resolve)
    })
  }
}

/** What the core takes; or, in words, what is wrong with it. */
function inputOf(
  options: Options,
  account: Account,
  command: GuardsCommand,
): GuardCommand | string {
  const { by } = command
  switch (command.type) {
    case 'SetGuards':
      return setting(account, command)
    case 'RemoveGuards':
      return { type: 'RemoveGuard', rule: command.rule, confirm: command.confirm, by }
    case 'Arm':
      return { type: 'ArmGuards', confirm: command.confirm, reason: command.reason, by }
    case 'Disarm':
      return { type: 'DisarmGuards', confirm: command.confirm, reason: command.reason, by }
    case 'Halt': {
      const { level, reason } = command
      return { type: 'HaltTrading', level, owner: ownerOf(command.strategy), reason, by }
    }
    case 'Resume': {
      const { confirm, reason } = command
      return { type: 'ResumeTrading', owner: ownerOf(command.strategy), confirm, reason, by }
    }
    case 'Close':
      return closing(options, account, command)
    case 'StopClose':
      return { type: 'StopClosing', closing: command.closing, confirm: command.confirm, by }
    case 'KnowResidue':
      return { type: 'Acknowledge', closing: command.closing, by }
    case 'SettleMissingCash':
      return { type: 'SettleCash', currency: currency(command.currency), as: command.as, by }
  }
}

const ownerOf = (strategy: string | undefined): Owner | undefined =>
  strategy === undefined ? undefined : strategyOwner(strategy)

function closing(options: Options, account: Account, command: Close): GuardCommand {
  const { positionId, price: at, reason, by } = command
  const limit = at === undefined ? undefined : price(at)
  const scope = positionId === 'all' ? EVERYTHING : scopeOf(options, account, positionId)
  return { type: 'ClosePosition', scope, reason, limit, list: positionId, by }
}

/** By its whole name, or by a symbol that is held. */
function scopeOf({ instruments }: Options, account: Account, text: string): Scope {
  const named = positionNamed(text)
  const wanted = named?.instrument ?? text
  const held = [...legsOf(account)].find(
    ({ instrument }) => instrument === wanted || symbolOf(instrument) === wanted,
  )
  const instrument = held?.instrument ?? instruments.find(wanted)?.id ?? (wanted as InstrumentId)
  return {
    instrument,
    product: named?.product as Product | undefined,
    owner: named?.owner as Owner | undefined,
  }
}

type SetGuards = Extract<GuardsCommand, { readonly type: 'SetGuards' }>

function setting(account: Account, command: SetGuards): GuardCommand | string {
  const { preset, rule, initial, minEquity, by } = command
  const [own = currency('INR')] = account.cash.keys()
  const of = command.currency === undefined ? own : currency(command.currency)
  const given = initial === undefined ? undefined : money(initial)
  if ((preset === undefined) === (rule === undefined)) return 'give a preset or a rule, one of them'
  if (rule) {
    const zone = rule.zone !== undefined && whyNoZone(rule.zone)
    return zone || { type: 'SetGuard', rules: [ruleFrom(rule, of)], initial: given, by }
  }
  const found = presetNamed(preset!)
  if (!found) return `preset=${preset}: there is none of that name; see "tallyman guard presets"`
  const least = minEquity === undefined ? undefined : money(minEquity)
  const rules = rulesOf(found, { currency: of, initial: given, minEquity: least })
  if (!rules) return `initial=nothing: ${preset} needs the initial capital`
  return { type: 'SetGuard', rules, initial: given, by }
}

function whyNoZone(zone: string): string | undefined {
  try {
    zoneOf(zone)
    return undefined
  } catch {
    return `zone=${zone}: no such zone; one such as Europe/Prague is expected`
  }
}

const ruleFrom = (plain: PlainRule, of: Currency): GuardRule => ({
  name: plain.name,
  preset: undefined,
  currency: of,
  base: plain.base,
  at: plain.at === undefined ? undefined : money(plain.at),
  fraction: plain.percent === undefined ? undefined : fractionFrom(plain.percent),
  of: plain.of ?? (plain.base.startsWith('highest') ? 'base' : 'initial'),
  fixed: plain.fixed === undefined ? undefined : money(plain.fixed),
  lock: plain.lock === undefined ? undefined : money(plain.lock),
  zone: plain.zone,
  time: plain.time,
  measure: plain.measure ?? 'equity',
  breach: plain.breach ?? 'below',
  consequence: plain.consequence,
  delayMs: (plain.delaySeconds ?? 0) * SECOND,
})

const hashOf = ({ scope: _, id: __, by: ___, ...wish }: GuardsCommand): string =>
  hash('sha256', JSON.stringify(wish, Object.keys(wish).toSorted()))
