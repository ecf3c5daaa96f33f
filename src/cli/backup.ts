import { constants, setPriority } from 'node:os'
import { resolve } from 'node:path'
import { Command } from 'commander'
import { BackupFailed, LEFT_OUT, WHAT } from '../backup/contents.ts'
import type { Made, OnStep } from '../backup/make.ts'
import { makeBackup } from '../backup/make.ts'
import type { Reading } from '../config.ts'
import { CorruptJournal } from '../store/journal.ts'
import { EXIT, Exit } from './exit.ts'
import type { Progress } from './progress.ts'
import { progressBar } from './progress.ts'
import { out, outJson } from './say.ts'

type BackupCommand = { readonly force?: boolean; readonly json?: boolean }

export function backupCommand(read: () => Reading): Command {
  return new Command('backup')
    .description('write all that is needed to go on elsewhere into one file')
    .argument('<file>', 'where, best on another disk: a compressed tar archive')
    .option('--force', 'replace the file if it is there')
    .option('--json', 'print the answer as JSON')
    .addHelpText('after', HELP)
    .action((file: string, options: BackupCommand) => backup(read(), resolve(file), options))
}

const HELP = `
Works beside a running desk, which goes on trading, and without one. The file is read back before
it gets its name: what bears it is whole. Without secrets: no vault, no passwords. It does hold
your orders and trades; keep it where only you can read it.

Examples:
  $ tallyman backup /backups/tallyman.tar.gz --force
  $ tallyman backup "/backups/tallyman-$(date +%F).tar.gz"`

async function backup(read: Reading, file: string, options: BackupCommand): Promise<void> {
  const { force = false, json } = options
  const { config, file: settings } = read
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL) // the desk goes first
  const made = await withBars((onStep) =>
    makeBackup({ folder: config.data, settings, file, force, now: Date.now(), onStep }),
  )
  if (json) outJson(jsonOf(made))
  else out(madeText(made))
}

/** Shows how far each step is, and ends with what went wrong in one sentence. */
export async function withBars<T>(run: (onStep: OnStep) => Promise<T>): Promise<T> {
  let bar: (Progress & { readonly doing: string }) | undefined
  const onStep: OnStep = (doing, done, of) => {
    if (bar?.doing !== doing) {
      bar?.stop()
      bar = { doing, ...progressBar(doing) }
    }
    bar.show(done, of)
  }
  try {
    return await run(onStep)
  } catch (error) {
    if (error instanceof BackupFailed) throw new Exit(EXIT.refused, error.message)
    if (!(error instanceof CorruptJournal)) throw error
    throw new Exit(EXIT.refused, `${error.message}; see docs/journal.md`)
  } finally {
    bar?.stop()
  }
}

const jsonOf = ({ file, bytes, manifest, notices }: Made): object => ({
  file,
  bytes,
  ...manifest,
  leftOut: Object.keys(LEFT_OUT),
  notices,
})

function madeText({ file, bytes, manifest, notices }: Made): string {
  const { journal, parts } = manifest
  return [
    `${file}: ${sizeText(bytes)}, read back and whole.`,
    ...parts.map(
      ({ name, bytes: size }) => `  ${name.padEnd(14)} ${sizeText(size)}, ${WHAT[name]}`,
    ),
    `The journal in it ends with row ${journal.rows}, head ${journal.head}`,
    `Not in it: ${Object.entries(LEFT_OUT)
      .map(([what, why]) => `${what} (${why})`)
      .join('; ')}.`,
    ...notices.map((notice) => `Note: ${notice}.`),
  ].join('\n')
}

/** `12 kB`, `1.4 MB` */
function sizeText(bytes: number): string {
  if (bytes < 1_000_000) return `${Math.ceil(bytes / 1_000)} kB`
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}
