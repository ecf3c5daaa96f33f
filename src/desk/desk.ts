import type { Account } from '../core/account.ts'
import { newAccount } from '../core/account.ts'
import { hasRoom, settledBefore } from '../core/commands.ts'
import { decide } from '../core/decide.ts'
import type { Entry } from '../core/event.ts'
import { evolve } from '../core/evolve.ts'
import type { Input } from '../core/input.ts'
import { written } from '../store/codec.ts'
import type { Journal } from '../store/journal.ts'
import type { Clock } from './clock.ts'
import { Alarms } from './alarms.ts'
import type { Follower } from './followers.ts'
import { Followers } from './followers.ts'
import { Inspection } from './inspection.ts'
import { Pace } from './pace.ts'
import { DAMAGED, restore } from './restore.ts'
import { Saver } from './saver.ts'
import type { Outcome, Told } from './told.ts'
import { DeskBusy, DeskStopped, failed, isCommand } from './told.ts'
import type { Waiting } from './waiting.ts'
import { answer, takeBatch } from './waiting.ts'

/**
 * Inputs waiting for a slow disk, past which commands are refused. Reports may exceed it: there are
 * no more of them than the broker has to say, and none may be lost.
 */
const WAITING_MAX = 100_000
/** Under constant load housekeeping must happen all the same. */
const BATCHES_WITHOUT_REST = 1_000

/**
 * The single writer of all accounts. Inputs queue up; whatever gathered while the last commit was
 * being written is decided together and committed together. Nobody hears of an event before it is
 * on disk. If a commit fails the desk stops for good: a new one is opened from the journal.
 */
export class Desk {
  readonly #journal: Journal
  readonly #clock: Clock
  readonly #accounts: Map<string, Account>
  readonly #followers = new Followers()
  readonly #alarms: Alarms
  readonly #failedLast = new Set<string>()
  /** Accounts whose failure waits to be journaled. */
  readonly #failing = new Set<string>()
  readonly #saver: Saver
  readonly #inspection: Inspection
  readonly #pace: Pace
  readonly #onTrouble: (error: Error) => void
  #waiting: Waiting[] = []
  #running = false
  #committing: Promise<void> | undefined
  #stopped: Error | undefined
  /** Why it stopped by itself. */
  #failure: Error | undefined
  /** The last row of the journal. */
  #n: number
  #isResting = false
  #onFailure: (error: Error) => void = () => {}

  /**
   * Folds the journal, from the last snapshots on. Throws CorruptJournal. `onTrouble` hears of what
   * went wrong without stopping the desk; what nobody hears of is thrown.
   */
  static open(journal: Journal, clock: Clock, onTrouble?: (error: Error) => void): Desk {
    return new Desk(journal, clock, onTrouble)
  }

  private constructor(journal: Journal, clock: Clock, onTrouble?: (error: Error) => void) {
    const { accounts, events, after, saved } = restore(journal)
    this.#journal = journal
    this.#clock = clock
    this.#accounts = accounts
    this.#n = journal.head().n
    this.#saver = new Saver(journal, accounts, events)
    this.#pace = new Pace(clock)
    this.#onTrouble = onTrouble ?? ((error) => clock.soon(() => raise(error)))
    this.#alarms = new Alarms(clock, (account) => {
      this.tell({ account, cause: 'clock', body: { type: 'TimePassed' } })
    })
    for (const account of accounts.values()) this.#alarms.arm(account)
    this.#inspection = new Inspection(journal, clock, after)
    this.#inspection.start((error) => this.#fail(error, []))
    if (saved === 'damaged') this.#onTrouble(new Error(DAMAGED))
  }

  /** Called once, when the journal has failed and the desk is of no more use; also if it has. */
  onFailure(tell: (error: Error) => void): void {
    this.#onFailure = tell
    if (this.#failure) tell(this.#failure)
  }

  /** Why it takes nothing more, if so. */
  get stopped(): Error | undefined {
    return this.#stopped
  }

  /** Calls `wake` after every commit with the accounts it touched. */
  follow(wake: Follower): void {
    this.#followers.add(wake)
  }

  /** Calls `wake` after every commit that touched that account. */
  followAccount(account: string, wake: () => void): void {
    this.#followers.addTo(account, wake)
  }

  /** Resolves once what it brought about is on disk. Rejects with one of the errors of told.ts. */
  submit(told: Told): Promise<Outcome> {
    if (this.#stopped) return Promise.reject(this.#stopped)
    if (isCommand(told) && this.#waiting.length >= WAITING_MAX) {
      return Promise.reject(new DeskBusy(`${this.#waiting.length} inputs wait for the disk`))
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ told, resolve, reject })
      this.#wake()
    })
  }

  /**
   * Like `submit`, for reports whose outcome nobody waits for. What a desk that has stopped is
   * told is lost, and harmless: the next one reads the broker's book first of all.
   */
  tell(told: Told): void {
    if (this.#stopped) return
    this.#waiting.push({ told, resolve: undefined, reject: undefined })
    this.#wake()
  }

  /** Answers from committed state, after the commit in progress; rejects once there is none. */
  async ask<T>(question: (accounts: ReadonlyMap<string, Account>) => T): Promise<T> {
    while (this.#committing) await this.#committing.catch(() => {})
    if (this.#stopped) throw this.#stopped
    return question(this.#accounts)
  }

  /** For whoever acts by its own clock: it must not see what is not on disk yet. */
  betweenCommits(run: () => void): void {
    this.ask(() => this.#guard(run)).catch(() => {}) // stopped: nothing is to be acted on
  }

  /** For followers, which are called between commits and so see committed state only. */
  account(id: string): Account {
    const found = this.#accounts.get(id)
    if (!found) throw new Error(`there is no account ${id}`)
    return found
  }

  /** Finishes what is waiting, then takes nothing more. */
  async stop(): Promise<void> {
    while (this.#running) {
      await new Promise<void>((resolve) => this.#clock.soon(resolve))
      await this.#committing?.catch(() => {})
    }
    // Without a snapshot the next start folds more rows, and nothing else.
    if (!this.#stopped) this.#guard(() => this.#saver.saveNow(this.#n))
    this.#end(new DeskStopped('Tallyman is stopping'))
  }

  #end(why: Error): void {
    this.#stopped ??= why
    this.#alarms.stop()
    this.#inspection.stop()
    const left = this.#waiting
    this.#waiting = []
    for (const { reject } of left) reject?.(this.#stopped)
  }

  /** Only a journal that is read again tells what is in it: this desk is of no more use. */
  #fail(error: Error, batch: readonly Waiting[]): void {
    const why = new DeskStopped(`the journal failed: ${error.message}`, { cause: error })
    this.#failure = error
    for (const { reject } of batch) reject?.(why)
    this.#end(why)
    this.#running = false
    this.#onFailure(error)
  }

  /** Somebody else's mistake is told, and hurts nobody else. */
  #guard(run: () => void): void {
    try {
      run()
    } catch (error) {
      this.#onTrouble(error as Error)
    }
  }

  #wake(): void {
    if (this.#running) return
    this.#running = true
    this.#pace.start(() => void this.#run())
  }

  async #run(): Promise<void> {
    const batch = takeBatch(this.#waiting)
    this.#pace.feel(batch.length)
    try {
      this.#committing = this.#commit(batch)
      await this.#committing
    } catch (error) {
      this.#fail(error as Error, batch)
      return
    } finally {
      this.#committing = undefined
    }
    if (this.#waiting.length > 0) {
      if (this.#n % BATCHES_WITHOUT_REST === 0) this.#rest()
      this.#clock.soon(() => void this.#run())
      return
    }
    this.#running = false
    if (!this.#isResting) this.#clock.soon(() => this.#rest())
    this.#isResting = true
  }

  /** Housekeeping, when whoever waited has been answered. */
  #rest(): void {
    this.#isResting = false
    if (this.#stopped || this.#committing) return
    this.#guard(() => this.#saver.saveIfDue(this.#n))
    try {
      this.#journal.rest()
    } catch (error) {
      this.#fail(error as Error, [])
    }
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    const at = this.#clock.now()
    const entries: Entry[] = []
    const outcomes: (Outcome | undefined)[] = []
    let broken: Map<string, Error> | undefined
    for (const { told } of batch) {
      try {
        outcomes.push(broken?.has(told.account) ? undefined : this.#decide(told, at, entries))
      } catch (error) {
        broken ??= new Map()
        broken.set(told.account, error as Error)
        outcomes.push(undefined)
      }
    }
    const sound = broken ? entries.filter(({ account }) => !broken.has(account)) : entries
    if (sound.length > 0) {
      await this.#journal.append({ n: this.#n + 1, entries: sound })
      this.#n++
      this.#saver.committed(sound)
    }
    for (const [id, error] of broken ?? []) this.#rebuild(id, error)
    const touched = new Set(sound.map(({ account }) => account))
    for (const id of touched) {
      this.#failedLast.delete(id)
      this.#alarms.arm(this.account(id))
    }
    answer(batch, outcomes, broken)
    if (touched.size > 0) this.#followers.wake(touched, (run) => this.#guard(run))
  }

  /** Decides one input and folds what it brought about, ready to be committed. */
  #decide(told: Told, at: Input['at'], entries: Entry[]): Outcome {
    const { account: id, cause, key, body } = told
    const account = this.#accountFor(id, body)
    const settled = key && settledBefore(account, key)
    if (settled) return { is: settled.hash === key.hash ? 'repeated' : 'conflict', settled }
    if (key && !hasRoom(account, at)) return { is: 'full' }
    const events = decide(account, { at, cause, key, body })
    const seq = account.seq + 1
    if (events.length > 0) {
      const entry = written({ account: id, seq, at, cause, command: key, events })
      evolve(account, entry)
      entries.push(entry)
    }
    return { is: 'done', seq, events }
  }

  #accountFor(id: string, body: Input['body']): Account {
    if (body.type !== 'OpenAccount' || this.#accounts.has(id)) return this.account(id)
    const fresh = newAccount(id)
    this.#accounts.set(id, fresh)
    return fresh
  }

  /** Only this account is hurt: it becomes what the journal says, and twice in a row is closed. */
  #rebuild(id: string, error: Error): void {
    const fresh = restore(this.#journal, id).accounts.get(id)
    if (fresh) this.#accounts.set(id, fresh)
    else this.#accounts.delete(id)
    if (!fresh || fresh.closed || this.#failing.has(id)) return
    const again = this.#failedLast.has(id)
    this.#failing.add(id)
    const resolve = (): void => {
      this.#failing.delete(id)
      this.#failedLast.add(id)
    }
    // Before all that waits: none of it may be placed by an account that is being closed.
    this.#waiting.unshift({ told: failed(id, error.message, again), resolve, reject: undefined })
  }
}

const raise = (error: Error): never => {
  throw error
}
