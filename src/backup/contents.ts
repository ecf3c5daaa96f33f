/** What a backup holds, and how it says so. */
import { createHash } from 'node:crypto'

/** The first file in a backup: what the others are. */
export const MANIFEST = 'tallyman-backup.json'

/** Every file a backup may hold beside it, in the order in which they are copied and put back. */
export const PARTS = [
  /** Before the journal: what it remembers having seen of it must be there. */
  'state.db',
  'journal.db',
  /** After it: a broker knows more than we do, never less. */
  'venue.db',
  'calendar.json',
  'tallyman.yaml',
] as const
export type PartName = (typeof PARTS)[number]

export const WHAT: Readonly<Record<PartName, string>> = {
  'state.db': 'API keys, as hashes',
  'journal.db': 'every event, in order',
  'venue.db': 'the paper broker’s own books',
  'calendar.json': 'holidays and sessions of your own',
  'tallyman.yaml': 'the settings',
}

/** What stays out of it, and why. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  'vault.db, vault.key': 'secrets: log in again after a restore',
  'views.db': 'written again from the journal',
  archive: 'files that never change: copy them as they are',
  'logs, historical': 'not needed to go on',
}

/** Raised when an older program could not put such a backup back. */
export const BACKUP_FORM = 1

export type Part = { readonly name: PartName; readonly bytes: number; readonly sha256: string }
export type Manifest = {
  readonly form: number
  /** The version that made it. */
  readonly tallyman: string
  /** ISO 8601, UTC. */
  readonly takenAt: string
  readonly journal: { readonly rows: number; readonly head: string }
  readonly parts: readonly Part[]
}

/** A backup cannot be made, or not put back; the message is one sentence with its remedy. */
export class BackupFailed extends Error {
  override readonly name = 'BackupFailed'
}

/** The bytes that pass, and their hash once all have passed. */
export class Hashing {
  readonly #hash = createHash('sha256')
  #bytes = 0

  add(chunk: Buffer): void {
    this.#hash.update(chunk)
    this.#bytes += chunk.length
  }

  end(): { readonly bytes: number; readonly sha256: string } {
    return { bytes: this.#bytes, sha256: this.#hash.digest('hex') }
  }
}
