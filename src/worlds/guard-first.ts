import type { GuardConfig } from '../config.ts'
import type { GuardRule } from '../core/guard-rule.ts'
import { presetNamed, rulesOf } from '../core/guard-presets.ts'
import type { Desk } from '../desk/desk.ts'

const PRESET = 'drawdown'
const BY = 'settings'

/**
 * An account that never had a guard begins with the one of the settings. Where that is what it has,
 * the settings of now count; what it counts from stays.
 */
export async function guardFirst(desk: Desk, id: string, config: GuardConfig): Promise<void> {
  if (!config.enabled) return
  const rules = await desk.ask((accounts) => {
    const account = accounts.get(id)
    const [currency] = account?.cash.keys() ?? []
    if (!account || currency === undefined) return []
    const known = account.guards.rules
    const wanted = rulesOf(presetNamed(PRESET)!, {
      currency,
      initial: undefined,
      minEquity: currency === 'GBP' ? config.minEquityGbp : config.minEquity,
      fractions: new Map([
        ['drawdown', config.maxDrawdown],
        ['drawdown-warning', config.warnAt],
      ]),
      delayMs: config.warningMs,
    })!
    if (known.size === 0) return account.guards.wasSet ? [] : wanted
    return wanted.filter((rule) => {
      const state = known.get(rule.name)
      return state?.rule.preset === PRESET && !isSame(state.rule, rule)
    })
  })
  if (rules.length === 0) return
  const body = { type: 'SetGuard', rules, initial: undefined, by: BY } as const
  await desk.submit({ account: id, cause: 'start', body })
}

const isSame = (a: GuardRule, b: GuardRule): boolean =>
  a.fraction === b.fraction && a.delayMs === b.delayMs && a.at === b.at && a.currency === b.currency
