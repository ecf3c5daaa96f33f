/**
 * SQLite adds 64-bit integers, and an exact amount needs more: it is kept in pieces of ten digits,
 * each with the amount's sign, which SQLite adds one by one without losing any.
 */
const PIECE = 10_000_000_000n
/** Fifty digits: more than any product of a price and a quantity has. */
const PIECES = 5

export const PIECE_NAMES: readonly string[] = Array.from({ length: PIECES }, (_, n) => `p${n}`)

/** Their sums over the rows of a query, as text: they may be more than a number holds exactly. */
export const PIECE_SUMS: string = PIECE_NAMES.map(
  (name) => `CAST(SUM(${name}) AS TEXT) AS ${name}`,
).join(', ')

/** The smallest first. */
export function piecesOf(amount: bigint): number[] {
  let left = amount
  return PIECE_NAMES.map(() => {
    const piece = left % PIECE
    left /= PIECE
    return Number(piece)
  })
}

/** What `PIECE_SUMS` found, put together. */
export const sumOf = (sums: Readonly<Record<string, string>>): bigint =>
  PIECE_NAMES.reduceRight((sum, name) => sum * PIECE + BigInt(sums[name]!), 0n)
