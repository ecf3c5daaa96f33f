/** What an error of the API says, as application/problem+json (RFC 9457) with our own fields. */
export type Problem = {
  readonly type: string
  readonly title: string
  readonly status: number
  /** Machine-readable, and stable: `PRICE_NOT_ON_TICK`. */
  readonly code: string
  readonly detail: string
  /** The part of the request it is about, and what was there. */
  readonly field: string | null
  readonly value: string | null
  readonly remedy: string
}

export type Fault = Omit<Problem, 'type' | 'title'>

export const TITLES: Readonly<Record<number, string>> = {
  400: 'The request cannot be read',
  401: 'A key is needed',
  403: 'The key does not allow this',
  404: 'Not found',
  405: 'Not allowed here',
  409: 'Another command has this id',
  413: 'The request is too large',
  415: 'The request is not JSON',
  422: 'The order was denied',
  500: 'Tallyman made a mistake',
  503: 'Try again',
  507: 'The disk is nearly full',
}

/** Thrown by a handler or a hook, and answered as it is. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly problem: Problem

  constructor(fault: Fault) {
    super(fault.detail)
    this.problem = problemOf(fault)
  }
}

export const problemOf = (fault: Fault): Problem => ({
  type: `https://tallyman.dev/problems/${fault.code.toLowerCase().replaceAll('_', '-')}`,
  title: TITLES[fault.status] ?? 'Error',
  ...fault,
})

/** Perhaps decided, perhaps not: under the same key it is done once, however often it is sent. */
export const stopped = (reason: string): Fault => ({
  status: 503,
  code: 'DESK_STOPPED',
  detail: `The desk cannot answer: ${reason}.`,
  field: null,
  value: null,
  remedy: 'Send the same request again, with the same Idempotency-Key.',
})

/** What is asked of `views.db` cannot be answered; orders, positions and prices still can. */
const screensShut = (reason: string): Fault => ({
  status: 503,
  code: 'SCREENS_SHUT',
  detail: `There are no lists of orders and fills now: ${reason}.`,
  field: null,
  value: null,
  remedy:
    'Orders work as ever. Put that right and start the desk again; views.db may be removed, ' +
    'it is written again from the journal.',
})

/** An error that says that a question cannot be answered now; undefined for any other. */
export function notNow({ name, message }: Error): Fault | undefined {
  if (name === 'DeskStopped' || name === 'ScreensBehind') return stopped(message)
  return name === 'ScreensShut' ? screensShut(message) : undefined
}

/** Nothing was decided: the same request may be sent again once there is room. */
export const noSpace = (reason: string): Fault => ({
  status: 507,
  code: 'NO_DISK_SPACE',
  detail: `New orders wait, since ${reason}; cancels and closes still work.`,
  field: null,
  value: null,
  remedy: 'Free space on the disk of the data folder: see docs/journal.md.',
})

const VALUE_MAX = 100

/** A value from outside as it may be shown back: short, and on one line. */
export function shown(value: unknown): string | null {
  if (value === undefined) return null
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '?')
  const line = text.replaceAll(/\p{Cc}/gu, ' ')
  return line.length > VALUE_MAX ? `${line.slice(0, VALUE_MAX)}…` : line
}
