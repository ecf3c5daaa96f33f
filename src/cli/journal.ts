import { existsSync } from 'node:fs'
import { Command } from 'commander'
import type { Config } from '../config.ts'
import type { Verified } from '../desk/verify.ts'
import { verifyJournal } from '../desk/verify.ts'
import { fileIn } from '../folder.ts'
import { CorruptJournal } from '../store/journal.ts'
import { SqliteJournal } from '../store/sqlite.ts'
import { EXIT, Exit } from './exit.ts'
import { out, outJson } from './say.ts'

export function journalCommand(config: () => Config): Command {
  const journal = new Command('journal').description('the record of everything that happened')
  journal
    .command('verify')
    .description('check every row: none missing, changed or out of order')
    .option('--full', 'also fold it from the start, and compare with the saved accounts')
    .option('--json', 'print the answer as JSON')
    .addHelpText('after', '\nWorks beside a running desk, and without one.')
    .action((options: { full?: boolean; json?: boolean }) => {
      const file = fileIn(config(), 'journal.db')
      if (!existsSync(file)) throw new Exit(EXIT.refused, `there is no journal at ${file}`)
      const read = new SqliteJournal(file, { readOnly: true })
      try {
        const found = verifyJournal(read, options.full ?? false)
        if (options.json) outJson({ sound: true, ...found })
        else out(sentenceOf(found))
        if (found.differing.length > 0) process.exitCode = EXIT.refused
      } catch (error) {
        if (!(error instanceof CorruptJournal)) throw error
        if (options.json) outJson({ sound: false, row: error.row, reason: error.message })
        throw new Exit(EXIT.refused, error.message)
      } finally {
        read.close()
      }
    })
  return journal
}

function sentenceOf({ rows, events, digest, full, differing }: Verified): string {
  const lines = [`${rows} rows and ${events} events are sound.`, `digest ${digest}`]
  if (full && differing.length === 0)
    lines.push('Folded from the start, every account is the same.')
  for (const account of differing)
    lines.push(`The saved account ${account} DIFFERS from its events.`)
  return lines.join('\n')
}
