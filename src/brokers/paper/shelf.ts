import { fromText, toText } from '../../core/plain.ts'

/**
 * Where a venue keeps its own truth, apart from our journal: named values. A put is all or
 * nothing, and on disk when it returns.
 */
export interface Shelf {
  /** False where nothing is kept, so that nothing need be gathered for it. */
  readonly keeps: boolean
  all(): Iterable<readonly [name: string, value: unknown]>
  /** An undefined value takes the name off the shelf. */
  put(changes: ReadonlyMap<string, unknown>): void
  close(): void
}

/** A shelf that lives as long as the process; what is on it does not change with what was put. */
export class MemoryShelf implements Shelf {
  readonly keeps = true
  readonly #kept = new Map<string, string>()

  put(changes: ReadonlyMap<string, unknown>): void {
    for (const [name, value] of changes) {
      if (value === undefined) this.#kept.delete(name)
      else this.#kept.set(name, toText(value))
    }
  }

  *all(): Iterable<readonly [string, unknown]> {
    for (const [name, text] of this.#kept) yield [name, fromText(text)]
  }

  close(): void {}
}

/** Keeps nothing, for a venue that never starts twice. */
export class NoShelf implements Shelf {
  readonly keeps = false

  all(): Iterable<readonly [string, unknown]> {
    return []
  }

  put(): void {}

  close(): void {}
}
