import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import type { Sql } from './sql.ts'
import { makeDurable, openSql } from './sql.ts'

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

  constructor(file: string, keyFile: string) {
    this.#key = keyIn(keyFile)
    this.#sql = openSql(file, { busyMs: 5_000 })
    makeDurable(this.#sql)
    this.#sql.exec(SCHEMA)
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
    const decipher = createDecipheriv(CIPHER, this.#keyFor(name), nonce)
    decipher.setAAD(Buffer.from(`${VERSION}|${name}`))
    decipher.setAuthTag(body.subarray(split))
    try {
      return Buffer.concat([decipher.update(body.subarray(0, split)), decipher.final()]).toString()
    } catch {
      throw new Error(`the secret "${name}" does not open with the key file beside the vault`)
    }
  }

  #keyFor(name: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.#key, '', `tallyman|${name}`, KEY_BYTES))
  }

  close(): void {
    this.#sql.close()
  }
}

/** Made at the first start, readable by its owner alone. */
function keyIn(file: string): Buffer {
  try {
    writeFileSync(file, randomBytes(KEY_BYTES).toString('hex'), { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'hex')
  if (key.length !== KEY_BYTES) throw new Error(`${file} holds no key: restore it from its backup`)
  return key
}
