import { Digest, rowHash } from './chain.ts'
import { decodeEntries, entryText, FORMAT } from './codec.ts'
import type { Batch, Head, Journal, Saved, Snapshots } from './journal.ts'
import { NO_ROWS, NotTheNextRow } from './journal.ts'

/**
 * A journal that lives as long as the process: for backtests, and for tests of what stands on it.
 * It keeps the text of each row like any other, so nothing that is read is shared with the writer.
 */
export class MemoryJournal implements Journal {
  readonly #rows: string[] = []
  /** Of everything appended so far. */
  readonly digest = new Digest()
  /** Hashed only when somebody asks: a backtest never does. */
  #head = NO_ROWS
  #saved: { readonly snapshots: Snapshots; readonly version: number } | undefined

  head(): Head {
    let { n, hash } = this.#head
    for (; n < this.#rows.length; n++) hash = rowHash(hash, n + 1, FORMAT, this.#rows[n]!)
    this.#head = { n, hash }
    return this.#head
  }

  append({ n, entries }: Batch): Promise<void> {
    if (n !== this.#rows.length + 1) {
      return Promise.reject(new NotTheNextRow(`row ${n} after ${this.#rows.length}`))
    }
    const texts = entries.map(entryText)
    for (const [index, entry] of entries.entries()) this.digest.addText(entry, texts[index]!)
    this.#rows.push(`[${texts.join(',')}]`)
    return Promise.resolve()
  }

  *read(after: number): Iterable<Batch> {
    for (let n = after; n < this.#rows.length; n++) {
      yield { n: n + 1, entries: decodeEntries(this.#rows[n]!, FORMAT) }
    }
  }

  save({ n, accounts }: Snapshots, version: number): void {
    const before = this.snapshots(version)
    const kept = typeof before === 'object' ? before.accounts : []
    const fresh = new Set(accounts.map(({ account }) => account))
    const rest = kept.filter(({ account }) => !fresh.has(account))
    this.#saved = { snapshots: { n, accounts: [...rest, ...accounts] }, version }
  }

  snapshots(version: number): Saved {
    return this.#saved?.version === version ? this.#saved.snapshots : 'none'
  }

  /** Nobody can change what is in memory alone. */
  walk({ n, hash }: Head, rows: number): Head {
    return { n: n + rows, hash }
  }

  rest(): void {}

  close(): void {}
}
