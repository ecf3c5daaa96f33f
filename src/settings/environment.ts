import { parseEnv } from 'node:util'
import { BadSetting } from './bad-setting.ts'
import type { Given } from './given.ts'
import { nearest } from './near.ts'
import type { Key } from './schema.ts'
import { KEYS, SETTING_NAMES, settingOf } from './schema.ts'
import { readText } from './text-file.ts'

type Environment = Readonly<Record<string, string | undefined>>
type Named = { readonly key: Key; readonly isFile: boolean }

/** By name, secrets also as `…_FILE`: the file that holds them. */
const NAMED: ReadonlyMap<string, Named> = new Map(
  KEYS.flatMap((key) => {
    const { env, secret } = settingOf(key)
    const own: [string, Named] = [env, { key, isFile: false }]
    return secret ? [own, [`${env}_FILE`, { key, isFile: true }]] : [own]
  }),
)
const NAMES: readonly string[] = [...new Set([...SETTING_NAMES, ...NAMED.keys()])]

/** Only ours begin so: what is unknown was meant for us. */
const PREFIX = 'TALLYMAN_'
/** Ours begin so too, and others’ may. */
const SHARED_PREFIX = /^(KOTAK|TELEGRAM)_/

/** `at` says where a name stands: `.env:3`. Empty is absent. Throws BadSetting. */
export function givenInEnvironment(env: Environment, at?: (name: string) => string): Given[] {
  const given: Given[] = []
  for (const [name, text] of Object.entries(env)) {
    const known = NAMED.get(name)
    const place = at && `${at(name)}: `
    if (!known && name.startsWith(PREFIX) && !NAMES.includes(name)) {
      // Without its value, which may be a secret under a wrong name.
      throw new BadSetting(`${place ?? ''}${name}: there is no such setting; ${hint(name)}`)
    }
    if (!known || text === undefined || text === '') continue
    const from = at ? at(name) : 'environment'
    given.push({ ...known, text, from, named: `${place ?? ''}${name}=`, isFlag: false })
  }
  return given
}

function hint(name: string): string {
  const meant = NAMES.find((each) => bareOf(each) === nearest(bareOf(name), NAMES.map(bareOf)))
  const where = 'docs/configuration.md lists all'
  return meant === undefined ? where : `did you mean ${meant}? ${where}`
}

/** What all of ours have in common says nothing about which one was meant. */
const bareOf = (name: string): string => name.replace(PREFIX, '')

/** Names that look like one of ours, and may be somebody else's: `TELEGRAM_CHATID`. */
export const nearMisses = (env: Environment): { readonly name: string; readonly meant: string }[] =>
  Object.keys(env).flatMap((name) => {
    if (!SHARED_PREFIX.test(name) || NAMES.includes(name)) return []
    const meant = nearest(name, NAMES)
    return meant === undefined ? [] : [{ name, meant }]
  })

const BYTES_MAX = 64 * 1024

export type EnvFile = {
  readonly env: Environment
  readonly at: (name: string) => string
  readonly isOpenToOthers: boolean
}

/** Throws BadSetting. */
export function readEnvFile(file: string): EnvFile | undefined {
  const found = readText(file, BYTES_MAX)
  if (!found) return undefined
  const { text, isOpenToOthers } = found
  const lines = text.split('\n')
  const at = (name: string): string => {
    // Of a name that stands there twice, the last counts.
    const line = lines.findLastIndex((each) => nameIn(each) === name)
    return line < 0 ? file : `${file}:${line + 1}`
  }
  return { env: parseEnv(text), at, isOpenToOthers }
}

const nameIn = (line: string): string | undefined =>
  /^\s*(?:export\s+)?([^=\s]+)\s*=/.exec(line)?.[1]
