const EIGHTHS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const

/** Values as a chart of text, `width` by `rows` characters, with `label` for its top and bottom. */
export function chart(
  values: readonly number[],
  { width, rows, label }: { width: number; rows: number; label: (value: number) => string },
): string {
  const columns = sampled(values, width)
  const low = Math.min(...columns)
  const high = Math.max(...columns)
  const range = high - low || 1
  const labels = [label(high), label(low)]
  const margin = Math.max(...labels.map(({ length }) => length))
  const lines: string[] = []
  for (let row = rows - 1; row >= 0; row--) {
    const cells = columns.map((value) => {
      const filled = 1 + ((value - low) / range) * (rows * 8 - 1) - row * 8
      return EIGHTHS[Math.max(0, Math.min(8, Math.round(filled)))]
    })
    const name = row === rows - 1 ? labels[0]! : row === 0 ? labels[1]! : ''
    lines.push(`${name.padStart(margin)} ┤${cells.join('').trimEnd()}`)
  }
  return lines.join('\n')
}

/** As many values as fit, the last one always among them. */
function sampled(values: readonly number[], width: number): number[] {
  if (values.length <= width) return [...values]
  return Array.from(
    { length: width },
    (_, index) => values[Math.round((index * (values.length - 1)) / (width - 1))]!,
  )
}
