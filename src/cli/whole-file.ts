import { createWriteStream } from 'node:fs'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, extname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { EXIT, Exit } from './exit.ts'

/**
 * Writes a file that is there when it is whole, and not before: what was there stays until then.
 * Throws Exit where the disk refuses.
 */
export async function writeWhole(
  file: string,
  chunks: Iterable<string> | AsyncIterable<string>,
): Promise<void> {
  const unfinished = `${file}.part`
  try {
    // One level: where more is missing the name is likelier wrong than meant.
    await mkdir(dirname(file)).catch(ifThere)
    const sink = createWriteStream(unfinished, { mode: 0o600, flush: true })
    await pipeline(Readable.from(chunks), sink)
    await rename(unfinished, file)
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => {})
    const { code, message } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    throw new Exit(EXIT.refused, `${file} cannot be written: ${message}`)
  }
}

function ifThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST' && error.code !== 'EISDIR') throw error
}

/** `out` itself, or where it is a folder, or named like one, the file `name` in it. */
export async function fileFor(out: string, name: string): Promise<string> {
  const isFolder = await stat(out).then(
    (found) => found.isDirectory(),
    () => extname(out) === '',
  )
  return isFolder ? join(out, name) : out
}
