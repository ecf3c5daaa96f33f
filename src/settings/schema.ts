/**
 * Every setting there is: the only place that says how it is called, what it takes and what it is
 * where nobody sets it. docs/configuration.md and tallyman.example.yaml are written from it.
 */
import { GIVERS } from '../core/input.ts'
import {
  amount,
  amountText,
  faults,
  inOrder,
  moods,
  onOff,
  oneOf,
  path,
  percent,
  rules,
  seconds,
  text,
  whole,
  wholeSeconds,
} from './kinds.ts'
import { NOTIFY_SETTINGS } from './schema-notify.ts'
import { OTHERS_SETTINGS } from './schema-others.ts'
import type { Setting } from './setting.ts'
import { maybe, setting } from './setting.ts'

const OWN_SETTINGS = {
  'server.host': setting(text(/^[^\s\p{Cc}]{1,255}$/u, 'a name or an address'), '127.0.0.1', {
    env: 'TALLYMAN_HOST',
    does: 'the address it listens on',
  }),
  'server.port': setting(whole(0, 65_535), '7373', {
    env: 'TALLYMAN_PORT',
    does: 'the port it listens on; 0: any free one',
  }),
  'server.remote': setting(onOff, 'off', {
    env: 'TALLYMAN_REMOTE',
    does: 'lets it listen on other addresses than this machine’s own; there is no TLS in it',
  }),
  'server.data_folder': setting(path, './data', {
    env: 'TALLYMAN_DATA',
    does: 'where everything is kept',
  }),
  'server.disk_reserve_mb': setting(whole(0, 10_240), '64', {
    env: 'TALLYMAN_DISK_RESERVE_MB',
    unit: 'MB',
    does: 'kept on the disk to be given up when it is full (docs/journal.md); 0: none is',
  }),
  'server.screens': setting(onOff, 'on', {
    env: 'TALLYMAN_SCREENS',
    does: 'whether orders, fills and the audit trail are kept in `views.db` for lists',
  }),
  'log.level': setting(oneOf('debug', 'info', 'warn', 'error', 'silent'), 'info', {
    env: 'TALLYMAN_LOG',
    does: 'how much goes into the log in the data folder',
  }),
  'log.terminal': setting(onOff, 'on', {
    env: 'TALLYMAN_LOG_TERMINAL',
    does: 'whether what happens is said on the terminal; `--quiet` turns it off',
  }),
  'trading.initial_capital': setting(amount, '100000', {
    env: 'TALLYMAN_INITIAL_CAPITAL',
    unit: 'money',
    does: 'what the return of a live account is a part of; on paper it is the opening cash',
    awaits: 'live accounts',
  }),
  'trading.capital_per_trade': setting(amount, '100000', {
    env: 'CAPITAL_PER_TRADE',
    unit: 'money',
    does:
      'what one entry of a strategy may cost, and what it gets when it names no quantity; ' +
      'a person is only warned',
  }),
  'trading.max_portfolio_size': setting(whole(1, 1_000), '6', {
    env: 'MAX_PORTFOLIO_SIZE',
    unit: 'symbols',
    does: 'symbols that strategies may open; a person is only warned',
  }),
  'limits.max_order_value': maybe(amount, {
    env: 'MAX_ORDER_VALUE',
    unit: 'money',
    does: 'the most that any one order may be worth',
  }),
  'limits.max_orders_per_second': maybe(whole(1, 10_000), {
    env: 'MAX_ORDERS_PER_SECOND',
    unit: 'orders',
    does: 'entries in any one second; what closes a position always passes',
  }),
  'limits.max_orders_per_day': maybe(whole(1, 1_000_000), {
    env: 'MAX_ORDERS_PER_DAY',
    unit: 'orders',
    does: 'entries in a day; what closes a position always passes',
  }),
  'verifier.enabled': setting(onOff, 'on', {
    env: 'VERIFIER_ENABLED',
    does: 'whether the broker’s book is read on schedule although nothing works',
  }),
  'verifier.check_interval_seconds': setting(wholeSeconds(1, 86_400), '1800', {
    env: 'VERIFIER_CHECK_INTERVAL',
    unit: 'seconds',
    does: 'between those readings',
  }),
  'reconciliation.enabled': setting(onOff, 'on', {
    env: 'TALLYMAN_RECONCILIATION',
    does: 'whether each account is compared with its broker’s book again and again',
  }),
  'reconciliation.cycle_seconds': setting(wholeSeconds(1, 3_600), '10', {
    env: 'TALLYMAN_RECONCILIATION_CYCLE',
    unit: 'seconds',
    does: 'between two comparisons of an account; one that is late is skipped and counted',
  }),
  'reconciliation.accounts_at_once': setting(whole(1, 100), '5', {
    env: 'TALLYMAN_RECONCILIATION_AT_ONCE',
    unit: 'accounts',
    does: 'how many are compared at the same time where nothing hurries; the others wait',
  }),
  'matching.opens': setting(oneOf('separate', 'join'), 'separate', {
    env: 'TALLYMAN_MATCHING_OPENS',
    does:
      'what is bought by hand goes to the person’s own book, or joins that of the strategy that ' +
      'holds the symbol',
  }),
  'matching.givers': setting(inOrder(GIVERS), GIVERS.join(','), {
    env: 'TALLYMAN_MATCHING_GIVERS',
    does: 'whose book a sale by hand is taken from, in their turn',
  }),
  'matching.tolerance_percent': maybe(percent, {
    env: 'TALLYMAN_MATCHING_TOLERANCE_PERCENT',
    unit: 'per cent',
    does: 'a difference up to this part of what is held locks no symbol',
  }),
  'breaks.rules': setting(rules, '', {
    env: 'TALLYMAN_BREAK_RULES',
    does:
      'whose a difference is that nothing explains, so that nobody need settle it by hand; the ' +
      'first that fits counts (docs/ownership.md)',
  }),
  'monitoring.interval_seconds': setting(seconds(0.2, 60), '1', {
    env: 'TALLYMAN_MONITORING_INTERVAL',
    unit: 'seconds',
    does:
      'between two readings of the broker’s book while orders work, and between two that must ' +
      'agree before a difference counts',
  }),
  'monitoring.strategy': setting(oneOf('stream+poll', 'poll', 'stream'), 'stream+poll', {
    env: 'TALLYMAN_MONITORING_STRATEGY',
    does:
      '`poll`: what the broker tells unasked is not listened to. `stream`: while orders work the ' +
      'book is read once a minute only, or as often as the cycle does',
  }),
  'retry.max_retries': setting(whole(0, 10), '3', {
    env: 'TALLYMAN_RETRY_MAX',
    unit: 'times',
    does:
      'how often an order or a change is sent again that provably never left; a cancel is ' +
      'repeated until it is settled',
  }),
  'retry.retry_delay': setting(seconds(0.1, 30), '1.0', {
    env: 'TALLYMAN_RETRY_DELAY',
    unit: 'seconds',
    does:
      'before the first of them; it doubles up to 30 seconds. An entry older than 15 seconds ' +
      '(limit orders: 70) is not sent any more, whatever stands here',
  }),
  'data.cache_enabled': setting(onOff, 'on', {
    env: 'TALLYMAN_CACHE',
    does: 'whether candles of the past are kept, so that only what is missing is fetched',
  }),
  'data.historical_days': setting(whole(1, 10_000), '365', {
    env: 'TALLYMAN_HISTORICAL_DAYS',
    unit: 'days',
    does: 'how far back they reach where nobody says',
  }),
  'calendar.enabled': setting(onOff, 'on', {
    env: 'TALLYMAN_CALENDAR',
    does: 'whether an order for a closed market is denied here; the broker rejects it anyway',
  }),
  'sim.seed': setting(whole(0, 999_999_999), '1', {
    env: 'TALLYMAN_SEED',
    does: 'of the made-up market SIM: the same seed, the same prices',
  }),
  'sim.moods': setting(moods, '', {
    env: 'TALLYMAN_SIM',
    unit: 'chances a minute',
    does:
      'what else that market does: `gaps=0.01,spikes=0.01,wide=0.05,halts=0.005` ' +
      '(docs/market.md)',
  }),
  'sim.demo_strategy': setting(onOff, 'on', {
    env: 'TALLYMAN_DEMO_STRATEGY',
    does: 'whether the demo strategy trades on it; off: nobody trades but you',
  }),
  'paper.cash': setting(amountText, '1000000', {
    env: 'TALLYMAN_PAPER_CASH',
    unit: 'money',
    does: 'what a new paper account starts with',
  }),
  'paper.charges': setting(oneOf('zerodha', 'kotak', 'none'), 'zerodha', {
    env: 'TALLYMAN_PAPER_CHARGES',
    does: 'whose charges a new paper account pays (docs/charges.md)',
  }),
  'paper.latency_ms': setting(whole(0, 2_000), '20', {
    env: 'TALLYMAN_PAPER_LATENCY_MS',
    unit: 'milliseconds',
    does: 'how long the paper broker takes, each way',
  }),
  'paper.protection': maybe(percent, {
    env: 'TALLYMAN_PAPER_PROTECTION',
    unit: 'per cent',
    does: 'how far a market order may trade from the price it met (docs/paper-broker.md)',
  }),
  'paper.faults': setting(faults, '', {
    env: 'TALLYMAN_PAPER_FAULTS',
    unit: 'chances a call',
    does:
      'breaks the paper broker on purpose: `lose-answer=0.1,late=0.2` ' +
      '(docs/break-it-yourself.md)',
  }),
} as const satisfies Readonly<Record<string, Setting<unknown>>>

/** By their names in the file: `section.name`. */
const SETTINGS: typeof OWN_SETTINGS & typeof NOTIFY_SETTINGS & typeof OTHERS_SETTINGS = {
  ...OWN_SETTINGS,
  ...NOTIFY_SETTINGS,
  ...OTHERS_SETTINGS,
}

type Settings = typeof SETTINGS
export type Key = keyof Settings
/** What every setting is at, once all sources were read. */
export type Values = { readonly [K in Key]: ValueOf<Settings[K]> }
type ValueOf<S> = S extends Setting<infer T> ? T : never

export const KEYS: readonly Key[] = Object.keys(SETTINGS) as Key[]
export const settingOf = (key: Key): Setting<unknown> => SETTINGS[key]

/** In the order of the file. */
export const SECTIONS: readonly string[] = [...new Set(KEYS.map((key) => key.split('.')[0]!))]

/** Names the file; it stands in no file itself. */
export const CONFIG_ENV = 'TALLYMAN_CONFIG'

/** The names of all settings in the environment. */
export const SETTING_NAMES: readonly string[] = [
  CONFIG_ENV,
  ...KEYS.map((key) => settingOf(key).env),
]

export const isKey = (name: string): name is Key => Object.hasOwn(SETTINGS, name)
