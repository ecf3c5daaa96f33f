import type { Given } from './given.ts'
import { bad } from './given.ts'
import type { Key, Values } from './schema.ts'
import { KEYS, settingOf } from './schema.ts'
import { readText } from './text-file.ts'

export type Settled = {
  readonly values: Values
  /** Which source each value came from; absent: it is the default. */
  readonly chosen: ReadonlyMap<Key, Given>
}

/** Each source beats those before it. A value that makes no sense counts nowhere. BadSetting. */
export function settle(sources: readonly (readonly Given[])[]): Settled {
  const chosen = new Map<Key, Given>()
  for (const source of sources) {
    const here = new Map<Key, Given>()
    for (const given of source) {
      if (here.has(given.key)) throw bad(given, 'it is given twice here; leave one')
      if (!given.isFile) check(given)
      here.set(given.key, given)
      chosen.set(given.key, given)
    }
  }
  for (const [key, given] of chosen) if (given.isFile) chosen.set(key, opened(given))
  const values = KEYS.map((key): [Key, unknown] => {
    const { kind, initial } = settingOf(key)
    const text = chosen.get(key)?.text ?? initial
    return [key, text === undefined ? undefined : kind.read(text)]
  })
  return { values: Object.fromEntries(values) as Values, chosen }
}

function check(given: Given): void {
  const why = settingOf(given.key).kind.whyNot(given.text)
  if (why !== undefined) throw bad(given, why)
}

const SECRET_BYTES_MAX = 4 * 1024

/** What stands in the file it names; the end of the last line is no part of a secret. */
function opened(given: Given): Given {
  const found = readText(given.text, SECRET_BYTES_MAX)
  if (!found) throw bad(given, 'there is no such file; make it, or name another')
  const text = found.text.replace(/\r?\n$/, '')
  if (text === '') throw bad(given, 'the file is empty; write the secret into it')
  const read = { ...given, text, isFile: false }
  check({ ...read, named: `${given.named}${given.text}: ` })
  return read
}

export type SettingShown = {
  readonly key: Key
  readonly env: string
  /** As it is written; undefined: none; of a secret: whether there is one. */
  readonly value: string | undefined
  /** `tallyman.yaml:12`, `.env:3`, `environment`, `flag --port`, `default`. */
  readonly from: string
  readonly isGiven: boolean
  /** And given as something else than the default. */
  readonly isChanged: boolean
  /** What will use it; undefined: it is used. */
  readonly awaits: string | undefined
}

/** What every setting is at, in the form in which it is given; secrets are not told. */
export const settingsShown = (chosen: ReadonlyMap<Key, Given>): SettingShown[] =>
  KEYS.map((key) => {
    const { env, initial, secret, awaits, kind } = settingOf(key)
    const given = chosen.get(key)
    const shown = given && (kind.shown?.(given.text) ?? given.text)
    const value = secret && given ? '[hidden]' : (shown ?? (initial === '' ? undefined : initial))
    const isGiven = given !== undefined
    const isChanged = isGiven && shown !== initial
    return { key, env, value, from: given?.from ?? 'default', isGiven, isChanged, awaits }
  })
