/** The figures of the comparison as docs/outcomes.md shows them. */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { KINDS, MILLION } from './delays.ts'
import type { Score } from './outcomes.ts'
import { OURS, POLICIES } from './outcomes.ts'
import { MODELS } from './policies.ts'

/** From dist/sim to the sources. */
const PAGE = fileURLToPath(new URL('../../docs/outcomes.md', import.meta.url))
const BEGIN = '<!-- figures: written by npm run outcomes -- --write -->'
const END = '<!-- end of figures -->'

export type Summed = Omit<Score, 'policy'>

export function addScore(sums: Map<string, Summed>, { policy, ...score }: Score): void {
  const before = sums.get(policy)
  if (!before) return void sums.set(policy, score)
  sums.set(policy, {
    orders: before.orders + score.orders,
    duplicates: before.duplicates + score.duplicates,
    falseEnds: before.falseEnds + score.falseEnds,
    doubts: [...before.doubts, ...score.doubts].toSorted((a, b) => a - b),
    keptBack: before.keptBack + score.keptBack,
    wrong: before.wrong + score.wrong,
  })
}

const grouped = (count: number): string => Math.round(count).toLocaleString('en-US')
const inAMillion = (count: number, of: number): string => grouped((count / of) * MILLION)
const seconds = (ms: number | undefined): string =>
  ms === undefined ? '–' : `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`
const at = (sorted: readonly number[], part: number): number | undefined =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]

/** None found is no proof that there are none: with 95 % certainty there are fewer than this. */
const mostIfNone = (orders: number): string => `0 (< ${grouped((3 / orders) * MILLION)})`

const rate = (count: number, orders: number): string =>
  count === 0 ? mostIfNone(orders) : inAMillion(count, orders)

const HEAD = [
  'when no good answer comes',
  'duplicates',
  'false ends',
  'not certain at once',
  'then: median',
  'p99',
  'entries kept back',
]

export function table(sums: ReadonlyMap<string, Summed>, sessions: number): string[] {
  const rows = POLICIES.map((policy) => {
    const { orders, duplicates, falseEnds, doubts, keptBack } = sums.get(policy)!
    return [
      policy === OURS ? `**${policy}**` : policy,
      rate(duplicates, orders),
      rate(falseEnds, orders),
      inAMillion(doubts.length, orders),
      seconds(at(doubts, 0.5)),
      seconds(at(doubts, 0.99)),
      inAMillion(keptBack, orders + keptBack),
    ]
  })
  const { orders, wrong, keptBack, falseEnds } = sums.get(OURS)!
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [
    line(HEAD),
    `|${HEAD.map((_, index) => (index === 0 ? '---|' : '---:|')).join('')}`,
    ...rows.map(line),
    '',
    `In a million orders; from ${sessions} sessions (seeds 1 to ${sessions}) of ` +
      `${grouped((orders + keptBack) / sessions)} wishes for each policy. ` +
      `Of Tallyman’s ${grouped(falseEnds)} false ends, each a presumption that it had named one, ` +
      `${wrong === 0 ? 'none' : grouped(wrong)} was still wrong in its books an hour later.`,
  ]
}

/** What the policies and the broker of the comparison are, from the code that plays them. */
export function facts(): string[] {
  const well = MILLION - Object.values(KINDS).reduce((sum, { share }) => sum + share, 0)
  return [
    '| in a million calls | what becomes of them |',
    '|---:|---|',
    `| ${grouped(well)} | placed within 0.2 s, answered within 0.4 s |`,
    ...Object.values(KINDS).map(({ what, share }) => `| ${grouped(share)} | ${what} |`),
    '',
    '| rule | as played here |',
    '|---|---|',
    ...MODELS.map(({ name, parameters }) => `| ${name} | ${parameters} |`),
  ]
}

/** Puts the figures into the page, between its two marks. */
export function writePage(lines: readonly string[]): void {
  const page = readFileSync(PAGE, 'utf8')
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)]
  if (begin < 0 || end < begin) throw new Error(`${PAGE} lacks its marks ${BEGIN} and ${END}`)
  const figures = `${BEGIN}\n\n${lines.join('\n')}\n\n`
  writeFileSync(PAGE, page.slice(0, begin) + figures + page.slice(end))
}
