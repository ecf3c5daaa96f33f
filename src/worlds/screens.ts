import { later, SECOND } from '../core/time.ts'
import type { Clock } from '../desk/clock.ts'
import type { ViewsOptions } from '../store/views.ts'
import { Views } from '../store/views.ts'

const PAUSE_MS = 50
const SLICE_MS = 5
const RETRY_MS = 5 * SECOND

export type ScreensOptions = {
  readonly views: Pick<Views, 'catchUp' | 'close'>
  readonly clock: Clock
  readonly onTrouble: (error: Error) => void
}

export type Opened =
  | { readonly is: 'open'; readonly views: Views }
  | { readonly is: 'shut'; readonly why: string }

/** Where they cannot be opened there are none until the next start, and orders go on. */
export function openViews(options: ViewsOptions): Opened {
  try {
    return { is: 'open', views: new Views(options) }
  } catch (error) {
    const why = (error as Error).message
    options.say(`there are no lists of orders and fills until the next start: ${why}`)
    return { is: 'shut', why }
  }
}

/**
 * Keeps the screens up with the journal, at their own pace: many commits are written up together,
 * in short slices. Screens that cannot be written hurt nobody; they are tried again.
 */
export class Screens {
  readonly #options: ScreensOptions
  #disarm: (() => void) | undefined
  #isFailing = false
  #isClosed = false

  constructor(options: ScreensOptions) {
    this.#options = options
  }

  /** There is more in the journal. */
  wake(): void {
    this.#in(PAUSE_MS)
  }

  #in(milliseconds: number): void {
    if (this.#isClosed || this.#disarm) return
    const { clock } = this.#options
    this.#disarm = clock.at(later(clock.now(), milliseconds), () => {
      this.#disarm = undefined
      this.#write()
    })
  }

  #write(): void {
    const { views, onTrouble } = this.#options
    try {
      if (!views.catchUp(SLICE_MS)) this.wake()
      this.#isFailing = false
    } catch (error) {
      if (!this.#isFailing) {
        const why = (error as Error).message
        onTrouble(new Error(`the screens cannot be written (${why}); they will be tried again`))
      }
      this.#isFailing = true
      this.#in(RETRY_MS)
    }
  }

  close(): void {
    this.#isClosed = true
    this.#disarm?.()
    this.#options.views.close()
  }
}
