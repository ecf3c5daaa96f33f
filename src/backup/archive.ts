import { createReadStream } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { mkdir, open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline, Readable } from 'node:stream'
import { createGunzip, createGzip } from 'node:zlib'
import { z } from 'zod'
import { VERSION } from '../store/version.ts'
import type { Manifest, Part } from './contents.ts'
import { BACKUP_FORM, BackupFailed, Hashing, MANIFEST, PARTS } from './contents.ts'
import type { OnStep } from './make.ts'
import type { Entry } from './tar.ts'
import { BadTar, readTar, tarEnd, tarHeader, tarPadding } from './tar.ts'

/** So much is handed to the disk at a time: one big sync would hold up the desk's small ones. */
const SYNC_BYTES: number = 4 * 1024 * 1024
/** The list of what is in a backup is never longer. */
const MANIFEST_MAX = 65_536

/** What fails on the way reaches whoever reads the end of the line. */
const HEARD = (): void => {}

type Packing = { readonly names: readonly string[]; readonly now: number; readonly onStep: OnStep }

/** Writes the named files of a folder into one compressed archive, and that to the disk. */
export async function pack(folder: string, to: string, packing: Packing): Promise<void> {
  const file = await open(to, 'wx', 0o600)
  try {
    let unsynced = 0
    const packed = pipeline(Readable.from(tarOf(folder, packing)), createGzip(), HEARD)
    for await (const chunk of packed as AsyncIterable<Buffer>) {
      await writeAll(file, chunk)
      unsynced += chunk.length
      if (unsynced < SYNC_BYTES) continue
      await file.datasync()
      unsynced = 0
    }
    await file.sync()
  } finally {
    await file.close()
  }
}

/** A write near the end of the disk may be cut short without an error; the next one has it. */
async function writeAll(file: FileHandle, chunk: Buffer): Promise<void> {
  for (let at = 0; at < chunk.length;) at += (await file.write(chunk, at)).bytesWritten
}

async function* tarOf(folder: string, { names, now, onStep }: Packing): AsyncIterable<Buffer> {
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size))
  const total = sizes.reduce((sum, size) => sum + size, 0)
  let done = 0
  for (const [index, name] of names.entries()) {
    const entry: Entry = { name, size: sizes[index]! }
    yield tarHeader(entry, now)
    for await (const chunk of createReadStream(join(folder, name)) as AsyncIterable<Buffer>) {
      yield chunk
      done += chunk.length
      onStep('packing', done, total)
    }
    yield tarPadding(entry)
  }
  yield tarEnd()
}

export async function hashOf(file: string): Promise<Omit<Part, 'name'>> {
  const hashing = new Hashing()
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) hashing.add(chunk)
  return hashing.end()
}

/** Reads the archive back from the disk: every file in it is what was put in. */
export async function proveArchive(
  file: string,
  expected: Manifest,
  onStep: OnStep,
): Promise<void> {
  const found = await readArchive(file, { onStep, keep: () => Promise.resolve(undefined) })
  if (JSON.stringify(found) === JSON.stringify(expected)) return
  throw new BackupFailed(
    `${file} does not read back as it was written: see whether the disk is sound`,
  )
}

type Reading = {
  readonly onStep: OnStep
  /** Hears what is in it before anything else is read. */
  readonly onManifest?: (manifest: Manifest) => void
  /** Where the bytes of a file go; undefined: nowhere. */
  readonly keep: (part: Part) => Promise<Keep | undefined>
}
type Keep = {
  readonly write: (chunk: Buffer) => Promise<unknown>
  readonly end: () => Promise<unknown>
}

/** Reads all of it, and compares every file with what the backup says of it. */
async function readArchive(file: string, reading: Reading): Promise<Manifest> {
  let manifest: Manifest | undefined
  const left = new Map<string, Part>()
  const total = await sizeOf(file)
  const raw = createReadStream(file)
  const bytes = pipeline(raw, createGunzip(), HEARD) as AsyncIterable<Buffer>
  try {
    await readTar(bytes, async (entry, contents) => {
      if (!manifest) {
        manifest = await manifestIn(entry, contents)
        reading.onManifest?.(manifest)
        for (const part of manifest.parts) left.set(part.name, part)
        return
      }
      const part = left.get(entry.name)
      if (!part) throw new BadTar(`it holds ${entry.name}, of which it does not say what it is`)
      left.delete(entry.name)
      const onChunk = (): void => reading.onStep('reading', raw.bytesRead, total)
      await readPart(part, contents, { ...reading, onChunk })
    })
  } catch (error) {
    throw told(error, file)
  } finally {
    raw.destroy()
  }
  if (!manifest) throw new BackupFailed(`${file}: it is no backup of Tallyman’s`)
  const [missing] = left.keys()
  if (missing === undefined) return manifest
  throw new BackupFailed(`${file}: ${missing} is missing in it; take another backup`)
}

async function readPart(
  part: Part,
  contents: AsyncIterable<Buffer>,
  { keep, onChunk }: Reading & { readonly onChunk: () => void },
): Promise<void> {
  const hashing = new Hashing()
  const kept = await keep(part)
  try {
    for await (const chunk of contents) {
      hashing.add(chunk)
      await kept?.write(chunk)
      onChunk()
    }
  } finally {
    await kept?.end()
  }
  const { bytes, sha256 } = hashing.end()
  if (bytes === part.bytes && sha256 === part.sha256) return
  throw new BadTar(`${part.name} in it is not what was written`)
}

async function sizeOf(file: string): Promise<number> {
  try {
    const found = await stat(file)
    if (found.isFile()) return found.size
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT') throw new BackupFailed(`${file}: it cannot be read (${code})`)
  }
  throw new BackupFailed(`${file}: there is no such file`)
}

const manifestForm = z.strictObject({
  form: z.literal(BACKUP_FORM),
  tallyman: z.string(),
  takenAt: z.iso.datetime(),
  journal: z.strictObject({ rows: z.int().min(0), head: z.string().regex(/^[0-9a-f]{64}$/) }),
  parts: z.array(
    z.strictObject({
      name: z.enum(PARTS),
      bytes: z.int().min(0),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
})

async function manifestIn(entry: Entry, contents: AsyncIterable<Buffer>): Promise<Manifest> {
  if (entry.name !== MANIFEST || entry.size > MANIFEST_MAX) {
    throw new BadTar('it is no backup of Tallyman’s')
  }
  const chunks: Buffer[] = []
  for await (const chunk of contents) chunks.push(chunk)
  const written: unknown = JSON.parse(Buffer.concat(chunks).toString())
  const { form, tallyman } = written as Partial<Manifest>
  if (typeof form === 'number' && form > BACKUP_FORM) {
    throw new BackupFailed(
      `Tallyman ${tallyman} made it, in a form (${form}) that this one (${VERSION}) cannot read; ` +
        `restore it with ${tallyman} or newer`,
    )
  }
  const parsed = manifestForm.safeParse(written)
  if (!parsed.success) throw new BadTar('what it says of itself makes no sense')
  return parsed.data
}

function told(error: unknown, file: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException
  if (error instanceof BackupFailed) return new BackupFailed(`${file}: ${message}`)
  const remedy = 'take another backup'
  if (error instanceof BadTar) return new BackupFailed(`${file}: ${message}; ${remedy}`)
  if (error instanceof SyntaxError || code?.startsWith('Z_') || code === 'ERR_BUFFER_TOO_LARGE') {
    return new BackupFailed(`${file}: it is damaged, or no backup of Tallyman’s; ${remedy}`)
  }
  return error
}

/** Puts the files of a backup into a folder that is there for them alone, and onto the disk. */
export async function unpack(
  file: string,
  folder: string,
  reading: Omit<Reading, 'keep'>,
): Promise<Manifest> {
  await mkdir(folder, { mode: 0o700 })
  return readArchive(file, {
    ...reading,
    keep: async ({ name }) => {
      const part = await open(join(folder, name), 'wx', 0o600)
      return {
        write: (chunk) => writeAll(part, chunk),
        end: async () => {
          await part.sync()
          await part.close()
        },
      }
    },
  })
}
