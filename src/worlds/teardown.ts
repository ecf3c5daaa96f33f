/**
 * Closes what was opened, the last first. Every step is taken, whatever became of the ones before
 * it: a disk that fails must not keep the folder locked.
 */
export class Teardown {
  readonly #steps: (() => unknown)[] = []
  readonly #onTrouble: (error: Error) => void

  constructor(onTrouble: (error: Error) => void) {
    this.#onTrouble = onTrouble
  }

  add(step: () => unknown): void {
    this.#steps.push(step)
  }

  /** A second call finds nothing left to do. */
  async run(): Promise<void> {
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
      try {
        await step()
      } catch (error) {
        this.#onTrouble(error as Error)
      }
    }
  }
}
