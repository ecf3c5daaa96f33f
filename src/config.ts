import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { FaultPlan } from './brokers/faults/plan.ts'
import type { Money, Rate } from './core/amount.ts'
import type { BreakRule } from './core/break-rule.ts'
import type { Matching, Policy, Retry } from './core/input.ts'
import type { Moods } from './market/moods.ts'
import type { NotifySettings } from './notify/settings.ts'
import { BadSetting } from './settings/bad-setting.ts'
import { givenInEnvironment, nearMisses, readEnvFile } from './settings/environment.ts'
import type { Given } from './settings/given.ts'
import { bad } from './settings/given.ts'
import type { Settled, SettingShown } from './settings/reading.ts'
import { settingsShown, settle } from './settings/reading.ts'
import type { Values } from './settings/schema.ts'
import { CONFIG_ENV, settingOf } from './settings/schema.ts'
import { givenInTree } from './settings/tree.ts'
import { notifyFrom } from './settings/notify.ts'
import { treeOf } from './settings/object.ts'
import { readYamlFile } from './settings/yaml-file.ts'

export { BadSetting }

/** All that is set, parsed. Times are milliseconds. */
export type Config = {
  readonly host: string
  readonly port: number
  /** An absolute path. */
  readonly data: string
  readonly demoStrategy: boolean
  readonly seed: number
  readonly sim: Moods
  readonly paperCash: string
  readonly paperCharges: 'zerodha' | 'kotak' | 'none'
  readonly paperLatencyMs: number
  /** A fraction; undefined: a market order trades at whatever price there is. */
  readonly paperProtection: Rate | undefined
  /** What is to go wrong with the paper broker, on purpose. */
  readonly faults: FaultPlan | undefined
  /** 0: none is kept, and nothing watches the disk. */
  readonly reserveBytes: number
  readonly log: string
  /** Whether what happens is said on the terminal. */
  readonly terminal: boolean
  /** Whether orders and fills are kept for lists. */
  readonly screens: boolean
  /** Whether orders for a closed market are denied. */
  readonly calendar: boolean
  /** Undefined: the book is not read on schedule while nothing works. */
  readonly verifyMs: number | undefined
  /** `everyMs` undefined: there is none. */
  readonly cycle: { readonly everyMs: number | undefined; readonly atOnce: number }
  readonly monitoring: Monitoring
  readonly matching: Matching
  /** Differences up to this fraction of what is held lock nothing; undefined: all lock. */
  readonly tolerance: Rate | undefined
  /** By which breaks are settled. */
  readonly rules: readonly BreakRule[]
  readonly retry: Retry
  readonly history: { readonly cacheEnabled: boolean; readonly days: number }
  readonly initialCapital: Money
  readonly endOfDay: {
    readonly enabled: boolean
    /** By the clock of India: `18:00`. */
    readonly at: string
    readonly staleHours: number
    /** Whether orders that worked for longer are cancelled at the broker. */
    readonly cancelsStale: boolean
  }
  readonly policy: Policy
  readonly notify: NotifySettings
  readonly guards: GuardConfig
  /** What must never be seen in a log, wherever it comes from. */
  readonly secrets: readonly string[]
}

/** How the broker's side of working orders is followed. */
export type Monitoring = {
  readonly intervalMs: number
  readonly strategy: 'stream+poll' | 'poll' | 'stream'
}

/** The guard that every account begins with. */
export type GuardConfig = {
  readonly enabled: boolean
  readonly maxDrawdown: Rate
  readonly warnAt: Rate
  /** Of an account in pounds, and of one in any other currency. */
  readonly minEquityGbp: Money
  readonly minEquity: Money | undefined
  readonly warningMs: number
}

/** Something about the settings that a person should know, though it stops nothing. */
export type Notice = { readonly says: string; readonly remedy: string }

export type Reading = {
  readonly config: Config
  /** The file that was read, if there is one. */
  readonly file: string | undefined
  readonly settings: readonly SettingShown[]
  readonly notices: readonly Notice[]
}

export type Sources = {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The file somebody named on the command line. */
  readonly file?: string | undefined
  readonly flags?: readonly Given[]
  /** Where `.env` and `tallyman.yaml` are looked for; the working directory. */
  readonly folder?: string
}

const YAML_FILE = 'tallyman.yaml'
const YAML_MISNAMED = 'tallyman.yml'
const ENV_FILE = '.env'

/**
 * Reads all there is: a flag beats the environment, that `.env`, that the file, and that the
 * default. Throws BadSetting, also for a value that another one beats.
 */
export function readSettings({ env, file, flags = [], folder = '.' }: Sources): Reading {
  const inFolder = (name: string): string => (folder === '.' ? name : join(folder, name))
  const envFile = readEnvFile(inFolder(ENV_FILE))
  const fromEnvFile = envFile ? givenInEnvironment(envFile.env, envFile.at) : []
  const fromEnv = givenInEnvironment(env)
  const named = file ?? (env[CONFIG_ENV] || envFile?.env[CONFIG_ENV] || undefined)
  const yamlName = named ?? inFolder(YAML_FILE)
  const yaml = readYamlFile(yamlName)
  if (!yaml && named !== undefined) {
    const what = file === undefined ? `${CONFIG_ENV}=${named}` : `--config ${named}`
    throw new BadSetting(`${what}: there is no such file; name one that is`, file !== undefined)
  }
  const fromYaml = yaml ? givenInTree(yaml.tree, { file: yamlName, takesFiles: true }) : []
  const settled = settle([fromYaml, fromEnvFile, fromEnv, flags])
  const notices = [
    ...(envFile?.isOpenToOthers ? [openToOthers(inFolder(ENV_FILE))] : []),
    ...(yaml?.isOpenToOthers && fromYaml.some(isSecret) ? [openToOthers(yamlName)] : []),
    ...(!yaml && existsSync(inFolder(YAML_MISNAMED)) ? [misnamed(inFolder(YAML_MISNAMED))] : []),
    ...[...nearMisses(envFile?.env ?? {}), ...nearMisses(env)].map(nearMiss),
    ...unused(settled),
  ]
  const settings = settingsShown(settled.chosen)
  return { config: configOf(settled), file: yaml && yamlName, settings, notices }
}

/** Settings as a program hands them in, in the form of the file. Throws BadSetting. */
export const configFrom = (settings: object): Config =>
  configOf(settle([givenInTree(treeOf(settings), { file: undefined, takesFiles: false })]))

/** Settings from an environment alone, without any file. Throws BadSetting. */
export const readConfig = (env: Sources['env']): Config =>
  configOf(settle([givenInEnvironment(env)]))

const isSecret = ({ key, isFile }: Given): boolean => settingOf(key).secret && !isFile

const openToOthers = (file: string): Notice => ({
  says: `${file} can be read by others, and with it what is secret`,
  remedy: `chmod 600 ${file}`,
})

const misnamed = (file: string): Notice => ({
  says: `${file} is not read`,
  remedy: `call it ${YAML_FILE}`,
})

const nearMiss = ({ name, meant }: ReturnType<typeof nearMisses>[number]): Notice => ({
  says: `${name} is no setting`,
  remedy: `did you mean ${meant}?`,
})

/** Their names alone: what they are at may be a secret. */
function unused({ chosen }: Settled): Notice[] {
  const keys = [...chosen.keys()].filter((key) => settingOf(key).awaits !== undefined)
  if (keys.length === 0) return []
  const says = `not used by this version: ${keys.toSorted().join(', ')}`
  return [{ says, remedy: 'docs/configuration.md says what they wait for' }]
}

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1|localhost)$/

function configOf({ values: set, chosen }: Settled): Config {
  const host = chosen.get('server.host')
  if (host && !LOOPBACK.test(set['server.host']) && !set['server.remote']) {
    throw bad(
      host,
      'the API would be reachable from other machines without encryption; put a proxy with TLS ' +
        'before it and set TALLYMAN_REMOTE=on (server.remote)',
    )
  }
  return {
    secrets: [...chosen].flatMap(([key, { text }]) => (settingOf(key).secret ? [text] : [])),
    host: set['server.host'],
    port: set['server.port'],
    data: resolve(set['server.data_folder']),
    demoStrategy: set['sim.demo_strategy'],
    seed: set['sim.seed'],
    sim: set['sim.moods'],
    paperCash: set['paper.cash'],
    paperCharges: set['paper.charges'],
    paperLatencyMs: set['paper.latency_ms'],
    paperProtection: set['paper.protection'],
    faults: set['paper.faults'],
    reserveBytes: set['server.disk_reserve_mb'] * 1024 * 1024,
    log: set['log.level'],
    terminal: set['log.terminal'],
    screens: set['server.screens'],
    calendar: set['calendar.enabled'],
    verifyMs: set['verifier.enabled'] ? set['verifier.check_interval_seconds'] : undefined,
    cycle: {
      everyMs: set['reconciliation.enabled'] ? set['reconciliation.cycle_seconds'] : undefined,
      atOnce: set['reconciliation.accounts_at_once'],
    },
    monitoring: {
      intervalMs: set['monitoring.interval_seconds'],
      strategy: set['monitoring.strategy'],
    },
    matching: { opens: set['matching.opens'], givers: set['matching.givers'] },
    tolerance: set['matching.tolerance_percent'],
    rules: set['breaks.rules'],
    retry: { max: set['retry.max_retries'], delayMs: set['retry.retry_delay'] },
    history: { cacheEnabled: set['data.cache_enabled'], days: set['data.historical_days'] },
    initialCapital: set['trading.initial_capital'],
    guards: guardsOf(set),
    endOfDay: {
      enabled: set['eod_cleanup.enabled'],
      at: set['eod_cleanup.target_time'],
      staleHours: set['eod_cleanup.stale_order_hours'],
      cancelsStale: set['eod_cleanup.stale'] === 'cancel',
    },
    notify: notifyFrom(set),
    policy: {
      orderValueMax: set['limits.max_order_value'],
      ordersPerSecondMax: set['limits.max_orders_per_second'],
      ordersPerDayMax: set['limits.max_orders_per_day'],
      portfolioSizeMax: set['trading.max_portfolio_size'],
      capitalPerTrade: set['trading.capital_per_trade'],
    },
  }
}

const guardsOf = (set: Values): GuardConfig => ({
  enabled: set['guards.enabled'],
  maxDrawdown: set['guards.max_drawdown_percent'],
  warnAt: set['guards.drawdown_alert_threshold_percent'],
  minEquityGbp: set['guards.min_equity_gbp'],
  minEquity: set['guards.min_equity'],
  warningMs: set['guards.pre_liquidation_warning_seconds'],
})
