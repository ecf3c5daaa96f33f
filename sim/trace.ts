import { createHash } from 'node:crypto'
import { isoTime } from '../src/core/time.ts'
import type { Instant } from '../src/core/time.ts'

/** Everything that happened in a run, as a hash: two runs of one seed have the same. */
export class Trace {
  readonly #hash = createHash('sha256')
  readonly #say: ((line: string) => void) | undefined
  #waiting = ''

  constructor(say?: (line: string) => void) {
    this.#say = say
  }

  add(at: Instant, kind: string, what: string): void {
    this.#waiting += `${at} ${kind} ${what}\n`
    this.#say?.(`${isoTime(at, 330).slice(0, 23)} ${kind.padEnd(7)} ${what}`)
    if (this.#waiting.length > 16_384) this.#flush()
  }

  #flush(): void {
    this.#hash.update(this.#waiting)
    this.#waiting = ''
  }

  hex(): string {
    this.#flush()
    return this.#hash.copy().digest('hex').slice(0, 16)
  }
}
