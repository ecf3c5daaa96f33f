import type { Instant } from '../core/time.ts'
import { elapsed, later, MINUTE, SECOND } from '../core/time.ts'
import type { Source } from './feed.ts'
import { Random } from './random.ts'

/** One of each for every outage, however many attempts it takes. */
export type LineNews =
  | { readonly is: 'lost'; readonly reason: string }
  | { readonly is: 'back'; readonly afterMs: number }

type Timer = { at(due: Instant, run: () => void): () => void; now(): Instant }

export type ReconnectingOptions = {
  readonly source: Source
  readonly clock: Timer
  /** Of the jitter: desks that lost one server together are not to come back together. */
  readonly seed: number
  readonly onNews: (news: LineNews) => void
}

const PAUSE_MS = SECOND
const PAUSE_MAX_MS = MINUTE
/** A source that says nothing for so long is lost, whether it noticed or not. */
const SILENCE_MS = 30 * SECOND
/** What stood for so long was no flicker: the next loss is the first again. */
const STEADY_MS = MINUTE

/**
 * Keeps a source going: one that is lost, or silent, is stopped and started again, after pauses
 * that double. What an earlier life of the source still says is not listened to.
 */
export class Reconnecting {
  readonly #options: ReconnectingOptions
  readonly #random: Random
  #life = 0
  #attempts = 0
  #heardAt: Instant
  /** Since when it stands; undefined while nothing has come. */
  #upSince: Instant | undefined
  #lostAt: Instant | undefined
  #disarm: () => void = () => {}

  constructor(options: ReconnectingOptions) {
    this.#options = options
    this.#random = new Random(options.seed)
    this.#heardAt = options.clock.now()
  }

  start(): void {
    const { clock, source } = this.#options
    const life = ++this.#life
    this.#heardAt = clock.now()
    this.#watch()
    const lost = (reason: string): void => {
      if (life === this.#life) this.#lose(reason)
    }
    try {
      source.start({
        heard: () => {
          if (life === this.#life) this.#heard()
        },
        lost,
      })
    } catch (error) {
      lost((error as Error).message) // orders can do without prices
    }
  }

  stop(): void {
    this.#life++
    this.#disarm()
    this.#options.source.stop()
  }

  #heard(): void {
    const now = this.#options.clock.now()
    this.#heardAt = now
    if (this.#upSince !== undefined) return
    this.#upSince = now
    if (this.#lostAt === undefined) return
    const afterMs = elapsed(this.#lostAt, now)
    this.#lostAt = undefined
    this.#options.onNews({ is: 'back', afterMs })
  }

  #lose(reason: string): void {
    const { clock, onNews } = this.#options
    const now = clock.now()
    const isSteady = this.#upSince !== undefined && elapsed(this.#upSince, now) >= STEADY_MS
    if (isSteady) this.#attempts = 0
    this.#upSince = undefined
    this.stop()
    const pause = Math.min(PAUSE_MS * 2 ** this.#attempts, PAUSE_MAX_MS)
    this.#attempts++
    this.#disarm = clock.at(later(now, pause * (0.5 + this.#random.next() / 2)), () => this.start())
    if (this.#lostAt !== undefined) return
    this.#lostAt = now
    onNews({ is: 'lost', reason })
  }

  #watch(): void {
    const { clock } = this.#options
    this.#disarm = clock.at(later(this.#heardAt, SILENCE_MS), () => {
      const silence = elapsed(this.#heardAt, clock.now())
      if (silence < SILENCE_MS) return this.#watch()
      return this.#lose(`nothing came for ${Math.round(silence / SECOND)} s`)
    })
  }
}
