/**
 * Just enough of the tar format (POSIX ustar, and its way with large sizes) for a handful of files
 * with short names: any `tar` opens what is written here, and what is read here is checked.
 */
const BLOCK = 512
/** `00000000000` to `77777777777`; a larger size is written in binary. */
const OCTAL_MAX = 0o77777777777
const BINARY = 0x80

export type Entry = { readonly name: string; readonly size: number }

/** What comes before the contents of one file. */
export function tarHeader({ name, size }: Entry, modifiedAt: number): Buffer {
  const header = Buffer.alloc(BLOCK)
  header.write(name, 0, 100, 'utf8')
  header.write('0000600\0', 100)
  header.write('0000000\0', 108) // nobody's: whoever unpacks it owns it
  header.write('0000000\0', 116)
  if (size <= OCTAL_MAX) header.write(`${size.toString(8).padStart(11, '0')}\0`, 124)
  else {
    header.writeUInt8(BINARY, 124)
    header.writeBigUInt64BE(BigInt(size), 128)
  }
  header.write(
    `${Math.floor(modifiedAt / 1_000)
      .toString(8)
      .padStart(11, '0')}\0`,
    136,
  )
  header.write('0', 156)
  header.write('ustar\x0000', 257)
  header.write(`${sumOf(header).toString(8).padStart(6, '0')}\0 `, 148)
  return header
}

/** What comes after the contents of one file. */
export const tarPadding = ({ size }: Entry): Buffer =>
  Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK)

/** What comes after the last file. */
export const tarEnd = (): Buffer => Buffer.alloc(2 * BLOCK)

/** The sum over the header, in which the sum itself counts as blanks. */
function sumOf(header: Buffer): number {
  let sum = 8 * 32
  for (const [at, byte] of header.entries()) if (at < 148 || at >= 156) sum += byte
  return sum
}

export class BadTar extends Error {
  override readonly name = 'BadTar'
}

/**
 * Reads an archive from its bytes: `file` is given each entry with its contents, and must read
 * them to their end. Throws BadTar where it is cut short, or is none.
 */
export async function readTar(
  bytes: AsyncIterable<Buffer>,
  file: (entry: Entry, contents: AsyncIterable<Buffer>) => Promise<void>,
): Promise<void> {
  const source = new Source(bytes)
  for (;;) {
    const header = await source.take(BLOCK)
    if (header.every((byte) => byte === 0)) return
    const entry = entryIn(header)
    await file(entry, source.chunks(entry.size))
    await source.take(tarPadding(entry).length)
  }
}

function entryIn(header: Buffer): Entry {
  const sum = Number.parseInt(header.toString('latin1', 148, 156), 8)
  const isTar = header.toString('latin1', 257, 262) === 'ustar' && sum === sumOf(header)
  if (!isTar) throw new BadTar('it is no tar archive')
  if (!['0', '\0'].includes(String.fromCodePoint(header[156]!))) {
    throw new BadTar('it holds something that is no file')
  }
  const name = textIn(header.subarray(0, 100))
  const size =
    header[124] === BINARY
      ? Number(header.readBigUInt64BE(128))
      : Number.parseInt(textIn(header.subarray(124, 136)), 8)
  if (!Number.isSafeInteger(size) || size < 0) throw new BadTar(`${name} has no size`)
  return { name, size }
}

function textIn(field: Buffer): string {
  const end = field.indexOf(0)
  return field.toString('utf8', 0, end < 0 ? field.length : end)
}

/** Bytes as they are asked for, however they come. */
class Source {
  readonly #chunks: AsyncIterator<Buffer>
  #rest: Buffer = Buffer.alloc(0)

  constructor(bytes: AsyncIterable<Buffer>) {
    this.#chunks = bytes[Symbol.asyncIterator]()
  }

  async #fill(): Promise<void> {
    const { done, value } = await this.#chunks.next()
    if (done) throw new BadTar('it is cut short')
    this.#rest = value
  }

  async take(size: number): Promise<Buffer> {
    const parts: Buffer[] = []
    for await (const part of this.chunks(size)) parts.push(part)
    return Buffer.concat(parts)
  }

  async *chunks(size: number): AsyncIterable<Buffer> {
    for (let left = size; left > 0;) {
      if (this.#rest.length === 0) await this.#fill()
      const part = this.#rest.subarray(0, left)
      this.#rest = this.#rest.subarray(part.length)
      left -= part.length
      yield part
    }
  }
}
