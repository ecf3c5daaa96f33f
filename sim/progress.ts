/** For a person who waits: on standard error, so that what is printed stays clean. */
const ON_TERMINAL_MS = 1_000
/** Without a terminal each line stays, so there are few of them. */
const ELSEWHERE_MS = 30_000

/** How far a command has come: one line that is written again, or lines now and then. */
export class Progress {
  readonly #began = performance.now()
  #shownAt: number
  readonly #out: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>

  constructor(first: string, out: Pick<NodeJS.WriteStream, 'isTTY' | 'write'> = process.stderr) {
    this.#out = out
    this.#shownAt = this.#began
    this.#write(first)
  }

  get seconds(): number {
    return (performance.now() - this.#began) / 1_000
  }

  /** `done` of `of`; what else there is to say is asked for only when it is shown. */
  tell(done: number, of: number, what: () => string): void {
    const now = performance.now()
    if (now - this.#shownAt < (this.#out.isTTY ? ON_TERMINAL_MS : ELSEWHERE_MS)) return
    this.#shownAt = now
    const left = done === 0 ? 0 : Math.round(((of - done) / done) * this.seconds)
    this.#write(`${done} of ${of} ${what()}, ${timeText(left)} left`)
  }

  /** Clears the line of a terminal, for what is printed next. */
  end(): void {
    if (this.#out.isTTY) this.#out.write('\r\x1b[K')
  }

  #write(line: string): void {
    this.#out.write(this.#out.isTTY ? `\r\x1b[K${line}` : `${line}\n`)
  }
}

const timeText = (seconds: number): string =>
  seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`
