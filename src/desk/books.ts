/** Questions about whose shares are whose, and about where the books differ. */
import type { PlainQuestion, Replies } from '../core/asking.ts'
import type { RuleView, RunView } from '../core/books-view.ts'
import { breakView, runView, settlingView, trackingView } from '../core/books-view.ts'
import type { Account } from '../core/account.ts'
import { breakRules } from '../core/break-rule.ts'
import { decide } from '../core/decide.ts'
import type { InstrumentId } from '../core/instrument.ts'
import { instrumentId, symbolOf } from '../core/instrument.ts'
import type { Owner } from '../core/owner.ts'
import { positionReport } from '../core/position-report.ts'
import { heldThere } from '../core/rules/held-there.ts'
import { reconciliationView } from '../core/standing.ts'
import { tried } from './break-rules.ts'
import { latestPrice } from './prices.ts'
import type { QuestionsOptions } from './questions.ts'

type Options = Pick<QuestionsOptions, 'desk' | 'firm' | 'clock' | 'instruments' | 'feed'>
type Asked = Extract<
  PlainQuestion,
  {
    readonly about:
      | 'run'
      | 'positionReport'
      | 'reconciliation'
      | 'breaks'
      | 'tracking'
      | 'breakRules'
      | 'settling'
  }
>

/** A difference counts once two readings agree on it. */
const READINGS = 2

export function askBooks(options: Options, question: Asked): Promise<Replies[Asked['about']]> {
  const { desk, clock } = options
  switch (question.about) {
    case 'run':
      return run(options, question.account)
    case 'positionReport':
      return reportOf(options, question.account)
    case 'reconciliation':
      return desk.ask((accounts) => {
        const account = accounts.get(question.account)
        const cycles = options.firm.watch(question.account)?.cycles
        return account && reconciliationView(account, clock.now(), cycles)
      })
    case 'breaks':
      return desk.ask((accounts) => ({
        items: chosen(accounts, question.account).flatMap((account) =>
          [...account.breaks.values()]
            .filter(({ instrument }) => isMeant(question.symbol, instrument))
            .map((each) => breakView(account, each, clock.now())),
        ),
        next: null,
      }))
    case 'tracking':
      return desk.ask((accounts) => ({
        items: chosen(accounts, question.account).flatMap((account) =>
          [...account.tracking.values()]
            .filter(({ instrument }) => isMeant(question.symbol, instrument))
            .map((each) => trackingView(account, each)),
        ),
        next: null,
      }))
    case 'breakRules':
      return desk.ask((accounts) => ({
        items: rulesTried(options, accounts, question),
        next: null,
      }))
    case 'settling':
      return desk.ask((accounts) => {
        const account = accounts.get(question.account)
        return account && settlingOf(options, account, question)
      })
  }
}

function rulesTried(
  { firm, instruments, clock }: Options,
  accounts: ReadonlyMap<string, Account>,
  { account, rules }: Extract<Asked, { readonly about: 'breakRules' }>,
): RuleView[] {
  return tried(chosen(accounts, account), {
    rules: rules === undefined ? firm.rules : breakRules(rules),
    lotOf: (id) => instruments.get(id)?.lot,
    now: clock.now(),
  })
}

const chosen = (accounts: ReadonlyMap<string, Account>, id: string | undefined): Account[] =>
  [...accounts.values()].filter((account) => id === undefined || account.id === id)

const isMeant = (symbol: string | undefined, instrument: InstrumentId): boolean =>
  symbol === undefined || symbolOf(instrument) === symbol

async function run({ desk, firm }: Options, id: string): Promise<RunView | undefined> {
  const watch = firm.watch(id)
  if (!watch) return undefined
  const readings: NonNullable<Awaited<ReturnType<typeof watch.readNow>>>[] = []
  for (let left = READINGS; left > 0; left--) {
    const seen = await watch.readNow()
    if (seen) readings.push(seen)
  }
  const last = readings.at(-1)
  if (!last) return undefined
  const { orders, trades, positions, holdings, funds } = last
  const parts = [orders, trades, positions, funds, ...(holdings ? [holdings] : [])]
  return desk.ask((accounts) =>
    runView(accounts.get(id)!, {
      readAt: last.askedAt,
      events: readings.flatMap(({ events }) => events),
      readsFailed: parts.filter(({ ok }) => !ok).length,
    }),
  )
}

async function reportOf(options: Options, id: string): Promise<Replies['positionReport']> {
  const reading = await options.firm.watch(id)?.readNow()
  if (!reading) return undefined
  const { positions, holdings, askedAt: readAt } = reading
  const held = heldThere(reading)
  const lost = positions.ok ? holdings : positions
  const reason = lost?.ok === false ? lost.reason : ''
  const theirs = held ? ({ ok: true, held } as const) : ({ ok: false, reason } as const)
  const priceOf = latestPrice(options)
  return options.desk.ask((accounts) => {
    return positionReport(accounts.get(id)!, { readAt, theirs, priceOf })
  })
}

/** The id under which a symbol is known, or may have been to the broker alone. */
export function idOf(
  { instruments }: Pick<Options, 'instruments'>,
  account: Account | undefined,
  { symbol, exchange }: { readonly symbol: string; readonly exchange?: string | undefined },
): InstrumentId {
  const found = instruments.find(symbol, exchange)?.id
  if (found) return found
  const held = [...(account?.breaks.values() ?? []), ...(account?.tracking.values() ?? [])]
  const known = held.find(({ instrument }) => symbolOf(instrument) === symbol)?.instrument
  return known ?? instrumentId(exchange ?? '?', symbol)
}

function settlingOf(
  options: Options,
  account: Account,
  question: Extract<Asked, { readonly about: 'settling' }>,
): Replies['settling'] {
  const { symbol, product, as } = question
  const instrument = idOf(options, account, question)
  const of = { instrument, product, as: as as Owner | 'split', reason: '', by: '' }
  const body = { type: 'SettleBreak', ...of } as const
  const at = options.clock.now()
  const events = decide(account, { at, cause: 'preview', key: undefined, body })
  return settlingView(account, { symbol, as }, events)
}
