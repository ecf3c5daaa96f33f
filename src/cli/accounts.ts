import { Command } from 'commander'
import type { Config } from '../config.ts'
import type { AccountView } from '../core/asking.ts'
import { verifyJournal } from '../desk/verify.ts'
import type { Client } from './client.ts'
import { EXIT, Exit } from './exit.ts'
import { withJournal } from './record.ts'
import { out, outJson } from './say.ts'

export function accountsCommand(config: () => Config, client: () => Client): Command {
  const accounts = new Command('accounts').description('the accounts of the desk')
  accounts
    .command('reopen')
    .description('let an account trade again that was closed because its books did not add up')
    .argument('<account>', 'e.g. paper')
    .option('--json', 'print the answer as JSON')
    .addHelpText(
      'after',
      '\nFirst folds the whole journal, and refuses where anything differs.' +
        '\n\nExample:\n  $ tallyman accounts reopen paper',
    )
    .action(async (account: string, { json }: { readonly json?: boolean }) => {
      const path = `/accounts/${encodeURIComponent(account)}/reopen`
      const { differing, rows } = await withJournal(config(), (read) => verifyJournal(read, true))
      if (differing.includes(account)) {
        throw new Exit(EXIT.refused, `${account}: its saved state differs from its ${rows} rows`)
      }
      const reopened = await client().call<AccountView>({ method: 'POST', path })
      if (json) outJson(reopened)
      else out(`${account} takes orders again; its ${rows} rows of journal add up.`)
    })
  return accounts
}
