/**
 * A restore in three steps, each marked by the name of a folder within the data folder, so that it
 * can be cut off anywhere: before the second it never happened, from then on it is finished by
 * whoever comes next. Files of ours are never deleted, only moved.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { FolderLock } from '../store/lock.ts'
import { syncFolder } from './sync.ts'

/** What is restored is being unpacked and looked at: nothing in use has been touched. */
const UNPACKING = 'restoring-'
/** It is whole. What was there before is being moved aside. */
const CLEARING = 'restored-clearing-'
/** It is being put where it belongs. */
const PLACING = 'restored-placing-'
/** What was there before. */
const BEFORE = 'before-restore-'

/** What a restored folder does not go on with; its paper broker's books only if others come. */
const REPLACED = [
  'journal.db',
  'state.db',
  'views.db',
  'calendar.json',
  'tallyman.yaml',
  'server.json',
] as const
/** What SQLite keeps beside a file belongs to it, and would spoil another. It goes first. */
const BESIDE = ['-wal', '-shm', '-journal', ''] as const

/** The date and time of the restore, in its folders' names: `20261121-091500`. */
export type Stamp = string

export const unpackingIn = (folder: string, stamp: Stamp): string =>
  join(folder, `${UNPACKING}${stamp}`)
export const asideIn = (folder: string, stamp: Stamp): string => join(folder, `${BEFORE}${stamp}`)

/** The files of a desk that are there, and would be in the way. */
export const inTheWay = (folder: string): string[] =>
  [...REPLACED, 'venue.db'].filter(
    (name) => name !== 'server.json' && existsSync(join(folder, name)),
  )

/** Whether a restore was cut off, from where it can only go forward. */
export const isCutOff = (folder: string): boolean =>
  named(folder, CLEARING).length + named(folder, PLACING).length > 0

const named = (folder: string, start: string): string[] =>
  existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith(start)) : []

/** What was unpacked is sound: from here on it is put in place, now or by whoever comes next. */
export function commit(folder: string, stamp: Stamp): void {
  syncFolder(unpackingIn(folder, stamp))
  renameSync(unpackingIn(folder, stamp), join(folder, `${CLEARING}${stamp}`))
  syncFolder(folder)
}

/** Takes what is left of restores that were given up before they touched anything. */
export function forgetUnpacked(folder: string): void {
  for (const name of named(folder, UNPACKING)) {
    rmSync(join(folder, name), { recursive: true, force: true })
  }
}

/** Goes on where a restore is; does nothing where none is. `onMove` hears of each step. */
export function finish(folder: string, onMove: () => void = () => {}): void {
  for (const name of named(folder, CLEARING)) clear(folder, name.slice(CLEARING.length), onMove)
  for (const name of named(folder, PLACING)) place(folder, name, onMove)
}

function clear(folder: string, stamp: Stamp, onMove: () => void): void {
  const from = join(folder, `${CLEARING}${stamp}`)
  const aside = asideIn(folder, stamp)
  for (const name of [...REPLACED, ...readdirSync(from)]) {
    for (const end of BESIDE) {
      const path = join(folder, name + end)
      if (!existsSync(path)) continue
      mkdirSync(aside, { recursive: true, mode: 0o700 })
      onMove()
      renameSync(path, join(aside, name + end))
    }
  }
  if (existsSync(aside)) syncFolder(aside)
  onMove()
  renameSync(from, join(folder, `${PLACING}${stamp}`))
  syncFolder(folder)
}

function place(folder: string, name: string, onMove: () => void): void {
  const from = join(folder, name)
  for (const file of readdirSync(from)) {
    onMove()
    renameSync(join(from, file), join(folder, file))
  }
  onMove()
  syncFolder(folder)
  rmdirSync(from)
  syncFolder(folder)
}

/** Finishes a restore that was cut off; true if there was one. Throws FolderInUse. */
export function finishCutOff(folder: string): boolean {
  if (!isCutOff(folder)) return false
  const lock = new FolderLock(join(folder, 'desk.lock'))
  try {
    finish(folder)
  } finally {
    lock.release()
  }
  return true
}
