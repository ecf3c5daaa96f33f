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
    name: 'in a storm what is critical waits for its turn',
    rows: ['F82'],
    breaks: '12 whoever is to be told is told',
    file: 'src/store/outbox.ts',
    from: `ORDER BY critical DESC, id LIMIT 1`,
    to: `ORDER BY id LIMIT 1`,
    test: {
      file: 'notify',
      title: 'a few are told one by one, a storm by symbol and minute, critical ones alone',
    },
  },
]
