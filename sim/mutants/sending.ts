/** Mistakes on the way of an order to the broker. */
import type { Mutant } from './mutant.ts'

export const SENDING: readonly Mutant[] = [
  {
    name: 'sent again after a time-out',
    rows: ['F01', 'F02'],
    breaks: '1 an intent is sent once',
    file: 'src/core/rules/report.ts',
    from: `[{ type: 'OrderUnknown', orderId, evidence: answer.evidence, until: undefined }]`,
    to: `[{ type: 'OrderNotSent', orderId, request: 'place', reason: '?', retryAt: at }]`,
  },
  {
    name: 'sent again after a restart',
    rows: ['F35'],
    breaks: '1 an intent is sent once',
    file: 'src/core/rules/send.ts',
    from: `{ type: 'OrderUnknown', orderId, evidence, until: untilOf(account, orderId, at) }`,
    to: `{ type: 'OrderNotSent', orderId, request: 'place', reason: evidence, retryAt: at }`,
  },
  {
    name: 'what was in flight is forgotten at the start',
    rows: ['F35'],
    breaks: '1 an intent is sent once',
    file: 'src/core/rules/send.ts',
    from: `  return [...events, ...unanswered(account, STOPPED, at)]`,
    to: `  return events`,
  },
  {
    name: 'sent before it is on disk',
    rows: ['F35'],
    breaks: '2 on disk before it is sent',
    file: 'src/desk/gateway.ts',
    from: `        this.#turn(request)
      }`,
    to: `        this.#turn(request)
        this.#handOver(account, request)
      }`,
  },
  {
    name: 'acknowledged before it is on disk',
    rows: ['F35', 'F40'],
    breaks: '2 nothing acknowledged is lost',
    file: 'src/desk/desk.ts',
    from: `      await this.#journal.append({ n: this.#n + 1, entries: sound })`,
    to: `      answer(batch, outcomes, broken)
      await this.#journal.append({ n: this.#n + 1, entries: sound })`,
  },
  {
    name: 'no answer taken for a refusal',
    rows: ['F01'],
    breaks: '8 no end without proof',
    file: 'src/core/rules/report.ts',
    from: `[{ type: 'OrderUnknown', orderId, evidence: answer.evidence, until: undefined }]`,
    to: `[{ type: 'OrderRejected', orderId, code: 'NO_ANSWER', reason: answer.evidence }]`,
  },
  {
    name: 'a broken line taken for one that took nothing',
    rows: ['F02', 'F05'],
    breaks: '1 an intent is sent once',
    file: 'src/brokers/paper/remote.ts',
    from: `  if (end.is === 'broken') return { is: 'unknown', evidence: end.reason }`,
    to: `  if (end.is === 'broken') return notSent(end.reason, 0)`,
  },
  {
    name: 'an error of the server taken for a refusal',
    rows: ['F05'],
    breaks: '8 no end without proof',
    file: 'src/brokers/paper/remote.ts',
    from: `  const { status } = end
  try {
    const said`,
    to: `  const { status } = end
  if (status >= 500) return { is: 'rejected', code: \`HTTP_\${status}\`, reason: 'server error' }
  try {
    const said`,
  },
  {
    name: 'an answer nobody can read taken for a refusal',
    rows: ['F06'],
    breaks: '8 no end without proof',
    file: 'src/brokers/paper/remote.ts',
    from: `    return { is: 'unknown', evidence: \`HTTP \${status}: \${whyUnreadable(error)}\` }`,
    to: `    return { is: 'rejected', code: 'UNREADABLE', reason: whyUnreadable(error) }`,
  },
  {
    name: 'any status of 400 and more taken for a refusal',
    rows: ['F04'],
    breaks: '8 no end without proof',
    file: 'src/brokers/paper/remote.ts',
    from: `    if (status === 422 && REFUSALS.has(code)) {`,
    to: `    if (status >= 400 && status < 500 && status !== 429) {`,
    test: {
      file: 'wire',
      title: 'whatever is not a clean answer leaves it open whether the order is there',
    },
  },
  {
    name: 'an answer that waits for the disk is a reason to send again',
    rows: ['F40'],
    breaks: '1 an intent is sent once',
    file: 'src/desk/gateway.ts',
    from: `    for (const [key, { orderId, kind }] of this.#calls) {
      const request = account.requests[kind].get(orderId)
      if (`,
    to: `    for (const [key, { orderId, kind, over }] of this.#calls) {
      const request = account.requests[kind].get(orderId)
      if (over || `,
  },
  {
    name: 'the limit is off by one',
    rows: ['F08'],
    breaks: '19 no more calls a second',
    file: 'src/desk/limit.ts',
    from: `      if (this.#leaving >= usable) return now + ms
      const nth = this.#left[this.#left.length - (usable - this.#leaving)]`,
    to: `      if (this.#leaving > usable) return now + ms
      const nth = this.#left[this.#left.length - (usable + 1 - this.#leaving)]`,
  },
  {
    name: 'a call counts from its turn, not from when it leaves',
    rows: ['F08', 'F40'],
    breaks: '19 no more calls a second',
    file: 'src/desk/limit.ts',
    from: `    this.#leaving++
    return true`,
    to: `    this.#left.push(now)
    return true`,
  },
  {
    name: 'what was sent before a restart no longer counts',
    rows: ['F08'],
    breaks: '19 no more calls a second',
    file: 'src/desk/limit.ts',
    from: `    for (const then of made) this.#left.push(then)`,
    to: `    if (made.length > this.#kept) this.#left.push(...made)`,
    test: {
      file: 'gateway',
      title: 'what was sent before a restart counts against the limits after it',
    },
  },
  {
    name: 'cancels wait behind entries',
    rows: ['F08'],
    breaks: '30 cancels and closes never wait behind entries',
    file: 'src/desk/gateway.ts',
    from: `  if (kind === 'cancel') return 0`,
    to: `  if (kind === 'cancel') return 2`,
    test: {
      file: 'house',
      title: 'what waits for its turn goes in the order cancels, closes, entries',
    },
  },
  {
    name: 'HALT does not stop changes',
    rows: [],
    breaks: '20 HALT lets nothing but cancels pass',
    file: 'src/desk/gateway.ts',
    from: `    if (request.kind === 'cancel') return undefined`,
    to: `    if (request.kind !== 'place') return undefined`,
    test: {
      file: 'gateway',
      title: 'HALT that comes while a change is being written keeps it back; a cancel leaves',
    },
  },
  {
    name: 'HALT is looked at when an order comes in, and no more',
    rows: [],
    breaks: '20 HALT lets nothing but cancels pass',
    file: 'src/desk/gateway.ts',
    from: `    if (halt) return {`,
    to: `    if (halt && order.attempts > 1) return {`,
  },
  {
    name: 'an entry for which the disk took too long leaves all the same',
    rows: ['F40'],
    breaks: '21 nothing stale is sent',
    file: 'src/desk/gateway.ts',
    from: `!isStale(order, request, this.#clock.now())) return undefined`,
    to: `!isStale(order, request, order.updatedAt)) return undefined`,
    test: {
      file: 'gateway',
      title: 'an entry for which the disk took too long does not leave any more',
    },
  },
  {
    name: 'an entry that is put off is young again',
    rows: ['F08'],
    breaks: '21 nothing stale is sent',
    file: 'src/core/rules/send.ts',
    from: `  return later(placedAt, isRepeat ? fresh + RETRYING_MS : fresh)`,
    to: `  return later(notBefore, isRepeat ? fresh + RETRYING_MS : fresh)`,
    test: {
      file: 'scenarios',
      title: 'care.txt: A market order that was put off does not become younger',
    },
  },
  {
    name: 'a clock set back makes an old entry fresh',
    rows: ['F55'],
    breaks: '21 nothing stale is sent',
    file: 'src/core/rules/send.ts',
    from: ` || (order.intent === 'entry' && isSetBack(order.placedAt, at))`,
    to: ``,
    test: {
      file: 'gateway',
      title: 'a clock set back before a restart keeps nothing waiting, makes nothing fresh',
    },
  },
  {
    name: 'a clock set back keeps in doubt what was on its way',
    rows: ['F55'],
    breaks: '24 all is well again in time',
    file: 'src/core/rules/send.ts',
    from: `  return sentAt !== undefined && sentAt > at ? at : undefined`,
    to: `  return sentAt === undefined ? at : undefined`,
    test: {
      file: 'gateway',
      title: 'a clock set back before a restart keeps nothing in doubt for longer',
    },
  },
  {
    name: 'time follows the wall clock back as well',
    rows: ['F55'],
    breaks: '21 nothing stale is sent',
    file: 'src/desk/clock.ts',
    from: `    ahead = Math.max(ahead, wall() - now)`,
    to: `    ahead = wall() - now`,
    test: {
      file: 'clock',
      title: 'a wall clock that is set back does not set us back: time goes on from where it was',
    },
  },
]
