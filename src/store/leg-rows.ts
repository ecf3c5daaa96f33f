/** What every leg came to by every event that moved it: positions as they once were. */
import type { Leg } from '../core/account.ts'
import type { Price } from '../core/amount.ts'
import { negate } from '../core/amount.ts'
import type { LegOf } from '../core/draft.ts'
import type { Event, EventOf } from '../core/event.ts'
import { netKey } from '../core/instrument.ts'
import type { Order } from '../core/order.ts'
import type { Owner } from '../core/owner.ts'
import { PREEXISTING } from '../core/owner.ts'
import { fromText, toText } from '../core/plain.ts'
import type { Position } from '../core/position.ts'
import { carry, FLAT, trade } from '../core/position.ts'
import type { Sql } from './sql.ts'
import type { Following, PartOptions, Tables, ViewPart } from './view-part.ts'

/** A leg after an event that moved it, and the price it moved at, if it was by a trade. */
export type Moved = { readonly leg: Leg; readonly price: Price | undefined }

/** A leg as it was before the event; undefined where nothing had ever moved it. */
export type Held = (name: string) => Leg | undefined

/** Names a leg within its account. */
export const legName = ({
  instrument,
  product,
  owner,
}: Pick<LegOf, 'instrument' | 'product' | 'owner'>): string =>
  `${netKey(instrument, product)} ${owner}`

/** `order`: the one the event is about. Most events move nothing, some two legs. */
export function movedBy(event: Event, order: Order | undefined, held: Held): readonly Moved[] {
  switch (event.type) {
    case 'OrderFilled':
    case 'FillBusted':
      return order ? [traded({ ...order.terms, owner: order.owner }, event, held)] : []
    case 'ManualTradeSeen':
      return [traded(event, event, held)]
    case 'HoldingsAdopted':
      return [carried({ ...event, owner: PREEXISTING }, event, held)]
    case 'LegAdjusted':
      return [carried(event, event, held)]
    case 'LegMoved':
      return between(event, held)
    default:
      return []
  }
}

function traded(
  of: LegOf,
  { quantity, price }: Pick<EventOf<'OrderFilled'>, 'quantity' | 'price'>,
  held: Held,
): Moved {
  return { leg: legOf(of, trade(positionOf(of, held), quantity, price, of.multiplier)), price }
}

function carried(
  of: LegOf,
  { quantity, cost }: Pick<EventOf<'LegAdjusted'>, 'quantity' | 'cost'>,
  held: Held,
): Moved {
  return { leg: legOf(of, carry(positionOf(of, held), quantity, cost)), price: undefined }
}

function between(event: EventOf<'LegMoved'>, held: Held): readonly Moved[] {
  const { toProduct: product, toOwner: owner, quantity, cost, carried: counted } = event
  const from = held(legName(event))
  if (!from) return []
  const given = { quantity: negate(quantity), cost: negate(cost) }
  const taken = { quantity, cost: counted }
  return [carried(from, given, held), carried({ ...from, product, owner }, taken, held)]
}

const positionOf = (of: LegOf, held: Held): Position => held(legName(of))?.position ?? FLAT

function legOf(of: LegOf, position: Position): Leg {
  const { instrument, product, currency, multiplier } = of
  const owner: Owner = of.owner
  return { instrument, product, owner, currency, multiplier, position }
}

/** Keeps nothing in memory: what it follows is in the caller's transaction at once. */
export class LegRows implements ViewPart {
  static readonly TABLES: Tables = {
    names: ['leg_rows'],
    schema: `
      CREATE TABLE IF NOT EXISTS leg_rows (
        account TEXT NOT NULL,
        leg     TEXT NOT NULL,
        seq     INTEGER NOT NULL,
        body    TEXT NOT NULL,
        PRIMARY KEY (account, leg, seq)
      ) STRICT, WITHOUT ROWID`,
  }
  readonly #sql: Sql

  constructor({ sql }: Pick<PartOptions, 'sql'>) {
    this.#sql = sql
  }

  follow(event: Event, { account, seq, order }: Following): void {
    const held: Held = (leg) => legBefore(this.#sql, account, { leg, seq })
    for (const { leg } of movedBy(event, order, held)) {
      this.#sql
        .prepare('INSERT INTO leg_rows (account, leg, seq, body) VALUES (?, ?, ?, ?)')
        .run(account, legName(leg), seq, toText(leg))
    }
  }

  write(): void {}
  forget(): void {}
}

type LegAt = { readonly leg: string; readonly seq: number }

/** What the leg was before the account's event `seq`. */
export function legBefore(sql: Sql, account: string, { leg, seq }: LegAt): Leg | undefined {
  const row = sql
    .prepare(
      `SELECT body FROM leg_rows WHERE account = ? AND leg = ? AND seq < ?
       ORDER BY seq DESC LIMIT 1`,
    )
    .get(account, leg, seq) as { readonly body: string } | undefined
  return row && (fromText(row.body) as Leg)
}
