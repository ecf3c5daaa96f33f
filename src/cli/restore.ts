import { join, resolve } from 'node:path'
import { Command } from 'commander'
import type { PutBack } from '../backup/put-back.ts'
import { putBack } from '../backup/put-back.ts'
import type { Config } from '../config.ts'
import { openLog } from '../log/log.ts'
import { withBars } from './backup.ts'
import { out, outJson } from './say.ts'

type RestoreCommand = {
  readonly data?: string
  readonly force?: boolean
  readonly paperBroker?: boolean
  readonly json?: boolean
}

export function restoreCommand(config: () => Config): Command {
  return new Command('restore')
    .description('put a backup back into a data folder in which no desk runs')
    .argument('<file>', 'what "tallyman backup" wrote')
    .option('--data <folder>', 'instead of TALLYMAN_DATA')
    .option('--force', 'move what is in the folder aside; nothing is deleted')
    .option('--paper-broker', 'also the paper broker’s books, where there are some already')
    .option('--json', 'print the answer as JSON')
    .addHelpText('after', HELP)
    .action((file: string, options: RestoreCommand) => restore(config(), resolve(file), options))
}

const HELP = `
The backup is checked as a whole before anything is touched. Then the journal is told that it is an
older copy of itself: every order that was not finished is UNKNOWN, and is settled from the broker’s
book when the desk starts. Nothing is sent again, and tags begin anew.

The paper broker’s books stand for the broker, which goes on whatever becomes of the desk: those
that are there stay, unless --paper-broker says otherwise. The vault, HALT and the log stay as well.

Examples:
  $ tallyman restore /backups/tallyman.tar.gz --data ./data
  $ tallyman restore /backups/tallyman.tar.gz --force`

async function restore(config: Config, file: string, options: RestoreCommand): Promise<void> {
  const { data, force = false, paperBroker: withVenue = false, json } = options
  const folder = data === undefined ? config.data : resolve(data)
  const done = await withBars((onStep) =>
    putBack({ file, folder, force, withVenue, now: Date.now(), onStep }),
  )
  logRestore(config, done)
  if (json) outJson(jsonOf(done))
  else out(doneText(done))
}

/** Where people look for what happened, it stands between the lost lines and the next start. */
function logRestore({ log: level }: Config, { folder, manifest, unknown, aside }: PutBack): void {
  const now = (): number => Date.now()
  const onTrouble = (): void => {} // it is said on the terminal
  const log = openLog({ folder: join(folder, 'logs'), level, now, secrets: [], onTrouble })
  const { takenAt, journal } = manifest
  log.warn({ unknown, aside }, `restored from a backup of ${takenAt}, row ${journal.rows}`)
  log.close()
}

const jsonOf = ({ folder, manifest, unknown, aside, venue }: PutBack): object => ({
  folder,
  tallyman: manifest.tallyman,
  takenAt: manifest.takenAt,
  journal: manifest.journal,
  unknown,
  movedAside: aside ?? null,
  paperBroker: venue,
})

const NAMED_MAX = 20

function doneText({ folder, manifest, unknown, aside, venue }: PutBack): string {
  const { takenAt, journal } = manifest
  const hasSettings = manifest.parts.some(({ name }) => name === 'tallyman.yaml')
  const named = unknown.slice(0, NAMED_MAX).join(', ') + (unknown.length > NAMED_MAX ? ', …' : '')
  return [
    `Restored into ${folder}: the journal as it was at ${takenAt}, row ${journal.rows}.`,
    unknown.length === 0
      ? 'No order was unfinished then.'
      : `UNKNOWN until the broker’s book tells: ${named}. Nothing is sent again.`,
    ...(venue === 'none' ? [] : [`The paper broker’s books are ${venue}.`]),
    ...(aside === undefined ? [] : [`What was there before is in ${aside}.`]),
    ...(hasSettings
      ? [`The settings of then are ${join(folder, 'tallyman.yaml')}: see --config.`]
      : []),
    'API keys are those of then: revoke again what was revoked since.',
    'What is not in a backup: secrets (log in again, or keep the vault that is there).',
    'Next: npx tallyman start, then npx tallyman verify.',
  ].join('\n')
}
