import type { Broker } from '../brokers/broker.ts'
import type { ChargePlan } from '../core/charges.ts'
import type { BreakRule } from '../core/break-rule.ts'
import type { Mode } from '../core/event.ts'
import type { Retry } from '../core/input.ts'
import type { Epoch } from '../core/tag.ts'
import { ACCOUNTS_MAX } from '../core/tag.ts'
import type { LotOf } from './break-rules.ts'
import type { Cadence } from './cadence.ts'
import type { Clock } from './clock.ts'
import { Days } from './days.ts'
import type { Desk } from './desk.ts'
import type { Halted } from './gateway.ts'
import { Gateway } from './gateway.ts'
import type { Line } from './line.ts'
import { Seats } from './seats.ts'
import type { PriceOf } from './watch.ts'
import { Watch } from './watch.ts'

/** What an account is opened with; later starts read it from the journal. */
export type AccountPlan = {
  readonly id: string
  readonly broker: Broker
  readonly mode: Mode
  readonly charges: ChargePlan
  /** Whose trading days end by the clock; none where recorded prices tell. */
  readonly exchanges: readonly string[]
}

export type FirmOptions = {
  readonly desk: Desk
  readonly clock: Clock
  /** Used for an account that has none yet, and for all after a restore. */
  readonly epoch: Epoch
  readonly cadence: Cadence
  readonly halted: Halted
  /** Undefined: as the core does it where nobody says. */
  readonly retry?: Retry | undefined
  readonly priceOf: PriceOf
  readonly lotOf?: LotOf | undefined
}

type Served = {
  readonly gateway: Gateway
  readonly watch: Watch
  readonly days: readonly Days[]
}

/** All accounts of one process, each with its own line to its broker. */
export class Firm {
  readonly #options: FirmOptions
  readonly #served = new Map<string, Served>()
  readonly #seats: Seats

  constructor(options: FirmOptions) {
    this.#options = options
    this.#seats = new Seats(options.clock, options.cadence.atOnce)
  }

  /**
   * Opens the account if it is new, calls unknown what the last run left in flight, and reads the
   * broker's book. Once that was read well, orders are taken, and what was placed and never sent is
   * sent: only the book tells whether the journal is an old copy, whose tags others have by now.
   */
  async serve({ id, broker, mode, charges, exchanges }: AccountPlan): Promise<void> {
    const { desk, clock, halted, epoch: spareEpoch, retry } = this.#options
    const line: Line = { account: id, desk, broker, clock, spareEpoch, retry }
    const known = await desk.ask((accounts) => accounts.get(id))
    if (known && (known.broker !== broker.traits.name || known.mode !== mode)) {
      const now = `${mode} trading at ${broker.traits.name}`
      const then = `${known.mode} trading at ${known.broker}`
      throw new Error(`account ${id} was opened for ${then}, not for ${now}: start it elsewhere`)
    }
    if (!known) {
      const number = await this.#nextNumber()
      const body = { type: 'OpenAccount', number, broker: broker.traits.name, mode, plan: charges }
      await desk.submit({ account: id, cause: 'start', body: { ...body, type: 'OpenAccount' } })
    }
    const epoch = known?.epoch ?? spareEpoch
    await desk.submit({ account: id, cause: 'start', body: { type: 'Started', epoch } })
    const gateway = new Gateway(line, halted)
    const watch = new Watch(line, { ...this.#options, seats: this.#seats })
    const days = exchanges.map((exchange) => new Days(line, exchange))
    this.#served.set(id, { gateway, watch, days })
    await watch.start()
    for (const each of days) each.start()
    void watch.seen.then(() => gateway.start())
  }

  async #nextNumber(): Promise<number> {
    const used = await this.#options.desk.ask((accounts) =>
      Math.max(0, ...[...accounts.values()].map(({ number }) => number)),
    )
    if (used >= ACCOUNTS_MAX) throw new Error(`${ACCOUNTS_MAX} accounts are open, no tag is left`)
    return used + 1
  }

  gateway(account: string): Gateway | undefined {
    return this.#served.get(account)?.gateway
  }

  watch(account: string): Watch | undefined {
    return this.#served.get(account)?.watch
  }

  /** By which breaks are settled. */
  get rules(): readonly BreakRule[] {
    return this.#options.cadence.rules ?? []
  }

  get accounts(): readonly string[] {
    return [...this.#served.keys()]
  }

  /** Calls in flight get `graceMs`; returns how many were left without an answer. */
  async stop(graceMs: number): Promise<number> {
    const all = [...this.#served.values()]
    for (const { days } of all) for (const each of days) each.stop()
    const left = await Promise.all(all.map(({ gateway }) => gateway.stop(graceMs)))
    await Promise.all(all.map(({ watch }) => watch.stop()))
    return left.reduce((sum, each) => sum + each, 0)
  }
}
