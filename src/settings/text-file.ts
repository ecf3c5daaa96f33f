import { closeSync, lstatSync, openSync, readSync, statSync } from 'node:fs'
import { BadSetting } from './bad-setting.ts'

export type TextFile = {
  readonly text: string
  /** Somebody else on this machine may read or write it. */
  readonly isOpenToOthers: boolean
}

const OTHERS = 0o077

/** UTF-8; undefined where there is no such file. Throws BadSetting. */
export function readText(file: string, bytesMax: number): TextFile | undefined {
  const bad = (why: string): BadSetting => new BadSetting(`${file}: it cannot be read: ${why}`)
  try {
    const found = statSync(file)
    if (found.isDirectory()) throw bad('it is a folder; make it a file, or remove it')
    if (!found.isFile()) throw bad('it is no file; write one')
    const bytes = firstOf(file, bytesMax + 1)
    if (bytes.length > bytesMax) {
      throw bad(`it is longer than ${bytesMax / 1024} KB, so it is hardly what is meant`)
    }
    return { text: decoded(bytes, bad), isOpenToOthers: isOpen(found.mode) }
  } catch (error) {
    if (error instanceof BadSetting) throw error
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT' && code !== 'ENOTDIR') {
      throw bad(`${code}; make it a file that this user may read`)
    }
    if (code === 'ENOENT' && lstatSync(file, { throwIfNoEntry: false })) {
      throw bad('it is a link that leads nowhere; correct it, or remove it')
    }
    return undefined
  }
}

function firstOf(file: string, bytesMax: number): Buffer {
  const descriptor = openSync(file, 'r')
  try {
    const bytes = Buffer.alloc(bytesMax)
    let length = 0
    for (let got = -1; got !== 0 && length < bytesMax; length += got) {
      got = readSync(descriptor, bytes, length, bytesMax - length, null)
    }
    return bytes.subarray(0, length)
  } finally {
    closeSync(descriptor)
  }
}

/** Without the mark that some editors put at the beginning. */
function decoded(bytes: Buffer, bad: (why: string) => BadSetting): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw bad('it is not UTF-8; save it as UTF-8')
  }
}

/** Where files have no such rights, nothing can be said of them. */
const isOpen = (mode: number): boolean => process.getuid !== undefined && (mode & OTHERS) !== 0
