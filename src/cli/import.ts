import { resolve } from 'node:path'
import { Command } from 'commander'
import type { ImportedView, ImportOutcome, ImportView } from '../core/importing.ts'
import type { Client } from './client.ts'
import { EXIT } from './exit.ts'
import type { Found } from './legacy-files.ts'
import { readLegacy } from './legacy-files.ts'
import { jsonOption } from './order-words.ts'
import { progressBar } from './progress.ts'
import { onOneLine } from './record.ts'
import { out, outJson } from './say.ts'

type Options = {
  readonly apply?: boolean
  readonly account: string
  readonly strategy?: string
  readonly json?: boolean
}

export function importCommand(client: () => Client): Command {
  const legacy = new Command('legacy')
    .description('take over the files of a system that came before; shows first, does with --apply')
    .argument('<folder>', 'where system_recommended_symbols.json and the others are')
    .option('--apply', 'do it; without this nothing is changed')
    .option('--account <account>', 'into which account', 'paper')
    .option('--strategy <name>', 'whose the tracked quantities are (manual)')
    .addOption(jsonOption())
    .addHelpText('after', HELP)
    .action((folder: string, options: Options) => importLegacy(client(), resolve(folder), options))
  return new Command('import')
    .description('take over what another system has written down')
    .addHelpText('after', '\nExamples:\n  $ tallyman import legacy ./old --strategy breakout')
    .addCommand(legacy)
}

const HELP = `
Reads system_recommended_symbols.json, pending_orders.json, trades_history.json and
portfolio_state.json. Every line goes into the journal word for word, as a memory: no order, no
trade and no profit comes of it. Tracked quantities move from what the account held before into the
book of --strategy, as far as the broker holds them. What was taken before is left as it is, and
each line that cannot be taken is named with the reason: docs/moving-over.md.

Examples:
  $ tallyman import legacy ./old --strategy breakout
  $ tallyman import legacy ./old --strategy breakout --apply`

/** What one request may carry. */
const RECORDS_A_CALL = 40
/** Lines that are named on a terminal; --json has them all. */
const NAMED_MAX = 50

type Line = { readonly file: string; readonly row: string; readonly why: string }
type Moved = ImportedView & { readonly symbol: string }
type Told = {
  readonly taken: number
  readonly known: number
  readonly moved: readonly Moved[]
  readonly lines: readonly Line[]
}

async function importLegacy(client: Client, folder: string, options: Options): Promise<void> {
  const { apply = false, json } = options
  const found = await readLegacy(folder)
  const told = await send(client, found, options)
  const lines = [...found.refused, ...told.lines]
  if (json) {
    const moved = told.moved.map(({ symbol, moved: quantity, short }) => ({
      symbol,
      quantity,
      short,
    }))
    const { taken, known } = told
    outJson({ dryRun: !apply, taken, known, moved, refused: lines, notes: found.notes })
  } else out(textOf({ ...told, lines }, found, options))
  if (lines.length > 0) process.exitCode = EXIT.refused
}

async function send(client: Client, { records }: Found, options: Options): Promise<Told> {
  const { apply = false, account, strategy } = options
  const bar = progressBar('importing')
  const [moved, lines]: [Moved[], Line[]] = [[], []]
  let [taken, known] = [0, 0]
  try {
    for (let from = 0; from < records.length; from += RECORDS_A_CALL) {
      const some = records.slice(from, from + RECORDS_A_CALL)
      const plain = some.map(({ file: _, row: __, ...record }) => record)
      const body = { account, strategy, dryRun: !apply, records: plain }
      const { items } = await client.call<ImportView>({ method: 'POST', path: '/import', body })
      for (const [index, item] of items.entries()) {
        const { file, row, symbol } = some[index]!
        if (item.outcome === 'taken') taken++
        else if (item.outcome === 'known') known++
        else lines.push({ file, row, why: WHYS[item.outcome] })
        if (item.moved !== null) moved.push({ ...item, symbol })
      }
      bar.show(Math.min(from + RECORDS_A_CALL, records.length), records.length)
    }
  } finally {
    bar.stop()
  }
  return { taken, known, moved, lines }
}

const WHYS: Readonly<Record<Exclude<ImportOutcome, 'taken' | 'known'>, string>> = {
  unknownSymbol: 'nobody here knows the symbol, so no book can hold it',
  notHeld: 'the account held none of it before us: connect the broker first, then import again',
  full: 'the account keeps no more imported lines',
}

function textOf(told: Told, { notes }: Found, { apply, strategy, account }: Options): string {
  const { taken, known, moved, lines } = told
  const owner = strategy === undefined ? 'manual' : `strategy:${strategy}`
  const did = apply ? 'taken into the journal' : 'would be taken into the journal'
  const moves = moved.map(({ symbol, moved: quantity, short }) => {
    const rest = short === null ? '' : `; ${short} more than the broker holds were left out`
    return `  ${symbol}: ${quantity} from preexisting to ${owner}${rest}`
  })
  const named = lines.slice(0, NAMED_MAX).map(({ file, row, why }) => {
    return `  ${onOneLine([file, row].filter(Boolean).join(' '))}: ${onOneLine(why)}`
  })
  const more = lines.length - named.length
  return [
    apply ? `Imported into ${account}.` : 'Dry run: nothing was changed. Do it with --apply.',
    ...notes,
    `${taken} lines ${did}, ${known} were there before, ${lines.length} cannot be taken.`,
    ...(moves.length > 0 ? [apply ? 'Books:' : 'Books would change:', ...moves] : []),
    ...(named.length > 0 ? ['Not taken:', ...named] : []),
    ...(more > 0 ? [`  and ${more} more: --json names them all`] : []),
  ].join('\n')
}
