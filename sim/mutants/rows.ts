/**
 * The fault catalogue: what can go wrong, and what shows that it is survived. A row counts as
 * covered where a mistake of its own is found by the test it names: docs/faults.md.
 */
import type { Row } from './row.ts'
import { none, row, story, test } from './row.ts'
import { SENDING, UPDATES } from './rows-orders.ts'

const NO_POSTGRES = 'The journal is a file; there is no database over a network yet.'
const NO_GUARDS = 'There are no guards yet, and nothing is liquidated.'
const NO_LISTS = 'Instruments do not change while the desk runs yet.'

const PROCESS: readonly Row[] = [
  row(
    'F35',
    'The process dies, anywhere',
    ['crash', 'crash-starting', 'kill'],
    'sent again after a restart',
  ),
  row(
    'F36',
    'The last row is torn',
    test('journal', 'the journal is kept with write-ahead log and a sync for each commit'),
    'a commit is not synced',
  ),
  row(
    'F37',
    'A row in the middle is damaged or gone',
    test('journal', 'a changed row is found, and named'),
    'rows are not checked against their hashes',
  ),
  row(
    'F38',
    'The disk is full',
    test('space', 'in a house without space, closes of what is held pass, and entries wait'),
    'entries take the room that is kept for closes',
  ),
  row(
    'F39',
    'A row is not written, or nobody knows whether it was',
    ['disk-refuses', 'disk-unsure', 'disk-mute'],
    'a row that was not written is passed over',
  ),
  row(
    'F40',
    'The disk is slow',
    ['disk-slow', 'disk-stalls'],
    'an answer that waits for the disk is a reason to send again',
  ),
  row(
    'F41',
    'A journal of a newer program',
    test('codec', 'a missing field, an unknown event and a newer format are refused by name'),
    'rows of a later program are read as if they were ours',
  ),
  row(
    'F42',
    'An old backup is put back',
    story(
      'care.txt: The broker has orders under our tag that our journal lacks: ' +
        'it was put back from an older copy',
    ),
    'after a restore the epoch stays as it was',
  ),
  row(
    'F43',
    'What waits grows without end',
    test(
      'desk-failure',
      'while the disk hangs, commands are refused past a bound; no report is lost',
    ),
    'the queue has no end',
  ),
  row(
    'F45',
    'Two processes on one folder',
    test('journal', 'a data folder is held by one process at a time, and free once it ends'),
    'a second process is let in',
  ),
  none(
    'F46',
    'A process that stood still wakes up after another took over',
    'Nobody takes over: the folder’s lock is the system’s, and one that stands still keeps it.',
  ),
  none('F47', 'The process is cut off from its database', NO_POSTGRES),
  none('F48', 'A database that takes over has lost the last rows', NO_POSTGRES),
  none(
    'F49',
    'A queue between processes loses, repeats, reorders',
    'There is one process, and no queue beside the journal.',
  ),
  none('F50', 'A guard and a person close at once', NO_GUARDS),
  none('F51', 'A strategy enters while the account is liquidated', NO_GUARDS),
  none('F52', 'Settings change in the middle of a liquidation', NO_GUARDS),
]

const TIME: readonly Row[] = [
  row(
    'F55',
    'The wall clock is set forward or back',
    test(
      'clock',
      'a wall clock that is set back does not set us back: time goes on from where it was',
    ),
    'time follows the wall clock back as well',
  ),
  row(
    'F56',
    'Clocks change for the summer',
    test('zone', 'clocks that change for the summer are followed, hour by hour'),
    'a clock that saves daylight does so all year',
  ),
  row(
    'F57',
    'A holiday, or a Sunday with trade',
    test('calendar', 'holidays and Sundays with trade are what the circulars say'),
    'a holiday is a day like any other',
  ),
  row(
    'F58',
    'A start after days, when the broker’s books no longer go back',
    story('restored.txt: Positions that differ leave it to a person'),
    'that the books no longer go back to an order proves that it ended',
  ),
  row(
    'F59',
    'The day’s end is missed, or done twice',
    test('end-of-day', 'a day is ended in six steps, and a second time nothing changes'),
    'a day ends a second time',
  ),
]

const MARKET: readonly Row[] = [
  none('F60', 'A price that is zero, absurd, crossed or old', NO_GUARDS),
  none('F61', 'One bad price raises the peak', NO_GUARDS),
  row(
    'F62',
    'A part of the books cannot be read',
    ['read-fails', 'read-hangs'],
    'a reading that failed is taken for empty books',
  ),
  none('F63', 'What is to be closed cannot be filled', NO_GUARDS),
  none('F64', 'Resting orders open again what was flattened', NO_GUARDS),
  none('F65', 'A liquidation larger than the limits of calls', NO_GUARDS),
  none('F66', 'Equity flaps around a threshold', NO_GUARDS),
  row(
    'F70',
    'A split or bonus',
    story('own.txt: A split is proposed, and once a person agrees every book grows by its ratio'),
    'a split is taken for trades by hand',
  ),
  row(
    'F71',
    'What was bought moves to the holdings',
    story(
      'own.txt: What was bought yesterday moves to the holdings, ' +
        'and selling it shows as less than nothing',
    ),
    'what went to the holdings is lost',
  ),
  none('F72', 'A symbol gets another name, or expires', NO_LISTS),
  none('F73', 'Tickets, hedging and contract sizes of MT5', 'There is no adapter of MT5 yet.'),
  none('F74', 'Lot, tick or band change within the day', NO_LISTS),
]

const OUTSIDE: readonly Row[] = [
  row(
    'F80',
    'The channel is down, slow or blocked',
    test('notify', 'what did not arrive is tried again, more and more seldom, until it does'),
    'a message that did not arrive is let go of',
  ),
  row(
    'F81',
    'The process dies in the middle of a message',
    test('notify', 'dying between sending and noting it repeats that one message, and no other'),
    'a message is noted as sent before it left',
  ),
  row(
    'F82',
    'Ten thousand messages at once',
    test('notify', 'a few are told one by one, a storm by symbol and minute, critical ones alone'),
    'a storm is told one by one',
  ),
  none('F83', 'A forged message of the broker', 'No broker posts to us yet.'),
  none('F84', 'A forged or repeated signal', 'No signals come in over hooks yet.'),
  none('F85', 'A command by Telegram that is old or repeated', 'Nobody commands by Telegram yet.'),
  row(
    'F86',
    'Inputs that are huge, or do harm where they are shown',
    test('export', 'what a spreadsheet would run is guarded; amounts stay amounts'),
    'a spreadsheet runs what a caller wrote',
  ),
]

/** In order; numbers that are left out were never given. */
export const ROWS: readonly Row[] = [
  ...SENDING,
  ...UPDATES,
  ...PROCESS,
  ...TIME,
  ...MARKET,
  ...OUTSIDE,
]
