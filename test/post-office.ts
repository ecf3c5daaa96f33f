/** A notifier on virtual time, and a channel that does what the test says. */
import { join } from 'node:path'
import type { Recipient } from '../src/notify/recipient.ts'
import type { Channel, Delivery, Sending } from '../src/notify/channel.ts'
import { Notifier } from '../src/notify/notifier.ts'
import { plainText } from '../src/notify/dress.ts'
import type { NotifySettings } from '../src/notify/settings.ts'
import { zoneOf } from '../src/market/zone.ts'
import { later, SECOND } from '../src/core/time.ts'
import { VirtualClock } from '../src/worlds/virtual.ts'
import { NOON } from './house.ts'
import { tempFolder } from './temp.ts'

/** Delivers at once, unless an answer was put ready. */
export class HandChannel implements Channel {
  readonly sent: (Sending & { readonly text: string })[] = []
  readonly answers: (Delivery | Promise<Delivery>)[] = []
  /** To that address nothing arrives. */
  readonly dead = new Map<string, Delivery>()
  pace = 1_000

  readonly paceMs = (): number => this.pace

  send(sending: Sending): Promise<Delivery> {
    this.sent.push({ ...sending, text: plainText(sending.message) })
    const answer = this.dead.get(sending.address) ?? this.answers.shift() ?? { is: 'delivered' }
    return Promise.resolve(answer)
  }

  close(): void {}

  /** First lines of what went out, each with its address. */
  titles(): string[] {
    return this.sent.map(({ address, message }) => `${address}: ${message.title}`)
  }
}

export const person = (name: string, over: Partial<Recipient> = {}): Recipient => ({
  name,
  channel: 'telegram',
  address: name,
  noise: {},
  quiet: undefined,
  accounts: undefined,
  from: 'settings',
  ...over,
})

type OfficeOptions = {
  readonly people?: readonly Recipient[]
  readonly clock?: VirtualClock
  readonly channel?: HandChannel
  readonly file?: string
  readonly settings?: Partial<NotifySettings>
}

export class PostOffice {
  readonly clock: VirtualClock
  readonly channel: HandChannel
  readonly file: string
  readonly notifier: Notifier
  readonly said: string[] = []

  constructor({ people = [person('asha')], clock, channel, file, settings }: OfficeOptions = {}) {
    this.clock = clock ?? new VirtualClock(NOON)
    this.channel = channel ?? new HandChannel()
    this.file = file ?? join(tempFolder(), 'state.db')
    this.notifier = new Notifier({
      settings: {
        telegram: undefined,
        mail: undefined,
        webhook: { secret: undefined, shape: 'tallyman', trusted: [] },
        recipients: people,
        zone: 'Asia/Kolkata',
        heartbeat: { dailyAt: undefined, url: undefined, everyMs: 60_000 },
        gaps: [],
        ...settings,
      },
      file: this.file,
      channels: new Map([['telegram' as const, this.channel]]),
      clock: { now: () => this.clock.now(), at: (due, run) => this.clock.at(due, run) },
      zoneOf,
      say: (level, line) => void this.said.push(`${level}: ${line}`),
    })
    this.notifier.start()
  }

  async pass(seconds: number): Promise<void> {
    await this.clock.advance(later(this.clock.now(), seconds * SECOND))
  }

  tell(title: string, severity: 'info' | 'error' = 'info', key?: string): readonly string[] {
    return this.notifier.tell({ title, text: `About ${title}.`, severity, key })
  }
}
