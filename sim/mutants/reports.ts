/** Mistakes in what is made of the broker's words: answers, rows, trades, readings. */
import type { Mutant } from './mutant.ts'

export const REPORTS: readonly Mutant[] = [
  {
    name: 'a fill told twice counts twice',
    rows: ['F20'],
    breaks: '4 a trade counts once',
    file: 'src/core/rules/fill.ts',
    from: `    const known = account.trades.has(key) || counted.has(key)`,
    to: `    const known = counted.has(key)`,
  },
  {
    name: 'a partial fill makes the order complete',
    rows: ['F24'],
    breaks: '6 states move along the table',
    file: 'src/core/trading.ts',
    from: `  const whole = absolute(after) >= largestSize(order)`,
    to: `  const whole = absolute(after) > 0n`,
  },
  {
    name: 'a cancel nobody answered is believed',
    rows: ['F24'],
    breaks: '8 no end without proof',
    file: 'src/core/rules/report.ts',
    from: `      const again = retryAt(sent, { at, askedMs: 0, retry })
      return [{ type: 'CancelUnknown', orderId, evidence: answer.evidence, retryAt: again }]`,
    to: `      return [{ type: 'OrderCancelled', orderId, reason: answer.evidence }]`,
  },
  {
    name: 'a refused cancel is taken for an end',
    rows: ['F24'],
    breaks: '8 no end without proof',
    file: 'src/core/rules/report.ts',
    from: `[{ type: 'CancelRejected', orderId, code: answer.code, reason: answer.reason }]`,
    to: `[{ type: 'OrderCancelled', orderId, reason: answer.reason }]`,
  },
  {
    name: 'a late acceptance opens an order that has ended',
    rows: ['F21'],
    breaks: '7 an end is left with evidence',
    file: 'src/core/rules/report.ts',
    from: `      if (isUnconfirmed(order)) {
        const accepted`,
    to: `      if (status !== 'open') {
        const accepted`,
  },
  {
    name: 'a fill after a cancel is let go of',
    rows: ['F26'],
    breaks: '5 our order equals the broker’s',
    file: 'src/core/rules/fill.ts',
    from: `    if (known || trade.busted) continue`,
    to: `    if (known || trade.busted || status === 'cancelled') continue`,
    test: {
      file: 'scenarios',
      title: 'cancel.txt: The last fill crosses our cancel on its way',
    },
  },
  {
    name: 'what was filled beyond the order is cut off',
    rows: ['F27'],
    breaks: '4 a fill is a trade of its order',
    file: 'src/core/rules/fill.ts',
    from: `    if (known || trade.busted) continue
`,
    to: `    if (known || trade.busted || absolute(quantity) >= largestSize(order)) continue
`,
  },
  {
    name: 'nobody is told that more was filled than ordered',
    rows: ['F27'],
    breaks: '3 no more is filled than was ordered, or loudly so',
    file: 'src/core/rules/fill.ts',
    from: `  if (over > 0n) return anomaly(`,
    to: `  if (over > absolute(order.terms.quantity)) return anomaly(`,
    test: {
      file: 'scenarios',
      title:
        'orders.txt: The broker filled more than was ordered: ' +
        'the position follows, and people are told',
    },
  },
  {
    name: 'an end is believed ahead of its trades',
    rows: ['F28'],
    breaks: '8 no end without proof',
    file: 'src/core/rules/report.ts',
    from: `  if (isCaughtUp) events.push(...ending(`,
    to: `  if (row.status !== 'working') events.push(...ending(`,
  },
  {
    name: 'a row from before the latest trades is believed',
    rows: ['F21'],
    breaks: '5 our order equals the broker’s',
    file: 'src/core/rules/report.ts',
    from: `  const isNews = !filled.amended && !isOld && (isCaughtUp`,
    to: `  const isNews = !filled.amended && (isCaughtUp`,
    test: {
      file: 'scenarios',
      title: 'amend.txt: A row from before the latest trades says nothing about its terms',
    },
  },
  {
    name: 'a busted trade stays counted',
    rows: ['F29'],
    breaks: '5 our order equals the broker’s',
    file: 'src/core/rules/fill.ts',
    from: `    const bust = trade.busted ? bustOf(`,
    to: `    const bust = trade.busted && !known ? bustOf(`,
  },
  {
    name: 'a trade is busted each time it is told',
    rows: ['F29', 'F20'],
    breaks: '4 a trade counts once',
    file: 'src/core/rules/fill.ts',
    from: `bustKey(exchangeOf(instrument), date, tradeId, quantity))) {`,
    to: `bustKey(exchangeOf(instrument), date, tradeId, traded))) {`,
  },
  {
    name: 'a refusal after an order was open is not heard',
    rows: ['F11'],
    breaks: '5 our order equals the broker’s',
    file: 'src/core/rules/report.ts',
    from: `      return [{ type: 'OrderRejected', orderId, code: 'BROKER_REJECTED', reason }]`,
    to: `      return []`,
  },
  {
    name: 'a change nobody answered is taken for done',
    rows: ['F25'],
    breaks: '5 our order equals the broker’s',
    file: 'src/core/rules/amend.ts',
    from: `      return sent ? [{ type: 'AmendUnknown', orderId, evidence: answer.evidence }] : []`,
    to: `      return sent ? [amendedBy(order, 'answer')] : []`,
    test: {
      file: 'scenarios',
      title: "amend.txt: Unknown: the book shows it as it was, over the broker's whole bound",
    },
  },
  {
    name: 'a change nobody answered is taken for refused',
    rows: ['F25'],
    breaks: '5 our order equals the broker’s',
    file: 'src/core/rules/amend.ts',
    from: `      return sent ? [{ type: 'AmendUnknown', orderId, evidence: answer.evidence }] : []`,
    to: `      return sent ? [notTaken(order, answer.evidence)] : []`,
    test: {
      file: 'scenarios',
      title: 'amend.txt: Unknown: the book shows it as it was to be',
    },
  },
  {
    name: 'a list that does not say it is whole is taken for whole',
    rows: ['F07'],
    breaks: '8 no end without proof',
    file: 'src/brokers/paper/remote.ts',
    from: `    const proven = count !== undefined
    if (proven && count`,
    to: `    const proven = true
    if (count !== undefined && count`,
  },
  {
    name: 'a list nobody can read is taken for an empty one',
    rows: ['F07', 'F62'],
    breaks: '8 no end without proof',
    file: 'src/brokers/paper/remote.ts',
    from: `      return { ok: false, reason: whyUnreadable(error) }`,
    to: `      return { ok: true, rows: [], proven: whyUnreadable(error) !== '' }`,
  },
  {
    name: 'a reading that failed is taken for empty books',
    rows: ['F62'],
    breaks: '11 a failed reading is no empty one',
    file: 'src/brokers/paper/remote.ts',
    from: `end.status !== 200) return { ok: false, reason: reasonOf(end) }`,
    to: `end.status !== 200) return { ok: true, rows: [], proven: true }`,
  },
  {
    name: 'an unknown order lapses before the broker’s bound is over',
    rows: ['F03'],
    breaks: '8 no end without proof',
    file: 'src/core/rules/reconcile.ts',
    from: `doubt.looks + 1 >= LOOKS_MIN && elapsed(doubt.since, askedAt) >= lapseAfterMs`,
    to: `doubt.looks + 1 >= LOOKS_MIN`,
  },
  {
    name: 'an unknown order is given up after one look',
    rows: ['F03', 'F07'],
    breaks: '8 no end without proof',
    file: 'src/core/rules/reconcile.ts',
    from: `  const isOver = doubt.looks + 1 >= LOOKS_MIN && elapsed`,
    to: `  const isOver = doubt.looks + 1 >= 1 && elapsed`,
    test: {
      file: 'scenarios',
      title: 'doubt.txt: With its bound over it takes three good looks all the same',
    },
  },
  {
    name: 'an unknown order is given up at the first look',
    rows: ['F03'],
    breaks: '8 no end without proof',
    file: 'src/core/rules/reconcile.ts',
    from: `  return isOver ? [notFound, lapsed(orderId)] : [notFound]`,
    to: `  return isOver || doubt.looks === 0 ? [notFound, lapsed(orderId)] : [notFound]`,
  },
  {
    name: 'an order that lapsed is not known again',
    rows: ['F03'],
    breaks: '8 no end without proof',
    file: 'src/core/rules/report.ts',
    from: `(isUnconfirmed(order) || status === 'unknown' || status === 'lapsed') && brokerOrderId`,
    to: `isWorking(status) && (isUnconfirmed(order) || status === 'unknown') && brokerOrderId`,
    test: {
      file: 'scenarios',
      title: 'doubt.txt: What lapsed and appears after all is believed, loudly',
    },
  },
  {
    name: 'an order that is found by its tag keeps no name of the broker’s',
    rows: ['F02'],
    breaks: '5 our order equals the broker’s',
    file: 'src/core/evolve.ts',
    from: `  order.brokerOrderId = event.brokerOrderId
`,
    to: `  if (event.by === 'answer') order.brokerOrderId = event.brokerOrderId
`,
  },
  {
    name: 'the book is not read again after a reading that failed',
    rows: ['F22'],
    breaks: '24 all is well again in time',
    file: 'src/desk/watch.ts',
    from: `      this.#arm(this.#account)
    }`,
    to: `      if (this.#failures === 0) this.#arm(this.#account)
    }`,
  },
  {
    name: 'while orders work only the stream is listened to',
    rows: ['F22'],
    breaks: '24 all is well again in time',
    file: 'src/desk/cadence.ts',
    from: `  const isWorking = hasWorking(account)
  const isSoon = confirm || isWorking`,
    to: `  const isWorking = hasWorking(account) && !account.connected
  const isSoon = confirm || isWorking
  if (!isSoon && failures === 0) return undefined`,
  },
  {
    name: 'an order of somebody else that looks like ours is taken for ours',
    rows: ['F23', 'F14'],
    breaks: '1 what somebody else did is not ours',
    file: 'src/core/rules/reconcile.ts',
    from: `  if (!order || fitting.length > 1) return undefined`,
    to: `  if (!order) return undefined`,
    test: { file: 'scenarios', title: 'doubt.txt: Two rows that fit settle nothing' },
  },
  {
    name: 'a row without a tag is matched though no tag can be lost',
    rows: ['F23'],
    breaks: '8 no end without proof',
    file: 'src/core/rules/reconcile.ts',
    from: `  if (!book.tagsMayBeLost || row.tag || !book.orders.ok) return undefined`,
    to: `  if (row.tag || !book.orders.ok) return undefined`,
  },
  {
    name: 'that the books no longer go back to an order proves that it ended',
    rows: ['F58'],
    breaks: '8 no end without proof',
    file: 'src/core/rules/reconcile.ts',
    from: `    if ((row?.quantity ?? NO_QUANTITY) === explainedQuantity(account, net)) {`,
    to: `    if (row === undefined || row.quantity !== NO_QUANTITY) {`,
    test: {
      file: 'scenarios',
      title: 'care.txt: Nor to one that worked: it ended while nobody looked',
    },
  },
  {
    name: 'a request that hangs holds the whole reading up',
    rows: ['F22'],
    breaks: '24 all is well again in time',
    file: 'src/desk/read-in-time.ts',
    from: `    const disarm = clock.at(later(askedAt, timeoutMs), () =>`,
    to: `    const disarm = clock.at(later(askedAt, 60 * timeoutMs), () =>`,
    test: {
      file: 'watch',
      title: 'a book that never comes has failed by the broker’s bound; the next one is read',
    },
  },
]
