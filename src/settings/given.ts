import { BadSetting, shown } from './bad-setting.ts'
import type { Key } from './schema.ts'
import { settingOf } from './schema.ts'

/** A setting as one source gives it. */
export type Given = {
  readonly key: Key
  readonly text: string
  /** `tallyman.yaml:12`, `.env:3`, `environment`, `flag --port`. */
  readonly from: string
  /** What a complaint begins with, up to the value: `TALLYMAN_PORT=`. */
  readonly named: string
  readonly isFlag: boolean
  /** The text names a file that holds the value: only of secrets. */
  readonly isFile: boolean
}

/** What is wrong with it, without its value where that may be a secret. */
export function bad({ key, text, named, isFlag, isFile }: Given, why: string): BadSetting {
  const hides = settingOf(key).secret && !isFile
  const what = hides ? named.replace(/[=: ]+$/, '') : `${named}${shown(text)}`
  return new BadSetting(`${what}: ${why}`, isFlag)
}

export const flag = (key: Key, name: string, text: string): Given => ({
  key,
  text,
  from: `flag ${name}`,
  named: `${name} `,
  isFlag: true,
  isFile: false,
})
