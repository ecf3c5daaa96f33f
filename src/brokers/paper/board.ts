import type { Ledger } from './ledger.ts'
import type { VenueNews } from './venue.ts'

/**
 * What the venue has to tell. It is on the shelf first and told afterwards; what the shelf refuses
 * nobody hears of, and it is put there with whatever comes next.
 */
export class Board {
  readonly #ledger: Ledger
  #news: VenueNews[] = []
  #tell: (news: readonly VenueNews[]) => void = () => {}
  #onTrouble: (trouble: string | undefined) => void = () => {}
  #trouble: string | undefined

  constructor(ledger: Ledger) {
    this.#ledger = ledger
  }

  onNews(tell: (news: readonly VenueNews[]) => void): void {
    this.#tell = tell
  }

  /** Tells that the shelf takes nothing, and why; undefined once it does again. */
  onTrouble(tell: (trouble: string | undefined) => void): void {
    this.#onTrouble = tell
  }

  /** While there is some, nothing the venue says is certain to outlive it. */
  get trouble(): string | undefined {
    return this.#trouble
  }

  push(news: VenueNews): void {
    this.#news.push(news)
  }

  publish(): void {
    const trouble = this.#keep()
    if (trouble !== this.#trouble) {
      this.#trouble = trouble
      this.#onTrouble(trouble)
    }
    if (trouble !== undefined || this.#news.length === 0) return
    const news = this.#news
    this.#news = []
    this.#tell(news)
  }

  /** A disk that fails is the venue's own affair: no reason for its caller to end. */
  #keep(): string | undefined {
    try {
      this.#ledger.commit()
      return undefined
    } catch (error) {
      return `the venue cannot write down what it does: ${(error as Error).message}`
    }
  }
}
