import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { copyJournal, copyWhole, syncFile } from '../store/copy.ts'
import type { Head } from '../store/journal.ts'
import { freeBytes } from '../store/reserve.ts'
import { isWhole, openSql } from '../store/sql.ts'
import { SqliteJournal } from '../store/sqlite.ts'
import { VERSION } from '../store/version.ts'
import type { Manifest, Part, PartName } from './contents.ts'
import { BACKUP_FORM, BackupFailed, MANIFEST, PARTS } from './contents.ts'
import { hashOf, pack, proveArchive } from './archive.ts'
import { secretIn } from './settings.ts'
import { plain } from './plain.ts'
import { syncFolder } from './sync.ts'

export type BackupOptions = {
  /** The data folder. */
  readonly folder: string
  /** The file of settings, if there is one. */
  readonly settings: string | undefined
  /** Where the backup is to be. */
  readonly file: string
  /** Whether it may replace what is there. */
  readonly force: boolean
  /** Milliseconds since 1970. */
  readonly now: number
  readonly onStep: OnStep
}
/** What is being done, and how far it is. */
export type OnStep = (doing: string, done: number, of: number) => void

export type Made = {
  readonly file: string
  readonly bytes: number
  readonly manifest: Manifest
  /** What somebody should know of it. */
  readonly notices: readonly string[]
}

const MB: number = 1024 * 1024
/** Left on the disk on which the desk works. */
const SPARE_BYTES: number = 64 * MB
const WALK_ROWS = 10_000

/**
 * One file with all that is needed to go on elsewhere, taken beside a running desk or without one.
 * It is read back before it gets its name, so what bears that name is whole. Throws BackupFailed,
 * BadFile, CorruptJournal.
 */
export async function makeBackup(options: BackupOptions): Promise<Made> {
  checkTarget(options)
  const place = dirname(options.file)
  const work = join(place, `${WORK}${process.pid}`)
  removeAbandoned(place)
  try {
    checkRoom(options)
    mkdirSync(work, { mode: 0o700 })
    return await makeIn(work, options)
  } catch (error) {
    throw plain(
      error,
      options.file,
      'nothing was kept; free some space, or back up to another disk',
    )
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

async function makeIn(work: string, options: BackupOptions): Promise<Made> {
  const { file, now, onStep } = options
  const notices: string[] = []
  const sources = sourcesIn(options, notices)
  const chosen = [...sources.keys()]
  let head: Head | undefined
  for (const [name, from] of sources) head = copyPart(name, { from, work, onStep }) ?? head
  const { n: rows, hash } = head!
  const parts: Part[] = []
  for (const name of chosen) parts.push({ name, ...(await hashOf(join(work, name))) })
  const manifest: Manifest = {
    form: BACKUP_FORM,
    tallyman: VERSION,
    takenAt: new Date(now).toISOString(),
    journal: { rows, head: hash },
    parts,
  }
  writeFileSync(join(work, MANIFEST), `${JSON.stringify(manifest, undefined, 2)}\n`)
  const packed = join(work, 'packed')
  await pack(work, packed, { names: [MANIFEST, ...chosen], now, onStep })
  await proveArchive(packed, manifest, onStep)
  renameSync(packed, file)
  syncFolder(dirname(file))
  const { bytes } = { bytes: statSync(file).size }
  return { file, bytes, manifest, notices: [...notices, ...placeNotices(options)] }
}

/** Where each part comes from, in the order in which they are to be copied. */
function sourcesIn(options: BackupOptions, notices: string[]): Map<PartName, string> {
  const { folder, settings } = options
  const sources = new Map<PartName, string>()
  for (const name of PARTS) {
    const path = name === 'tallyman.yaml' ? settings : join(folder, name)
    if (path === undefined || !existsSync(path)) continue
    if (name !== 'tallyman.yaml' || isWithoutSecrets(path, notices)) sources.set(name, path)
  }
  return sources
}

type Copying = { readonly from: string; readonly work: string; readonly onStep: OnStep }

/** Copies one file and proves that the copy is sound; the journal's head is returned. */
function copyPart(name: PartName, { from, work, onStep }: Copying): Head | undefined {
  const to = join(work, name)
  if (name === 'journal.db') {
    const head = copyJournal(from, to, { onRows: (done, of) => onStep('copying', done, of) })
    proveJournal(to, head, onStep)
    return head
  }
  if (!name.endsWith('.db')) {
    copyFileSync(from, to)
    syncFile(to)
    return undefined
  }
  copyWhole(from, to)
  const sql = openSql(to, { readOnly: true })
  const whole = isWhole(sql)
  sql.close()
  if (!whole) throw new BackupFailed(`${from} is damaged: see "tallyman doctor"`)
  return undefined
}

/** Opened anew, it has every row that was copied, in one chain. */
export function proveJournal(file: string, head: Head, onStep: OnStep): void {
  const journal = new SqliteJournal(file, { readOnly: true })
  try {
    journal.checkFile()
    const found = journal.head()
    if (found.n !== head.n || found.hash !== head.hash) {
      throw new BackupFailed(`${file} does not end with row ${head.n}, as it was written`)
    }
    let before: Head = { n: 0, hash: '0'.repeat(64) }
    while (before.n < head.n) {
      before = journal.walk(before, Math.min(WALK_ROWS, head.n - before.n))
      onStep('checking', before.n, head.n)
    }
  } finally {
    journal.close()
  }
}

function isWithoutSecrets(path: string, notices: string[]): boolean {
  const secret = secretIn(readFileSync(path, 'utf8'))
  if (secret === undefined) return true
  const remedy = 'keep secrets in the environment or in .env, and keep the rest of it yourself'
  notices.push(`${path} is left out, since it holds a secret (${secret}); ${remedy}`)
  return false
}

function placeNotices({ folder, file }: BackupOptions): string[] {
  if (statSync(folder).dev !== statSync(dirname(file)).dev) return []
  return ['it is on the disk of the data folder: copy it to another machine']
}

function checkTarget({ folder, file, force }: BackupOptions): void {
  if (!existsSync(join(folder, 'journal.db'))) {
    throw new BackupFailed(`there is no journal in ${folder}: nothing is there to back up`)
  }
  const found = statSync(file, { throwIfNoEntry: false })
  if (found?.isDirectory()) throw new BackupFailed(`${file} is a folder; name a file in it`)
  if (found && !found.isFile()) throw new BackupFailed(`${file} is no file; name another`)
  if (found && !force) {
    throw new BackupFailed(
      `${file} is there already; name another file, or replace it with --force`,
    )
  }
  if (!statSync(dirname(file), { throwIfNoEntry: false })?.isDirectory()) {
    throw new BackupFailed(`${dirname(file)} is no folder; make it first`)
  }
}

/** Copies and archive stand there side by side for a moment. */
function checkRoom({ folder, file }: BackupOptions): void {
  const sizes = PARTS.map((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.size)
  const copies = sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0)
  const isSameDisk = statSync(folder).dev === statSync(dirname(file)).dev
  const need = Math.ceil(1.5 * copies) + (isSameDisk ? SPARE_BYTES : 0)
  const free = freeBytes(dirname(file))
  if (free >= need) return
  const [needed, there] = [need, free].map((bytes) => `${Math.ceil(bytes / MB)} MB`)
  throw new BackupFailed(
    `the disk of ${dirname(file)} has ${there} free, and for a moment ${needed} are needed; ` +
      'free some space, or back up to another disk',
  )
}

/** Where a backup is being made, beside where it is to be; its end is the process's number. */
const WORK = '.tallyman-backup-'

/** What a backup that was killed has left behind. */
function removeAbandoned(place: string): void {
  for (const name of readdirSync(place)) {
    const pid = name.startsWith(WORK) ? Number(name.slice(WORK.length)) : NaN
    if (!Number.isInteger(pid) || isAlive(pid)) continue
    rmSync(join(place, name), { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
