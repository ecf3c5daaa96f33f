import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { z } from 'zod'
import { shortFaultPlan } from './brokers/faults/plan-file.ts'
import type { FaultPlan } from './brokers/faults/plan.ts'
import { FAULTS } from './brokers/faults/plan.ts'
import type { Rate } from './core/amount.ts'
import { money, rate } from './core/amount.ts'
import type { Policy } from './core/input.ts'
import type { Moods } from './market/moods.ts'
import { moodsOf, whyNoMoods } from './market/moods.ts'

/** A setting is wrong; the message names it, its value and what to do. */
export class BadSetting extends Error {
  override readonly name = 'BadSetting'
}

const oneOf = <W extends string>(...words: readonly W[]): z.ZodEnum<{ [K in W]: K }> =>
  z.enum(words, `one of ${words.join(', ')} is expected`)
const switchOf = oneOf('on', 'off').transform((value) => value === 'on')
const whole = (min: number, max: number): z.ZodType<number, string> =>
  z
    .string()
    .refine(
      (text) => /^\d{1,9}$/.test(text) && Number(text) >= min && Number(text) <= max,
      `a whole number from ${min} to ${max} is expected`,
    )
    .transform(Number)
const amount = z.string().regex(/^\d{1,12}(\.\d{1,8})?$/, 'a plain decimal number is expected')

/** Chances from 0 to 1, and a seed. */
const FAULT = new RegExp(`^((${FAULTS.join('|')})=(0(\\.\\d{1,6})?|1)|seed=\\d{1,9})$`)

/** Every setting there is, under the name of its environment variable. */
const SETTINGS = z.object({
  TALLYMAN_HOST: z.string().min(1).default('127.0.0.1'),
  TALLYMAN_PORT: whole(0, 65_535).default(7373),
  TALLYMAN_DATA: z.string().min(1).default('./data'),
  /** Lets the API listen on other addresses than this machine's own. */
  TALLYMAN_REMOTE: switchOf.default(false),
  TALLYMAN_DEMO_STRATEGY: switchOf.default(true),
  /** Of the made-up market SIM. */
  TALLYMAN_SEED: whole(0, 999_999_999).default(1),
  /** `gaps=0.01,halts=0.005`: what that market does besides, as chances a minute. */
  TALLYMAN_SIM: z
    .string()
    .superRefine((text, context) => {
      const message = whyNoMoods(text)
      if (message !== undefined) context.addIssue({ code: 'custom', message })
    })
    .default(''),
  TALLYMAN_PAPER_CASH: amount.default('1000000'),
  /** Whose charges a new paper account pays. */
  TALLYMAN_PAPER_CHARGES: oneOf('zerodha', 'kotak', 'none').default('zerodha'),
  /** Less than the paper broker is waited for, and far less than it may take to show an order. */
  TALLYMAN_PAPER_LATENCY_MS: whole(0, 2_000).default(20),
  /** Per cent by which a market order may trade away from the price it met. */
  TALLYMAN_PAPER_PROTECTION: z
    .string()
    .refine(
      (text) => /^\d{1,2}(\.\d{1,4})?$/.test(text) && rate(text) > 0n,
      'a number of per cent above 0 and below 100 is expected, such as "2"',
    )
    .optional(),
  /** `lose-request=0.1,lose-answer=0.1,late=0.2,repeat=0.3,seed=7`: probabilities per call. */
  TALLYMAN_PAPER_FAULTS: z
    .string()
    .refine(
      (text) => text === '' || text.split(',').every((pair) => FAULT.test(pair)),
      'probabilities from 0 to 1 are expected, such as ' +
        '"lose-request=0.1,lose-answer=0.1,late=0.2,repeat=0.3,seed=7"',
    )
    .default(''),
  /** Kept on the disk of the data folder, to be given up when it is full. */
  TALLYMAN_DISK_RESERVE_MB: whole(1, 10_240).default(64),
  TALLYMAN_LOG: oneOf('debug', 'info', 'warn', 'error', 'silent').default('info'),
  /** What one automatic entry may cost; also sizes an entry that names no quantity. */
  CAPITAL_PER_TRADE: amount.default('100000'),
  /** Symbols that automatic entries may open. */
  MAX_PORTFOLIO_SIZE: whole(1, 1_000).default(6),
  MAX_ORDER_VALUE: amount.optional(),
  MAX_ORDERS_PER_SECOND: whole(1, 10_000).optional(),
  MAX_ORDERS_PER_DAY: whole(1, 1_000_000).optional(),
  /** Seconds between readings of the broker's book when nothing calls for one sooner. */
  VERIFIER_CHECK_INTERVAL: whole(1, 86_400).default(1_800),
})

/** The names of all settings. */
export const SETTING_NAMES = Object.keys(SETTINGS.shape)

export type Config = {
  readonly host: string
  readonly port: number
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
  readonly reserveBytes: number
  readonly log: string
  readonly verifyMs: number
  readonly policy: Policy
}

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1|localhost)$/

/**
 * Reads the environment. Throws BadSetting for a value, or a TALLYMAN_ name, that makes no sense.
 */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  for (const name of Object.keys(env)) {
    if (name.startsWith('TALLYMAN_') && !SETTING_NAMES.includes(name)) {
      throw new BadSetting(
        // Without its value, which may be a secret under a wrong name.
        `${name}: there is no such setting; known are ${SETTING_NAMES.join(', ')}`,
      )
    }
  }
  const given = Object.fromEntries(
    SETTING_NAMES.filter((name) => env[name] !== undefined && env[name] !== '').map((n) => [
      n,
      env[n],
    ]),
  )
  const parsed = SETTINGS.safeParse(given)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const name = String(issue?.path[0])
    throw new BadSetting(`${name}=${env[name]}: ${issue?.message}`)
  }
  const set = parsed.data
  if (!LOOPBACK.test(set.TALLYMAN_HOST) && !set.TALLYMAN_REMOTE) {
    throw new BadSetting(
      `TALLYMAN_HOST=${set.TALLYMAN_HOST}: the API would be reachable from other machines ` +
        'without encryption; put a proxy with TLS before it and set TALLYMAN_REMOTE=on',
    )
  }
  return {
    host: set.TALLYMAN_HOST,
    port: set.TALLYMAN_PORT,
    data: resolve(set.TALLYMAN_DATA),
    demoStrategy: set.TALLYMAN_DEMO_STRATEGY,
    seed: set.TALLYMAN_SEED,
    sim: moodsOf(set.TALLYMAN_SIM),
    paperCash: set.TALLYMAN_PAPER_CASH,
    paperCharges: set.TALLYMAN_PAPER_CHARGES,
    paperLatencyMs: set.TALLYMAN_PAPER_LATENCY_MS,
    paperProtection: fractionOf(set.TALLYMAN_PAPER_PROTECTION),
    faults: shortFaultPlan(set.TALLYMAN_PAPER_FAULTS),
    reserveBytes: set.TALLYMAN_DISK_RESERVE_MB * 1024 * 1024,
    log: set.TALLYMAN_LOG,
    verifyMs: set.VERIFIER_CHECK_INTERVAL * 1_000,
    policy: {
      orderValueMax: set.MAX_ORDER_VALUE === undefined ? undefined : money(set.MAX_ORDER_VALUE),
      ordersPerSecondMax: set.MAX_ORDERS_PER_SECOND,
      ordersPerDayMax: set.MAX_ORDERS_PER_DAY,
      portfolioSizeMax: set.MAX_PORTFOLIO_SIZE,
      capitalPerTrade: money(set.CAPITAL_PER_TRADE),
    },
  }
}

const fractionOf = (percent: string | undefined): Rate | undefined =>
  percent === undefined ? undefined : ((rate(percent) / 100n) as Rate)

/** What every setting is at, in the form in which it is given; secrets are not told. */
export function settingsInEffect(env: NodeJS.ProcessEnv): SettingInEffect[] {
  const defaults: Readonly<Record<string, unknown>> = SETTINGS.parse({})
  return SETTING_NAMES.map((name) => {
    const given = env[name] === '' ? undefined : env[name]
    const text = given ?? textOf(defaults[name])
    return { name, value: IS_SECRET.test(name) ? '[hidden]' : text, given: given !== undefined }
  })
}

type SettingInEffect = { readonly name: string; readonly value: string; readonly given: boolean }

const IS_SECRET = /KEY|TOKEN|SECRET|PASSWORD|PIN\b|TOTP/

const textOf = (value: unknown): string =>
  typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value)

/** Secrets and ports may stand in a file `.env` beside where Tallyman is started. */
export function loadEnvFile(): void {
  if (!existsSync('.env')) return
  try {
    process.loadEnvFile('.env')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new BadSetting(`.env: it cannot be read (${code}); make it a readable file, or remove it`)
  }
}
