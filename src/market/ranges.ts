import type { Instant } from '../core/time.ts'

/** From a moment on, and before another. */
export type Range = { readonly from: Instant; readonly to: Instant }

/** What of `asked` lies in none of `known`, in order. */
export function without(asked: Range, known: readonly Range[]): Range[] {
  const left: Range[] = []
  let { from } = asked
  for (const each of known) {
    if (each.to <= from || each.from >= asked.to) continue
    if (each.from > from) left.push({ from, to: each.from })
    from = each.to
  }
  return from < asked.to ? [...left, { from, to: asked.to }] : left
}

/** All of both, in order, with those that touch made one. */
export function joined(known: readonly Range[], added: readonly Range[]): Range[] {
  const all = [...known, ...added]
    .filter(({ from, to }) => from < to)
    .sort((a, b) => a.from - b.from)
  const together: Range[] = []
  for (const each of all) {
    const last = together.at(-1)
    if (!last || each.from > last.to) together.push(each)
    else if (each.to > last.to) together[together.length - 1] = { from: last.from, to: each.to }
  }
  return together
}

/** What both have. */
export function common(a: Range, b: Range): Range | undefined {
  const from = a.from > b.from ? a.from : b.from
  const to = a.to < b.to ? a.to : b.to
  return from < to ? { from, to } : undefined
}
