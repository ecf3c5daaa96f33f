import type { Brand } from './brand.ts'
import type { Tag } from './order.ts'

/**
 * Five base-36 digits, random at the first start and at each restore from a backup: tags written
 * after a restore can never equal those that the lost days already used.
 */
export type Epoch = Brand<string, 'Epoch'>

const EPOCH = /^[0-9A-Z]{5}$/
const ACCOUNT_DIGITS = 3
const COUNTER_DIGITS = 6

export const ACCOUNTS_MAX: number = 36 ** ACCOUNT_DIGITS - 1

export const epoch = (text: string): Epoch => {
  if (!EPOCH.test(text)) throw new RangeError(`Not an epoch: "${text}"`)
  return text as Epoch
}

/** Fifteen characters always: none is the beginning of another, and they sort as they count. */
export const tagOf = (era: Epoch, account: number, counter: number): Tag =>
  `${tagStart(era, account)}${base36(counter, COUNTER_DIGITS)}` as Tag

/** What all tags of one account in one epoch begin with. */
export const tagStart = (era: Epoch, account: number): string =>
  `T${era}${base36(account, ACCOUNT_DIGITS)}`

const base36 = (value: number, digits: number): string =>
  value.toString(36).toUpperCase().padStart(digits, '0')
