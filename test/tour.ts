import type { Account } from '../src/core/account.ts'
import { newAccount } from '../src/core/account.ts'

import { price } from '../src/core/amount.ts'
import { instrumentId } from '../src/core/instrument.ts'
import { decide } from '../src/core/decide.ts'
import type { CommandKey, Entry, Event } from '../src/core/event.ts'
import { evolve } from '../src/core/evolve.ts'
import type { Input } from '../src/core/input.ts'
import type { OrderId } from '../src/core/order.ts'
import type { Instant, TradingDate } from '../src/core/time.ts'
import { instant, later, SECOND } from '../src/core/time.ts'
import { guardBody } from './guard-words.ts'
import { Reader } from './scenario-read.ts'

/** A story with every kind of event in it: what golden journals are made of. */
const STORY = `
connect
book; cash 1000000
place INFY 10 limit 100 MIS by strategy:x
accept o1 b1
trade b1 t1 4 @ 99.95
book; o1 b1 working 4; trade b1 t1 4 @ 99.95; trade b1 t2 6 @ 100
place INFY 10 limit 101.23
place SBIN 10 market price 99 queued
turn o2
unsent o2 connection refused
wait 2
turn o2
reject o2 no margin
place SBIN 10 limit 100
silence o3
book
wait 6
book
wait 6
book
accept o3 b3
cancel o3
silence-cancel o3
wait 3
turn-cancel o3
reject-cancel o3 being processed
cancel o3
accept-cancel o3
row o3 b3 cancelled
cancel o3
place TCS 10 limit 100
accept o4 b4
row o4 b4 expired
trade b4 t4 10 @ 99
place TCS -20 market
accept o5 b5
row o5 b5 rejected
trade b4 t4 10 @ 99 TCS bust
book; INFY:5 b9 complete 5; trade b9 t9 5 @ 100
book agreed; position SBIN 7
book agreed; position SBIN 0
place TCS 10 limit 99
accept o6 b6
amend o6 limit 101.23
amend o6 limit 98
accept-amend o6
amend o6 quantity 5
reject-amend o6 being processed
amend o6 quantity 7 ttl 5
silence-amend o6
cancel-all TCS by manual
place TCS 10 sl 105 trigger 104 show 5
place TCS 10 sl-m - trigger 104 ioc
place BAND 10 limit 95
accept o8 b10
stale o8 b10 working
book agreed; cash 5
book agreed cycle 1; position SBIN 9 @ 90
book agreed cycle 2; position SBIN 10
book agreed cycle 3 exact; position SBIN 10; position INFY 5 @ 110
book agreed cycle 4; position SBIN 10; position INFY 5; mark SBIN 101
book agreed cycle 5; position SBIN 10; position INFY 5; mark SBIN 101; mark INFY 101
settle SBIN as manual
settle SBIN as manual
release TCS
lose socket closed
fail books do not add up
reopen
step 3
day-run
import ORDER-1
close-day 2026-11-23
restore 01NEW
book agreed; cash 5
guard set
guard see 100000
guard see 103000
guard see 84000
guard see 80000
wait 12
guard see 80000
guard look 5
wait 40
guard look 5
guard know
guard stop
guard arm
guard see 100000
guard close
guard close
guard look 0
guard blind
wait 20
guard see 100000
guard disarm
guard arm
guard halt
guard resume
wait 1
book agreed; cash -30000
guard see 100000
guard cash
guard arm other
guard set
guard see 100000
guard see 84000
guard see 100000
wait 70000
guard see 96000 103000
guard remove warning
`

export const tour = (): Entry[] => entriesOf(STORY)

/** What an account comes to hear, a line each, and what it decides of it. */
export function entriesOf(story: string): Entry[] {
  const account = newAccount('paper')
  const names = new Map<OrderId, string>()
  const entries: Entry[] = []
  let now = instant(Date.UTC(2026, 10, 23, 4, 0, 0))
  const add = (cause: string, body: Input['body'], events = decided(account, body, now)): void => {
    if (events.length === 0) return
    const command = keyFor(body, entries.length)
    const entry = { account: account.id, seq: account.seq + 1, at: now, cause, command, events }
    evolve(account, entry)
    entries.push(entry)
    for (const event of events) {
      if (event.type === 'OrderPlaced') names.set(event.orderId, `o${names.size + 1}`)
    }
  }
  add('start', { type: 'OpenAccount', number: 1, broker: 'paper', mode: 'paper', plan: 'zerodha' })
  add('start', { type: 'Started', epoch: Reader.EPOCH })
  for (const line of story.trim().split('\n')) {
    const seconds = line.startsWith('wait') ? Number(line.split(' ')[1]) : 1
    now = later(now, seconds * SECOND)
    const reader = new Reader(account, names, now)
    add(line, bodyOf(line, { reader, account, now }))
  }
  return entries
}

const decided = (account: Account, body: Input['body'], at: Input['at']): Event[] =>
  decide(account, { at, cause: 'tour', key: undefined, body })

type Place = { readonly reader: Reader; readonly account: Account; readonly now: Instant }

function bodyOf(line: string, { reader, account, now }: Place): Input['body'] {
  if (line.startsWith('wait')) return { type: 'TimePassed' }
  if (line.startsWith('fail')) return { type: 'Failed', reason: line.slice(5), again: true }
  if (line.startsWith('guard')) return guardBody(line.split(' ').slice(1), account, now)
  if (line === 'reopen') return { type: 'ReopenAccount', by: 'key:me' }
  const [verb, ...words] = line.split(' ')
  if (verb === 'stale') return staleAsked(reader.read(`row ${words.join(' ')}`))
  if (verb === 'import') {
    const detail = '{"id":"ORDER-1","quantity":5,"symbol":"INFY"}'
    const record = { kind: 'order', ref: `order:${words[0]}`, symbol: 'INFY', detail } as const
    return { type: 'ImportRecords', records: [{ ...record, holding: undefined }], by: 'me' }
  }
  const day = { group: 'equity', date: '2026-11-23' as TradingDate, milliseconds: 12 }
  if (verb === 'step') {
    return { type: 'StepDone', done: { ...day, step: Number(words[0]), ok: true, detail: 'none' } }
  }
  if (verb === 'day-run') {
    const counts = { stepsCompleted: 6, stepsFailed: 0 }
    const done = { ...day, ...counts, summary: 'End of day: SUCCESS' }
    const prices = [{ instrument: instrumentId('NSE', 'INFY'), price: price('100.5') }]
    return { type: 'RunDone', done, prices }
  }
  return reader.read(line)
}

/** The broker's book still has that row. */
function staleAsked(body: Input['body']): Input['body'] {
  const rows = body.type === 'OrderSeen' ? [body.row] : []
  const at = instant(Date.UTC(2026, 10, 24, 4, 0, 0))
  const orders = { ok: true, rows, proven: true } as const
  return { type: 'StaleAsked', exchanges: ['NSE'], before: at, askedAt: at, orders, cancel: false }
}

function keyFor(body: Input['body'], n: number): CommandKey | undefined {
  if (body.type !== 'PlaceOrder' && body.type !== 'CancelOrder') return undefined
  return { scope: 'key:me', id: `c${n}`, hash: String(n).padStart(64, '0') }
}
