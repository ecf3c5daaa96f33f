/** What stands where in a data folder: for the desk, and for the command line beside it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from './config.ts'
import { Vault } from './store/vault.ts'

export const VERSION: string = (
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    readonly version: string
  }
).version

/** Tallyman cannot start; the message is the one sentence a person is told. */
export class CannotStart extends Error {
  override readonly name = 'CannotStart'
}

/** `server.json`: where the command line finds a running desk. */
export type ServerFile = { readonly url: string; readonly pid: number }

/** The name under which the vault keeps the command line's own key. */
export const CLI_KEY = 'cli'

export const fileIn = ({ data }: Config, name: string): string => join(data, name)

/**
 * Opens the vault for one errand. Throws CannotStart where its key is missing, or not the one that
 * its secrets were sealed with.
 */
export function withVault<T>(config: Config, run: (vault: Vault) => T): T {
  try {
    const vault = new Vault(fileIn(config, 'vault.db'), fileIn(config, 'vault.key'))
    try {
      return run(vault)
    } finally {
      vault.close()
    }
  } catch (error) {
    throw new CannotStart(`the vault does not open: ${(error as Error).message}`)
  }
}

export const cliKey = (config: Config): string | undefined =>
  withVault(config, (vault) => vault.get(CLI_KEY))
