/** Who is told what, and when it may make a sound. */
import type { Message, MessageKind, Noise } from '../core/message.ts'
import { KINDS } from '../core/message.ts'
import type { ChannelName } from '../core/message-view.ts'
import type { Instant } from '../core/time.ts'
import { DAY, instant, MINUTE } from '../core/time.ts'

/** Between two times of day, by the clock of a zone; it may go past midnight. */
export type QuietHours = {
  /** Minutes of the day. */
  readonly from: number
  readonly to: number
  /** An IANA name. */
  readonly zone: string
}

export type Recipient = {
  readonly name: string
  readonly channel: ChannelName
  /** A chat, a mail address, a URL. */
  readonly address: string
  /** What differs from what is usual. */
  readonly noise: Readonly<Partial<Record<MessageKind, Noise>>>
  readonly quiet: QuietHours | undefined
  /** Only what happens in these accounts, and what is of none; undefined: all. */
  readonly accounts: readonly string[] | undefined
  /** Where it comes from: those of the settings cannot be removed by command. */
  readonly from: 'settings' | 'command'
}

/** Minutes ahead of UTC that a zone's clocks show. */
export type ZoneOf = (name: string) => (at: Instant) => number

const noiseOf = ({ noise }: Recipient, { kind }: Message): Noise => noise[kind] ?? KINDS[kind].usual

/** Critical ones reach everybody who has not switched the kind off, and make a sound. */
export function heardBy(recipient: Recipient, message: Message): Noise {
  const noise = noiseOf(recipient, message)
  return message.critical && noise === 'silent' ? 'on' : noise
}

/** When quiet hours that hold at a moment are over; undefined where none do. */
export function quietUntil({ quiet }: Recipient, at: Instant, zoneOf: ZoneOf): Instant | undefined {
  if (!quiet) return undefined
  const { from, to, zone } = quiet
  const local = at + zoneOf(zone)(at) * MINUTE
  const minute = Math.floor((local % DAY) / MINUTE)
  const isWithin = from <= to ? minute >= from && minute < to : minute >= from || minute < to
  if (!isWithin) return undefined
  const left = (to - minute + 1_440) % 1_440
  return instant(Math.floor(at / MINUTE) * MINUTE + left * MINUTE)
}
