/** Mistakes in positions, cash and whose something is. */
import type { Mutant } from './mutant.ts'

export const BOOKS: readonly Mutant[] = [
  {
    name: 'a sale adds to the position',
    rows: [],
    breaks: '9 a position is the sum of its fills',
    file: 'src/core/trading.ts',
    from: `owner: order.owner, currency, multiplier }, quantity, price)
  confirmed(`,
    to: `owner: order.owner, currency, multiplier }, absolute(quantity), price)
  confirmed(`,
  },
  {
    name: 'cash moves the wrong way',
    rows: [],
    breaks: '13 money is conserved',
    file: 'src/core/draft.ts',
    from: `  add(books.cash, leg.currency, minus(after.cash, before.cash))`,
    to: `  add(books.cash, leg.currency, minus(before.cash, after.cash))`,
  },
  {
    name: 'a fill goes to somebody else’s book',
    rows: [],
    breaks: '11 all that is held has its owner',
    file: 'src/core/trading.ts',
    from: `owner: order.owner, currency, multiplier }, quantity, price)
  confirmed(`,
    to: `owner: order.value ? 'manual' : order.owner, currency, multiplier }, quantity, price)
  confirmed(`,
  },
  {
    name: 'a bust is taken from somebody else’s book',
    rows: ['F29'],
    breaks: '11 all that is held has its owner',
    file: 'src/core/trading.ts',
    from: `owner: order.owner, currency, multiplier }, quantity, price)
  review(`,
    to: `owner: 'manual', currency, multiplier }, quantity, price)
  review(`,
  },
  {
    name: 'an order that has ended keeps its reserve',
    rows: ['F11'],
    breaks: '3 the sums beside the orders are true',
    file: 'src/core/draft.ts',
    from: `  if (!isWorking(status)) {
    order.reserve = NO_MONEY`,
    to: `  if (!isWorking(status)) {
    if (status !== 'rejected') order.reserve = NO_MONEY`,
  },
  {
    name: 'a trade by hand counts again at each reading',
    rows: ['F20', 'F23'],
    breaks: '4 a trade counts once',
    file: 'src/core/rules/own.ts',
    from: `if (!trade.busted) return known ? [] : [trade]`,
    to: `if (!trade.busted) return [trade]`,
  },
  {
    name: 'a trade by hand opens in a strategy’s book',
    rows: ['F23'],
    breaks: '11 all that is held has its owner',
    file: 'src/core/rules/own.ts',
    from: `  if (opens === 'separate') return MANUAL`,
    to: `  if (opens === undefined) return MANUAL`,
    test: {
      file: 'scenarios',
      title:
        'own.txt: A trade by hand in a symbol that a strategy holds: 10 are tracked, ' +
        'the broker shows 129',
    },
  },
  {
    name: 'a trade by hand that is busted stays',
    rows: ['F29', 'F23'],
    breaks: '11 all that is held has its owner',
    file: 'src/core/rules/own.ts',
    from: `  return known && !account.trades.has(backKey) ? [back] : []`,
    to: `  return !known && !account.trades.has(backKey) ? [back] : []`,
  },
  {
    name: 'trades that no row goes with are nobody’s',
    rows: ['F23'],
    breaks: '11 all that is held has its owner',
    file: 'src/core/rules/reconcile.ts',
    from: `      byHand.push(...own)
      isBehind ||=`,
    to: `      if (row.status !== 'working') byHand.push(...own)
      isBehind ||=`,
  },
  {
    name: 'what went to the holdings is lost',
    rows: ['F71'],
    breaks: '11 all that is held has its owner',
    file: 'src/core/rules/held-there.ts',
    from: `  for (const row of holdings?.rows ?? []) addRow(theirs, row)`,
    to: `  for (const row of holdings?.rows.slice(0, 0) ?? []) addRow(theirs, row)`,
    test: {
      file: 'scenarios',
      title:
        'own.txt: What was bought yesterday moves to the holdings, ' +
        'and selling it shows as less than nothing',
    },
  },
  {
    name: 'trades are forgotten at the day’s end',
    rows: ['F20', 'F59'],
    breaks: '4 a trade counts once',
    file: 'src/core/close-day.ts',
    from: `    if (seenAt < before && key.startsWith(`,
    to: `    if (seenAt > 0 && key.startsWith(`,
  },
  {
    name: 'orders leave at the day’s end though the broker still shows them',
    rows: ['F59'],
    breaks: '5 our order equals the broker’s',
    file: 'src/core/close-day.ts',
    from: `    if (order.updatedAt >= before || exchangeOf`,
    to: `    if (order.updatedAt < 0 || exchangeOf`,
  },
  {
    name: 'a day ends a second time',
    rows: ['F59'],
    breaks: '25 the end of a day happens once',
    file: 'src/desk/end-of-day.ts',
    from: `    if (!dryRun && known?.date === date && known.steps.get(number) === true) {`,
    to: `    if (!dryRun && known?.date === date && known.steps.get(number) === false) {`,
    test: {
      file: 'end-of-day',
      title: 'a day is ended in six steps, and a second time nothing changes',
    },
  },
  {
    name: 'a break is cleared though the books do not agree',
    rows: [],
    breaks: '11 a break ends by agreement',
    file: 'src/core/rules/compare.ts',
    from: `    if (ours === quantity) events.push(...agreed(account, net))
    else if`,
    to: `    const isAgreed = ours === quantity || !isSettled(account, key, book.agreesSince)
    if (isAgreed) events.push(...agreed(account, net))
    else if`,
  },
  {
    name: 'one reading is enough for a break',
    rows: ['F07'],
    breaks: '11 a difference is agreed on by two readings',
    file: 'src/core/rules/compare.ts',
    from: `  return agreesSince !== undefined && exposureOf(account, key).touchedAt < agreesSince`,
    to: `  return exposureOf(account, key).touchedAt < (agreesSince ?? Infinity)`,
    test: {
      file: 'scenarios',
      title: 'books.txt: A difference in quantity becomes a break when two readings agree on it',
    },
  },
  {
    name: 'a break locks nothing',
    rows: [],
    breaks: '11 a break locks its symbol',
    file: 'src/core/rules/allow.ts',
    from: `account.breaks.get(net)?.material ?? false)`,
    to: `account.breaks.get(net)?.theirs === 0n)`,
  },
  {
    name: 'a split is taken for trades by hand',
    rows: ['F70'],
    breaks: '11 all that is held has its owner',
    file: 'src/core/rules/compare.ts',
    from: `  RATIOS.find(([after, before]) => theirs * before === ours * after)`,
    to: `  RATIOS.find(([after, before]) => theirs * after === ours * before)`,
    test: {
      file: 'scenarios',
      title: 'own.txt: A split is proposed, and once a person agrees every book grows by its ratio',
    },
  },
]
