import type { Message } from '../core/message.ts'
import type { Instant } from '../core/time.ts'
import { instant } from '../core/time.ts'
import type { Failed, Letter, LetterRow, NewLetter, Waiting } from './letter-rows.ts'
import { LETTER_SCHEMA, letterOf, textOf } from './letter-rows.ts'
import { OutboxLook } from './outbox-look.ts'
import { openOwn } from './own-file.ts'
import type { Sql, Value } from './sql.ts'
import { transaction } from './sql.ts'
import { STATE_FORM } from './state.ts'

const IF_DAMAGED = 'restore it from a backup, or move it away; messages that wait in it are lost'
const FOLLOWER = 'letters'
/** Ended letters that are kept to be looked at. */
const KEPT = 20_000
const KEPT_SPARE = 1_000

/**
 * What people are still to be told, and how far the journal has been read for that: in one file,
 * so that both move together. What stands in here is sent, whatever happens to the process.
 */
export class Outbox {
  readonly #sql: Sql
  readonly look: OutboxLook

  /** Beside the keys in state.db. Throws NewerFile, BadFile. */
  constructor(file: string) {
    this.#sql = openOwn(file, { form: STATE_FORM, schema: LETTER_SCHEMA, ifDamaged: IF_DAMAGED })
    this.look = new OutboxLook(this.#sql)
  }

  close(): void {
    this.#sql.close()
  }

  /** The last row of the journal whose letters are here; undefined: none was ever read. */
  cursor(): number | undefined {
    const row = this.#one('SELECT n FROM follower WHERE name = ?', [FOLLOWER])
    return row && Number(row['n'])
  }

  /** Takes letters up to a row of the journal; those it has already are left as they are. */
  take(letters: readonly NewLetter[], n: number | undefined): void {
    return transaction(this.#sql, () => {
      for (const letter of letters) this.#put(letter)
      if (n === undefined) return
      this.#run(
        `INSERT INTO follower (name, n) VALUES (?, ?)
         ON CONFLICT (name) DO UPDATE SET n = excluded.n`,
        [FOLLOWER, n],
      )
    })
  }

  #put({ key, recipient, message, silent, at, until, due }: NewLetter): void {
    const { kind, symbol, account, critical } = message
    this.#run(
      `INSERT INTO letter (key, recipient, kind, symbol, account, critical, silent, body, at,
                           until, due, state)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting')
       ON CONFLICT (key, recipient) DO NOTHING`,
      [
        key,
        recipient,
        kind,
        symbol ?? null,
        account ?? null,
        Number(critical),
        Number(silent),
        JSON.stringify(message),
        at,
        until,
        due,
      ],
    )
  }

  /** Whoever has letters that wait. */
  addressees(): string[] {
    const rows = this.#all(`SELECT DISTINCT recipient FROM letter WHERE state = 'waiting'`)
    return rows.map((row) => String(row['recipient']))
  }

  /** The next that is due: critical ones first, then in their order. */
  next(recipient: string, now: Instant): Letter | undefined {
    const row = this.#one(
      `SELECT * FROM letter WHERE recipient = ? AND state = 'waiting' AND due <= ?
       ORDER BY critical DESC, id LIMIT 1`,
      [recipient, now],
    )
    return row && letterOf(row)
  }

  /** When the first of those that wait comes due. */
  nextDue(recipient: string): Instant | undefined {
    const row = this.#one(
      `SELECT min(due) AS due FROM letter WHERE recipient = ? AND state = 'waiting'`,
      [recipient],
    )
    const due = row?.['due']
    return typeof due === 'number' ? instant(due) : undefined
  }

  /** Due letters that may be merged, counted by what they are about. */
  waiting(recipient: string, now: Instant): Waiting[] {
    const rows = this.#all(
      `SELECT kind, symbol, account, count(*) AS count, min(at) AS first, max(at) AS last
       FROM letter WHERE recipient = ? AND state = 'waiting' AND critical = 0 AND due <= ?
       GROUP BY kind, symbol, account ORDER BY count(*) DESC, kind, symbol, account`,
      [recipient, now],
    )
    return rows.map((row) => ({
      kind: row['kind'] as Message['kind'],
      symbol: textOf(row['symbol']),
      account: textOf(row['account']),
      count: Number(row['count']),
      first: instant(Number(row['first'])),
      last: instant(Number(row['last'])),
    }))
  }

  /** Due letters of one kind and symbol from some minute. */
  alike(letter: Letter, span: readonly [from: Instant, to: Instant], now: Instant): Letter[] {
    const { kind, symbol, account } = letter.message
    const rows = this.#all(
      `SELECT * FROM letter WHERE recipient = ? AND state = 'waiting' AND critical = 0
       AND due <= ? AND kind = ? AND symbol IS ? AND account IS ?
       AND at >= ? AND at < ? ORDER BY id LIMIT 1000`,
      [letter.recipient, now, kind, symbol ?? null, account ?? null, ...span],
    )
    return rows.map(letterOf)
  }

  lastWaiting(recipient: string, now: Instant): number {
    const row = this.#one(
      `SELECT max(id) AS id FROM letter WHERE recipient = ? AND state = 'waiting' AND due <= ?`,
      [recipient, now],
    )
    return Number(row?.['id'] ?? 0)
  }

  sent({ id }: Letter, at: Instant): void {
    this.#end([id], 'sent', at)
  }

  /** They arrived as one. */
  merged(letters: readonly Letter[], at: Instant): void {
    return transaction(this.#sql, () => {
      this.#end([letters[0]!.id], 'sent', at)
      const rest = letters.slice(1).map(({ id }) => id)
      this.#end(rest, 'merged', at)
    })
  }

  /** All that was due and not critical, up to that one, arrived as one. */
  digested(recipient: string, upTo: number, at: Instant): void {
    this.#run(
      `UPDATE letter SET state = 'merged', ended_at = ? WHERE recipient = ? AND critical = 0
       AND state = 'waiting' AND due <= ? AND id <= ?`,
      [at, recipient, at, upTo],
    )
  }

  #end(ids: readonly number[], state: 'sent' | 'merged', at: Instant): void {
    for (const id of ids) {
      this.#run(
        `UPDATE letter SET state = ?, ended_at = ?, attempts = attempts + 1, reason = NULL
         WHERE id = ?`,
        [state, at, id],
      )
    }
  }

  /** It did not arrive, or nobody knows whether it did. */
  failed({ id }: Letter, { reason, due, hopeless }: Failed): void {
    this.#run(
      `UPDATE letter SET attempts = attempts + 1, reason = ?, due = ?, hopeless = ? WHERE id = ?`,
      [reason, due, Number(hopeless), id],
    )
  }

  /** What failed before is tried at once: somebody has just been reached there. */
  hurry(recipient: string, now: Instant): void {
    this.#run(
      `UPDATE letter SET due = ? WHERE recipient = ? AND state = 'waiting' AND attempts > 0`,
      [now, recipient],
    )
  }

  /** What has waited for longer than it matters; returns how many of whom. */
  giveUpOld(now: Instant): readonly { readonly recipient: string; readonly count: number }[] {
    return transaction(this.#sql, () => {
      const rows = this.#all(
        `SELECT recipient, count(*) AS count FROM letter
         WHERE state = 'waiting' AND until <= ? GROUP BY recipient`,
        [now],
      )
      if (rows.length > 0) {
        this.#run(
          `UPDATE letter SET state = 'old', ended_at = ? WHERE state = 'waiting' AND until <= ?`,
          [now, now],
        )
      }
      return rows.map((row) => ({
        recipient: String(row['recipient']),
        count: Number(row['count']),
      }))
    })
  }

  /** Marks it as passed on, and takes what somebody else is told instead, if there is anybody. */
  passOn({ id }: Letter, to: NewLetter | undefined): void {
    return transaction(this.#sql, () => {
      this.#run('UPDATE letter SET passed_on = 1 WHERE id = ?', [id])
      if (to) this.#put(to)
    })
  }

  /** Nobody is to be told them any more. */
  forget(recipient: string): void {
    this.#run(`DELETE FROM letter WHERE recipient = ? AND state = 'waiting'`, [recipient])
  }

  /** Forgets those that ended long ago. */
  prune(): void {
    const row = this.#one(`SELECT count(*) AS count FROM letter WHERE state <> 'waiting'`)
    const over = Number(row?.['count'] ?? 0) - KEPT
    if (over <= KEPT_SPARE) return
    this.#run(
      `DELETE FROM letter WHERE id IN (SELECT id FROM letter WHERE state <> 'waiting'
       ORDER BY ended_at LIMIT ?)`,
      [over],
    )
  }

  #run(text: string, values: readonly Value[] = []): void {
    this.#sql.prepare(text).run(...values)
  }

  #one(text: string, values: readonly Value[] = []): LetterRow | undefined {
    return this.#sql.prepare(text).get(...values) as LetterRow | undefined
  }

  #all(text: string, values: readonly Value[] = []): LetterRow[] {
    return this.#sql.prepare(text).all(...values) as LetterRow[]
  }
}
