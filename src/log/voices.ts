import type { Heard } from '../notify/teller.ts'
import { spoken } from '../notify/teller.ts'
import { eventLine, levelOf } from './levels.ts'
import type { Log } from './log.ts'

export type Say = (line: string) => void

/** What is said on the terminal is logged as well, at the level it deserves. */
export class Voices {
  readonly #log: Log
  readonly #say: Say | undefined

  /** Without `say`, nobody listens but the log. */
  constructor(log: Log, say: Say | undefined) {
    this.#log = log
    this.#say = say
  }

  tell(level: 'info' | 'warn' | 'error', line: string): void {
    this.#log[level](line)
    this.#say?.(line)
  }

  trouble(error: Error): void {
    const line = `Trouble: ${error.message}`
    this.#log.error({ err: error }, line)
    this.#say?.(line)
  }

  /** People hear of some events, the log of all that its level lets through. */
  hear(heard: Heard): void {
    const level = levelOf(heard.event)
    if (this.#log.isLevelEnabled(level)) {
      const { fields, text } = eventLine(heard)
      this.#log[level](fields, text)
    }
    const line = spoken(heard)
    if (line !== undefined) this.#say?.(line)
  }
}
