import { rowHash } from './chain.ts'
import { encodeEntries, FORMAT } from './codec.ts'
import type { Batch, Head, Journal, Snapshots } from './journal.ts'
import { NO_ROWS, NotTheNextRow } from './journal.ts'

/**
 * A journal that lives as long as the process: for backtests, and for tests of what stands on it.
 */
export class MemoryJournal implements Journal {
  readonly #batches: Batch[] = []
  /** Hashed only when somebody asks: a backtest never does. */
  #head = NO_ROWS
  #saved: { readonly snapshots: Snapshots; readonly version: number } | undefined

  head(): Head {
    let { n, hash } = this.#head
    for (; n < this.#batches.length; n++) {
      hash = rowHash(hash, n + 1, FORMAT, encodeEntries(this.#batches[n]!.entries))
    }
    this.#head = { n, hash }
    return this.#head
  }

  append(batch: Batch): Promise<void> {
    if (batch.n !== this.#batches.length + 1) {
      return Promise.reject(new NotTheNextRow(`row ${batch.n} after ${this.#batches.length}`))
    }
    this.#batches.push(batch)
    return Promise.resolve()
  }

  *read(after: number): Iterable<Batch> {
    for (let n = after; n < this.#batches.length; n++) yield this.#batches[n]!
  }

  save({ n, accounts }: Snapshots, version: number): void {
    const kept = this.snapshots(version)?.accounts ?? []
    const fresh = new Set(accounts.map(({ account }) => account))
    const rest = kept.filter(({ account }) => !fresh.has(account))
    this.#saved = { snapshots: { n, accounts: [...rest, ...accounts] }, version }
  }

  snapshots(version: number): Snapshots | undefined {
    return this.#saved?.version === version ? this.#saved.snapshots : undefined
  }

  rest(): void {}

  close(): void {}
}
