import { closeSync, fdatasyncSync, ftruncateSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Entry } from '../core/event.ts'
import { instant } from '../core/time.ts'
import { SqliteJournal } from '../store/sqlite.ts'
import type { Progress } from './progress.ts'

/** In microseconds. */
export type Speed = { readonly median: number; readonly p99: number; readonly times: number }

const TIMES = 200
/** A slow disk is known to be slow after this. */
const MAX_MS = 2_000
const PAGE_BYTES = 4_096

/** The least that being on disk can cost: one page overwritten, and synced. */
export function syncSpeed(folder: string, bar: Progress): Speed {
  const file = openSync(join(folder, 'page'), 'w', 0o600)
  try {
    ftruncateSync(file, PAGE_BYTES)
    const page = Buffer.alloc(PAGE_BYTES, 1)
    return measure(bar, () => {
      writeSync(file, page, 0, PAGE_BYTES, 0)
      fdatasyncSync(file)
    })
  } finally {
    closeSync(file)
  }
}

/** What an order costs: one row of the journal, on disk. */
export async function appendSpeed(folder: string, bar: Progress): Promise<Speed> {
  const journal = new SqliteJournal(join(folder, 'journal.db'))
  const appends: Promise<void>[] = []
  const speed = measure(bar, (n) => {
    appends.push(journal.append({ n, entries: [sample(n)] }))
  })
  await Promise.all(appends)
  journal.close()
  return speed
}

/** As long as an order that is placed and sent. */
const sample = (n: number): Entry => ({
  account: 'doctor',
  seq: n,
  at: instant(0),
  cause: 'doctor',
  command: undefined,
  events: [{ type: 'BrokerLost', reason: 'x'.repeat(500) }],
})

function measure(bar: Progress, run: (n: number) => void): Speed {
  const took: number[] = []
  run(1) // the first one finds nothing where it will be
  const began = performance.now()
  while (took.length < TIMES && performance.now() - began < MAX_MS) {
    const start = performance.now()
    run(took.length + 2)
    took.push((performance.now() - start) * 1_000)
    bar.show(took.length, TIMES)
  }
  took.sort((a, b) => a - b)
  const at = (part: number): number => Math.round(took[Math.floor((took.length - 1) * part)]!)
  return { median: at(0.5), p99: at(0.99), times: took.length }
}
