import type { FaultPlan } from '../brokers/faults/plan.ts'
import { FAULTS } from '../brokers/faults/plan.ts'
import { shortFaultPlan } from '../brokers/faults/plan-file.ts'
import type { Money, Rate } from '../core/amount.ts'
import { money, rate } from '../core/amount.ts'
import type { BreakRule } from '../core/break-rule.ts'
import { breakRules, whyNoRules } from '../core/break-rule.ts'
import { SECOND } from '../core/time.ts'
import type { Moods } from '../market/moods.ts'
import { moodsOf, whyNoMoods } from '../market/moods.ts'

/** How a setting is written, and what it becomes. Every source hands its values over as text. */
export type Kind<T> = {
  /** Stands before "is expected". */
  readonly expects: string
  /** Of a text that `whyNot` has nothing against. */
  readonly read: (text: string) => T
  /** What is wrong with a text, as a sentence; undefined where it can be read. */
  readonly whyNot: (text: string) => string | undefined
  /** Written as a section of names and numbers, it becomes `name=number,…`. */
  readonly isChances?: boolean
  /** In the one way in which it is shown, however it was written. */
  readonly shown?: (text: string) => string
}

function kind<T>(
  expects: string,
  isGood: (text: string) => boolean,
  read: (text: string) => T,
): Kind<T> {
  return { expects, read, whyNot: (text) => (isGood(text) ? undefined : `${expects} is expected`) }
}

const asIs = (text: string): string => text

/** Text of one line that fits the pattern. */
export const text = (pattern: RegExp, expects: string): Kind<string> =>
  kind(expects, (given) => pattern.test(given), asIs)

export const path: Kind<string> = text(/^\P{Cc}{1,4096}$/u, 'the path of a file or folder')

export const oneOf = <W extends string>(...words: readonly W[]): Kind<W> =>
  kind(
    `one of ${words.join(', ')}`,
    (given) => words.some((word) => word === given),
    (given) => given as W,
  )

const ON = ['on', 'true']
const OFF = ['off', 'false']
const SWITCH = /^(on|off|true|false|On|Off|True|False|ON|OFF|TRUE|FALSE)$/

/** All of them, in the order in which they are written. */
export const inOrder = <W extends string>(words: readonly W[]): Kind<readonly W[]> => {
  const split = (given: string): W[] => given.split(',').map((word) => word.trim() as W)
  const isGood = (given: string): boolean =>
    split(given).toSorted().join() === words.toSorted().join()
  return kind(`${words.join(', ')}, each once, in any order,`, isGood, split)
}

/** Any of them, none included, each once. */
export const someOf = <W extends string>(words: readonly W[]): Kind<readonly W[]> => {
  const split = (given: string): W[] =>
    given === '' ? [] : given.split(',').map((word) => word.trim() as W)
  const isGood = (given: string): boolean => {
    const all = split(given)
    return all.every((word) => words.includes(word)) && new Set(all).size === all.length
  }
  return kind(`any of ${words.join(', ')}, with commas between them,`, isGood, split)
}

const isOn = (given: string): boolean => ON.includes(given.toLowerCase())

export const onOff: Kind<boolean> = {
  ...kind(`one of ${[...ON, ...OFF].join(', ')}`, (given) => SWITCH.test(given), isOn),
  shown: (given) => (isOn(given) ? 'on' : 'off'),
}

const within = (given: number, [min, max]: readonly [number, number]): boolean =>
  given >= min && given <= max

export const whole = (min: number, max: number): Kind<number> =>
  kind(
    `a whole number from ${min} to ${max}`,
    (given) => /^\d{1,9}$/.test(given) && within(Number(given), [min, max]),
    Number,
  )

/** Becomes milliseconds. */
export const seconds = (min: number, max: number): Kind<number> =>
  kind(
    `a number of seconds from ${min} to ${max}`,
    (given) => /^\d{1,6}(\.\d{1,3})?$/.test(given) && within(Number(given), [min, max]),
    (given) => Math.round(Number(given) * SECOND),
  )

export const wholeSeconds = (min: number, max: number): Kind<number> =>
  kind(
    `a whole number of seconds from ${min} to ${max}`,
    (given) => whole(min, max).whyNot(given) === undefined,
    (given) => Number(given) * SECOND,
  )

const AMOUNT = /^\d{1,12}(\.\d{1,8})?$/

export const amount: Kind<Money> = kind(
  'a plain decimal number, such as 100000,',
  (given) => AMOUNT.test(given),
  money,
)

/** Kept as it was written. */
export const amountText: Kind<string> = { ...amount, read: asIs }

const PERCENT = /^\d{1,2}(\.\d{1,4})?$/

/** Becomes a fraction. */
export const percent: Kind<Rate> = kind(
  'a number of per cent above 0 and below 100, such as 2,',
  (given) => PERCENT.test(given) && rate(given) > 0n,
  (given) => (rate(given) / 100n) as Rate,
)

export const timeOfDay: Kind<string> = text(
  /^([01]\d|2[0-3]):[0-5]\d$/,
  'a time of day from 00:00 to 23:59',
)

const CLOCK = '([01]\\d|2[0-3]):([0-5]\\d)'
const HOURS = new RegExp(`^${CLOCK}-${CLOCK}$`)

/** Two times of day as minutes; undefined for an empty text. */
export const quietHours: Kind<{ readonly from: number; readonly to: number } | undefined> = kind(
  'nothing, or two times of day such as 22:00-07:00,',
  (given) => given === '' || HOURS.test(given),
  (given) => {
    if (given === '') return undefined
    const [, ...parts] = HOURS.exec(given)!.map(Number)
    return { from: parts[0]! * 60 + parts[1]!, to: parts[2]! * 60 + parts[3]! }
  },
)

export const moods: Kind<Moods> = {
  expects: 'chances a minute, such as gaps=0.01,halts=0.005,',
  read: moodsOf,
  whyNot: whyNoMoods,
  isChances: true,
}

export const rules: Kind<readonly BreakRule[]> = {
  expects: 'rules such as "CNC difference below one lot: manual"',
  read: breakRules,
  whyNot: whyNoRules,
  isChances: true,
}

const FAULT = new RegExp(`^((${FAULTS.join('|')})=(0(\\.\\d{1,6})?|1)|seed=\\d{1,9})$`)
const FAULTS_EXAMPLE = 'lose-request=0.1,lose-answer=0.1,late=0.2,repeat=0.3,seed=7'

export const faults: Kind<FaultPlan | undefined> = {
  expects: `probabilities from 0 to 1, such as ${FAULTS_EXAMPLE},`,
  read: shortFaultPlan,
  whyNot: (given) =>
    given === '' || given.split(',').every((pair) => FAULT.test(pair))
      ? undefined
      : `probabilities from 0 to 1 are expected, such as "${FAULTS_EXAMPLE}"`,
  isChances: true,
}
