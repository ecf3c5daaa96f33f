import { Command } from 'commander'
import type { Reading } from '../config.ts'
import type { SettingShown } from '../settings/reading.ts'
import { out, outJson, tableText } from './say.ts'

type Options = { readonly given?: boolean; readonly json?: boolean }

export function configCommand(read: () => Reading): Command {
  return new Command('config')
    .description('what every setting is at, and where that comes from')
    .option('--given', 'only those that somebody has set')
    .option('--json', 'print the answer as JSON')
    .addHelpText('after', HELP)
    .action(({ given, json }: Options) => {
      const { settings, notices } = read()
      const chosen = given ? settings.filter(({ isGiven }) => isGiven) : settings
      if (json) return outJson({ settings: chosen.map(view), notices })
      if (chosen.length > 0) out(tableText(COLUMNS, chosen))
      else out('All settings are at their defaults.')
      for (const { says, remedy } of notices) out(`\n${says}; ${remedy}`)
    })
}

const HELP = `
Works without a running desk. Secrets are not shown. What a setting does: docs/configuration.md.
A flag beats the environment, that the file .env, that tallyman.yaml, and that the default.

Examples:
  $ tallyman config
  $ tallyman config --given
  $ tallyman config --config other.yaml --json`

const view = ({ key, env, value, from, isGiven, awaits }: SettingShown) => ({
  key,
  env,
  value: value ?? null,
  from,
  given: isGiven,
  used: awaits === undefined,
})

const COLUMNS = [
  { head: 'SETTING', cell: ({ key }: SettingShown) => key },
  { head: 'VALUE', cell: ({ value }: SettingShown) => value ?? 'none' },
  {
    head: 'FROM',
    cell: ({ from, awaits }: SettingShown) =>
      awaits === undefined ? from : `${from}, not used yet: ${awaits}`,
  },
]
