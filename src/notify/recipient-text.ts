/** A recipient as it stands in state.db, and back. */
import type { MessageKind, Noise } from '../core/message.ts'
import { MESSAGE_KINDS, NOISES } from '../core/message.ts'
import { CHANNELS } from '../core/message-view.ts'
import type { QuietHours, Recipient } from './recipient.ts'

export const storedText = ({ channel, address, noise, quiet, accounts }: Recipient): string =>
  JSON.stringify({ channel, address, noise, quiet, accounts })

/** Undefined for what an other version wrote and this one cannot read. */
export function parseRecipient(name: string, text: string): Recipient | undefined {
  const given = objectOf(text)
  const channel = CHANNELS.find((each) => each === given?.['channel'])
  const address = given?.['address']
  if (!given || !channel || typeof address !== 'string') return undefined
  const noise: Partial<Record<MessageKind, Noise>> = {}
  for (const kind of MESSAGE_KINDS) {
    const level = (given['noise'] as Record<string, unknown> | undefined)?.[kind]
    const known = NOISES.find((each) => each === level)
    if (known) noise[kind] = known
  }
  const accounts = given['accounts']
  return {
    name,
    channel,
    address,
    noise,
    quiet: given['quiet'] as QuietHours | undefined,
    accounts: Array.isArray(accounts) ? accounts.map(String) : undefined,
    from: 'command',
  }
}

function objectOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const given: unknown = JSON.parse(text)
    return typeof given === 'object' && given !== null ? { ...given } : undefined
  } catch {
    return undefined
  }
}
