/** How an adapter reads a row of one part of its broker's book. */
export type RowReader<Raw, Kept, Row> = {
  /** Of a row that which ours is made of, and whether that is still the same. */
  readonly keep: (raw: Raw) => Kept
  readonly isSame: (raw: Raw, kept: Kept) => boolean
  readonly rowOf: (raw: Raw) => Row
}

/**
 * Rows of a part of a broker's book, read again and again. Where only prices have moved nothing is
 * decoded: the rows are then the very same as before, by which it is known that there is nothing to
 * compare.
 */
export class SameRows<Raw, Kept, Row> {
  readonly #reader: RowReader<Raw, Kept, Row>
  #rows: readonly Row[] = []
  #kept: readonly Kept[] = []

  constructor(reader: RowReader<Raw, Kept, Row>) {
    this.#reader = reader
  }

  /** Throws what the adapter throws; what was read before is then still what it was. */
  read(raws: readonly Raw[]): readonly Row[] {
    if (!this.#isSame(raws)) this.#take(raws)
    return this.#rows
  }

  #isSame(raws: readonly Raw[]): boolean {
    const { isSame } = this.#reader
    const kept = this.#kept
    if (raws.length !== kept.length) return false
    for (let index = 0; index < raws.length; index++) {
      if (!isSame(raws[index]!, kept[index]!)) return false
    }
    return true
  }

  #take(raws: readonly Raw[]): void {
    const { keep, isSame, rowOf } = this.#reader
    const [rows, kept] = [this.#rows, this.#kept]
    const isOld = raws.map((raw, at) => at < kept.length && isSame(raw, kept[at]!))
    this.#rows = raws.map((raw, at) => (isOld[at] ? rows[at]! : rowOf(raw)))
    this.#kept = raws.map((raw, at) => (isOld[at] ? kept[at]! : keep(raw)))
  }
}
