import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { BadFile } from './bad-file.ts'
import type { Sql } from './sql.ts'
import { openOwn } from './own-file.ts'

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS secret (
    name  TEXT PRIMARY KEY,
    nonce BLOB NOT NULL,
    body  BLOB NOT NULL
  ) STRICT`

const CIPHER = 'aes-256-gcm'
const KEY_BYTES = 32
const NONCE_BYTES = 12
const MARK_BYTES = 16
const VERSION = 1

type Sealed = { readonly nonce: Uint8Array; readonly body: Uint8Array }

/**
 * Secrets at rest: each under a key of its own made from the key file, bound to its name, so that
 * one cannot be put in another's place. A backup takes the vault and never the key file.
 */
export class Vault {
  readonly #sql: Sql
  readonly #key: Buffer
  readonly #file: string
  readonly #keyFile: string

  constructor(file: string, keyFile: string) {
    this.#file = file
    this.#keyFile = keyFile
    // A new key opens nothing of an old vault.
    if (existsSync(file) && !existsSync(keyFile)) {
      throw new BadFile(keyFile, `it is missing; ${restoreOrMove(file)}`)
    }
    this.#key = keyIn(keyFile, file)
    this.#sql = openOwn(file, { form: FORM, schema: SCHEMA, ifDamaged: IF_DAMAGED })
  }

  put(name: string, secret: string): void {
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv(CIPHER, this.#keyFor(name), nonce)
    cipher.setAAD(Buffer.from(`${VERSION}|${name}`))
    const body = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()])
    this.#sql
      .prepare('INSERT OR REPLACE INTO secret (name, nonce, body) VALUES (?, ?, ?)')
      .run(name, nonce, body)
  }

  /** Undefined where there is none. Throws where it was tampered with or sealed by another key. */
  get(name: string): string | undefined {
    const row = this.#sql.prepare('SELECT nonce, body FROM secret WHERE name = ?').get(name)
    if (!row) return undefined
    const { nonce, body } = row as Sealed
    const split = body.length - MARK_BYTES
    try {
      const decipher = createDecipheriv(CIPHER, this.#keyFor(name), nonce)
      decipher.setAAD(Buffer.from(`${VERSION}|${name}`))
      decipher.setAuthTag(body.subarray(split))
      return Buffer.concat([decipher.update(body.subarray(0, split)), decipher.final()]).toString()
    } catch {
      const what = `it does not open the secret "${name}" in ${this.#file}`
      throw new BadFile(this.#keyFile, `${what}; ${restoreOrMove(this.#file)}`)
    }
  }

  #keyFor(name: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.#key, '', `tallyman|${name}`, KEY_BYTES))
  }

  close(): void {
    this.#sql.close()
  }
}

const FORM = 1
const IF_DAMAGED = 'restore it from a backup, or move it away and log in again'

const restoreOrMove = (vault: string): string =>
  `restore the key file that belongs to ${vault}, or move both away and log in again`

/** Made at the first start, readable by its owner alone. */
function keyIn(file: string, vault: string): Buffer {
  try {
    writeFileSync(file, randomBytes(KEY_BYTES).toString('hex'), { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'hex')
  if (key.length !== KEY_BYTES) throw new BadFile(file, `it holds no key; ${restoreOrMove(vault)}`)
  return key
}
