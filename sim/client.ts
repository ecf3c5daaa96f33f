import type { PlainAnswer, PlainCommand } from '../src/core/port.ts'
import { later, SECOND } from '../src/core/time.ts'
import type { VirtualClock } from '../src/worlds/virtual.ts'
import type { Fates } from './fates.ts'

export type ClientParts = {
  readonly clock: VirtualClock
  readonly fates: Fates
  readonly submit: (command: PlainCommand) => Promise<PlainAnswer>
  readonly onAnswer: (key: string, answer: PlainAnswer) => void
  readonly onError: (error: Error) => void
}

const PATIENCE_MS = 12 * SECOND
const AGAIN_MS = 2 * SECOND
const TRIES_MAX = 12

/** Asks the desk as a careful program does: until it is answered, always under the same id. */
export class Client {
  readonly #parts: ClientParts
  /** What waits for an answer. */
  readonly open = new Set<string>()

  constructor(parts: ClientParts) {
    this.#parts = parts
  }

  /** Undefined: nobody answered, however often it was asked. */
  async ask(command: PlainCommand): Promise<PlainAnswer | undefined> {
    const key = `${command.scope} ${command.id}`
    this.open.add(key)
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const twice = this.#parts.fates.strike('called-twice')
      if (twice) void this.#once(command, key)
      const answer = await this.#once(command, key)
      if (answer && answer.is !== 'unavailable' && answer.is !== 'noAccount') {
        this.open.delete(key)
        return answer
      }
      await this.#pause(AGAIN_MS)
    }
    this.open.delete(key)
    return undefined
  }

  /** Undefined: no answer came in time, or it was lost on its way. */
  async #once(command: PlainCommand, key: string): Promise<PlainAnswer | undefined> {
    const { submit, onAnswer, fates, onError } = this.#parts
    const asking = submit(command).then((answer) => {
      onAnswer(key, answer)
      return answer
    }, onError)
    const answer = await Promise.race([asking, this.#pause(PATIENCE_MS)])
    if (!answer) return undefined
    return fates.strike('reply-lost') ? undefined : answer
  }

  #pause(ms: number): Promise<undefined> {
    const { clock } = this.#parts
    return new Promise((resolve) => void clock.at(later(clock.now(), ms), () => resolve(undefined)))
  }
}
