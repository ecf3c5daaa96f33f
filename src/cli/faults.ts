import type { FaultPlan } from '../brokers/faults/plan.ts'
import { BadFaultPlan, readFaultPlan } from '../brokers/faults/plan-file.ts'
import { EXIT, Exit } from './exit.ts'

const NAMED_MAX = 6

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

/** What somebody planned to go wrong: who meets a fault later must know that it was meant. */
export function plannedText({ seed, faults }: FaultPlan): string {
  const names = [...new Set(faults.map(({ fault }) => fault))]
  const more = names.length > NAMED_MAX ? ` and ${names.length - NAMED_MAX} more` : ''
  return `on purpose: ${names.slice(0, NAMED_MAX).join(', ')}${more}; seed ${seed}`
}
