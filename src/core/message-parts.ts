/** What the texts of messages are put together from. */
import type { Quantity } from './amount.ts'
import { absolute, formatQuantity } from './amount.ts'
import type { Line, MessageKind, Severity } from './message.ts'
import { plainLine } from './message.ts'

export type Said = {
  readonly kind: MessageKind
  readonly severity: Severity
  readonly title: string
  readonly icon?: string
  readonly critical?: boolean
  readonly lines?: readonly Line[]
  readonly closing?: string | undefined
  readonly symbol?: string | undefined
}

export const line = (icon: string, label: string, value: string): Line => ({
  icon,
  label,
  value: plainLine(value),
})

/** Without its sign. */
export const sizeText = (size: Quantity): string => formatQuantity(absolute(size))
