import type { Account } from '../account.ts'
import type { Event } from '../event.ts'

/**
 * One warning a subject a day, and no more subjects than this: a mad broker cannot fill the disk.
 */
const ANOMALIES_MAX = 1_000

export function anomaly(account: Account, subject: string, what: string): Event[] {
  if (account.anomalies.has(subject) || account.anomalies.size >= ANOMALIES_MAX) return []
  return [{ type: 'AnomalySeen', subject, what }]
}
