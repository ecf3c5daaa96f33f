/** Mistakes where an order is taken: what it may be, and whether it was there before. */
import type { Mutant } from './mutant.ts'

export const TAKING: readonly Mutant[] = [
  {
    name: 'an order in doubt blocks no entry',
    rows: ['F01', 'F03'],
    breaks: '8 what is unknown blocks entries',
    file: 'src/core/rules/allow.ts',
    from: `isAny((net) => exposureOf(account, net).unknown > 0)) {`,
    to: `isAny((net) => exposureOf(account, net).unknown > 1)) {`,
  },
  {
    name: 'a close takes no notice of closes that work already',
    rows: [],
    breaks: '22 a close takes no more than is held',
    file: 'src/core/account.ts',
    from: `side === 'sell' ? minus(net, selling) : minus(minus(NO_QUANTITY, net), buying)`,
    to: `side === 'sell' ? net : minus(minus(NO_QUANTITY, net), buying)`,
  },
  {
    name: 'a close that waited is sent though nothing is left to close',
    rows: [],
    breaks: '22 a close takes no more than is held',
    file: 'src/core/rules/send.ts',
    from: `order.intent === 'exit' && !stillReduces(`,
    to: `order.reduceOnly && !stillReduces(`,
    test: {
      file: 'scenarios',
      title: 'care.txt: Exits that wait cannot turn the position round when somebody sells by hand',
    },
  },
  {
    name: 'the last slice is a whole one',
    rows: ['F15'],
    breaks: '3 slices come to no more than was ordered',
    file: 'src/core/rules/place.ts',
    from: `    const size = smaller(left, sliceSize)
    sizes.push`,
    to: `    const size = sliceSize
    sizes.push`,
    test: {
      file: 'scenarios',
      title: 'types.txt: More than the exchange takes at once is cut, when that is asked for',
    },
  },
  {
    name: 'a quantity need not be whole lots',
    rows: ['F16'],
    breaks: '18 nothing invalid leaves',
    file: 'src/core/rules/check.ts',
    from: `  if (!isOnGrid(size, lot)) {`,
    to: `  if (size < lot) {`,
  },
  {
    name: 'a price need not be on the tick',
    rows: ['F16'],
    breaks: '18 nothing invalid leaves',
    file: 'src/core/rules/check.ts',
    from: `  if (limit !== undefined && !isOnGrid(limit, tick)) {`,
    to: `  if (limit !== undefined && limit < tick) {`,
  },
  {
    name: 'a command under a known id is done again',
    rows: ['F12'],
    breaks: '1 a command counts once',
    file: 'src/desk/desk.ts',
    from: `    if (settled) return {`,
    to: `    if (settled?.orderId) return {`,
  },
  {
    name: 'command ids are forgotten by a restart',
    rows: ['F12', 'F35'],
    breaks: '1 a command counts once',
    file: 'src/desk/restore.ts',
    from: `      evolve(account, entry)`,
    to: `      evolve(account, { ...entry, command: undefined })`,
  },
  {
    name: 'another order under a known id is answered as the first',
    rows: ['F12'],
    breaks: '1 a command counts once',
    file: 'src/desk/desk.ts',
    from: `settled.hash === key.hash ? 'repeated' : 'conflict'`,
    to: `settled.hash !== '' ? 'repeated' : 'conflict'`,
    test: {
      file: 'desk',
      title: 'another command under the same id is refused; another scope or account is not',
    },
  },
  {
    name: 'one more order a second than was allowed',
    rows: ['F13'],
    breaks: '19 ceilings hold',
    file: 'src/core/rules/allow.ts',
    from: `  if (perSecond !== undefined && now >= perSecond) {`,
    to: `  if (perSecond !== undefined && now > perSecond) {`,
    test: { file: 'pace', title: 'orders a second are counted by the second' },
  },
]
