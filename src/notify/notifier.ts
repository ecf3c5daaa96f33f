import type { Message, MessageKind, Noise } from '../core/message.ts'
import { alert, KINDS } from '../core/message.ts'
import type {
  BadRecipient,
  ChannelName,
  LetterView,
  Messages,
  RecipientAsked,
  RecipientView,
  Telling,
  TestView,
} from '../core/message-view.ts'
import type { Instant } from '../core/time.ts'
import { isoTime, later } from '../core/time.ts'
import { Addresses } from '../store/addresses.ts'
import type { EndedLetter } from '../store/outbox-look.ts'
import { Outbox } from '../store/outbox.ts'
import type { Channel } from './channel.ts'
import { Courier } from './courier.ts'
import { Letters } from './letters.ts'
import { whyNotUrl } from './channels/webhook.ts'
import type { Recipient, ZoneOf } from './recipient.ts'
import { parseRecipient, storedText } from './recipient-text.ts'
import type { NotifySettings } from './settings.ts'

export type NotifierParts = {
  readonly settings: NotifySettings
  /** Where outbox and recipients are kept: state.db. */
  readonly file: string
  readonly channels: ReadonlyMap<ChannelName, Channel>
  readonly clock: {
    readonly now: () => Instant
    readonly at: (due: Instant, run: () => void) => () => void
  }
  readonly zoneOf: ZoneOf
  readonly say: (level: 'info' | 'warn' | 'error', line: string) => void
}

/** Tells people: what the journal says, what programs send, and what Tallyman has to say itself. */
export class Notifier implements Messages {
  readonly #parts: NotifierParts
  readonly #outbox: Outbox
  readonly #addresses: Addresses
  readonly #courier: Courier
  readonly letters: Letters
  #recipients: readonly Recipient[] = []
  /** Of messages without a key of their own. */
  #said = 0

  constructor(parts: NotifierParts) {
    this.#parts = parts
    const { file, clock, say, zoneOf } = parts
    this.#outbox = new Outbox(file)
    this.#addresses = new Addresses(file)
    this.#readRecipients()
    const recipients = (): readonly Recipient[] => this.#recipients
    const timeText = (at: Instant): string => this.#timeText(at)
    this.#courier = new Courier({
      outbox: this.#outbox,
      recipients,
      channelOf: ({ channel }) => parts.channels.get(channel),
      now: clock.now,
      at: clock.at,
      timeText,
      onMoved: (recipient, to) => this.#move(recipient, to),
      say,
    })
    this.letters = new Letters({
      outbox: this.#outbox,
      recipients,
      zoneOf,
      timeText,
      after: (milliseconds, run) => void clock.at(later(clock.now(), milliseconds), run),
      onLetters: () => this.#courier.wake(),
      onTrouble: (error) => say('error', `Messages wait: ${error.message}`),
    })
  }

  /** Says once what is not as it was meant, and sends what waits. */
  start(): void {
    for (const gap of this.#parts.settings.gaps) this.#parts.say('warn', gap)
    this.#courier.start()
  }

  close(): void {
    this.letters.close()
    this.#courier.close()
    for (const channel of this.#parts.channels.values()) channel.close()
    this.#addresses.close()
    this.#outbox.close()
  }

  /** `2025-01-27 15:30:00`, by the clock of the zone that was set. */
  #timeText(at: Instant): string {
    const { zoneOf, settings } = this.#parts
    return isoTime(at, zoneOf(settings.zone)(at)).slice(0, 19).replace('T', ' ')
  }

  #readRecipients(): void {
    const added = this.#addresses.all().flatMap(({ name, settings }) => {
      const recipient = parseRecipient(name, settings)
      return recipient ? [recipient] : []
    })
    const names = new Set(added.map(({ name }) => name))
    // What was changed by command, or moved by Telegram, stands for what the settings say.
    const own = this.#parts.settings.recipients.filter(({ name }) => !names.has(name))
    this.#recipients = [...own, ...added]
  }

  /** The address of a group that became a supergroup, kept for good. */
  #move(recipient: Recipient, to: string): void {
    this.#addresses.put(recipient.name, storedText({ ...recipient, address: to }))
    this.#readRecipients()
    this.#parts.say('info', `The chat of ${recipient.name} has another number now; it is kept.`)
  }

  tell({ key, to, ...said }: Telling): readonly string[] {
    const now = this.#parts.clock.now()
    return this.#put(key ?? `own-${now}-${this.#said++}`, alert(said), to)
  }

  /** Once a day, how all is. */
  heartbeat(day: string, said: Omit<Telling, 'key' | 'to'>): void {
    this.#put(`heartbeat-${day}`, alert({ ...said, kind: 'heartbeat' }))
  }

  #put(key: string, message: Message, to?: string): readonly string[] {
    const at = this.#parts.clock.now()
    const time = { icon: '⏰', label: 'Time', value: this.#timeText(at) }
    const timed = { ...message, lines: [...message.lines, time] }
    const letters = this.letters.addressed({ key, message: timed, at, account: undefined, to })
    if (letters.length > 0) this.#outbox.take(letters, undefined)
    this.#courier.wake()
    return letters.map(({ recipient }) => recipient)
  }

  /** At once, past the outbox: what came of it, for each of them. */
  async test(to: string | undefined): Promise<TestView[]> {
    const { clock, channels } = this.#parts
    const meant = this.#recipients.filter(({ name }) => to === undefined || name === to)
    const now = clock.now()
    const said = { title: 'TEST', text: 'Tallyman reaches you here.', severity: 'info' as const }
    return Promise.all(
      meant.map(async ({ name: recipient, channel, address }): Promise<TestView> => {
        const open = channels.get(channel)
        if (!open) {
          return { recipient, channel, delivered: false, reason: `${channel} is not set up` }
        }
        const key = `test-${now}/${recipient}`
        const message = alert(said)
        const sending = { address, message, silent: false, key, again: false }
        const delivery = await open.send(sending)
        if (delivery.is === 'delivered') {
          this.#outbox.hurry(recipient, clock.now())
          this.#courier.hurry(recipient)
          return { recipient, channel, delivered: true, reason: null }
        }
        const reason =
          delivery.is === 'moved' ? `the chat has moved to ${delivery.to}` : delivery.reason
        return { recipient, channel, delivered: false, reason }
      }),
    )
  }

  recipients(): RecipientView[] {
    const waiting = this.#outbox.look.waiting()
    return this.#recipients.map((recipient) => {
      const { name, channel, address, from, noise, quiet, accounts } = recipient
      const wait = waiting.get(name)
      return {
        name,
        channel,
        address: address.length <= END ? address : `…${address.slice(-END)}`,
        from,
        noise: Object.fromEntries(
          Object.entries(KINDS).map(([kind, { usual }]) => [
            kind,
            noise[kind as keyof typeof noise] ?? usual,
          ]),
        ),
        quietHours: quiet ? `${clockText(quiet.from)}-${clockText(quiet.to)} ${quiet.zone}` : null,
        accounts: accounts ?? null,
        waiting: wait?.count ?? 0,
        waitingSince: wait ? isoTime(wait.since) : null,
      }
    })
  }

  knows(name: string): boolean {
    return this.#recipients.some((each) => each.name === name)
  }

  add(asked: RecipientAsked): BadRecipient | undefined {
    const why = this.#whyNot(asked)
    if (why) return why
    const { name, channel, address, accounts, quietHours, zone = this.#parts.settings.zone } = asked
    const noise: Partial<Record<MessageKind, Noise>> = {}
    for (const level of ['off', 'silent', 'on'] as const) {
      for (const kind of asked[level] ?? []) noise[kind] = level
    }
    const hours = quietHours === undefined ? undefined : minutesOf(quietHours)
    const quiet = hours && { ...hours, zone }
    const recipient = { name, channel, address, noise, quiet, accounts, from: 'command' as const }
    this.#addresses.put(name, storedText(recipient))
    this.#readRecipients()
    this.#courier.wake()
    return undefined
  }

  #whyNot({ channel, address, quietHours, zone }: RecipientAsked): BadRecipient | undefined {
    const { channels, settings, zoneOf } = this.#parts
    if (!channels.has(channel)) {
      const why = `${channel} is not set up; docs/notifications.md says how`
      return { field: 'channel', why }
    }
    if (!ADDRESSES[channel].test(address)) {
      return { field: 'address', why: `${WHAT[channel]} is expected` }
    }
    const why = channel === 'webhook' ? whyNotUrl(address, settings.webhook.trusted) : undefined
    if (why !== undefined) return { field: 'address', why }
    if (quietHours !== undefined && minutesOf(quietHours) === undefined) {
      return { field: 'quietHours', why: 'two times of day such as 22:00-07:00 are expected' }
    }
    try {
      if (zone !== undefined) zoneOf(zone)
      return undefined
    } catch {
      return { field: 'zone', why: 'an IANA zone such as Asia/Kolkata is expected' }
    }
  }

  /** False for one that the settings name, which only they can take back. */
  remove(name: string): boolean {
    if (!this.#addresses.all().some((each) => each.name === name)) return false
    this.#addresses.remove(name)
    this.#outbox.forget(name)
    this.#readRecipients()
    return true
  }

  latest(limit: number, before: number): LetterView[] {
    return this.#outbox.look.latest(limit, before).map(letterView)
  }

  banner(): LetterView[] {
    return this.#outbox.look.unreached().map(letterView)
  }
}

const CLOCK = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$/

function minutesOf(text: string): { readonly from: number; readonly to: number } | undefined {
  const [, ...parts] = (CLOCK.exec(text) ?? []).map(Number)
  const [hours, minutes, toHours, toMinutes] = parts
  if (toMinutes === undefined) return undefined
  return { from: hours! * 60 + minutes!, to: toHours! * 60 + toMinutes }
}

const ADDRESSES: Readonly<Record<ChannelName, RegExp>> = {
  telegram: /^(-?\d{1,20}|@\w{3,64})$/,
  mail: /^[^\s@<>,;\p{Cc}]{1,64}@[^\s@<>,;\p{Cc}]{1,190}$/u,
  webhook: /^https?:\/\/[^\s\p{Cc}]{1,2000}$/u,
  console: /^(console|-)?$/,
}

const WHAT: Readonly<Record<ChannelName, string>> = {
  telegram: 'the number of a chat, or the @name of a channel,',
  mail: 'a mail address',
  webhook: 'a URL',
  console: '"console"',
}

const END = 6

const clockText = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`

const letterView = (letter: EndedLetter): LetterView => {
  const { id, key, recipient, message, at, state, attempts, reason } = letter
  const { kind, severity, title, account = null, symbol = null } = message
  const head = { id, key, recipient, kind, severity, title, account, symbol }
  return { ...head, at: isoTime(at), state, attempts, reason: reason ?? null }
}
