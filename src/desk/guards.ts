/** Looks at every account that has guards, each second, and sees every closing to its end. */
import type { Account } from '../core/account.ts'
import { NO_MONEY } from '../core/amount.ts'
import type { Refused } from '../core/input.ts'
import type { Currency, Instrument } from '../core/instrument.ts'
import type { Pricing } from '../core/order.ts'
import type { Sample, Sampled } from '../core/rules/guard.ts'
import type { Instant } from '../core/time.ts'
import { elapsed, later, SECOND } from '../core/time.ts'
import type { Feed } from '../market/feed.ts'
import type { Instruments } from '../market/instruments.ts'
import type { Clock } from './clock.ts'
import { Closer } from './closer.ts'
import type { Desk } from './desk.ts'
import type { Firm } from './firm.ts'
import { resetsOf } from './resets.ts'
import { TickGate } from './tick-gate.ts'
import { listOf, worthOf } from './worth.ts'

export type GuardsOptions = {
  readonly desk: Desk
  readonly firm: Pick<Firm, 'watch' | 'gateway'>
  readonly instruments: Instruments
  readonly feed: Feed
  readonly clock: Clock
  readonly isOpen: (instrument: Instrument, at: Instant) => boolean
  readonly refuse: (
    instrument: Instrument | undefined,
    type: Pricing['type'] | undefined,
  ) => Refused | undefined
  readonly onTrouble: (error: Error) => void
}

const LOOK_MS: number = SECOND
/** The broker's own book is read so often, holding something or nothing. */
const READ_HOLDING_MS: number = 10 * SECOND
const READ_IDLE_MS: number = 60 * SECOND
/** A reading that is older no longer says what the account is worth. */
const READ_OLD_MS: number = 150 * SECOND
/** As long as the longest proof of a peak takes, and a little more. */
const KEPT_MS: number = 16 * SECOND
/** After a gap like this what came before it proves nothing. */
const GAP_MS: number = 5 * SECOND

/** How the guards of one account stand with what they need to see. */
export type Sight = {
  readonly lookedAt: Instant | undefined
  /** The last reading of the broker's book that showed positions and funds. */
  readonly readAt: Instant | undefined
  readonly readFailed: string | undefined
  readonly missing: ReadonlyMap<Currency, string>
  readonly samples: ReadonlyMap<Currency, Sample>
}

type Looking = {
  readonly id: string
  readonly samples: Map<Currency, Sample[]>
  readonly missingSince: Map<Currency, Instant>
  readonly missing: Map<Currency, string>
  lookedAt: Instant | undefined
  listed: { readonly at: Instant; readonly seq: number; readonly what: Listed } | undefined
  readAt: Instant | undefined
  readFailed: string | undefined
  nextReadAt: Instant
  isReading: boolean
  disarm: () => void
}

type Listed = ReturnType<typeof listOf>
/** Prices of a list of positions may be so old. */
const LISTED_MS: number = 5 * SECOND

export class Guards {
  readonly #options: GuardsOptions
  readonly #gate = new TickGate()
  readonly #looking = new Map<string, Looking>()
  readonly #closer: Closer
  #deafen: () => void = () => {}
  #stopped = false

  constructor(options: GuardsOptions) {
    this.#options = options
    this.#closer = new Closer(options)
  }

  /** To be called once the accounts are served. */
  start(): void {
    const { desk, feed } = this.#options
    this.#deafen = this.#gate.listenTo(feed)
    desk.follow((touched) => {
      for (const id of touched) this.#mind(desk.account(id))
    })
    void desk
      .ask((accounts) => {
        for (const account of accounts.values()) this.#mind(account)
      })
      .catch(() => {}) // the desk has stopped
  }

  stop(): void {
    this.#stopped = true
    this.#deafen()
    for (const { disarm } of this.#looking.values()) disarm()
    this.#closer.stop()
  }

  /** Undefined for an account that has no guards. */
  sight(id: string): Sight | undefined {
    const looking = this.#looking.get(id)
    if (!looking) return undefined
    const { lookedAt, readAt, readFailed, missing } = looking
    const last = [...looking.samples].flatMap(([currency, samples]) => {
      const sample = samples.at(-1)
      return sample ? [[currency, sample] as const] : []
    })
    return { lookedAt, readAt, readFailed, missing, samples: new Map(last) }
  }

  #mind(account: Account): void {
    if (this.#stopped) return
    const { id, guards } = account
    if (guards.closings.size > 0) this.#closer.wake(id)
    const isGuarded = guards.rules.size > 0
    const looking = this.#looking.get(id)
    if (isGuarded && !looking) this.#begin(id)
    if (isGuarded || !looking) return
    looking.disarm()
    this.#looking.delete(id)
  }

  #begin(id: string): void {
    const looking: Looking = {
      id,
      samples: new Map(),
      missingSince: new Map(),
      missing: new Map(),
      lookedAt: undefined,
      listed: undefined,
      readAt: undefined,
      readFailed: undefined,
      nextReadAt: this.#options.clock.now(),
      isReading: false,
      disarm: () => {},
    }
    this.#looking.set(id, looking)
    this.#arm(looking, 0)
  }

  #arm(looking: Looking, wait: number): void {
    const { clock, desk } = this.#options
    looking.disarm = clock.at(later(clock.now(), wait), () => {
      if (this.#stopped || this.#looking.get(looking.id) !== looking) return
      this.#arm(looking, LOOK_MS)
      desk.betweenCommits(() => this.#look(looking))
    })
  }

  /** One account's trouble is told, and delays no other. */
  #look(looking: Looking): void {
    const { desk, clock, onTrouble } = this.#options
    const account = desk.account(looking.id)
    const at = clock.now()
    looking.lookedAt = at
    if (at >= looking.nextReadAt && !looking.isReading) void this.#read(looking)
    try {
      const currencies = new Set(
        [...account.guards.rules.values()].map(({ rule }) => rule.currency),
      )
      const sampled = [...currencies].map((currency) => this.#sample(looking, account, currency))
      const resets = resetsOf(account.guards.rules.values(), at)
      const body = {
        type: 'WorthSeen',
        sampled,
        resets,
        ...this.#listOf(looking, account, at),
      } as const
      desk.tell({ account: looking.id, cause: 'guard', body })
    } catch (error) {
      onTrouble(error as Error)
    }
  }

  /** What a warning would name. It is put together anew where anything has changed, or is old. */
  #listOf(looking: Looking, account: Account, at: Instant): Listed {
    const { listed } = looking
    const isNew = listed && listed.seq === account.seq && elapsed(listed.at, at) < LISTED_MS
    if (isNew) return listed.what
    const what = listOf(account, { ...this.#options, gate: this.#gate, at })
    looking.listed = { at, seq: account.seq, what }
    return what
  }

  #sample(looking: Looking, account: Account, currency: Currency): Sampled {
    const at = this.#options.clock.now()
    const worth = worthOf(account, currency, { ...this.#options, gate: this.#gate, at })
    const missing = this.#unread(looking, at) ?? ('missing' in worth ? worth.missing : undefined)
    let samples = looking.samples.get(currency) ?? []
    if (missing === undefined && !('missing' in worth)) {
      const transfers = account.guards.transfers.get(currency) ?? NO_MONEY
      const last = samples.at(-1)
      if (last && elapsed(last.at, at) > GAP_MS) samples = []
      samples = [...samples, { at, ...worth, transfers }]
      looking.missing.delete(currency)
      looking.missingSince.delete(currency)
    } else {
      looking.missing.set(currency, missing!)
      if (!looking.missingSince.has(currency)) looking.missingSince.set(currency, at)
    }
    samples = samples.filter((each) => elapsed(each.at, at) <= KEPT_MS)
    looking.samples.set(currency, samples)
    return { currency, samples, missing, since: looking.missingSince.get(currency) ?? at }
  }

  /** Why our books may no longer be what the broker has, if so. */
  #unread({ readAt, readFailed }: Looking, at: Instant): string | undefined {
    if (readAt !== undefined && elapsed(readAt, at) <= READ_OLD_MS) return undefined
    const why = readFailed === undefined ? '' : ` (${readFailed})`
    return readAt === undefined
      ? `the broker’s book has not been read yet${why}`
      : `the broker’s book was last read ${Math.round(elapsed(readAt, at) / SECOND)} s ago${why}`
  }

  async #read(looking: Looking): Promise<void> {
    const { firm, desk, clock } = this.#options
    looking.isReading = true
    const seen = await firm.watch(looking.id)?.readNow()
    looking.isReading = false
    const now = clock.now()
    if (seen?.positions.ok && seen.funds.ok) {
      looking.readAt = seen.askedAt
      looking.readFailed = undefined
    } else if (seen) {
      const [failed] = [seen.positions, seen.funds].flatMap((part) => (part.ok ? [] : [part]))
      looking.readFailed = failed?.reason
    }
    const isHolding =
      desk.stopped === undefined &&
      listOf(desk.account(looking.id), { ...this.#options, gate: this.#gate, at: now }).positions >
        0
    looking.nextReadAt = later(now, isHolding || !seen ? READ_HOLDING_MS : READ_IDLE_MS)
  }
}
