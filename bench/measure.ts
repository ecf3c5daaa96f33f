/** Rounds of a workload beside its yardstick, in the same run: only their ratio means anything. */

export type Round = { readonly figure: number; readonly yardstick: number }

export type Told = {
  readonly name: string
  readonly unit: string
  /** What the yardstick is. */
  readonly against: string
  readonly rounds: readonly Round[]
  /** The goal, in words: `ratio <= 1.10`. */
  readonly goal: string
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]!
}

/** Figure, yardstick, the median of the rounds' ratios, and how far the rounds lie apart. */
export function tell({ name, unit, against, rounds, goal }: Told): void {
  const ratios = rounds.map(({ figure, yardstick }) => figure / yardstick)
  const figures = rounds.map(({ figure }) => figure)
  const yardsticks = rounds.map(({ yardstick }) => yardstick)
  const shown = (value: number): string =>
    value >= 1_000 ? Math.round(value).toLocaleString('en') : value.toPrecision(3)
  const spread = `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`
  process.stdout.write(
    `${name}\n` +
      `  figure    ${shown(median(figures))} ${unit}\n` +
      `  yardstick ${shown(median(yardsticks))} ${unit} (${against})\n` +
      `  ratio     ${median(ratios).toFixed(2)} (rounds ${spread}); goal: ${goal}\n`,
  )
}

export async function rounds(count: number, run: () => Promise<Round> | Round): Promise<Round[]> {
  const all: Round[] = []
  for (let round = 0; round < count; round++) all.push(await run())
  return all
}
