/** What a desk refuses, as errors that programs can tell apart and people can act on. */
import type { Problem } from '../api/problem.ts'

type Told = Pick<Problem, 'code' | 'detail' | 'field' | 'value' | 'remedy'>

/** Any answer of a desk that is not what was asked for. */
export class TallymanError extends Error {
  override readonly name: string = 'TallymanError'
  /** Machine-readable, and stable: `PRICE_NOT_ON_TICK`. */
  readonly code: string
  /** What of the request it is about, and what was there. */
  readonly field: string | undefined
  readonly value: string | undefined
  /** What can be done about it. */
  readonly remedy: string

  constructor({ code, detail, field, value, remedy }: Told) {
    super(`${detail} ${remedy}`)
    this.code = code
    this.field = field ?? undefined
    this.value = value ?? undefined
    this.remedy = remedy
  }
}

/** The order, change or cancel was denied by Tallyman: nothing of it went to the broker. */
export class Denied extends TallymanError {
  override readonly name = 'Denied'
  /** What the code is about: `tick=0.05 price=101.23`. */
  readonly context: string
  /** Why, in a sentence. */
  readonly says: string

  constructor(told: Told) {
    super(told)
    const { code, detail } = told
    const at = detail.lastIndexOf(` ${code}`)
    this.says = at < 0 ? detail : detail.slice(0, at)
    this.context = at < 0 ? '' : detail.slice(at + code.length + 1).trim()
  }
}

/** A value that makes no sense; the desk has not looked at the rest. */
export class BadRequest extends TallymanError {
  override readonly name = 'BadRequest'
}

/** There is no such order, account or symbol. */
export class NotFound extends TallymanError {
  override readonly name = 'NotFound'
}

/** Something else was asked for under the same `id` before. */
export class Conflict extends TallymanError {
  override readonly name = 'Conflict'
}

/** The key is unknown, revoked, or does not allow this. */
export class KeyRefused extends TallymanError {
  override readonly name = 'KeyRefused'
}

/** No answer now, or none that came through. */
export class Unavailable extends TallymanError {
  override readonly name = 'Unavailable'
  /** The very same call may be made again: it cannot be done twice. */
  readonly repeatable: boolean

  constructor(told: Told, repeatable: boolean) {
    super({ ...told, remedy: told.remedy || (repeatable ? AGAIN : LOOK) })
    this.repeatable = repeatable
  }
}

const AGAIN = 'Try the same again in a moment: it is not done twice.'
const LOOK =
  'It may have been done: look at the orders before you try again, or give such calls an `id`.'

/** `repeatable`: a question, or a command with an id. */
export function errorFrom(problem: Problem, repeatable: boolean): TallymanError {
  switch (problem.status) {
    case 400:
    case 413:
    case 415:
      return new BadRequest(problem)
    case 401:
    case 403:
      return new KeyRefused(problem)
    case 404:
      return new NotFound(problem)
    case 409:
      return new Conflict(problem)
    case 422:
      return new Denied(problem)
    case 503:
      return new Unavailable(isStopped(problem) ? { ...problem, remedy: '' } : problem, repeatable)
    case 507: // nothing was decided
      return new Unavailable(problem, true)
    default:
      return new TallymanError(problem)
  }
}

/** Whose remedy is about requests of HTTP: here it is ours to give. */
const isStopped = ({ code }: Problem): boolean => code === 'DESK_STOPPED'

/** What no desk has said. */
export const noAnswer = (detail: string, repeatable: boolean): Unavailable =>
  new Unavailable({ code: 'NO_ANSWER', detail, field: null, value: null, remedy: '' }, repeatable)

/** After `stop`. */
export function stoppedHere(): Unavailable {
  const remedy = 'Open the desk, or connect to it, again.'
  const told = { code: 'STOPPED', detail: 'It was stopped.', field: null, value: null, remedy }
  return new Unavailable(told, true)
}
