import type { Batch, Journal } from '../src/store/journal.ts'
import { MemoryJournal } from '../src/store/memory.ts'

/** A disk that can be slow, and fail before or after the row is safe. */
export class SlowJournal implements Journal {
  readonly #inner: Journal
  #gate: Promise<void> | undefined
  #open: () => void = () => {}
  #failing: { readonly durable: boolean } | undefined
  /** How long each append takes, where the test wants it to take time. */
  delay: (() => Promise<void>) | undefined

  constructor(inner: Journal = new MemoryJournal()) {
    this.#inner = inner
  }

  hold(): void {
    this.#gate = new Promise((resolve) => {
      this.#open = resolve
    })
  }

  letGo(): void {
    this.#gate = undefined
    this.#open()
  }

  failNext(durable: boolean): void {
    this.#failing = { durable }
  }

  async append(batch: Batch): Promise<void> {
    await this.#gate
    await this.delay?.()
    const failing = this.#failing
    this.#failing = undefined
    if (!failing || failing.durable) await this.#inner.append(batch)
    if (failing) throw new Error('disk on fire')
  }

  head: Journal['head'] = () => this.#inner.head()
  read: Journal['read'] = (after) => this.#inner.read(after)
  walk: Journal['walk'] = (from, rows) => this.#inner.walk(from, rows)
  save: Journal['save'] = (snapshots, version) => this.#inner.save(snapshots, version)
  snapshots: Journal['snapshots'] = (version) => this.#inner.snapshots(version)
  rest(): void {}
  close(): void {}
}
