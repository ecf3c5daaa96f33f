import type { Entry } from '../core/event.ts'

/** Everything that was committed together: one row, one sync. */
export type Batch = {
  /** 1, 2, 3 … without a gap. */
  readonly n: number
  readonly entries: readonly Entry[]
}

export type Head = {
  readonly n: number
  /** Of the last row, over it and all before it; hex. */
  readonly hash: string
}

/** An account as it was after its `seq`th event, so that starting need not fold from the first. */
export type Snapshot = { readonly account: string; readonly seq: number; readonly body: string }
export type Snapshots = {
  /** Every event of a row up to this one is in the snapshots. */
  readonly n: number
  readonly accounts: readonly Snapshot[]
}
/** `damaged`: what is there is not what was saved, and the journal is folded from its first row. */
export type Saved = Snapshots | 'none' | 'damaged'

/** The one durable thing. Everything else can be thrown away and folded again from here. */
export interface Journal {
  head(): Head
  /**
   * All or nothing, and on disk before it resolves. Takes only the batch after the head. Rejects
   * when the disk refuses; the caller must then read the journal again to know what is in it.
   */
  append(batch: Batch): Promise<void>
  /** In order, row `after` excluded. Throws CorruptJournal at the first row that is not sound. */
  read(after: number): Iterable<Batch>
  /**
   * Checks the next `rows` rows after `from` against their hashes, without reading the events in
   * them. Returns the last of them. Throws CorruptJournal at the first that is not sound.
   */
  walk(from: Head, rows: number): Head
  /**
   * Replaces what an earlier call saved; an account that has not changed need not be repeated.
   * Throws DiskFull.
   */
  save(snapshots: Snapshots, version: number): void
  /** None also where they were saved under another version of the account's shape. */
  snapshots(version: number): Saved
  /** Housekeeping for a moment when nobody waits. */
  rest(): void
  close(): void
}

/** The stored journal contradicts itself. Trading on it would be guessing. */
export class CorruptJournal extends Error {
  override readonly name = 'CorruptJournal'
  readonly row: number

  constructor(row: number, what: string) {
    super(`journal row ${row} is not sound: ${what}`)
    this.row = row
  }
}

/** Nothing was written, since the disk has no room for it. */
export class DiskFull extends Error {
  override readonly name = 'DiskFull'
}

/** Somebody else wrote the next row, or the batch is not the next one. */
export class NotTheNextRow extends Error {
  override readonly name = 'NotTheNextRow'
}

export const STREAM = 1
export const NO_ROWS: Head = { n: 0, hash: '0'.repeat(64) }
