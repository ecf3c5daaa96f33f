import type { Message } from '../core/message.ts'
import type { Instant } from '../core/time.ts'
import { instant } from '../core/time.ts'
import type { Value } from './sql.ts'

/** Letters, and how far their followers have read the journal. */
export const LETTER_SCHEMA = `
  CREATE TABLE IF NOT EXISTS follower (name TEXT PRIMARY KEY, n INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS letter (
    id        INTEGER PRIMARY KEY,
    key       TEXT NOT NULL,
    recipient TEXT NOT NULL,
    kind      TEXT NOT NULL,
    symbol    TEXT,
    account   TEXT,
    critical  INTEGER NOT NULL,
    silent    INTEGER NOT NULL,
    body      TEXT NOT NULL,
    at        INTEGER NOT NULL,
    until     INTEGER NOT NULL,
    due       INTEGER NOT NULL,
    state     TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'merged', 'old')),
    attempts  INTEGER NOT NULL DEFAULT 0,
    ended_at  INTEGER,
    reason    TEXT,
    hopeless  INTEGER NOT NULL DEFAULT 0,
    passed_on INTEGER NOT NULL DEFAULT 0,
    UNIQUE (key, recipient)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS letter_waiting
    ON letter (recipient, critical DESC, id) WHERE state = 'waiting';
  CREATE INDEX IF NOT EXISTS letter_ended ON letter (ended_at) WHERE state <> 'waiting'`

export type LetterState = 'waiting' | 'sent' | 'merged' | 'old'

export type Letter = {
  readonly id: number
  /** Of what it tells: the same for all who are told, and never told twice to one of them. */
  readonly key: string
  readonly recipient: string
  readonly message: Message
  readonly silent: boolean
  readonly at: Instant
  readonly attempts: number
  /** Why it did not arrive when it was last tried. */
  readonly reason: string | undefined
}

export type NewLetter = {
  readonly key: string
  readonly recipient: string
  readonly message: Message
  readonly silent: boolean
  readonly at: Instant
  readonly until: Instant
  readonly due: Instant
}

/** It is tried again then; hopeless, if nothing will be different. */
export type Failed = {
  readonly reason: string
  readonly due: Instant
  readonly hopeless: boolean
}

/** So many of a kind about a symbol, among those that wait. */
export type Waiting = {
  readonly kind: Message['kind']
  readonly symbol: string | undefined
  readonly account: string | undefined
  readonly count: number
  readonly first: Instant
  readonly last: Instant
}

export type LetterRow = Readonly<Record<string, Value>>

export const letterOf = (row: LetterRow): Letter => ({
  id: Number(row['id']),
  key: String(row['key']),
  recipient: String(row['recipient']),
  message: JSON.parse(String(row['body'])) as Message,
  silent: row['silent'] === 1,
  at: instant(Number(row['at'])),
  attempts: Number(row['attempts']),
  reason: textOf(row['reason']),
})

export const textOf = (value: Value | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined
