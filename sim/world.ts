import { plainOf } from '../src/brokers/paper/words.ts'
import type { Tag } from '../src/core/order.ts'
import type { Desk } from '../src/desk/desk.ts'
import type { Instant } from '../src/core/time.ts'
import { DAY, instant, later, MINUTE, SECOND } from '../src/core/time.ts'
import { dayAround } from '../src/market/exchange.ts'
import { Calendar } from '../src/market/calendar.ts'
import { decodeEntries, FORMAT } from '../src/store/codec.ts'
import type { Batch } from '../src/store/journal.ts'
import { VirtualClock } from '../src/worlds/virtual.ts'
import type { ActorName, Stage } from './actors.ts'
import { ACTORS } from './actors.ts'
import { Client } from './client.ts'
import type { Row } from './disk.ts'
import { Disk } from './disk.ts'
import { DAY_END_MS, Exchange } from './exchange.ts'
import { Fates, stream } from './fates.ts'
import { Judge } from './judge.ts'
import type { MachineParts } from './machine.ts'
import { Machine } from './machine.ts'
import { EXCHANGE, LISTED, Market } from './market.ts'
import { ACCOUNT } from './opened.ts'
import type { Plan, Stretch } from './plan.ts'
import { Precedence } from './precedence.ts'
import { checkState } from './state.ts'
import type { Sometimes } from './sometimes.ts'
import type { Trace } from './trace.ts'
import type { Stopped } from './weather.ts'
import { Weather } from './weather.ts'

const STEP_MS = SECOND
const NIGHT_STEP_MS = 10 * MINUTE
const TICK_MS_MAX = 2_500

/** Ten calls a second, each given up after five seconds, and what reads and watches. */
const TIMERS_MAX = 100

/** The rest of the broker's bound is for the books to show what arrived. */
const LATE_PART = 3

/**
 * One seeded world: a machine with its disk, a broker with its truth, a market, and people. All of
 * it is a function of the seed and of which faults may strike.
 */
export class World {
  readonly plan: Plan
  readonly clock: VirtualClock
  readonly fates: Fates
  readonly trace: Trace
  readonly judge: Judge
  readonly disk: Disk
  readonly exchange: Exchange
  readonly market: Market
  readonly machine: Machine
  readonly client: Client
  readonly stage: Stage
  readonly sometimes = new Map<Sometimes, number>()
  readonly #precedence: Precedence
  readonly #weather: Weather
  #ids = 0

  /** `ends`: a plan of where the process dies; undefined: as the fates have it. */
  constructor(plan: Plan, trace: Trace, only?: readonly string[], ends?: MachineParts['ends']) {
    const { seed, traits } = plan
    this.plan = plan
    this.trace = trace
    const ties = stream(seed, 'ties')
    this.clock = new VirtualClock(later(plan.stretches[0]!.from, -5 * SECOND), () => ties.next())
    const { clock } = this
    this.fates = new Fates(seed, only)
    this.fates.onStrike = (id) => trace.add(clock.now(), 'fault', id)
    this.exchange = new Exchange({
      clock,
      fates: this.fates,
      random: stream(seed, 'exchange'),
      plan: plan.charges,
      callsASecond: traits.limits.windows[0]!.max,
      reportsKeptMs: traits.reportsKeptMs,
      onArrival: (tag) => this.judge.arrives(tag),
    })
    this.judge = this.#judge()
    this.#precedence = new Precedence({
      complain: this.judge.complain,
      written: () => this.judge.written,
      isReserveHeld: () => this.disk.isReserveHeld(),
    })
    this.disk = new Disk({
      clock,
      fates: this.fates,
      random: stream(seed, 'disk'),
      latencyMs: plan.diskMs,
      onSafe: (batch, row) => this.#safe(batch, row),
      onSometimes: (what) => this.sawSometimes(what),
    })
    const prices = stream(seed, 'market')
    this.market = new Market(
      prices,
      () => clock.now(),
      () => this.exchange.venue,
    )
    const stopped = { stream: false, reading: false, calls: false }
    this.machine = this.#machine(stopped, ends)
    this.client = new Client({
      clock,
      fates: this.fates,
      submit: (command) => {
        this.#weather.haltsBetween()
        return this.machine.submit(command)
      },
      onAnswer: (key, answer) => {
        trace.add(clock.now(), 'answer', `${key} ${answer.is}`)
        this.judge.answered(key, answer)
      },
      onError: (error) => this.#error(error),
    })
    const { client, machine, market, exchange } = this
    const nextId = (): string => `c${++this.#ids}`
    this.stage = { now: () => clock.now(), client, machine, market, exchange, orders: [], nextId }
    this.#weather = new Weather({ world: this, stopped })
  }

  #judge(): Judge {
    return new Judge({
      now: () => this.clock.now(),
      exchange: () => this.exchange,
      isHalted: () => this.machine.isHalted,
      callsASecond: this.plan.traits.limits.windows[0]!.max,
      lapseAfterMs: this.plan.traits.lapseAfterMs,
      onSometimes: (what) => this.sawSometimes(what),
      account: () => this.machine.desk?.account(ACCOUNT),
    })
  }

  #machine(stopped: Stopped, ends: MachineParts['ends']): Machine {
    const { clock, fates, disk, market, exchange, plan, judge, trace } = this
    const line = {
      clock,
      fates,
      random: stream(plan.seed, 'line'),
      exchange,
      latencyMs: plan.latencyMs,
      lateMs: Math.floor(plan.traits.lapseAfterMs / LATE_PART),
      onLeave: (...[request, life]: Parameters<Judge['leaves']>) => {
        trace.add(clock.now(), 'leaves', `${request.method} ${request.path}`)
        judge.leaves(request, life)
        if (request.method === 'POST') this.#precedence.leaves(plainOf(request.body)['tag'] as Tag)
      },
      stopped,
      slow: () => this.#weather.slowMs,
    }
    return new Machine({
      clock,
      fates,
      random: stream(plan.seed, 'machine'),
      disk,
      market,
      line,
      traits: plan.traits,
      policy: plan.policy,
      charges: plan.charges,
      calendar: new Calendar(),
      cadence: plan.cadence,
      onError: (error) => this.#error(error),
      onCommit: (desk) => this.#committed(desk),
      onSometimes: (what) => this.sawSometimes(what),
      onUnsound: () => this.#weather.putBack(),
      ends,
    })
  }

  #error(error: Error): void {
    this.judge.complain('43 nothing goes uncaught', error.stack ?? error.message)
  }

  uncaught(error: Error): void {
    this.#error(error)
  }

  sawSometimes(what: Sometimes): void {
    this.sometimes.set(what, (this.sometimes.get(what) ?? 0) + 1)
  }

  #safe(batch: Batch, { text, at }: Row): void {
    this.trace.add(this.clock.now(), 'row', `${batch.n} ${text}`)
    const row = { ...batch, at }
    this.judge.row(row)
    this.#precedence.row(row)
  }

  #committed(desk: Desk): void {
    const { judge } = this
    const account = desk.account(ACCOUNT)
    checkState(account, judge.written, judge.complain)
    const { timers } = this.machine
    if (timers > TIMERS_MAX) judge.complain('34 all that waits is bounded', `${timers} timers`)
  }

  /** An older copy of the folder is put back; what came after it is lost. */
  restore(backup: Parameters<Disk['restore']>[0]): void {
    this.disk.restore(backup)
    this.#precedence.forget()
    this.judge.restored(
      backup.rows.map(({ text, at }, index) => ({
        n: index + 1,
        at,
        entries: decodeEntries(text, FORMAT),
      })),
    )
  }

  /** Everything that may go wrong, until the last stretch is over. */
  async play(): Promise<void> {
    this.machine.boot()
    this.#endDays()
    for (const stretch of this.plan.stretches) {
      this.fates.isResting = this.clock.now() < later(stretch.from, -MINUTE)
      await this.pass(stretch.from)
      this.fates.isResting = false
      this.#trade(stretch)
      await this.pass(stretch.to)
    }
  }

  /** Until then, or until a promise is broken. */
  async pass(to: Instant): Promise<void> {
    while (this.clock.now() < to && !this.judge.broken) {
      const step = to - this.clock.now() > NIGHT_STEP_MS ? NIGHT_STEP_MS : STEP_MS
      await this.clock.advance(instant(Math.min(to, this.clock.now() + step)))
    }
  }

  #trade({ to, outage }: Stretch): void {
    if (outage) {
      void this.clock.at(outage.at, () => {
        this.exchange.goAway(outage.ms)
        this.machine.line?.drop(outage.ms)
        this.sawSometimes('the broker was gone at 15:19')
      })
    }
    for (const { id } of LISTED) this.#quote(id, to)
    for (const name of this.plan.actors) this.#act(name, to)
    this.#weather.blow(to)
  }

  /** Prices of one share until `to`. */
  #quote(id: string, to: Instant): void {
    const instrument = LISTED.find((each) => each.id === id)!
    const random = stream(this.plan.seed, `prices ${id} ${to}`)
    this.every(
      to,
      () => random.integer(300, TICK_MS_MAX),
      () => this.market.tick(instrument),
    )
  }

  #act(name: ActorName, to: Instant): void {
    const random = stream(this.plan.seed, `${name} ${to}`)
    const { pauseMs, act } = ACTORS[name]
    const again = (): number => random.integer(Math.ceil(pauseMs / 10), pauseMs)
    this.every(to, again, () => act(this.stage, random))
  }

  every(to: Instant, pauseMs: () => number, run: () => void): void {
    const due = later(this.clock.now(), pauseMs())
    if (due >= to) return
    void this.clock.at(due, () => {
      run()
      this.every(to, pauseMs, run)
    })
  }

  /** When the last late call has arrived, what works expires, whoever hears of it. */
  #endDays(): void {
    const [begin] = dayAround(EXCHANGE, this.clock.now())
    const close = later(begin, DAY_END_MS)
    const next = close > this.clock.now() ? close : later(close, DAY)
    void this.clock.at(next, () => {
      this.exchange.endDay(EXCHANGE)
      this.#endDays()
    })
  }

  /** From here on nothing goes wrong; prices go on. */
  heal(): Instant {
    this.fates.heal()
    this.#weather.calm()
    const from = this.clock.now()
    for (const { id } of LISTED) this.#quote(id, later(from, 10 * MINUTE))
    return from
  }
}
