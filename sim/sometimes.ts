/**
 * What must happen now and then, or the simulator only visits the main road. A batch says which of
 * these it came to.
 */
import type { Event } from '../src/core/event.ts'
import type { PlainAnswer } from '../src/core/port.ts'
import type { Known } from './known.ts'

export const SOMETIMES = [
  'a call was proven not sent, and tried again',
  'a cancel came too late: the order had filled',
  'a cancel was unknown, and asked again',
  'a change came too late: the order had ended',
  'a change was unknown, and the book shows it',
  'a change was unknown, and the book shows it was not taken',
  'a command was refused because the disk is full',
  'a command was repeated, and answered the same',
  'a journal with a torn row was refused',
  'a fill came after the order had ended',
  'a row was lost with the process that wrote it',
  'a row was safe though its process died before it knew',
  'a second process was refused',
  'a symbol in doubt took no entry',
  'a trade by hand was booked',
  'a trade was taken back',
  'an entry grew too old to send',
  'an id was used for another order',
  'an order was cancelled by hand at the broker',
  'an order was changed by hand at the broker',
  'an order was filled beyond its size',
  'an order was given up as never received',
  'an order was refused after it was taken',
  'an unknown order was found by its tag',
  'an unknown order was settled by a late answer',
  'an unknown order was settled by a refusal',
  'HALT kept an order from leaving',
  'the books differed, and agreed again',
  'the broker said that calls came too fast',
  'the broker was gone at 15:19',
  'the day ended with orders at work',
  'the desk learned that its journal is an old copy',
  'the journal failed, and was opened again',
  'the process died while it started',
] as const
export type Sometimes = (typeof SOMETIMES)[number]

/** `before`: the order as it was known until then. */
// tidy-ok: one switch over the events that tell
export function seldom(event: Event, before: Known | undefined): Sometimes | undefined {
  switch (event.type) {
    case 'OrderNotSent':
      if (event.reason.includes('429')) return 'the broker said that calls came too fast'
      return 'a call was proven not sent, and tried again'
    case 'CancelRejected':
      return before?.status === 'complete'
        ? 'a cancel came too late: the order had filled'
        : undefined
    case 'CancelUnknown':
      return 'a cancel was unknown, and asked again'
    case 'AmendRejected':
      if (event.code === 'NOT_TAKEN')
        return 'a change was unknown, and the book shows it was not taken'
      return event.code === 'FINISHED' ? 'a change came too late: the order had ended' : undefined
    case 'Amended':
      if (event.by === 'book') return 'a change was unknown, and the book shows it'
      return event.by === 'broker' ? 'an order was changed by hand at the broker' : undefined
    case 'OrderAccepted':
      if (before?.status !== 'unknown') return undefined
      if (event.by === 'answer') return 'an unknown order was settled by a late answer'
      return 'an unknown order was found by its tag'
    case 'OrderRejected':
      if (before?.status === 'open') return 'an order was refused after it was taken'
      return before?.status === 'unknown' ? 'an unknown order was settled by a refusal' : undefined
    case 'OrderCancelled':
      if (before?.status !== 'open' || before.cancelAskedAt !== undefined) return undefined
      return 'an order was cancelled by hand at the broker'
    case 'OrderExpired':
      if (event.why === 'unsent') return 'an entry grew too old to send'
      if (event.why === 'halted') return 'HALT kept an order from leaving'
      return event.why === 'broker' ? 'the day ended with orders at work' : undefined
    case 'OrderLapsed':
      return 'an order was given up as never received'
    case 'FillBusted':
      return 'a trade was taken back'
    case 'ManualTradeSeen':
      return 'a trade by hand was booked'
    case 'BreakSettled':
      return 'the books differed, and agreed again'
    case 'EpochStarted':
      return before ? 'the desk learned that its journal is an old copy' : undefined
    case 'AnomalySeen':
      if (event.subject.startsWith('late fill')) return 'a fill came after the order had ended'
      if (event.subject.startsWith('lost'))
        return 'the desk learned that its journal is an old copy'
      return event.subject.startsWith('overfill')
        ? 'an order was filled beyond its size'
        : undefined
    case 'OrderDenied':
      return event.code === 'SYMBOL_IN_DOUBT' ? 'a symbol in doubt took no entry' : undefined
    default:
      return undefined
  }
}

export function seldomAnswer(answer: PlainAnswer): Sometimes | undefined {
  if (answer.is === 'conflict') return 'an id was used for another order'
  if (answer.is === 'noSpace') return 'a command was refused because the disk is full'
  const repeated = 'repeated' in answer && answer.repeated
  return repeated ? 'a command was repeated, and answered the same' : undefined
}
