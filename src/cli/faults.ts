import type { FaultPlan } from '../brokers/faults/plan.ts'
import { BadFaultPlan, readFaultPlan } from '../brokers/faults/plan-file.ts'
import { EXIT, Exit } from './exit.ts'

/** The plan in a file somebody named; undefined where nobody did. */
export function planFrom(file: string | undefined): FaultPlan | undefined {
  if (file === undefined) return undefined
  try {
    return readFaultPlan(file)
  } catch (error) {
    if (error instanceof BadFaultPlan) throw new Exit(EXIT.usage, error.message)
    throw error
  }
}
