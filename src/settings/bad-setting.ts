/** A setting is wrong; the message names it, where it stands, its value and what to do. */
export class BadSetting extends Error {
  override readonly name = 'BadSetting'
  /** It was wrong on the command line, rather than where settings are kept. */
  readonly isUsage: boolean

  constructor(message: string, isUsage = false) {
    super(message)
    this.isUsage = isUsage
  }
}

const SHOWN_MAX = 80

/** On one line, and no longer than anybody wants to read. */
export function shown(value: string): string {
  const line = value.replaceAll(/\p{Cc}/gu, '·')
  return line.length > SHOWN_MAX ? `${line.slice(0, SHOWN_MAX)}…` : line
}
