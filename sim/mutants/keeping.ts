/** Mistakes in what is kept: journal, snapshots, backups, time, and what comes from outside. */
import type { Mutant } from './mutant.ts'

export const KEEPING: readonly Mutant[] = [
  {
    name: 'a row that was not written is passed over',
    rows: ['F39'],
    breaks: '2 nothing acknowledged is lost',
    file: 'src/desk/desk.ts',
    from: `.append({ n: this.#n + 1, entries: sound })`,
    to: `.append({ n: this.#n + 1, entries: sound }).catch(() => {})`,
  },
  {
    name: 'the row that failed is written once more',
    rows: ['F39'],
    breaks: '2 nothing acknowledged is lost',
    file: 'src/desk/desk.ts',
    from: `      await this.#journal.append({ n: this.#n + 1, entries: sound })`,
    to: `      const row = { n: this.#n + 1, entries: sound }
      await this.#journal.append(row).catch(() => this.#journal.append(row))`,
    test: {
      file: 'desk',
      title: 'a journal that fails stops the desk; reading it again tells what happened',
    },
  },
  {
    name: 'a desk whose journal failed goes on',
    rows: ['F39'],
    breaks: '10 memory is what the rows say',
    file: 'src/desk/desk.ts',
    from: `      this.#fail(error as Error, batch)
      return
    } finally {`,
    to: `      this.#onTrouble(error as Error)
      for (const { reject } of batch) reject?.(error as Error)
    } finally {`,
  },
  {
    name: 'what waits while a row is written is left until the next input',
    rows: ['F40'],
    breaks: '24 all is well again in time',
    file: 'src/desk/desk.ts',
    from: `      this.#clock.soon(() => void this.#run())
      return
    }
    this.#running = false`,
    to: `      this.#running = false
      return
    }
    this.#running = false`,
  },
  {
    name: 'after a snapshot one row is left out',
    rows: ['F35'],
    breaks: '10 a fold of the journal is what lives',
    file: 'src/desk/restore.ts',
    from: `  for (const { entries } of journal.read(after)) {`,
    to: `  for (const { entries } of journal.read(after > 0 ? after + 1 : 0)) {`,
  },
  {
    name: 'a snapshot is saved of an account in the middle of a commit',
    rows: ['F35'],
    breaks: '10 a fold of the journal is what lives',
    file: 'src/desk/saver.ts',
    from: `      this.#journal.save({ n, accounts }, ACCOUNT_VERSION)`,
    to: `      this.#journal.save({ n: n - 1, accounts }, ACCOUNT_VERSION)`,
  },
  {
    name: 'a snapshot is believed without its hash',
    rows: ['F37'],
    breaks: '10 a fold of the journal is what lives',
    file: 'src/store/snapshots.ts',
    from: `    if (!isWhole || stored.some((each) => each.hash !== hashOf(each))) return 'damaged'`,
    to: `    if (!isWhole) return 'damaged'`,
    test: {
      file: 'inspection',
      title: 'saved accounts that were changed are not believed: the events are',
    },
  },
  {
    name: 'rows are not checked against their hashes',
    rows: ['F37'],
    breaks: '14 hashes chain',
    file: 'src/store/rows.ts',
    from: `  if (hash === hexOf(row.hash)) return { n: row.n, hash }`,
    to: `  if (hash.length > 0) return { n: row.n, hash: hexOf(row.hash) }`,
    test: { file: 'journal', title: 'a changed row is found, and named' },
  },
  {
    name: 'a commit is not synced',
    rows: ['F35', 'F36'],
    breaks: '2 nothing acknowledged is lost',
    file: 'src/store/sql.ts',
    from: `  pragma(sql, 'synchronous', 'FULL', '2')`,
    to: `  pragma(sql, 'synchronous', 'NORMAL', '1')`,
    test: {
      file: 'journal',
      title: 'the journal is kept with write-ahead log and a sync for each commit',
    },
  },
  {
    name: 'entries take the room that is kept for closes',
    rows: ['F38'],
    breaks: '33 entries stop before closes do',
    file: 'src/desk/front.ts',
    from: `.isShort() ? await this.#noSpaceFor(command) : undefined`,
    to: `.isShort() ? undefined : undefined`,
    test: {
      file: 'space',
      title: 'in a house without space, closes of what is held pass, and entries wait',
    },
  },
  {
    name: 'rows of a later program are read as if they were ours',
    rows: ['F41'],
    breaks: '15 what was written is read as it was meant',
    file: 'src/store/codec.ts',
    from: `  if (format > FORMAT) throw new NewerRow`,
    to: `  if (format > FORMAT + 1) throw new NewerRow`,
    test: {
      file: 'codec',
      title: 'a missing field, an unknown event and a newer format are refused by name',
    },
  },
  {
    name: 'after a restore the epoch stays as it was',
    rows: ['F42'],
    breaks: '1 names are given once',
    file: 'src/core/rules/reconcile.ts',
    from: `    ...(eras.has(account.epoch!) ? [{`,
    to: `    ...(eras.size > 1 ? [{`,
    test: {
      file: 'scenarios',
      title:
        'care.txt: The broker has orders under our tag that our journal lacks: ' +
        'it was put back from an older copy',
    },
  },
  {
    name: 'orders are sent before the book was read',
    rows: ['F42'],
    breaks: '16 after a restore nothing older is sent',
    file: 'src/desk/firm.ts',
    from: `    void watch.seen.then(() => gateway.start())`,
    to: `    gateway.start()`,
    test: {
      file: 'restored',
      title: 'no order is taken or sent before the book has been read well',
    },
  },
  {
    name: 'what waited in a backup is sent from it',
    rows: ['F42'],
    breaks: '16 after a restore nothing older is sent',
    file: 'src/core/rules/restored.ts',
    from: `    if (!isWorking(status) || status === 'unknown') return []`,
    to: `    if (status !== 'open') return []`,
    test: {
      file: 'scenarios',
      title:
        'restored.txt: An order that was never sent is not sent: ' +
        'it may have been, after the backup',
    },
  },
  {
    name: 'the queue has no end',
    rows: ['F43'],
    breaks: '34 all queues are bounded',
    file: 'src/desk/desk.ts',
    from: `    if (isCommand(told) && this.#waiting.length >= WAITING_MAX) {`,
    to: `    if (isCommand(told) && this.#waiting.length >= 2 * WAITING_MAX) {`,
    test: {
      file: 'desk-failure',
      title: 'while the disk hangs, commands are refused past a bound; no report is lost',
    },
  },
  {
    name: 'a second process is let in',
    rows: ['F45'],
    breaks: '17 one process at a time has the folder',
    file: 'src/store/lock.ts',
    from: `      this.#sql.exec('BEGIN EXCLUSIVE')`,
    to: `      this.#sql.exec('BEGIN')`,
    test: {
      file: 'journal',
      title: 'a data folder is held by one process at a time, and free once it ends',
    },
  },
  {
    name: 'a follower’s place moves before its tables do',
    rows: [],
    breaks: '12 a follower misses nothing',
    file: 'src/store/views.ts',
    from: `        to = n
`,
    to: `        to = n
        this.#n = n
`,
    test: {
      file: 'views',
      title: 'a step that fails half way has not happened, and no order is lost by it',
    },
  },
  {
    name: 'a clock that saves daylight does so all year',
    rows: ['F56'],
    breaks: '26 times are what the exchange meant',
    file: 'src/market/zone.ts',
    from: `    if (at >= from && at < until) return minutes`,
    to: `    if (until > 0) return minutes`,
    test: {
      file: 'zone',
      title: 'clocks that change for the summer are followed, hour by hour',
    },
  },
  {
    name: 'a holiday is a day like any other',
    rows: ['F57'],
    breaks: '27 the calendar is followed',
    file: 'src/market/calendar.ts',
    from: `      if (what !== undefined) return { kind: 'holiday', what, phases: [] }`,
    to: `      if (what === '') return { kind: 'holiday', what, phases: [] }`,
    test: { file: 'calendar', title: 'holidays and Sundays with trade are what the circulars say' },
  },
  {
    name: 'an id that came as a number is taken',
    rows: ['F30'],
    breaks: '36 any bytes become a value or a typed error',
    file: 'src/brokers/paper/words.ts',
    from: `typeof value === 'string' && value.length > 0 && value.length <= TEXT_MAX) return value`,
    to: `value !== undefined && String(value).length <= TEXT_MAX) return String(value)`,
    test: {
      file: 'wire',
      title: 'whatever is not a clean answer leaves it open whether the order is there',
    },
  },
  {
    name: 'a spreadsheet runs what a caller wrote',
    rows: ['F86'],
    breaks: '36 what comes from outside does no harm',
    file: 'src/core/csv.ts',
    from: `BEGINS_A_FORMULA.test(text) && !IS_AMOUNT.test(text)`,
    to: `BEGINS_A_FORMULA.test(text) && IS_AMOUNT.test(text)`,
    test: {
      file: 'export',
      title: 'what a spreadsheet would run is guarded; amounts stay amounts',
    },
  },
]
