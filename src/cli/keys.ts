import { Command, Option } from 'commander'
import type { Config } from '../config.ts'
import { CLI_KEY, fileIn, isThere, makeFolder } from '../folder.ts'
import type { ApiKey, Scope } from '../store/state.ts'
import { SCOPES, State } from '../store/state.ts'
import { EXIT, Exit } from './exit.ts'
import type { Column } from './say.ts'
import { out, outJson, tableText } from './say.ts'

/** Keys are managed on the data folder itself: whoever may write to it owns the desk. */
export function keysCommand(config: () => Config): Command {
  return new Command('keys')
    .description('keys for programs that use the API')
    .addCommand(createCommand(config))
    .addCommand(listCommand(config))
    .addCommand(revokeCommand(config))
}

function createCommand(config: () => Config): Command {
  return new Command('create')
    .description('make a key; its text is shown this once')
    .addOption(new Option('--scope <scope>', 'what it may do').choices(SCOPES).default('read'))
    .option('--name <name>', 'who it is for')
    .option('--json', 'print the answer as JSON')
    .addHelpText(
      'after',
      '\nScopes: read looks, trade also places and cancels, admin also manages.' +
        '\n\nExample:\n  $ tallyman keys create --scope trade --name my-bot --json',
    )
    .action((options: { scope: Scope; name?: string; json?: boolean }) => {
      const { scope } = options
      const name = options.name ?? `${scope}-${Date.now().toString(36)}`
      if (!/^[\w.-]{1,60}$/.test(name)) {
        throw new Exit(EXIT.usage, `name "${name}": letters, digits, _ . and - are expected`)
      }
      const read = config()
      makeFolder(read)
      const key = withState(read, (state) => state.createKey(name, scope, Date.now()))
      if (key === undefined) {
        throw new Exit(EXIT.refused, `a key named "${name}" exists already: choose another name`)
      }
      if (options.json) outJson({ key, name, scope })
      else out(`${key}\n\nScope ${scope}, name ${name}. It is not kept: store it safely now.`)
    })
}

function listCommand(config: () => Config): Command {
  return new Command('list')
    .description('all keys, without their texts')
    .option('--json', 'print the answer as JSON')
    .addHelpText('after', '\nExamples:\n  $ tallyman keys list\n  $ tallyman keys list --json')
    .action(({ json }: { json?: boolean }) => {
      const read = config()
      const all = hasKeys(read) ? withState(read, (state) => state.keys()) : []
      if (json) outJson({ items: all.map(plain), next: null })
      else out(all.length === 0 ? 'No keys.' : tableText(COLUMNS, all))
    })
}

function revokeCommand(config: () => Config): Command {
  return new Command('revoke')
    .description('end a key; it is refused from now on')
    .argument('<name>', 'as in "tallyman keys list"')
    .option('--json', 'print the answer as JSON')
    .addHelpText('after', '\nExample:\n  $ tallyman keys revoke my-bot')
    .action((name: string, { json }: { json?: boolean }) => {
      const read = config()
      const isRevoked =
        hasKeys(read) && withState(read, (state) => state.revokeKey(name, Date.now()))
      if (!isRevoked) {
        const remedy = 'see "npx tallyman keys list"'
        throw new Exit(EXIT.refused, `no working key is named "${name}"; ${remedy}`)
      }
      if (json) outJson({ name, revoked: true })
      else out(`Revoked ${name}.${isOurs(name) ? RESTART : ''}`)
    })
}

const isOurs = (name: string): boolean => name === CLI_KEY || name.startsWith(`${CLI_KEY}-`)
const RESTART = ' If it was the command line’s own, restart the desk: it makes a new one.'

const hasKeys = (config: Config): boolean => isThere(fileIn(config, 'state.db'))

function withState<T>(config: Config, use: (state: State) => T): T {
  const state = new State(fileIn(config, 'state.db'))
  try {
    return use(state)
  } finally {
    state.close()
  }
}

const plain = ({ id, name, scope, createdAt, revokedAt }: ApiKey) => ({
  id,
  name,
  scope,
  createdAt: new Date(createdAt).toISOString(),
  revokedAt: revokedAt === undefined ? null : new Date(revokedAt).toISOString(),
})

const COLUMNS: readonly Column<ApiKey>[] = [
  { head: 'NAME', cell: ({ name }) => name },
  { head: 'SCOPE', cell: ({ scope }) => scope },
  { head: 'CREATED', cell: ({ createdAt }) => new Date(createdAt).toISOString() },
  { head: 'STATE', cell: ({ revokedAt }) => (revokedAt === undefined ? 'works' : 'revoked') },
]
