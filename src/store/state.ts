import { createHash, randomBytes } from 'node:crypto'
import type { Sql } from './sql.ts'
import { openOwn } from './own-file.ts'

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS api_key (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL UNIQUE,
    scope      TEXT NOT NULL CHECK (scope IN ('read', 'trade', 'admin')),
    hash       TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER
  ) STRICT`

/** Each includes the ones before it. */
export const SCOPES = ['read', 'trade', 'admin'] as const
export type Scope = (typeof SCOPES)[number]

export type ApiKey = {
  readonly id: string
  readonly name: string
  readonly scope: Scope
  readonly createdAt: number
  readonly revokedAt: number | undefined
}

type StoredKey = {
  readonly id: string
  readonly name: string
  readonly scope: Scope
  readonly hash: string
  readonly created_at: number
  readonly revoked_at: number | null
}

const SECRET_BYTES = 32
const ID_BYTES = 6
const KEY = /^tm_([0-9a-f]{12})_([\w-]{43})$/

export const includes = (held: Scope, needed: Scope): boolean =>
  SCOPES.indexOf(held) >= SCOPES.indexOf(needed)

export const STATE_FORM = 1
const IF_DAMAGED = 'restore it from a backup, or move it away and make new keys'

/** What is neither in the journal nor derived from it: people and their keys. Backed up. */
export class State {
  readonly #sql: Sql

  constructor(file: string) {
    this.#sql = openOwn(file, { form: STATE_FORM, schema: SCHEMA, ifDamaged: IF_DAMAGED })
  }

  /** The text of a new key. It is shown once; only its hash is kept. */
  createKey(name: string, scope: Scope, now: number): string | undefined {
    const id = randomBytes(ID_BYTES).toString('hex')
    const secret = randomBytes(SECRET_BYTES).toString('base64url')
    const { changes } = this.#sql
      .prepare(
        `INSERT INTO api_key (id, name, scope, hash, created_at) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (name) DO NOTHING`,
      )
      .run(id, name, scope, hashOf(secret), now) as { readonly changes: number | bigint }
    return Number(changes) === 1 ? `tm_${id}_${secret}` : undefined
  }

  /** The key a text is, unless it is none, is wrong, or was revoked. */
  keyOf(text: string): ApiKey | undefined {
    const [, id, secret] = KEY.exec(text) ?? []
    if (!id || !secret) return undefined
    const stored = this.#sql.prepare('SELECT * FROM api_key WHERE id = ?').get(id) as
      | StoredKey
      | undefined
    // The secret is random and 256 bits long: comparing hashes gives nothing away by its timing.
    if (!stored || stored.revoked_at !== null || stored.hash !== hashOf(secret)) return undefined
    return keyFrom(stored)
  }

  keys(): ApiKey[] {
    const rows = this.#sql.prepare('SELECT * FROM api_key ORDER BY created_at, id').all()
    return (rows as StoredKey[]).map(keyFrom)
  }

  revokeKey(name: string, now: number): boolean {
    const { changes } = this.#sql
      .prepare('UPDATE api_key SET revoked_at = ? WHERE name = ? AND revoked_at IS NULL')
      .run(now, name) as { readonly changes: number | bigint }
    return Number(changes) === 1
  }

  close(): void {
    this.#sql.close()
  }
}

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex')

const keyFrom = ({ id, name, scope, created_at, revoked_at }: StoredKey): ApiKey => ({
  id,
  name,
  scope,
  createdAt: created_at,
  revokedAt: revoked_at ?? undefined,
})
