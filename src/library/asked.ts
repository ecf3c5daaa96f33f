/** What programs ask for, brought into the form in which the API takes it, and parsed like it. */
import type { z } from 'zod'
import { schemas } from '../api/contract.ts'
import { ApiError } from '../api/problem.ts'
import { unreadable } from '../api/unreadable.ts'
import { errorFrom } from './errors.ts'
import type { Once } from './tallyman.ts'

type Where = 'body' | 'params' | 'querystring' | 'headers'

/** Throws BadRequest, in the very words of the API. */
export function parsed<S extends z.ZodType>(schema: S, given: unknown, where: Where): z.output<S> {
  const read = schema.safeParse(given)
  if (read.success) return read.data
  const validation = read.error.issues.map(({ path, code, message, ...params }) => ({
    keyword: code as string,
    instancePath: `/${path.join('/')}`,
    message,
    params,
  }))
  const request = { body: given, query: given, params: given, headers: given }
  const fault = unreadable({ validation, validationContext: where }, request)
  throw errorFrom(new ApiError(fault).problem, true)
}

/** As they stand in a URL; what is absent is left out. */
export function texts(asked: object): Record<string, string> {
  const given = Object.entries(asked).filter(([, value]) => value !== undefined)
  return Object.fromEntries(given.map(([name, value]) => [name, textOf(value)]))
}

const textOf = (value: unknown): string =>
  value instanceof Date && !Number.isNaN(value.getTime()) ? value.toISOString() : String(value)

/** As JSON has it. A bigint is decimal text there. */
export const jsonText = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? String(each) : each)) ??
  'null'

export const parsedOrderId = (id: unknown): string =>
  parsed(schemas.orderParams, { id }, 'params').id

export const parsedAccount = (account: unknown): string =>
  parsed(schemas.accountParams, { account }, 'params').account

/** The `id` of a command, which a header must be able to carry. */
export const parsedId = ({ id }: Once): string | undefined =>
  parsed(schemas.idempotency, { 'idempotency-key': id }, 'headers')['idempotency-key']
