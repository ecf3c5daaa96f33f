import { BOOKS } from './books.ts'
import { KEEPING } from './keeping.ts'
import type { Mutant } from './mutant.ts'
import { REPORTS } from './reports.ts'
import { SENDING } from './sending.ts'
import { TAKING } from './taking.ts'
import { TELLING } from './telling.ts'

export const MUTANTS: readonly Mutant[] = [
  ...TAKING,
  ...SENDING,
  ...REPORTS,
  ...BOOKS,
  ...KEEPING,
  ...TELLING,
]
