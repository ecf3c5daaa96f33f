/** How an account's guards stand, as people and programs read it. */
import type { Account } from './account.ts'
import type { Money } from './amount.ts'
import {
  absolute,
  average,
  formatMoney,
  formatPrice,
  formatQuantity,
  minus,
  NO_MONEY,
  NO_QUANTITY,
  percent,
  plus,
} from './amount.ts'
import type { Closing, GuardState } from './guard.ts'
import { blockOf, EVERYTHING, scopeKey } from './guard.ts'
import type { Scope } from './guard-event.ts'
import type { CloseView, GuardsView, RuleView } from './guard-port.ts'
import type { Worth } from './guard-rule.ts'
import { drawdownOf, floorOf, measured } from './guard-rule.ts'
import { ruleText, scopeText } from './guard-wording.ts'
import type { Currency } from './instrument.ts'
import { PRODUCTS } from './instrument.ts'
import { isTraded, MANUAL } from './owner.ts'
import { closerOf, isMeantOwner, realizedIn } from './rules/closing.ts'
import type { Instant } from './time.ts'
import { elapsed, MINUTE } from './time.ts'
import { legsOf, utc } from './view.ts'

/** What the desk knows of an account beside its journal. */
export type Seen = {
  readonly lookedAt: Instant | undefined
  readonly readAt: Instant | undefined
  readonly readFailed: string | undefined
  readonly missing: ReadonlyMap<Currency, string>
  readonly samples: ReadonlyMap<Currency, Worth>
}

/** All that guards need was proven within the last minutes. */
const PROVEN_MS: number = 3 * MINUTE

export function guardsView(account: Account, seen: Seen | undefined, now: Instant): GuardsView {
  const { guards } = account
  const { blind, halts, closings, rules, asking } = guards
  const provenAt = ordersProvenAt(account)
  const [status, says] = standing(account, seen, { now, provenAt })
  const block = blockOf(account, { owner: MANUAL, instrument: '' as never })
  const loud = [...closings.values()].filter(
    ({ notFlatAt, acknowledged }) => notFlatAt && !acknowledged,
  )
  const alarmed = [...rules.values()].filter(({ is }) => is !== 'ok')
  const textOf = (at: Instant | undefined): string | null => (at === undefined ? null : utc(at))
  return {
    account: account.id,
    status,
    says,
    lastCheck: textOf(seen?.lookedAt),
    lastRead: textOf(seen?.readAt),
    ordersProvenAt: textOf(provenAt),
    alertsPending: loud.length + alarmed.length + blind.size + asking.size,
    blocked: block ?? null,
    blind: [...blind].map(([currency, { since, why }]) => ({ currency, since: utc(since), why })),
    halts: [...halts].map(([owner, { level, by, reason, at }]) => {
      return { strategy: owner === '' ? null : owner, level, by, reason, since: utc(at) }
    }),
    cashInDoubt: [...asking].map(([currency, { amount }]) => {
      return { currency, amount: formatMoney(amount) }
    }),
    closings: [...closings.values()].map((each) => ({
      closing: each.id,
      what: scopeText(each.scope),
      reason: each.reason,
      by: each.by,
      since: utc(each.at),
      notFlat: each.notFlatAt === undefined ? null : each.residue,
      acknowledged: each.acknowledged,
    })),
    rules: [...rules.values()].map((state) => ruleView(state, seen?.samples)),
    positions: [...legsOf(account)]
      .filter(({ owner, position }) => isTraded(owner) && position.quantity !== 0n)
      .map(({ instrument, product, owner, position }) => ({
        positionId: `${account.id}/${instrument}/${product}/${owner}`,
        quantity: formatQuantity(position.quantity),
      })),
  }
}

/** The last order that the broker is known to have taken: so long ago orders went through. */
function ordersProvenAt({ orders }: Account): Instant | undefined {
  let last: Instant | undefined
  for (const { brokerOrderId, sentAt } of orders.values()) {
    if (brokerOrderId === undefined || sentAt === undefined) continue
    if (last === undefined || sentAt > last) last = sentAt
  }
  return last
}

type Standing = { readonly now: Instant; readonly provenAt: Instant | undefined }

function standing(
  account: Account,
  seen: Seen | undefined,
  { now, provenAt }: Standing,
): readonly [GuardsView['status'], string] {
  const { rules, disarmed } = account.guards
  if (rules.size === 0) return ['none', 'no guard is set']
  if (disarmed) return ['disarmed', `disarmed by ${disarmed.by}: ${disarmed.reason}`]
  const whys = whyNotArmed(account, seen, now)
  if (whys.length > 0) return ['not armed', whys.join('; ')]
  const isToday = provenAt !== undefined && utc(provenAt).slice(0, 10) === utc(now).slice(0, 10)
  return isToday
    ? ['armed', `armed, orders last proven ${utc(provenAt).slice(11, 19)} UTC`]
    : ['armed', 'armed, orders unproven today']
}

function whyNotArmed(account: Account, seen: Seen | undefined, now: Instant): string[] {
  const { rules, blind } = account.guards
  const { lookedAt, readAt, readFailed, missing = new Map<Currency, string>() } = seen ?? {}
  const whys: string[] = []
  if (!account.connected) whys.push('the broker is not connected')
  if (account.closed) whys.push('the account is closed')
  if (lookedAt === undefined || elapsed(lookedAt, now) > PROVEN_MS) whys.push('nobody is looking')
  if (readAt === undefined || elapsed(readAt, now) > PROVEN_MS) {
    whys.push(`the broker’s book was not read (${readFailed ?? 'not yet'})`)
  }
  for (const [currency, why] of missing) whys.push(`${currency}: ${why}`)
  for (const [currency, { why }] of blind) {
    if (!missing.has(currency)) whys.push(`blind in ${currency}: ${why}`)
  }
  for (const { rule, baseline, is } of rules.values()) {
    if (!baseline) whys.push(`${rule.name} has no base yet`)
    if (is === 'tripped') whys.push(`${rule.name} is tripped`)
  }
  return whys
}

function ruleView(state: GuardState, samples: Seen['samples'] | undefined): RuleView {
  const { rule, baseline, is, since, endsAt, estimated } = state
  const worth = samples?.get(rule.currency)
  const floor = baseline && floorOf(rule, baseline)
  const down = baseline && worth && drawdownOf(rule, baseline, worth)
  return {
    rule: rule.name,
    preset: rule.preset ?? null,
    says: ruleText(rule),
    consequence: rule.consequence,
    state: is,
    since: utc(since),
    currency: rule.currency,
    initial: moneyOf(baseline?.initial),
    base: moneyOf(baseline?.base),
    estimated,
    floor: moneyOf(floor),
    equity: moneyOf(worth?.equity),
    drawdownPercent: down?.percent ?? null,
    limitPercent: down?.limit ?? null,
    fallPercent: floor !== undefined && worth ? fallTo(floor, measured(rule, worth)) : null,
    endsAt: endsAt === undefined ? null : utc(endsAt),
  }
}

const moneyOf = (amount: Money | undefined): string | null =>
  amount === undefined ? null : formatMoney(amount)

/** `2.3`: how much of what is left may go before the rule is breached. */
const fallTo = (floor: Money, now: Money): string | null =>
  now <= 0n ? null : percent(now > floor ? minus(now, floor) : NO_MONEY, now, 1)

export type ClosingNow = Pick<Closing, 'id' | 'scope' | 'realized'> & {
  readonly gained: Money | undefined
}

/** A closing as whoever asked for it is answered. */
export function closeView(account: Account, closing: ClosingNow, positionId: string): CloseView {
  const { id, scope, realized, gained } = closing
  const orders = [...account.orders.values()].filter(({ by }) => by === closerOf({ id }))
  const symbols = new Set(orders.map(({ terms }) => terms.instrument))
  const filled = orders.reduce((sum, each) => plus(sum, each.filled), NO_QUANTITY)
  const value = orders.reduce((sum, each) => plus(sum, each.value), NO_MONEY)
  const traded = orders.reduce((sum, each) => plus(sum, absolute(each.filled)), NO_QUANTITY)
  const multiplier = orders[0]?.terms.multiplier ?? 1n
  const isPriced = symbols.size === 1 && filled !== 0n
  return {
    confirmed: gained !== undefined,
    positionId,
    closing: id,
    orderIds: orders.map((order) => order.id),
    closedQuantity: formatQuantity(traded),
    price: isPriced ? formatPrice(average(value, filled, multiplier)) : null,
    pnl: formatMoney(gained ?? minus(realizedIn(account, scope), realized)),
    remaining: formatQuantity(leftOf(account, scope)),
    see: '/api/v1/guards',
  }
}

function leftOf(account: Account, { instrument, product, owner }: Scope) {
  let left = NO_QUANTITY
  for (const leg of legsOf(account)) {
    if (instrument !== undefined && leg.instrument !== instrument) continue
    if (product !== undefined && leg.product !== product) continue
    if (!isMeantOwner({ instrument, product, owner }, leg.owner)) continue
    left = plus(left, absolute(leg.position.quantity))
  }
  return left
}

/** The closing that means those positions: one that goes on, or the latest that is over. */
export function closingFor({ guards }: Account, scope: Scope): ClosingNow | undefined {
  const open = guards.closings.get(scopeKey(scope)) ?? guards.closings.get(scopeKey(EVERYTHING))
  if (open) return { ...open, gained: undefined }
  const keys = [scopeKey(scope), scopeKey(EVERYTHING)]
  const over = guards.closed.findLast((each) => keys.includes(scopeKey(each.scope)))
  if (!over) return undefined
  return { ...over, realized: NO_MONEY, gained: over.confirmed ? over.gained : undefined }
}

const ACCOUNT = /^[a-z0-9][a-z0-9-]*$/

export type PositionNamed = {
  readonly account: string | undefined
  /** `SIM:ACME`, or a symbol alone. */
  readonly instrument: string
  readonly product: string | undefined
  readonly owner: string | undefined
}

/** `paper/SIM:ACME/CNC/strategy:ema`, or as little of it as says which; undefined for no name. */
export function positionNamed(text: string): PositionNamed | undefined {
  const parts = text.split('/')
  const hasAccount = parts.length > 1 && ACCOUNT.test(parts[0]!)
  const account = hasAccount ? parts.shift() : undefined
  const [instrument, product, owner, ...rest] = parts
  if (!instrument || rest.length > 0) return undefined
  if (product !== undefined && !PRODUCTS.some((each) => each === product)) return undefined
  return { account, instrument, product, owner }
}
