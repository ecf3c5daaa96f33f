import type { Instant } from '../src/core/time.ts'
import { later, MINUTE, SECOND } from '../src/core/time.ts'
import type { Random } from '../src/market/random.ts'
import type { Backup } from './disk.ts'
import type { Family } from './families.ts'
import { ACTORS } from './actors.ts'
import type { World } from './world.ts'

/** What a script of many faults has stopped. */
export type Stopped = { stream: boolean; reading: boolean; calls: boolean }
export type WeatherParts = { readonly world: World; readonly stopped: Stopped }

/** Copying takes a while, after which the broker’s books show what was last sent. */
const COPY_MS = 90 * SECOND
const BACKUP_EVERY = 5
const BACKUPS_KEPT = 20

/** What begins by itself: once a second each family may. */
export class Weather {
  readonly #world: World
  readonly #stopped: Stopped
  readonly #backups: Backup[] = []
  #seconds = 0
  #isOperatorBusy = false
  slowMs = 0

  constructor({ world, stopped }: WeatherParts) {
    this.#world = world
    this.#stopped = stopped
  }

  blow(to: Instant): void {
    this.#world.every(
      to,
      () => SECOND,
      () => this.#second(),
    )
  }

  /** Whatever is under way ends. */
  calm(): void {
    const { machine, exchange, disk, market } = this.#world
    Object.assign(this.#stopped, { stream: false, reading: false, calls: false })
    this.slowMs = 0
    machine.isHalted = false
    machine.skewMs = 0
    exchange.comeBack()
    disk.freeUp()
    market.isMute = false
    if (!this.#isOperatorBusy) machine.start()
  }

  #second(): void {
    if (++this.#seconds % BACKUP_EVERY === 0 && !this.#world.disk.isTorn) {
      this.#backups.push(this.#world.disk.backup())
      if (this.#backups.length > BACKUPS_KEPT) this.#backups.shift()
    }
    for (const [family, begin] of Object.entries(BEGINNINGS)) {
      const struck = this.#world.fates.strike(family as Family)
      if (struck) begin(this, this.#world, struck)
    }
  }

  /** An operator does one thing at a time. */
  operate(deed: () => Promise<void>): void {
    if (this.#isOperatorBusy) return
    this.#isOperatorBusy = true
    void deed().finally(() => {
      this.#isOperatorBusy = false
    })
  }

  /** HALT is put into the folder, and taken away again. */
  halt(ms: number): void {
    const { machine } = this.#world
    machine.isHalted = true
    this.in(ms, () => {
      machine.isHalted = false
    })
  }

  /** While the row of a command is being written. */
  haltsBetween(): void {
    const struck = this.#world.fates.strike('operator-halts-between')
    if (!struck) return
    this.in(struck.integer(0, 3), () => this.halt(struck.integer(100, 3 * SECOND)))
  }

  /** The newest copy takes the place of a journal that cannot be read, as `doctor` advises. */
  putBack(): void {
    const { machine, disk } = this.#world
    if (!disk.isTorn) return
    machine.isDown = true
    this.#world.sawSometimes('a journal with a torn row was refused')
    const sound = { rows: disk.rows.slice(0, -1), saved: disk.saved }
    const backup = this.#backups.findLast(({ rows }) => rows.length > 0) ?? sound
    this.operate(async () => {
      await this.passes(COPY_MS)
      this.#world.restore(backup)
      machine.start()
    })
  }

  backup(random: Random): Backup | undefined {
    return this.#backups[random.integer(0, this.#backups.length - 1)]
  }

  in(ms: number, run: () => void): void {
    void this.#world.clock.at(later(this.#world.clock.now(), ms), run)
  }

  passes(ms: number): Promise<void> {
    return new Promise((resolve) => this.in(ms, resolve))
  }

  stop(part: keyof Stopped, ms: number): void {
    this.#stopped[part] = true
    this.in(ms, () => {
      this.#stopped[part] = false
    })
  }

  slowDown(ms: number, forMs: number): void {
    this.slowMs = ms
    this.in(forMs, () => {
      this.slowMs = 0
    })
  }
}

type Begin = (weather: Weather, world: World, random: Random) => void

const BEGINNINGS: Readonly<Partial<Record<Family, Begin>>> = {
  'stream-drops': (_, { machine }, random) => {
    machine.line?.drop(random.integer(SECOND, 30 * SECOND))
  },
  'stream-mute': (_, { machine }, random) => {
    machine.line?.mute(random.integer(SECOND, MINUTE))
  },
  'broker-away': (_, { exchange, machine }, random) => {
    const ms = random.integer(SECOND, 30 * SECOND)
    exchange.goAway(ms)
    machine.line?.drop(ms)
  },
  'broker-restarts': (_, { exchange, machine }, random) => {
    const ms = random.integer(SECOND, 10 * SECOND)
    exchange.restart(ms)
    machine.line?.drop(ms)
  },
  'trade-busted': (_, { exchange }) => exchange.inside().bust(),
  'disk-fills': (_, { disk }, random) => disk.fill(random),
  kill: (_, { machine }) => machine.kill(),
  freeze: (_, { machine }, random) => machine.freeze(random.integer(100, 20 * SECOND)),
  'clock-ahead': (_, { machine }, random) => {
    machine.skewMs += random.integer(100, MINUTE)
  },
  'clock-back': (_, { machine }, random) => {
    machine.skewMs -= random.integer(100, 60 * MINUTE)
  },
  'prices-mute': (weather, { market }, random) => {
    market.isMute = true
    weather.in(random.integer(5 * SECOND, MINUTE), () => {
      market.isMute = false
    })
  },
  'operator-restores': (weather, world, random) => {
    const backup = weather.backup(random)
    if (!backup || backup.rows.length === 0) return
    weather.operate(async () => {
      await world.machine.stop()
      await weather.passes(COPY_MS)
      world.restore(backup)
      world.machine.start()
    })
  },
  'operator-starts-second': (_, { machine }) => machine.startSecond(),
  'operator-upgrades': (weather, { machine, disk }, random) => {
    weather.operate(async () => {
      await machine.stop()
      // A version with another shape of accounts folds the journal from its first row.
      if (random.chance(0.5)) disk.dropSnapshots()
      machine.start()
    })
  },
  'operator-halts': (weather, _, random) => weather.halt(random.integer(SECOND, 20 * SECOND)),
  'nemesis-swizzle': (weather, { disk }, random) => {
    const parts = ['stream', 'reading', 'calls'] as const
    for (const part of parts) {
      weather.in(random.integer(0, 15 * SECOND), () => {
        weather.stop(part, random.integer(5 * SECOND, 40 * SECOND))
      })
    }
    weather.in(random.integer(0, 15 * SECOND), () => disk.fill(random))
  },
  'nemesis-burst': (weather, { stage }, random) => {
    weather.slowDown(random.integer(500, 3_000), 20 * SECOND)
    for (let n = 0; n < 4; n++) {
      for (const { act } of Object.values(ACTORS)) {
        weather.in(random.integer(0, 3 * SECOND), () => act(stage, random))
      }
    }
  },
  'nemesis-outage': (_, { exchange, machine, clock, plan }, random) => {
    const end = plan.stretches.findLast(({ to }) => to > clock.now())?.to ?? clock.now()
    const ms = Math.min(end - clock.now(), 12 * MINUTE) + random.integer(0, 30 * SECOND)
    exchange.goAway(ms)
    machine.line?.drop(ms)
  },
}
