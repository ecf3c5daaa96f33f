/** Messages and who gets them, as people and programs see them. */
import type { MessageKind, Noise, Severity } from './message.ts'

export const CHANNELS = ['telegram', 'mail', 'webhook', 'console'] as const
export type ChannelName = (typeof CHANNELS)[number]

export type RecipientView = {
  readonly name: string
  readonly channel: ChannelName
  /** Only its end: chats and URLs are nobody else’s business. */
  readonly address: string
  readonly from: 'settings' | 'command'
  readonly noise: Readonly<Record<string, Noise>>
  readonly quietHours: string | null
  readonly accounts: readonly string[] | null
  readonly waiting: number
  readonly waitingSince: string | null
}

export type RecipientAsked = {
  readonly name: string
  readonly channel: ChannelName
  readonly address: string
  readonly on?: readonly MessageKind[] | undefined
  readonly silent?: readonly MessageKind[] | undefined
  readonly off?: readonly MessageKind[] | undefined
  /** `22:00-07:00` */
  readonly quietHours?: string | undefined
  readonly zone?: string | undefined
  readonly accounts?: readonly string[] | undefined
}

/** What keeps somebody from being added: the field, and why. */
export type BadRecipient = { readonly field: keyof RecipientAsked; readonly why: string }

export type LetterView = {
  readonly id: number
  /** Of what it tells: the same for all who are told. */
  readonly key: string
  readonly recipient: string
  readonly kind: MessageKind
  readonly severity: Severity
  readonly title: string
  readonly account: string | null
  readonly symbol: string | null
  readonly at: string
  /** `old`: it could not be sent while it mattered. `merged`: it arrived with others, as one. */
  readonly state: 'waiting' | 'sent' | 'merged' | 'old'
  readonly attempts: number
  /** Why it did not arrive when it was last tried. */
  readonly reason: string | null
}

export type TestView = {
  readonly recipient: string
  readonly channel: ChannelName
  readonly delivered: boolean
  readonly reason: string | null
}

export type Telling = {
  readonly title: string
  readonly text: string
  readonly severity: Severity
  /** The same key is told once. */
  readonly key?: string | undefined
  /** One of them, whatever it wants to hear; undefined: all who want to. */
  readonly to?: string | undefined
}

/** What programs and people may ask of messages. */
export interface Messages {
  /** The names of those who are told. Throws what the disk says; then nobody is. */
  tell(telling: Telling): readonly string[]
  /** At once, past everything that waits; what came of it, for each of them. */
  test(to: string | undefined): Promise<TestView[]>
  recipients(): RecipientView[]
  knows(name: string): boolean
  /** Added, or changed under the same name; returns what is wrong with it. */
  add(recipient: RecipientAsked): BadRecipient | undefined
  /** False for one that the settings name, or nobody does. */
  remove(name: string): boolean
  latest(limit: number, before: number): LetterView[]
  /** Critical messages that have reached nobody: what every screen should begin with. */
  banner(): LetterView[]
}
