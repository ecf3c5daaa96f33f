import type { Broker, Reading } from '../brokers/broker.ts'
import type { Instant } from '../core/time.ts'
import { later, SECOND } from '../core/time.ts'
import type { Clock } from './clock.ts'

/** What has not come within the broker's bound has failed, and so has what an adapter throws. */
export function readInTime(broker: Broker, clock: Clock): Promise<Reading> {
  const askedAt = clock.now()
  const { timeoutMs } = broker.traits
  return new Promise((resolve) => {
    const end = (reading: Reading): void => {
      disarm()
      resolve(reading)
    }
    const fail = (reason: string): void => end(failedReading(askedAt, reason))
    const threw = (error: Error): void => fail(`the adapter failed: ${error.message}`)
    const disarm = clock.at(later(askedAt, timeoutMs), () =>
      fail(`no answer within ${timeoutMs / SECOND} s`),
    )
    try {
      broker.read().then(end, threw)
    } catch (error) {
      threw(error as Error)
    }
  })
}

function failedReading(askedAt: Instant, reason: string): Reading {
  const part = { ok: false, reason } as const
  return { askedAt, orders: part, trades: part, positions: part, holdings: part, funds: part }
}
