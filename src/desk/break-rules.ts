/** Whose differences are by rule: what a reading is told of them, and what rules would do. */
import type { Reading } from '../brokers/broker.ts'
import type { Quantity } from '../core/amount.ts'
import type { Account } from '../core/account.ts'
import type { BreakRule, BreakRules } from '../core/break-rule.ts'
import { ruleFor } from '../core/break-rule.ts'
import type { RuleView } from '../core/books-view.ts'
import { breakView } from '../core/books-view.ts'
import type { InstrumentId } from '../core/instrument.ts'
import type { Instant } from '../core/time.ts'

/** Undefined for an instrument of which nothing is known. */
export type LotOf = (instrument: InstrumentId) => Quantity | undefined

/** With the lots of all that either side may hold. */
export function rulesOver(
  rules: readonly BreakRule[] | undefined,
  account: Account,
  { reading, lotOf }: { readonly reading: Reading; readonly lotOf: LotOf | undefined },
): BreakRules | undefined {
  if (!rules || rules.length === 0) return undefined
  const lots = new Map<InstrumentId, Quantity>()
  const { positions, holdings } = reading
  const add = (id: InstrumentId): void => {
    const lot = lots.has(id) ? undefined : lotOf?.(id)
    if (lot !== undefined) lots.set(id, lot)
  }
  for (const row of positions.ok ? positions.rows : []) add(row.instrument)
  for (const row of holdings?.ok ? holdings.rows : []) add(row.instrument)
  for (const owners of account.legs.values()) for (const leg of owners.values()) add(leg.instrument)
  return { rules, lots }
}

type Trying = { readonly rules: readonly BreakRule[]; readonly lotOf: LotOf; readonly now: Instant }

/** Each rule, and the open breaks that it would settle: the first that fits decides. */
export function tried(accounts: Iterable<Account>, { rules, lotOf, now }: Trying): RuleView[] {
  const open = [...accounts].flatMap((account) =>
    [...account.breaks.values()].map((each) => {
      const lot = lotOf(each.instrument)
      const lots = new Map(lot === undefined ? [] : [[each.instrument, lot]])
      return { rule: ruleFor(each, { rules, lots }), shown: breakView(account, each, now) }
    }),
  )
  return rules.map((rule) => ({
    name: rule.name,
    as: rule.as,
    settles: open.filter((each) => each.rule === rule).map(({ shown }) => shown),
  }))
}
