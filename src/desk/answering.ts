import type { Refusal } from '../core/denial.ts'
import { DENIALS } from '../core/denial.ts'
import type { PlainAnswer, PlainDenial } from '../core/port.ts'
import { isUnavailable } from './told.ts'

export type Unavailable = Extract<PlainAnswer, { readonly is: 'unavailable' }>

/** That the desk takes nothing is an answer too. */
export function unavailable(error: unknown): Unavailable {
  if (!isUnavailable(error)) throw error
  return { is: 'unavailable', reason: error.message }
}

export function explain({ code, context }: Refusal): PlainDenial {
  const { field, says, remedy } = DENIALS[code]
  return { code, context, field: field ?? null, says, remedy }
}
