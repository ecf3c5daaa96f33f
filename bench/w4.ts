/** W4: 10,000 accounts with 20 positions each, read from the texts in which a broker shows them. */
import assert from 'node:assert/strict'
import type { Reading } from '../src/brokers/broker.ts'
import { newAccount } from '../src/core/account.ts'
import { decide } from '../src/core/decide.ts'
import type { Event } from '../src/core/event.ts'
import { evolve } from '../src/core/evolve.ts'
import type { Input } from '../src/core/input.ts'
import { isNoteDue } from '../src/core/rules/note.ts'
import { epoch } from '../src/core/tag.ts'
import { DAY, instant, later, MINUTE, SECOND } from '../src/core/time.ts'
import { isRepeat, Shown } from '../src/desk/shown.ts'
import type { Round } from './measure.ts'
import { tell } from './measure.ts'
import { Accounts, fresh, Listed, parsed, POSITIONS, readingOf, sweep } from './texts.ts'

const ACCOUNTS = 10_000
/** Of the positions, in each round. */
const DIFFERENT = 0.005
const ROUNDS = 9
const era = epoch('BENCH')
const TRAITS = { lapseAfterMs: 1, reportsKeptMs: DAY, tagsMayBeLost: false, spareEpoch: era }
const MARKS = new Map()

let now = instant(Date.UTC(2026, 10, 23, 4))

/** An account and its readings, as the watch goes about them; without the promises around them. */
class Subject {
  readonly account
  readonly #rows = new Listed()
  readonly #shown = new Shown()
  #told: Reading | undefined
  #confirm = true
  #cycle = 0

  constructor(id: string, number: number) {
    this.account = newAccount(id)
    this.#decide({ type: 'OpenAccount', number, broker: 'bench', mode: 'paper', plan: 'none' })
    this.#decide({ type: 'Started', epoch: era })
  }

  #decide(body: Input['body']): readonly Event[] {
    const { account } = this
    const input = { at: now, cause: 'bench', key: undefined, body }
    const events = decide(account, input)
    const seq = account.seq + 1
    const entry = { account: account.id, seq, at: now, cause: 'bench', command: undefined, events }
    if (events.length > 0) evolve(account, entry)
    return events
  }

  /** Returns how many breaks it found or settled. */
  read(text: string): number {
    this.#cycle++
    const reading = readingOf(now, this.#rows.read(text))
    const isKnown = this.#told !== undefined && !this.#confirm && isRepeat(this.#told, reading)
    if (isKnown && !isNoteDue(this.account, now)) return 0
    const agreesSince = this.#shown.agreesSince(reading, SECOND)
    this.#told = reading
    const seen = { ...reading, agreesSince, cycle: this.#cycle, marks: MARKS }
    const events = this.#decide({ type: 'BookRead', ...seen, ...TRAITS })
    const breaks = events.filter(({ type }) => type === 'BreakFound' || type === 'BreakSettled')
    this.#confirm = agreesSince === undefined || breaks.length > 0 || events.some(isAdoption)
    return breaks.length
  }
}

const isAdoption = ({ type }: Event): boolean => type === 'HoldingsAdopted' || type === 'CashMoved'

const accounts = new Accounts(ACCOUNTS)
const subjects = Array.from({ length: ACCOUNTS }, (_, n) => new Subject(`a${n}`, n + 1))

/** Of the processor: a machine that others use as well says little by the clock on the wall. */
function spent(run: () => void): number {
  sweep()
  const { user, system } = process.cpuUsage()
  run()
  const after = process.cpuUsage()
  return (after.user + after.system - user - system) / 1_000
}

/** All of them read once, beside the bare parsing of the same texts; and what changed. */
function readAll(texts: readonly string[]): Round & { readonly breaks: number } {
  now = later(now, 2 * SECOND)
  let breaks = 0
  const given = fresh(texts)
  const figure = spent(() => {
    for (const [index, subject] of subjects.entries()) breaks += subject.read(given[index]!)
  })
  const bare = fresh(texts)
  const yardstick = spent(() => assert.equal(parsed(bare), ACCOUNTS * POSITIONS))
  return { figure, yardstick, breaks }
}

const sum = (a: Round, b: Round): Round => ({
  figure: a.figure + b.figure,
  yardstick: a.yardstick + b.yardstick,
})

const first = readAll(accounts.texts())
readAll(accounts.texts())
assert.equal(
  subjects.every(({ account }) => account.held === POSITIONS),
  true,
)
for (let left = 3; left > 0; left--) readAll(accounts.texts())

const rounds: Record<'unchanged' | 'prices' | 'different' | 'noted', Round[]> = {
  unchanged: [],
  prices: [],
  different: [],
  noted: [],
}
for (let round = 0; round < ROUNDS; round++) {
  const texts = accounts.texts()
  rounds.prices.push(readAll(texts))
  rounds.unchanged.push(readAll(texts))
  accounts.move(DIFFERENT)
  const seen = readAll(accounts.texts())
  const proven = readAll(accounts.texts())
  rounds.different.push(sum(seen, proven))
  const open = subjects.reduce((all, { account }) => all + account.breaks.size, 0)
  assert.deepEqual([seen.breaks, proven.breaks], [0, open])
  assert.ok(open > 900 && open <= ACCOUNTS * POSITIONS * DIFFERENT)
  accounts.back()
  readAll(accounts.texts())
  assert.equal(readAll(accounts.texts()).breaks, 0)
  assert.ok(subjects.every(({ account }) => account.breaks.size === 0))
  readAll(accounts.texts())
  now = later(now, MINUTE)
  rounds.noted.push(readAll(accounts.texts()))
}

const NAME = '10,000 accounts with 20 positions'
const said = { unit: 'ms of processor', against: 'JSON.parse of the same texts' }
tell({
  name: `W4 ${NAME}, prices moved and 1,000 quantities, over the two readings of a difference`,
  ...said,
  rounds: rounds.different,
  goal: 'ratio <= 1.30',
})
tell({ name: `W4 ${NAME}, only prices moved`, ...said, rounds: rounds.prices, goal: 'none' })
tell({
  name: `W4 ${NAME}, nothing moved: the very same texts`,
  ...said,
  rounds: rounds.unchanged,
  goal: 'ratio <= 0.15',
})
tell({
  name: `W4 ${NAME}, the reading of each minute that is journaled whatever it shows`,
  ...said,
  rounds: rounds.noted,
  goal: 'none',
})
tell({
  name: `W4 ${NAME}, the first reading: every row is decoded`,
  ...said,
  rounds: [first],
  goal: 'none',
})
