import { setTimeout as pause } from 'node:timers/promises'
import type { Config } from '../config.ts'
import { fileIn, isThere } from '../folder.ts'
import { tradingDateOf } from '../market/exchange.ts'
import { FolderInUse, FolderLock } from '../store/lock.ts'
import type { SqliteJournal } from '../store/sqlite.ts'
import { ViewReader } from '../store/view-reader.ts'
import { Views } from '../store/views.ts'
import { EXIT, Exit } from './exit.ts'
import { progressBar } from './progress.ts'

/** The desk is never so far behind, unless it is writing its screens anew. */
const WAIT_MS = 15_000
const PAUSE_MS = 50
const SLICE_MS = 100

/**
 * The screens, with all in them that the journal holds: brought up by the desk where one is
 * running, else here. They show that moment until they are closed. Throws Exit.
 */
export async function openScreens(config: Config, journal: SqliteJournal): Promise<ViewReader> {
  const file = fileIn(config, 'views.db')
  const { n } = journal.head()
  if (!bringUp(config, journal)) {
    if (!config.screens) throw new Exit(EXIT.refused, NO_SCREENS)
    await untilAt(file, n)
  }
  const screens = new ViewReader(file)
  screens.freeze()
  return screens
}

/** False where a desk holds the folder: it writes them itself. */
function bringUp(config: Config, journal: SqliteJournal): boolean {
  let lock: FolderLock
  try {
    lock = new FolderLock(fileIn(config, 'desk.lock'))
  } catch (error) {
    if (error instanceof FolderInUse) return false
    throw error
  }
  const bar = progressBar('reading the journal')
  const say = (line: string): void => void process.stderr.write(`tallyman: ${line}\n`)
  try {
    const dayOf = tradingDateOf
    const views = new Views({ file: fileIn(config, 'views.db'), journal, say, dayOf })
    try {
      const { n } = journal.head()
      for (let last = -1; !views.catchUp(SLICE_MS); last = views.n) {
        // A slice in which nothing moves is a disk that takes no more.
        if (views.n === last) throw new Exit(EXIT.refused, NO_ROOM)
        bar.show(views.n, n)
      }
    } finally {
      views.close()
    }
    return true
  } finally {
    bar.stop()
    lock.release()
  }
}

const NO_SCREENS =
  'the desk that is running keeps no screens; set server.screens to on and restart it, or stop it'
const NO_ROOM = 'views.db cannot be written: the disk of the data folder is full'

async function untilAt(file: string, n: number): Promise<void> {
  const until = Date.now() + WAIT_MS
  for (;;) {
    const upTo = isThere(file) ? cursorIn(file) : undefined
    if (upTo !== undefined && upTo >= n) return
    if (Date.now() > until) {
      const why = 'the desk that is running has not written its screens up to now'
      throw new Exit(EXIT.tryAgain, `${why}; try again, or restart it if it is of another version`)
    }
    await pause(PAUSE_MS)
  }
}

function cursorIn(file: string): number | undefined {
  const screens = new ViewReader(file)
  try {
    return screens.upTo()
  } finally {
    screens.close()
  }
}
