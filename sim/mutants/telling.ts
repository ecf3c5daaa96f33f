/** Mistakes in what people are told. */
import type { Mutant } from './mutant.ts'

export const TELLING: readonly Mutant[] = [
  {
    name: 'what a channel asks us to wait is not waited',
    rows: ['F80'],
    breaks: '12 whoever is to be told is told',
    file: 'src/notify/courier.ts',
    from: `        afterMs ?? 0,`,
    to: `        0,`,
    test: { file: 'notify', title: 'what Telegram asks us to wait is waited' },
  },
  {
    name: 'a message that did not arrive is let go of',
    rows: ['F80'],
    breaks: '12 whoever is to be told is told',
    file: 'src/notify/courier.ts',
    from: `        outbox.failed(letter, { reason, due: later(now(), wait), hopeless })`,
    to: `        done()`,
    test: {
      file: 'notify',
      title: 'what did not arrive is tried again, more and more seldom, until it does',
    },
  },
  {
    name: 'a message is noted as sent before it left',
    rows: ['F81'],
    breaks: '12 whoever is to be told is told',
    file: 'src/notify/courier.ts',
    from: `      const delivery = await channel.send({`,
    to: `      load.done()
      const delivery = await channel.send({`,
    test: {
      file: 'notify',
      title: 'dying between sending and noting it repeats that one message, and no other',
    },
  },
  {
    name: 'a storm is told one by one',
    rows: ['F82'],
    breaks: '12 whoever is to be told is told',
    file: 'src/notify/courier.ts',
    from: `    if (count <= MERGE_FROM) return single`,
    to: `    if (count <= 100 * MERGE_FROM) return single`,
    test: {
      file: 'notify',
      title: 'a few are told one by one, a storm by symbol and minute, critical ones alone',
    },
  },
]
