/** What stands where in a data folder: for the desk, and for the command line beside it. */
import { createHmac } from 'node:crypto'
import { mkdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from './config.ts'
import { Vault } from './store/vault.ts'

/** Tallyman cannot start; the message is the one sentence a person is told. */
export class CannotStart extends Error {
  override readonly name = 'CannotStart'
}

/** `server.json`: where the command line finds a running desk, and how it knows it by. */
export type ServerFile = { readonly url: string; readonly pid: number; readonly secret: string }

/**
 * A port outlives the desk that had it, and may be somebody else's by now. Who answers a challenge
 * with this has read `server.json`, which is its owner's alone; the secret itself stays unsaid.
 */
export const answerTo = (challenge: string, secret: string): string =>
  createHmac('sha256', secret).update(challenge).digest('hex')

/** The name under which the vault keeps the command line's own key. */
export const CLI_KEY = 'cli'

export const fileIn = ({ data }: Config, name: string): string => join(data, name)

/** Throws CannotStart where the folder cannot be looked into. */
export const isThere = (file: string): boolean => ifThere(file, statSync) !== undefined

/** Throws CannotStart where it may not be read. */
export const textIfThere = (file: string): string | undefined =>
  ifThere(file, (path) => readFileSync(path, 'utf8'))

function ifThere<T>(file: string, look: (file: string) => T): T | undefined {
  try {
    return look(file)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    const remedy = 'run this as the user who owns the folder'
    throw new CannotStart(`${file}: it cannot be read (${code}); ${remedy}`)
  }
}

/** Makes the data folder if it is not there. Throws CannotStart. */
export function makeFolder({ data }: Config): void {
  try {
    mkdirSync(data, { recursive: true, mode: 0o700 })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const isFile = code === 'EEXIST' || code === 'ENOTDIR'
    const why = isFile ? 'it is a file, not a folder' : `it cannot be made (${code})`
    throw new CannotStart(
      `TALLYMAN_DATA=${data}: ${why}; name a folder that this user may write to`,
    )
  }
}

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

/** Looking for it makes no vault. */
export const cliKey = (config: Config): string | undefined =>
  isThere(fileIn(config, 'vault.db')) ? withVault(config, (vault) => vault.get(CLI_KEY)) : undefined
