import type { Kind } from './kinds.ts'

/** One thing that can be set, under one name in the file and one in the environment. */
export type Setting<T> = {
  readonly env: string
  readonly kind: Kind<T>
  /** As it would be written; undefined: where nobody sets it, there is none. */
  readonly initial: string | undefined
  readonly unit: string | undefined
  /** Ends no sentence, begins none: a line of a table. */
  readonly does: string
  /** Never shown; may also be named as a file that holds it. */
  readonly secret: boolean
  /** What will read it. Until that is built it is checked, and used by nothing. */
  readonly awaits: string | undefined
}

type Rest = {
  readonly env: string
  readonly does: string
  readonly unit?: string
  readonly awaits?: string
}

/** A setting that always has a value. */
export const setting = <T>(
  kind: Kind<T>,
  initial: string,
  { env, does, unit, awaits }: Rest,
): Setting<T> => ({ env, kind, initial, unit, does, secret: false, awaits })

/** A setting that may be absent. */
export const maybe = <T>(
  kind: Kind<T>,
  { env, does, unit, awaits }: Rest,
): Setting<T | undefined> => ({ env, kind, initial: undefined, unit, does, secret: false, awaits })

export const secret = (kind: Kind<string>, rest: Rest): Setting<string | undefined> => ({
  ...maybe(kind, rest),
  secret: true,
})
