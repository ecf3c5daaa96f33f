import type { Broker } from '../brokers/broker.ts'
import type { Epoch } from '../core/tag.ts'
import type { Retry } from '../core/input.ts'
import type { Clock } from './clock.ts'
import type { Desk } from './desk.ts'

/** One account's line to its broker: what the gateway and the watch of the account share. */
export type Line = {
  readonly account: string
  readonly desk: Desk
  readonly broker: Broker
  readonly clock: Clock
  /** Random, and used for nothing unless the journal was put back from an older copy. */
  readonly spareEpoch: Epoch
  readonly retry?: Retry | undefined
}
