import { accessSync, constants, existsSync } from 'node:fs'
import { Command } from 'commander'
import type { Reading } from '../config.ts'
import { BadSetting } from '../config.ts'
import type { Check } from './checks.ts'
import {
  checkClock,
  checkFolder,
  checkHalt,
  checkNode,
  checkNotices,
  checkPort,
  checkSettings,
  checkVersion,
  checkZones,
  fail,
} from './checks.ts'
import { checkByTrying, checkJournal, checkRoom } from './disk-checks.ts'
import { EXIT } from './exit.ts'
import { out, outJson } from './say.ts'

export function doctorCommand(read: () => Reading): Command {
  return new Command('doctor')
    .description('look for what would keep the desk from working well, and say what to do')
    .option('--json', 'print the answer as JSON')
    .addHelpText(
      'after',
      '\nExits with 0 when nothing failed, with 1 otherwise. Changes nothing.' +
        '\n\nExamples:\n  $ tallyman doctor\n  $ tallyman doctor --json',
    )
    .action(async ({ json }: { readonly json?: boolean }) => {
      const checks = await examine(read)
      if (json) outJson({ ok: !checks.some(isFailure), checks })
      else out(checks.map(lineOf).join('\n'))
      if (checks.some(isFailure)) process.exitCode = EXIT.refused
    })
}

async function examine(settings: () => Reading): Promise<Check[]> {
  const machine = [checkVersion(), checkNode(), checkZones(), checkClock()]
  let found: Reading
  try {
    found = settings()
  } catch (error) {
    if (!(error instanceof BadSetting)) throw error
    const remedy = 'Correct it where it stands; docs/configuration.md says what each one takes.'
    return [...machine, fail('settings', { says: error.message, remedy })]
  }
  const { config: read } = found
  const said = [checkSettings(found), ...checkNotices(found)]
  const checks = [...machine, ...said, await checkPort(read), checkFolder(read)]
  if (!existsSync(read.data) || checks.some(isFailureOf('data folder'))) return checks
  try {
    accessSync(read.data, constants.W_OK)
  } catch {
    const says = `${read.data} cannot be written to`
    return [...checks, fail('data folder', { says, remedy: `chmod u+rwx ${read.data}` })]
  }
  const journal = checkJournal(read)
  return [...checks, checkHalt(read), ...checkRoom(read), journal, ...(await checkByTrying(read))]
}

const isFailure = ({ state }: Check): boolean => state === 'fail'
const isFailureOf =
  (name: string) =>
  (check: Check): boolean =>
    check.name === name && isFailure(check)

const lineOf = ({ name, state, says, remedy }: Check): string => {
  const line = `${state.padEnd(4)}  ${name.padEnd(11)}  ${says}`
  return remedy === null ? line : `${line}\n${' '.repeat(19)}${remedy}`
}
