import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Account } from '../core/account.ts'
import { decide } from '../core/decide.ts'
import type { Entry } from '../core/event.ts'
import { evolve } from '../core/evolve.ts'
import type { Instant } from '../core/time.ts'
import { instant } from '../core/time.ts'
import { randomEpoch } from '../desk/epoch.ts'
import { restore } from '../desk/restore.ts'
import { Saver } from '../desk/saver.ts'
import { syncFile } from '../store/copy.ts'
import { FolderInUse, FolderLock } from '../store/lock.ts'
import { freeBytes } from '../store/reserve.ts'
import { isWhole } from '../store/sql.ts'
import { plain } from './plain.ts'
import { openOwnToRead } from '../store/own-file.ts'
import { SqliteJournal } from '../store/sqlite.ts'
import { SHELF_FORM } from '../store/shelf.ts'
import { STATE_FORM } from '../store/state.ts'
import { unpack } from './archive.ts'
import type { Manifest } from './contents.ts'
import { BackupFailed } from './contents.ts'
import type { OnStep } from './make.ts'
import { proveJournal } from './make.ts'
import type { Stamp } from './phases.ts'
import { asideIn, commit, finish, finishCutOff, forgetUnpacked, inTheWay } from './phases.ts'
import { unpackingIn } from './phases.ts'

export type RestoreOptions = {
  readonly file: string
  /** The data folder to be. */
  readonly folder: string
  /** Whether files of a desk that are there may be moved aside. */
  readonly force: boolean
  /**
   * Whether the paper broker's books come from the backup too, where there are some already. They
   * stand for the broker: it has gone on since, whatever became of us.
   */
  readonly withVenue: boolean
  /** Milliseconds since 1970. */
  readonly now: number
  readonly onStep: OnStep
}

export type PutBack = {
  readonly folder: string
  readonly manifest: Manifest
  /** Orders of which nobody knows what became of them after the backup. */
  readonly unknown: readonly string[]
  /** Where what was there before is now. */
  readonly aside: string | undefined
  readonly venue: 'from the backup' | 'as they were' | 'none'
}

const MB: number = 1024 * 1024
/** What SQLite needs beside the files, and the desk to start. */
const SPARE_BYTES: number = 64 * MB

/**
 * Puts a backup back into a data folder in which no desk runs. Everything is looked at before
 * anything is touched, and the journal is told that it is an older copy of itself. Throws
 * BackupFailed, BadFile, CorruptJournal.
 */
export async function putBack(options: RestoreOptions): Promise<PutBack> {
  const { folder } = options
  const found = statSync(folder, { throwIfNoEntry: false })
  if (found && !found.isDirectory()) throw new BackupFailed(`${folder} is no folder; name another`)
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    if (finishCutOff(folder)) {
      throw new BackupFailed('a restore that had been cut off is finished now: look at it first')
    }
    return await putBackInto(options)
  } catch (error) {
    throw plain(error, folder, 'free some space, and run it again')
  }
}

async function putBackInto(options: RestoreOptions): Promise<PutBack> {
  const { folder, now, onStep } = options
  const lock = lockOf(folder)
  const stamp = stampOf(now)
  try {
    checkFolder(options)
    forgetUnpacked(folder)
    const ready = await prepare(options, stamp)
    commit(folder, stamp)
    finish(folder, () => onStep('moving', 0, 1))
    const aside = asideIn(folder, stamp)
    return { ...ready, folder, aside: existsSync(aside) ? aside : undefined }
  } finally {
    rmSync(unpackingIn(folder, stamp), { recursive: true, force: true })
    lock.release()
  }
}

function lockOf(folder: string): FolderLock {
  try {
    return new FolderLock(join(folder, 'desk.lock'))
  } catch (error) {
    if (!(error instanceof FolderInUse)) throw error
    throw new BackupFailed(`${error.message}; stop it first`)
  }
}

/** `20261121-091500`, by UTC. */
const stampOf = (now: number): Stamp =>
  new Date(now).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')

function checkFolder({ folder, force }: RestoreOptions): void {
  const found = inTheWay(folder)
  if (found.length === 0 || force) return
  throw new BackupFailed(
    `${folder} is not empty (${found.join(', ')}); name another folder, or move what is there ` +
      'aside with --force',
  )
}

type Ready = Pick<PutBack, 'manifest' | 'unknown' | 'venue'>

async function prepare(options: RestoreOptions, stamp: Stamp): Promise<Ready> {
  const { file, folder, withVenue, onStep } = options
  const unpacked = unpackingIn(folder, stamp)
  const onManifest = (manifest: Manifest): void => checkRoom(folder, manifest)
  const manifest = await unpack(file, unpacked, { onStep, onManifest })
  const part = (name: string): string => join(unpacked, name)
  if (!existsSync(part('journal.db'))) {
    throw new BackupFailed(`${file}: journal.db is missing in it; take another backup`)
  }
  const { rows: n, head: hash } = manifest.journal
  proveJournal(part('journal.db'), { n, hash }, onStep)
  checkOwn(part('state.db'), STATE_FORM)
  checkOwn(part('venue.db'), SHELF_FORM)
  const venue = chooseVenue({ folder, unpacked, withVenue })
  const unknown = await tellJournal(part('journal.db'), instant(options.now))
  return { manifest, unknown, venue }
}

function checkRoom(folder: string, { parts }: Manifest): void {
  const need = parts.reduce((sum, { bytes }) => sum + bytes, 2 * SPARE_BYTES)
  const free = freeBytes(folder)
  if (free >= need) return
  const [needed, there] = [need, free].map((bytes) => `${Math.ceil(bytes / MB)} MB`)
  throw new BackupFailed(
    `the disk of ${folder} has ${there} free, and the restore needs ${needed}; free some space`,
  )
}

/** Throws where it is damaged, or of a newer form. */
function checkOwn(file: string, form: number): void {
  if (!existsSync(file)) return
  const sql = openOwnToRead(file, form)
  const whole = isWhole(sql)
  sql.close()
  if (!whole) throw new BackupFailed(`${file} is damaged; take another backup`)
}

type Venues = {
  readonly folder: string
  readonly unpacked: string
  readonly withVenue: boolean
}

function chooseVenue({ folder, unpacked, withVenue }: Venues): PutBack['venue'] {
  const [there, ours] = [join(folder, 'venue.db'), join(unpacked, 'venue.db')]
  const isThere = statSync(there, { throwIfNoEntry: false }) !== undefined
  if (isThere && !withVenue) rmSync(ours, { force: true })
  if (existsSync(ours)) return 'from the backup'
  return isThere ? 'as they were' : 'none'
}

/**
 * Every account is told that it was put back, in one row of the journal itself: new tags, and all
 * that was not finished in doubt. Folding every row proves on the way that they can be read.
 */
async function tellJournal(file: string, at: Instant): Promise<string[]> {
  const journal = new SqliteJournal(file)
  try {
    const { accounts, events } = restore(journal)
    const saver = new Saver(journal, accounts, events)
    const entries = [...accounts.values()].map((account) => tellAccount(account, at))
    const n = journal.head().n + 1
    if (entries.length > 0) await journal.append({ n, entries })
    saver.committed(entries)
    saver.saveNow(journal.head().n)
    return [...accounts.values()].flatMap(({ unknown }) => [...unknown])
  } finally {
    journal.close()
    syncFile(file)
  }
}

function tellAccount(account: Account, at: Instant): Entry {
  const body = { type: 'Restored', epoch: randomEpoch() } as const
  const events = decide(account, { at, cause: 'restore', key: undefined, body })
  const { id, seq } = account
  const entry = { account: id, seq: seq + 1, at, cause: 'restore', command: undefined, events }
  evolve(account, entry)
  return entry
}
