/**
 * What may go wrong, by family. A run draws which of them it knows and how often each strikes;
 * docs/simulator.md states within which bounds, for a fault beyond them proves nothing.
 */
export type FamilyRule = {
  /** The largest chance a run may draw, each time it could strike. */
  readonly most: number
  /** So often at least in 1,000 runs, or the simulator has gone blind to it. */
  readonly floor: number
  readonly what: string
}

const rule = (most: number, floor: number, what: string): FamilyRule => ({ most, floor, what })

export const FAMILIES = {
  // A call that places, changes or cancels an order.
  'request-lost': rule(0.25, 500, 'a call never arrives, and nothing answers it'),
  'answer-lost': rule(0.25, 500, 'a call is done, and nothing says so'),
  'request-late': rule(0.2, 300, 'a call arrives late, up to a third of the broker’s bound'),
  'answer-late': rule(0.2, 500, 'a call is answered up to a minute later'),
  'line-refused': rule(0.2, 500, 'no byte of a call leaves'),
  'line-breaks': rule(0.2, 500, 'the line breaks, before or after the call was done'),
  'server-error': rule(0.2, 500, 'an HTML page with status 502, before or after it was done'),
  'answer-garbled': rule(
    0.2,
    500,
    'done, and the answer is torn, empty, HTML or of a wrong length',
  ),
  'broker-refuses': rule(0.1, 200, 'the broker says no, though it could'),
  // A request for a part of the books.
  'read-fails': rule(0.15, 5_000, 'an error, or no connection'),
  'read-garbled': rule(0.15, 5_000, 'the list is torn, empty, HTML or of a wrong length'),
  'read-hangs': rule(0.02, 1_000, 'nothing comes back'),
  'read-late': rule(0.05, 3_000, 'it takes seconds'),
  'read-short': rule(0.05, 2_000, 'rows are missing, and nothing says that the list is whole'),
  'view-behind': rule(0.5, 10_000, 'one part of the books is seconds behind'),
  // What the broker tells without being asked.
  'news-lost': rule(0.5, 1_000, 'a message never comes'),
  'news-twice': rule(0.3, 1_000, 'a message comes twice'),
  'news-late': rule(0.5, 1_000, 'a message comes seconds later, after others'),
  'news-garbled': rule(0.3, 500, 'a message cannot be read'),
  'stream-drops': rule(0.02, 300, 'the stream is lost for seconds'),
  'stream-mute': rule(0.02, 300, 'nothing comes any more, and nothing says so'),
  // The broker itself.
  'broker-away': rule(0.01, 150, 'nothing works for up to half a minute'),
  'broker-restarts': rule(0.01, 150, 'what was on its way is lost, the books are not'),
  'rejects-late': rule(0.05, 100, 'an order that was taken is refused after all'),
  'trade-busted': rule(0.02, 100, 'the exchange takes the latest trade back'),
  'fill-races': rule(0.4, 80, 'half of an order trades while its cancel is on the way'),
  // The disk.
  'disk-slow': rule(0.1, 1_200, 'a row takes up to three seconds'),
  'disk-stalls': rule(0.006, 100, 'a row takes up to half a minute'),
  'disk-refuses': rule(0.03, 500, 'a row is not written, and that is said'),
  'disk-unsure': rule(0.03, 500, 'writing fails, and the row may be there or not'),
  'disk-mute': rule(0.02, 200, 'the row is safe, and nothing says so until the process ends'),
  'disk-fills': rule(0.006, 100, 'somebody else takes all the room for a while'),
  'row-torn': rule(0.06, 15, 'at a crash half of the last row is lost, and the journal unsound'),
  'snapshot-refused': rule(0.9, 15, 'no snapshot can be written'),
  'snapshot-damaged': rule(0.9, 15, 'the snapshot is unsound when it is read'),
  // The process, and whoever calls it.
  crash: rule(0.1, 3_000, 'the process dies where it speaks to the outside'),
  'crash-starting': rule(0.25, 500, 'it dies again while it starts'),
  kill: rule(0.05, 500, 'the process dies at some moment'),
  freeze: rule(0.015, 200, 'the process stands still for up to twenty seconds'),
  'reply-lost': rule(0.2, 500, 'the caller never hears the answer, and asks again'),
  'called-twice': rule(0.2, 500, 'the caller sends the same command twice at once'),
  // Time and prices.
  'clock-ahead': rule(0.01, 100, 'the wall clock is set forward, up to a minute'),
  'clock-back': rule(0.01, 100, 'the wall clock is set back, up to an hour'),
  'prices-mute': rule(0.012, 200, 'the desk gets no prices for a while'),
  // People beside the desk.
  'operator-restores': rule(0.004, 50, 'an old copy of the journal is put back'),
  'operator-starts-second': rule(0.012, 200, 'a second process is started on the same folder'),
  'operator-upgrades': rule(0.008, 150, 'it is stopped, and a version starts that folds anew'),
  'operator-halts': rule(0.01, 150, 'HALT is put into the folder, and taken away again'),
  'operator-halts-between': rule(0.06, 800, 'HALT comes while a command is on its way'),
  // Several at once.
  'nemesis-swizzle': rule(0.005, 50, 'stream, reading, calls and disk stop one by one'),
  'nemesis-burst': rule(0.005, 50, 'everything is slow, and everybody trades'),
  'nemesis-outage': rule(0.003, 50, 'the broker is gone until after the close'),
} as const satisfies Readonly<Record<string, FamilyRule>>

export type Family = keyof typeof FAMILIES

export const FAMILY_NAMES = Object.keys(FAMILIES) as readonly Family[]
