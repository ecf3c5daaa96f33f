import type { Config } from '../config.ts'
import { BadSetting, configFrom } from '../config.ts'
import type { Key, Values } from '../settings/schema.ts'
import type { Amount } from './tallyman.ts'

type Section = Key extends `${infer S}.${string}` ? S : never

/** As a program writes it: money and per cent as amounts, times in seconds. */
type Written<T> = T extends boolean
  ? boolean
  : T extends number
    ? number
    : T extends bigint
      ? Amount
      : T extends string
        ? T
        : T extends readonly unknown[]
          ? string
          : string | Readonly<Record<string, number>>

type SettingsIn<S extends Section> = {
  readonly [K in Key as K extends `${S}.${infer Name}` ? Name : never]?:
    | Written<NonNullable<Values[K]>>
    | undefined
}

/**
 * The settings of a desk, by the names they have in `tallyman.yaml`: docs/configuration.md. What is
 * left out is at its default, but that the demo strategy does not trade.
 */
export type Settings = {
  readonly [S in Exclude<Section, 'data'>]?: SettingsIn<S> | undefined
} & {
  /** The folder in which everything is kept: `server.data_folder` in short. */
  readonly data?: string | SettingsIn<'data'> | undefined
}

/** By section and name, as the file has them. */
export type Sections = Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>

/** What was given, and nothing else. Throws BadSetting. */
export function sectionsOf({ data, server, ...others }: Settings): Sections {
  if (typeof data !== 'string') return { ...others, server, data }
  const folder = server?.data_folder
  if (folder !== undefined && folder !== data) {
    throw new BadSetting(`data: ${data}: server.data_folder is ${folder}; give one of the two`)
  }
  return { ...others, server: { ...server, data_folder: data } }
}

/** No environment, and no file: what is not given is at its default. Throws BadSetting. */
export const configOf = (sections: Sections): Config =>
  configFrom({ ...sections, sim: { demo_strategy: false, ...sections['sim'] } })
