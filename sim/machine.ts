import type { Traits } from '../src/brokers/broker.ts'
import type { ChargePlan } from '../src/core/charges.ts'
import type { Policy } from '../src/core/input.ts'
import type { PlainAnswer, PlainCommand } from '../src/core/port.ts'
import { epoch } from '../src/core/tag.ts'
import { instant, later, MINUTE, SECOND } from '../src/core/time.ts'
import type { Desk } from '../src/desk/desk.ts'
import type { Cadence } from '../src/desk/cadence.ts'
import type { Calendar } from '../src/market/calendar.ts'
import type { Random } from '../src/market/random.ts'
import { CorruptJournal } from '../src/store/journal.ts'
import { FolderInUse } from '../src/store/lock.ts'
import { Keeper } from '../src/worlds/keeper.ts'
import type { VirtualClock } from '../src/worlds/virtual.ts'
import type { Disk } from './disk.ts'
import type { Fates } from './fates.ts'
import { Life, MortalClock } from './life.ts'
import type { LineParts } from './line.ts'
import { Line } from './line.ts'
import type { Market } from './market.ts'
import { ACCOUNT, Opened } from './opened.ts'
import type { Sometimes } from './sometimes.ts'

export type MachineParts = {
  readonly clock: VirtualClock
  readonly fates: Fates
  readonly random: Random
  readonly disk: Disk
  readonly market: Market
  readonly line: LineParts
  readonly traits: Traits
  readonly policy: Policy
  readonly charges: ChargePlan
  readonly calendar: Calendar
  readonly cadence: Partial<Cadence>
  readonly onError: (error: Error) => void
  readonly onCommit: (desk: Desk) => void
  readonly onSometimes: (what: Sometimes) => void
  /** A plan of where it dies, beside what the fates have in store. */
  readonly ends?: ((life: number, where: string) => boolean) | undefined
}

const RESTART_MS_MAX = 4 * SECOND
const EXIT_PAUSE_MS = 3 * SECOND
/** What an unlucky disk may make the desk say, and what is no trouble in a simulated one. */
const EXPECTED = /no snapshot could be saved|the saved accounts were damaged|EIO|no space left/

/**
 * The computer the desk runs on: its disk and clock outlive the process, and whatever watches over
 * services starts it again when it has died.
 */
export class Machine {
  readonly #parts: MachineParts
  #lives = 0
  #life: Life | undefined
  #keeper: Keeper | undefined
  #line: Line | undefined
  #opened: Opened | undefined
  #lines = 0
  deaths = 0
  starts = 0
  skewMs = 0
  isHalted = false
  /** Told to stop by its operator, who will start it again. */
  isDown = false

  constructor(parts: MachineParts) {
    this.#parts = parts
  }

  get desk(): Desk | undefined {
    return this.#life?.isDead === false ? this.#opened?.desk : undefined
  }

  get line(): Line | undefined {
    return this.#line
  }

  get isServing(): boolean {
    return this.#life?.isDead === false && this.#keeper?.status === 'ok'
  }

  boot(): void {
    if (this.#life && !this.#life.isDead) return
    this.starts++
    const { life, keeper } = this.#create((opened) => {
      this.#opened = opened
    })
    this.#life = life
    this.#keeper = keeper
    keeper.open().then(
      () => life.run(() => (life.isServing = true)),
      (error: Error) => life.run(() => this.#exit(life, error)),
    )
    void keeper.failed.then((error) => life.run(() => this.#exit(life, error)))
  }

  /** A second process on the same folder: it must find the lock held, and end. */
  startSecond(): void {
    if (!this.#parts.disk.isLocked) return
    const { life, keeper } = this.#create(() => {})
    keeper.open().then(
      () => this.#parts.onError(new Error('two processes work on one folder')),
      (error: Error) => {
        if (error instanceof FolderInUse) this.#parts.onSometimes('a second process was refused')
        else this.#parts.onError(error)
        life.die()
      },
    )
  }

  #create(onOpened: (opened: Opened) => void): { life: Life; keeper: Keeper } {
    const { clock, disk, market, line, onError, onSometimes } = this.#parts
    const around = {
      clock,
      skew: () => this.skewMs,
      dies: (life: Life) => this.#dies(life),
      ends: (life: Life, where: string) => this.#ends(life, where),
      onError,
    }
    const life = new Life(++this.#lives, around)
    const mortal = new MortalClock(life, around)
    const open = async (): Promise<Opened> => {
      const wire = new Line(life, line)
      this.#line = wire
      const { traits, policy, charges, calendar, cadence, onCommit } = this.#parts
      const opened = await Opened.open({
        life,
        clock: mortal,
        disk,
        wire,
        feed: market,
        traits,
        policy,
        charges,
        calendar,
        cadence,
        epoch: this.#epoch(),
        halted: () => (this.isHalted ? 'the file HALT is there' : undefined),
        onTrouble: (error) => this.#trouble(error),
        onCommit: (desk) => {
          if (!life.isDead) onCommit(desk)
        },
      })
      onOpened(opened)
      return opened
    }
    const say = (line: string): void => {
      if (/opening it again/.test(line)) onSometimes('the journal failed, and was opened again')
    }
    return { life, keeper: new Keeper({ open, clock: mortal, say }) }
  }

  /** Random at each opening; the journal keeps the first. */
  #epoch() {
    const text = (36 ** 4 + ++this.#lines * 7919).toString(36).toUpperCase()
    return epoch(text.padStart(5, '0').slice(-5))
  }

  #ends(life: Life, where: string): boolean {
    if (life !== this.#life || !this.#parts.ends?.(life.n, where)) return false
    this.#parts.clock.soon(() => this.#bury())
    return true
  }

  #dies(life: Life): boolean {
    if (life !== this.#life) return false
    const { fates } = this.#parts
    const dies =
      fates.strike('crash') ?? (life.isServing ? undefined : fates.strike('crash-starting'))
    if (!dies) return false
    if (!life.isServing) this.#parts.onSometimes('the process died while it started')
    // What follows a death must not run inside the process that died.
    this.#parts.clock.soon(() => this.#bury())
    return true
  }

  /** Dies here and now, wherever it is. */
  kill(): void {
    if (!this.#life || this.#life.isDead) return
    this.#life.die()
    this.#bury()
  }

  freeze(ms: number): void {
    this.#life?.freeze(later(instant(this.#parts.clock.now()), ms))
  }

  #bury(): void {
    const { clock, disk, random } = this.#parts
    this.deaths++
    disk.crash()
    if (!this.isDown) {
      void clock.at(later(clock.now(), random.integer(50, RESTART_MS_MAX)), () => {
        if (!this.isDown) this.boot()
      })
    }
  }

  /** It ends by itself, and is started again after a while. */
  #exit(life: Life, error: Error): void {
    const { clock, disk } = this.#parts
    if (error instanceof CorruptJournal) this.#parts.onError(error)
    life.die()
    disk.crash()
    void clock.at(later(clock.now(), EXIT_PAUSE_MS), () => {
      if (!this.isDown) this.boot()
    })
  }

  #trouble(error: Error): void {
    if (!EXPECTED.test(error.message)) this.#parts.onError(error)
  }

  /** Asks it to stop, as the system would; what hangs is killed after a minute. */
  async stop(): Promise<void> {
    const [life, keeper] = [this.#life, this.#keeper]
    this.isDown = true
    if (!life || !keeper || life.isDead) return
    await new Promise<void>((resolve) => {
      const { clock } = this.#parts
      void clock.at(later(clock.now(), MINUTE), resolve)
      void keeper.close().then(() => resolve())
    })
    if (life.isDead) return
    life.die()
    this.#parts.disk.crash()
  }

  start(): void {
    this.isDown = false
    this.boot()
  }

  /** As a program asks over the network: nobody answers for a process that is not there. */
  submit(command: PlainCommand): Promise<PlainAnswer> {
    const life = this.#life
    if (!life || life.isDead || !this.#keeper) {
      return Promise.resolve({ is: 'unavailable', reason: 'connection refused' })
    }
    const asking = this.#keeper.submit(command)
    return new Promise((resolve, reject) => {
      asking.then(
        (answer) => {
          if (!life.pass('before a reply')) life.run(() => resolve(answer))
        },
        (error: Error) => life.run(() => reject(error)),
      )
    })
  }

  get account(): string {
    return ACCOUNT
  }
}
