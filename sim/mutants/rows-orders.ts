/** Rows of the fault catalogue about orders on their way, and what is told of them. */
import type { Row } from './row.ts'
import { none, row, story, test } from './row.ts'

const NO_LOGIN = 'No adapter logs in yet: the paper broker knows no session.'

export const SENDING: readonly Row[] = [
  row(
    'F01',
    'A call is lost, and nothing answers it',
    ['request-lost'],
    'sent again after a time-out',
  ),
  row(
    'F02',
    'It was done, and the answer is lost',
    ['answer-lost', 'line-breaks'],
    'a broken line taken for one that took nothing',
  ),
  row(
    'F03',
    'It arrives late, or the book shows it late',
    ['request-late', 'view-behind'],
    'an unknown order lapses before the broker’s bound is over',
  ),
  row(
    'F04',
    'A status of 400 and more that is no refusal',
    test('wire', 'whatever is not a clean answer leaves it open whether the order is there'),
    'any status of 400 and more taken for a refusal',
  ),
  row(
    'F05',
    'An error of the server, before or after it was done',
    ['server-error'],
    'an error of the server taken for a refusal',
  ),
  row(
    'F06',
    'Status 200 with a page, nothing, half an answer or no id',
    ['answer-garbled'],
    'an answer nobody can read taken for a refusal',
  ),
  row(
    'F07',
    'The book is behind, short, empty or torn',
    test('wire', 'each part of a reading fails by itself, and what is not counted proves nothing'),
    'a list that does not say it is whole is taken for whole',
  ),
  row(
    'F08',
    'More calls than the broker takes',
    ['greedy', 'looping', 'nemesis-burst'],
    'the limit is off by one',
  ),
  none('F09', 'The session ends between the check and the call', NO_LOGIN),
  none(
    'F10',
    'Orders are refused while readings work',
    'Whether orders would be taken is not probed apart yet.',
  ),
  row(
    'F11',
    'An order is refused after it was taken',
    story('orders.txt: The broker may end an order late, after it was open'),
    'a refusal after an order was open is taken for a cancel',
  ),
  row(
    'F12',
    'The same command comes twice',
    ['called-twice', 'reply-lost'],
    'a command under a known id is done again',
  ),
  row(
    'F13',
    'A program places orders without end',
    test('pace', 'orders a second are counted by the second'),
    'one more order a second than was allowed',
  ),
  row(
    'F14',
    'The broker loses our tag',
    story('doubt.txt: Two rows that fit settle nothing'),
    'an order of somebody else that looks like ours is taken for ours',
  ),
  row(
    'F15',
    'One wish becomes several orders',
    story('types.txt: More than the exchange takes at once is cut, when that is asked for'),
    'the last slice is a whole one',
  ),
  row(
    'F16',
    'Quantities and prices that no exchange takes',
    ['clumsy'],
    'a quantity need not be whole lots',
  ),
]

export const UPDATES: readonly Row[] = [
  row(
    'F20',
    'A trade is told twice',
    ['news-twice', 'view-behind'],
    'a fill told twice counts twice',
  ),
  row(
    'F21',
    'Messages come out of order',
    ['news-late', 'answer-late'],
    'a late acceptance opens an order that has ended',
  ),
  row(
    'F22',
    'Messages are missing, or the stream is silent',
    test('house', 'the book is read each second while orders work, else by the cycle'),
    'while orders work only the stream is listened to',
  ),
  row(
    'F23',
    'Somebody else trades in the account',
    ['phone'],
    'a trade by hand counts again at each reading',
  ),
  row(
    'F24',
    'A cancel, its answer and the last fill cross',
    ['fill-races', 'request-lost', 'person'],
    'a cancel nobody answered is believed',
  ),
  row(
    'F25',
    'A change, its answer and a fill cross',
    story("amend.txt: Unknown: the book shows it as it was, over the broker's whole bound"),
    'a change nobody answered is taken for done',
  ),
  row(
    'F26',
    'A fill comes after the order was cancelled',
    story('cancel.txt: The last fill crosses our cancel on its way'),
    'a fill after a cancel is let go of',
  ),
  row(
    'F27',
    'More is filled than was ordered',
    story(
      'orders.txt: The broker filled more than was ordered: ' +
        'the position follows, and people are told',
    ),
    'nobody is told that more was filled than ordered',
  ),
  row(
    'F28',
    'Status and quantity contradict each other',
    ['view-behind', 'news-lost'],
    'an end is believed ahead of its trades',
  ),
  row('F29', 'The exchange takes a trade back', ['trade-busted'], 'a busted trade stays counted'),
  row(
    'F30',
    'An id comes as a number too long for one',
    test('wire', 'whatever is not a clean answer leaves it open whether the order is there'),
    'an id that came as a number is taken',
  ),
]
