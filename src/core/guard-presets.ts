/** Rule sets with a name, and how one becomes the rules of an account. */
import type { Money, Rate } from './amount.ts'
import { fractionOf, rate } from './amount.ts'
import type { GuardRule } from './guard-rule.ts'
import { PRESETS } from './guard-firms.ts'
import type { Currency } from './instrument.ts'

/** A rule whose figures are still to be filled in with the account's own. */
export type Outline = Pick<GuardRule, 'name' | 'base' | 'consequence'> & {
  readonly percent?: string
  /** Of the amount; the initial capital unless told. */
  readonly of?: GuardRule['of']
  /** The floor rises no further than the initial capital and so much of it more. */
  readonly lockPercent?: string
  /** Of a fixed base: the smallest equity, which the account's owner names. */
  readonly isMinimum?: true
  readonly reset?: readonly [zone: string, time: string]
  readonly measure?: GuardRule['measure']
  readonly breach?: GuardRule['breach']
  readonly delayMs?: number
}

export type Preset = {
  readonly name: string
  readonly title: string
  readonly source: string
  /** When it was read there. */
  readonly read: string
  /** `unproven`: the firm's own pages disagree, or somebody else’s told of it. */
  readonly proof: 'own' | 'documented' | 'unproven'
  readonly note: string
  readonly rules: readonly Outline[]
}

export const presetNamed = (name: string): Preset | undefined =>
  PRESETS.find((preset) => preset.name === name)

/** What the account's own settings say in place of a preset's figures. */
export type Figures = {
  readonly currency: Currency
  /** What percentages of the initial capital and locks are taken of, where it is known already. */
  readonly initial: Money | undefined
  readonly minEquity: Money | undefined
  readonly fractions?: ReadonlyMap<string, Rate>
  readonly delayMs?: number | undefined
}

/** Undefined where a lock needs the initial capital, and nobody has said what it was. */
export function rulesOf(preset: Preset, figures: Figures): readonly GuardRule[] | undefined {
  const rules: GuardRule[] = []
  for (const outline of preset.rules) {
    const rule = ruleOf(preset, outline, figures)
    if (rule === 'no-lock') return undefined
    if (rule) rules.push(rule)
  }
  return rules
}

function ruleOf(
  preset: Preset,
  outline: Outline,
  { currency, initial, minEquity, fractions, delayMs }: Figures,
): GuardRule | 'no-lock' | undefined {
  const { name, base, percent, of, isMinimum, lockPercent, reset, consequence } = outline
  if (isMinimum && minEquity === undefined) return undefined
  if (lockPercent !== undefined && initial === undefined) return 'no-lock'
  const lock = lockPercent === undefined ? undefined : lockAt(initial!, lockPercent)
  const isDelayed = outline.delayMs !== undefined
  return {
    name,
    preset: preset.name,
    currency,
    base,
    at: isMinimum ? minEquity : undefined,
    fraction: percent === undefined ? undefined : (fractions?.get(name) ?? fractionFrom(percent)),
    of: of ?? 'initial',
    fixed: undefined,
    lock,
    zone: reset?.[0],
    time: reset?.[1],
    measure: outline.measure ?? 'equity',
    breach: outline.breach ?? 'below',
    consequence,
    delayMs: isDelayed ? (delayMs ?? outline.delayMs) : 0,
  }
}

const lockAt = (initial: Money, percent: string): Money =>
  (initial + fractionOf(initial, fractionFrom(percent))) as Money

/** `20` becomes a fifth. */
export const fractionFrom = (percent: string): Rate => (rate(percent) / 100n) as Rate
