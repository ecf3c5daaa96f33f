import type { Account } from '../core/account.ts'
import { newAccount } from '../core/account.ts'
import { COMMANDS_MAX, settledBefore } from '../core/commands.ts'
import { decide } from '../core/decide.ts'
import type { Entry } from '../core/event.ts'
import { evolve } from '../core/evolve.ts'
import type { Input } from '../core/input.ts'
import { nextWake } from '../core/rules/send.ts'
import type { Journal } from '../store/journal.ts'
import type { Clock } from './clock.ts'
import { restore } from './restore.ts'
import { Saver } from './saver.ts'
import type { Outcome, Told } from './told.ts'
import { AccountBroken, DeskStopped } from './told.ts'

type Waiting = {
  readonly told: Told
  /** Undefined for what nobody waits for. */
  readonly resolve: ((outcome: Outcome) => void) | undefined
  readonly reject: ((error: Error) => void) | undefined
}

/** Inputs decided in one commit: more would make the first of them wait for the last. */
const BATCH_MAX = 1_000
/** Under constant load housekeeping must happen all the same. */
const BATCHES_WITHOUT_REST = 1_000

export type Follower = (touched: ReadonlySet<string>) => void

/**
 * The single writer of all accounts. Inputs queue up; whatever gathered while the last commit was
 * being written is decided together and committed together. Nobody hears of an event before it is
 * on disk. If a commit fails the desk stops for good: a new one is opened from the journal.
 */
export class Desk {
  readonly #journal: Journal
  readonly #clock: Clock
  readonly #accounts: Map<string, Account>
  readonly #followers: Follower[] = []
  readonly #timers = new Map<string, () => void>()
  readonly #failedLast = new Set<string>()
  readonly #broken = new Set<string>()
  readonly #saver: Saver
  #waiting: Waiting[] = []
  #running = false
  #isCrowded = false
  /** A lone input was committed in this very turn: whatever comes now is company. */
  #justCommitted = false
  #committing: Promise<unknown> | undefined
  #stopped: Error | undefined
  /** The last row of the journal. */
  #n: number
  #isResting = false
  #onFailure: (error: Error) => void = () => {}

  /** Folds the journal, from the last snapshots on. Throws CorruptJournal. */
  static open(journal: Journal, clock: Clock): Desk {
    const { accounts, events } = restore(journal)
    return new Desk(journal, clock, accounts, events)
  }

  private constructor(
    journal: Journal,
    clock: Clock,
    accounts: Map<string, Account>,
    unsaved: number,
  ) {
    this.#journal = journal
    this.#clock = clock
    this.#accounts = accounts
    this.#n = journal.head().n
    this.#saver = new Saver(journal, accounts, unsaved)
    for (const id of accounts.keys()) this.#arm(id)
  }

  /** Called once, when the journal has failed and this desk is of no more use. */
  onFailure(tell: (error: Error) => void): void {
    this.#onFailure = tell
  }

  /** Calls `wake` after every commit with the accounts it touched. */
  follow(wake: Follower): void {
    this.#followers.push(wake)
  }

  /** Resolves once what it brought about is on disk. Rejects with DeskStopped or AccountBroken. */
  submit(told: Told): Promise<Outcome> {
    if (this.#stopped) return Promise.reject(this.#stopped)
    if (this.#broken.has(told.account) && told.body.type !== 'Failed') {
      return Promise.reject(new AccountBroken(`account ${told.account} is closed`))
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
    if (this.#stopped || this.#broken.has(told.account)) return
    this.#waiting.push({ told, resolve: undefined, reject: undefined })
    this.#wake()
  }

  /** Answers from committed state: waits for the commit in progress, if there is one. */
  async ask<T>(question: (accounts: ReadonlyMap<string, Account>) => T): Promise<T> {
    while (this.#committing) await this.#committing.catch(() => {})
    return question(this.#accounts)
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
    if (!this.#stopped) this.#saver.saveNow(this.#n)
    this.#end(new DeskStopped('Tallyman is stopping'))
  }

  #end(why: Error): void {
    this.#stopped ??= why
    for (const cancel of this.#timers.values()) cancel()
    this.#timers.clear()
    const left = this.#waiting
    this.#waiting = []
    for (const { reject } of left) reject?.(this.#stopped)
  }

  /**
   * A lone input is committed at once. Where several come in one turn, as from many connections,
   * they wait for the end of the turn, so that all of them share one sync.
   */
  #wake(): void {
    if (this.#running) return
    this.#running = true
    const run = (): void => void this.#run()
    if (this.#isCrowded || this.#justCommitted) this.#clock.soon(run)
    else this.#clock.next(run)
  }

  /** Told after each batch: whether the next one is likely to be more than one input. */
  #feelTheCrowd(size: number): void {
    this.#isCrowded = size > 1
    if (this.#isCrowded || this.#justCommitted) return
    this.#justCommitted = true
    this.#clock.soon(() => {
      this.#justCommitted = false
    })
  }

  async #run(): Promise<void> {
    const batch = this.#waiting.splice(0, BATCH_MAX)
    this.#feelTheCrowd(batch.length)
    if (batch.length > 0) {
      try {
        await this.#commit(batch)
      } catch (error) {
        const said = `the journal failed: ${(error as Error).message}`
        const why = new DeskStopped(said, { cause: error })
        for (const { reject } of batch) reject?.(why)
        this.#end(why)
        this.#running = false
        this.#onFailure(error as Error)
        return
      }
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
    this.#saver.saveIfDue(this.#n)
    this.#journal.rest()
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
    if (sound.length > 0) await this.#append(sound)
    for (const [id, error] of broken ?? []) this.#rebuild(id, error)
    const touched = new Set<string>()
    for (const { account } of sound) touched.add(account)
    for (const id of touched) this.#settled(id)
    for (let index = 0; index < batch.length; index++) {
      const { told, resolve, reject } = batch[index]!
      const error = broken?.get(told.account)
      const outcome = outcomes[index]
      if (error) reject?.(new AccountBroken(error.message))
      else if (outcome) resolve?.(outcome)
    }
    if (touched.size > 0) for (const wake of this.#followers) wake(touched)
  }

  async #append(entries: readonly Entry[]): Promise<void> {
    this.#committing = this.#journal.append({ n: this.#n + 1, entries })
    try {
      await this.#committing
    } finally {
      this.#committing = undefined
    }
    this.#n++
    this.#saver.committed(entries)
  }

  /** Decides one input and folds what it brought about, ready to be committed. */
  #decide(told: Told, at: Input['at'], entries: Entry[]): Outcome {
    const { account: id, cause, key, body } = told
    const account = this.#accountFor(id, body)
    const settled = key && settledBefore(account, key)
    if (settled) return { is: settled.hash === key.hash ? 'repeated' : 'conflict', settled }
    if (key && account.commands.size >= COMMANDS_MAX) {
      throw new Error(`account ${id} has taken ${COMMANDS_MAX} commands in seven days`)
    }
    const events = decide(account, { at, cause, key, body })
    const seq = account.seq + 1
    if (events.length > 0) {
      const entry = { account: id, seq, at, cause, command: key, events }
      evolve(account, entry)
      entries.push(entry)
    }
    return { is: 'done', seq, events }
  }

  #accountFor(id: string, body: Input['body']): Account {
    const known = this.#accounts.get(id)
    if (known) return known
    if (body.type !== 'OpenAccount') throw new Error(`there is no account ${id}`)
    const fresh = newAccount(id)
    this.#accounts.set(id, fresh)
    return fresh
  }

  #settled(id: string): void {
    this.#failedLast.delete(id)
    this.#arm(id)
  }

  /** One timer an account: it is always set for whatever the account wants to do next. */
  #arm(id: string): void {
    this.#timers.get(id)?.()
    this.#timers.delete(id)
    const due = nextWake(this.account(id))
    if (due === undefined) return
    const told: Told = { account: id, cause: 'clock', body: { type: 'TimePassed' } }
    this.#timers.set(
      id,
      this.#clock.at(due, () => this.tell(told)),
    )
  }

  /** Only this account is hurt: it becomes what the journal says, and twice in a row is closed. */
  #rebuild(id: string, error: Error): void {
    const fresh = restore(this.#journal, id).accounts.get(id)
    if (fresh) this.#accounts.set(id, fresh)
    else this.#accounts.delete(id)
    if (!fresh || this.#broken.has(id)) return
    const again = this.#failedLast.has(id)
    this.#failedLast.add(id)
    if (again) this.#broken.add(id)
    const body = { type: 'Failed', reason: error.message, again } as const
    void this.submit({ account: id, cause: 'desk', body }).then(
      () => this.#failedLast.add(id),
      () => this.#broken.add(id),
    )
  }
}
