import { format } from 'node:util'
import type { Logger, LoggerOptions, LogFn } from 'pino'
import { levels, pino } from 'pino'
import { instant, isoTime } from '../core/time.ts'
import { LogFiles } from './files.ts'
import { Redaction } from './redact.ts'

export type LogOptions = {
  readonly folder: string
  /** `debug`, `info`, `warn`, `error` or `silent`. */
  readonly level: string
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Hidden wherever they stand. */
  readonly secrets: readonly string[]
  /** Hears once that the log cannot be written. */
  readonly onTrouble: (line: string) => void
}

export type Log = Logger & { readonly close: () => void }

/** A log in daily files, one JSON object a line, without secrets. */
export function openLog({ folder, level, now, secrets, onTrouble }: LogOptions): Log {
  const files = new LogFiles({ folder, now, onTrouble })
  const redaction = new Redaction(secrets)
  const options: LoggerOptions = {
    level,
    base: null,
    timestamp: () => `,"time":"${isoTime(instant(now()))}"`,
    formatters: { level: (label) => ({ level: label }) },
    hooks: { logMethod: cleanedBy(redaction) },
  }
  // Asked for by this symbol, pino says the level of each line beside it.
  const stream = {
    [Symbol.for('pino.metadata')]: true,
    lastLevel: 0,
    write: (line: string) => files.write(line, stream.lastLevel >= levels.values['warn']!),
  }
  return Object.assign(pino(options, stream), { close: () => files.close() })
}

/** All that is logged comes through here first; what a format would put together is, before. */
const cleanedBy = (redaction: Redaction) =>
  function cleaned(this: Logger, args: Parameters<LogFn>, method: LogFn): void {
    const [first, ...rest] = args as readonly unknown[]
    if (typeof first === 'string') return method.call(this, redaction.text(format(first, ...rest)))
    const isError = first instanceof Error
    const fields = redaction.clean(isError ? { err: first } : first)
    const said = rest.length > 0 ? format(...rest) : isError ? first.message : undefined
    if (said === undefined) return method.call(this, fields as object)
    return method.call(this, fields as object, redaction.text(said))
  }
