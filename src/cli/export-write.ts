import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Format, What } from '../core/exporting.ts'
import { WHATS } from '../core/exporting.ts'
import type { Exporting, Sources } from '../desk/exports.ts'
import { pageCount, pagesOf } from '../desk/exports.ts'
import { textOf } from '../desk/export-text.ts'
import { VERSION } from '../store/version.ts'
import type { Head } from '../store/journal.ts'
import { EXIT, Exit } from './exit.ts'
import { progressBar } from './progress.ts'
import { writeWhole } from './whole-file.ts'

export type Job = {
  readonly sources: Sources
  readonly format: Format
  readonly asked: Exporting
}
type Written = {
  readonly what: What
  readonly rows: number
  readonly bytes: number
  readonly sha256: string
}

/** One table, to a file or to standard output. */
export async function writeOne(what: What, file: string | undefined, job: Job): Promise<Written> {
  const { sources, format, asked } = job
  const bar = progressBar(`exporting ${what}`)
  const total = pageCount(what, sources, asked)
  const hash = createHash('sha256')
  const told = { rows: 0, pages: 0, bytes: 0 }
  function* counted<Page extends readonly unknown[]>(pages: Iterable<Page>): Iterable<Page> {
    for (const page of pages) {
      told.rows += page.length
      if (total !== undefined) bar.show(Math.min(++told.pages, total), total)
      yield page
    }
  }
  function* hashed(texts: Iterable<string>): Iterable<string> {
    for (const text of texts) {
      if (text === '') continue
      told.bytes += Buffer.byteLength(text)
      hash.update(text)
      yield text
    }
  }
  const texts = hashed(textOf(what, format, counted(pagesOf(what, sources, asked))))
  try {
    if (file !== undefined) await writeWhole(file, texts)
    else await pipeline(Readable.from(texts), process.stdout, { end: false })
  } finally {
    bar.stop()
  }
  return { what, rows: told.rows, bytes: told.bytes, sha256: hash.digest('hex') }
}

const MANIFEST = 'manifest.json'

export type Folder = {
  readonly path: string
  /** The journal as it was then. */
  readonly journal: Head
  readonly madeAt: string
  /** As they were given. */
  readonly period: Readonly<Record<'account' | 'from' | 'to' | 'zone', string | undefined>>
}

/**
 * Everything, a file each, and a manifest that says what is in them and proves it. The folder
 * appears when it is whole; an earlier export of that name is replaced, and nothing else ever is.
 */
export async function writeAll({ path, ...folder }: Folder, job: Job): Promise<void> {
  await mustBeOurs(path)
  let unfinished = ''
  try {
    unfinished = await mkdtemp(`${path}.part-`)
    const files: object[] = []
    for (const what of WHATS) {
      const name = `${what}.${job.format}`
      const { what: _, ...told } = await writeOne(what, join(unfinished, name), job)
      files.push({ file: name, ...told })
    }
    const { account = null, from = null, to = null, zone = null } = folder.period
    const { journal, madeAt } = folder
    const about = { tallyman: VERSION, madeAt, journal, account, from, to, zone, files }
    await writeWhole(join(unfinished, MANIFEST), [`${JSON.stringify(about, undefined, 2)}\n`])
    const before = await mkdtemp(`${path}.old-`)
    await rename(path, before).catch(ifNone)
    await rename(unfinished, path)
    await rm(before, { recursive: true, force: true })
  } catch (error) {
    if (unfinished !== '') await rm(unfinished, { recursive: true, force: true })
    const { code, message } = error as NodeJS.ErrnoException
    if (error instanceof Exit || code === undefined) throw error
    throw new Exit(EXIT.refused, `${path} cannot be written: ${message}`)
  }
}

function ifNone(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}

/** Throws Exit where something stands there that is no export of ours. */
async function mustBeOurs(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined)
  if (!found || (found.isDirectory() && (await readdir(path)).length === 0)) return
  const text = await readFile(join(path, MANIFEST), 'utf8').catch(() => '')
  if (found.isDirectory() && /^\s*\{\s*"tallyman":/.test(text)) return
  throw new Exit(EXIT.refused, `${path} is there already and is no export; name another folder`)
}
