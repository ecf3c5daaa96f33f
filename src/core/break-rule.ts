/** What the owner of an account has said beforehand of small differences: whose they are. */
import type { Account } from './account.ts'
import type { Money, Quantity, Rate } from './amount.ts'
import { absolute, isBeyond, minus, NO_QUANTITY, quantity, rate } from './amount.ts'
import type { Event } from './event.ts'
import type { InstrumentId, Product } from './instrument.ts'
import { netKey, PRODUCTS } from './instrument.ts'
import type { Owner } from './owner.ts'
import { EXTERNAL, MANUAL, PREEXISTING, UNEXPLAINED } from './owner.ts'
import { carriedCost, FLAT } from './position.ts'

/** `CNC difference below one lot: manual`. */
export type BreakRule = {
  /** As it was written: the journal names it so. */
  readonly name: string
  /** Undefined: any. */
  readonly product: Product | undefined
  /** Undefined: any size. */
  readonly below: Below | undefined
  readonly as: Owner
}

/** The difference itself is not settled any more where it is as large. */
type Below =
  | { readonly in: 'units' | 'lots'; readonly size: Quantity }
  /** Of what our books come to. */
  | { readonly in: 'part'; readonly part: Rate }

export type BreakRules = {
  /** The first that fits decides. */
  readonly rules: readonly BreakRule[]
  readonly lots: ReadonlyMap<InstrumentId, Quantity>
}

const FORM =
  /^(?:([A-Z]{3,4}) +)?difference(?: +below +(one|\d{1,9}(?:\.\d{1,8})?) *(lots?|units?|%))?$/
const OWNERS: readonly Owner[] = [MANUAL, PREEXISTING, EXTERNAL]
const RULES_MAX = 50

/** The rules in a text, each `condition: owner`, or `condition=owner`, with commas between. */
export function breakRules(text: string): readonly BreakRule[] {
  return rulesIn(text).map((each) => ruleFrom(each)!)
}

/** What is wrong with a text, as a sentence; undefined where it can be read. */
export function whyNoRules(text: string): string | undefined {
  const rules = rulesIn(text)
  if (rules.length > RULES_MAX) return `${rules.length} rules are more than ${RULES_MAX}`
  const bad = rules.find((each) => !ruleFrom(each))
  if (bad === undefined) return undefined
  const forms = '"difference", "CNC difference below one lot", "difference below 2 %"'
  return `"${bad}" is no rule: ${forms} are, each with ": manual", ": preexisting" or ": external"`
}

const rulesIn = (text: string): string[] =>
  text
    .split(/[,;\n]/)
    .map((each) => each.trim())
    .filter((each) => each !== '')

function ruleFrom(text: string): BreakRule | undefined {
  const [, condition = '', owner = ''] = /^(.*?) *[:=] *([a-z]+)$/.exec(text) ?? []
  const [found, product, size, unit] = FORM.exec(condition) ?? []
  const as = OWNERS.find((each) => each === owner)
  const known = PRODUCTS.find((each) => each === product)
  if (found === undefined || as === undefined || (product !== undefined && !known)) return undefined
  const name = `${condition.replaceAll(/ +/g, ' ')}: ${as}`
  return { name, product: known, below: size && unit ? belowOf(size, unit) : undefined, as }
}

function belowOf(size: string, unit: string): Below {
  const digits = size === 'one' ? '1' : size
  if (unit === '%') return { in: 'part', part: (rate(digits) / 100n) as Rate }
  return { in: unit.startsWith('lot') ? 'lots' : 'units', size: quantity(digits) }
}

type Difference = {
  readonly instrument: InstrumentId
  readonly product: Product
  readonly ours: Quantity
  readonly theirs: Quantity
}

/** What a lot is must be known where a rule counts in lots. */
export const ruleFor = (of: Difference, { rules, lots }: BreakRules): BreakRule | undefined =>
  rules.find((rule) => fits(of, rule, lots.get(of.instrument)))

function fits(of: Difference, { product, below }: BreakRule, lot: Quantity | undefined): boolean {
  if (product !== undefined && product !== of.product) return false
  if (!below) return true
  const size = absolute(minus(of.theirs, of.ours))
  switch (below.in) {
    case 'units':
      return size < below.size
    case 'lots':
      return lot !== undefined && size * ONE < below.size * lot
    case 'part':
      return of.ours !== 0n && !isBeyond(size, absolute(of.ours), below.part)
  }
}

/** A quantity of one unit: sizes in lots are at the scale of quantities. */
const ONE = quantity('1')

type Held = { readonly quantity: Quantity; readonly cost: Money }

/** What is unexplained of it becomes what the rule says. */
export function settledByRule(
  account: Account,
  { instrument, product }: Difference,
  { name, as, ...held }: Pick<BreakRule, 'name' | 'as'> & Held,
): Event[] {
  const to = account.legs.get(netKey(instrument, product))?.get(as)?.position ?? FLAT
  const carried = carriedCost(to, held.quantity, held.cost)
  const from = { instrument, product, owner: UNEXPLAINED, toProduct: product, toOwner: as }
  const { quantity: size, cost } = held
  const reason = `settled by the rule "${name}"`
  const settled: Event = { type: 'BreakSettled', instrument, product, how: name, as, by: 'rule' }
  if (size === NO_QUANTITY) return [settled]
  return [{ type: 'LegMoved', ...from, quantity: size, cost, carried, reason }, settled]
}
