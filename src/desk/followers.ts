export type Follower = (touched: ReadonlySet<string>) => void

/**
 * Who is called after a commit: first whoever follows an account that it touched, then whoever
 * follows them all. Of many accounts a commit touches few, and wakes no others.
 */
export class Followers {
  readonly #all: Follower[] = []
  readonly #of = new Map<string, (() => void)[]>()

  add(wake: Follower): void {
    this.#all.push(wake)
  }

  addTo(account: string, wake: () => void): void {
    const known = this.#of.get(account)
    if (known) known.push(wake)
    else this.#of.set(account, [wake])
  }

  /** `guard` runs each, and lets none of them hurt the others. */
  wake(touched: ReadonlySet<string>, guard: (run: () => void) => void): void {
    for (const account of touched) {
      for (const wake of this.#of.get(account) ?? []) guard(wake)
    }
    for (const wake of this.#all) guard(() => wake(touched))
  }
}
