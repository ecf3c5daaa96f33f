import type { Patience } from '../api/waiting.ts'
import { noticesQuery } from '../api/contract-notices.ts'
import type { Notice, NoticeKind, NoticesAsked, NoticesView, Told } from '../core/notice.ts'
import { later, SECOND } from '../core/time.ts'
import type { Clock } from '../desk/clock.ts'
import { parsed, texts } from './asked.ts'
import { TallymanError, Unavailable } from './errors.ts'
import type { Heard, Listener, ListenOptions, OnError, Subscription } from './tallyman.ts'

/** Where notices come from: each listener asks for its own, when it is ready for more. */
export type Source = {
  /** A page at once where it was left already; else once there is something to tell. */
  next(asked: Omit<NoticesAsked, 'limit'>, patience: Patience): Promise<NoticesView>
  readonly clock: Pick<Clock, 'now' | 'at'>
}

/** After the first, the second … failure in a row to reach the desk. */
const PAUSES_MS = [0.2, 0.5, 1, 2, 5, 10, 30].map((seconds) => seconds * SECOND)

type Listened<K extends NoticeKind> = {
  readonly kind: K
  readonly listener: Listener<K>
  readonly options: ListenOptions
}

/** One listener with its own place in the journal. */
class Listening<K extends NoticeKind> implements Subscription {
  readonly #source: Source
  readonly #listened: Listened<K>
  readonly #left = new AbortController()
  readonly #onStop: () => void
  #position: number | undefined
  #failures = 0
  #ended: Error | undefined
  /** Resolves once its place is known, or could not be asked for at the first attempt. */
  readonly begun: Promise<void>

  constructor(source: Source, listened: Listened<K>, onStop: () => void) {
    this.#source = source
    this.#onStop = onStop
    this.#listened = listened
    this.#position = listened.options.after
    this.begun = this.#place()
    void this.begun.then(() => this.#run())
  }

  get position(): number | undefined {
    return this.#position
  }

  get failures(): number {
    return this.#failures
  }

  get ended(): Error | undefined {
    return this.#ended
  }

  stop(): void {
    this.#left.abort()
    this.#onStop()
  }

  /** Asked for at once, and so before whatever its owner asks of the desk next. */
  async #place(): Promise<void> {
    if (this.#position !== undefined) return
    const left = AbortSignal.abort()
    const page = this.#source.next({ kinds: [this.#listened.kind] }, { left })
    this.#position = (await page.catch(() => undefined))?.next
  }

  async #run(): Promise<void> {
    const { signal } = this.#left
    for (let failed = 0; !signal.aborted;) {
      try {
        const page = await this.#next()
        failed = 0
        await this.#tellAll(page)
      } catch (error) {
        if (signal.aborted) return
        if (failed === 0) this.#say(error, undefined)
        if (!mayPass(error)) return this.#end(error as Error)
        await this.#pause(PAUSES_MS[Math.min(failed++, PAUSES_MS.length - 1)]!)
      }
    }
  }

  #next(): Promise<NoticesView> {
    const { kind, options } = this.#listened
    const { account } = options
    const after = this.#position
    // From now on can only be asked without waiting: the place must not move while nobody looks.
    const left = after === undefined ? AbortSignal.abort() : this.#left.signal
    const onPassed = (next: number): void => {
      this.#position = next
    }
    return this.#source.next({ after, kinds: [kind], account }, { left, onPassed })
  }

  async #tellAll({ items, next }: NoticesView): Promise<void> {
    for (const [index, notice] of items.entries()) {
      if (this.#left.signal.aborted) return
      await this.#tell(notice)
      // One event may be told in two parts: stopped between them, it is told again.
      if (items[index + 1]?.sequence !== notice.sequence) this.#position = notice.sequence
    }
    this.#position = next
  }

  async #tell(notice: Notice): Promise<void> {
    const { kind, listener } = this.#listened
    const { sequence, event, account, at } = notice
    try {
      const told = (notice as Partial<Told>)[kind]
      await listener({ ...told, sequence, event, account, at } as Heard<K>)
    } catch (error) {
      this.#failures++
      this.#say(error, sequence)
    }
  }

  #say(error: unknown, sequence: number | undefined): void {
    const { kind, options } = this.#listened
    const asError = error instanceof Error ? error : new Error(String(error))
    quietly(() => options.onError?.(asError, { kind, sequence }))
  }

  #end(error: Error): void {
    this.#ended = error
    this.stop()
  }

  #pause(milliseconds: number): Promise<void> {
    const { clock } = this.#source
    const { signal } = this.#left
    return new Promise((resolve) => {
      const disarm = clock.at(later(clock.now(), milliseconds), () => over())
      const over = (): void => {
        disarm()
        signal.removeEventListener('abort', over)
        resolve()
      }
      signal.addEventListener('abort', over)
    })
  }
}

/** The desk may come back; but what it refused it will refuse again. */
const mayPass = (error: unknown): boolean =>
  error instanceof Unavailable ||
  (error instanceof TallymanError && error.constructor === TallymanError)

/** Who is told of errors is not to make more of them. */
function quietly(run: () => void): void {
  try {
    run()
  } catch {}
}

/** All subscriptions of one program at one desk. */
export class Subscriptions {
  readonly #source: Source
  readonly #onError: OnError | undefined
  readonly #open = new Set<{ readonly begun: Promise<void>; stop(): void }>()

  constructor(source: Source, onError: OnError | undefined) {
    this.#source = source
    this.#onError = onError
  }

  on<K extends NoticeKind>(kind: K, listener: Listener<K>, given: ListenOptions): Subscription {
    const { after, account } = given
    parsed(noticesQuery, texts({ kinds: kind, after, account }), 'querystring')
    const options = { ...given, onError: given.onError ?? this.#onError }
    const listened = { kind, listener, options }
    const listening = new Listening(this.#source, listened, () => this.#open.delete(listening))
    this.#open.add(listening)
    return listening
  }

  /** Once every listener knows where it begins: what is asked for after that it will hear of. */
  async begun(): Promise<void> {
    await Promise.all([...this.#open].map((each) => each.begun))
  }

  stop(): void {
    for (const each of this.#open) each.stop()
  }
}
