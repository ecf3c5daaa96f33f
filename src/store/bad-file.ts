/** A file of ours cannot be used. The message names it, and says why and what to do. */
export class BadFile extends Error {
  override readonly name = 'BadFile'

  constructor(file: string, what: string) {
    super(`${file}: ${what}`)
  }
}

/** Our tables are made when a file is opened: one that lacks them was not written by us. */
const DAMAGED = /file is not a database|malformed|no such table|no such column|no column named/
const SHUT = /unable to open database file|directory does not exist/
const READ_ONLY = /readonly database/
const DISK = /disk I\/O error/

/**
 * What SQLite says of a file as a whole, with the file's name and a remedy; anything else as it
 * is. Both drivers give SQLite's own words and differ in their codes.
 */
export function aboutFile(file: string, ifDamaged: string, error: unknown): unknown {
  const { message } = error as Error
  if (DAMAGED.test(message)) return new BadFile(file, `${message}; ${ifDamaged}`)
  if (SHUT.test(message)) {
    const remedy = 'give this user the right to read and write it, and its folder'
    return new BadFile(file, `it cannot be opened; ${remedy}`)
  }
  if (READ_ONLY.test(message)) {
    return new BadFile(file, 'it cannot be written; give this user the right to write it')
  }
  if (!DISK.test(message)) return error
  return new BadFile(file, `${message}; see whether the disk is sound`)
}
