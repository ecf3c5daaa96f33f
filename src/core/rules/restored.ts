import type { Account } from '../account.ts'
import { requestsOf } from '../account.ts'
import type { Event } from '../event.ts'
import { isWorking } from '../order.ts'
import type { Epoch } from '../tag.ts'
import type { Instant } from '../time.ts'

const EVIDENCE = 'the journal was restored from a backup, and what came after it is not known'

/**
 * The journal is an older copy of itself: whatever was not finished then may have been sent, filled
 * or cancelled since. All of it is in doubt until the broker's book tells, and nothing of it is
 * sent. Tags begin anew, since the lost days may have used any that could follow.
 *
 * A cancel stays asked for: it is asked again where the order still works, and can only make the
 * account safer.
 */
export function restored(account: Account, epoch: Epoch, at: Instant): Event[] {
  const changes = [...account.requests.amend.keys()].map((orderId): Event => {
    return { type: 'AmendUnknown', orderId, evidence: EVIDENCE }
  })
  const cancels = [...requestsOf(account)].flatMap(({ orderId, kind, sending }): Event[] => {
    const isOut = kind === 'cancel' && sending
    return isOut ? [{ type: 'CancelUnknown', orderId, evidence: EVIDENCE, retryAt: at }] : []
  })
  const orders = [...account.orders.values()].flatMap(({ id: orderId, status }): Event[] => {
    if (!isWorking(status) || status === 'unknown') return []
    return [{ type: 'OrderUnknown', orderId, evidence: EVIDENCE, until: at }]
  })
  return [{ type: 'EpochStarted', epoch }, ...changes, ...cancels, ...orders]
}
