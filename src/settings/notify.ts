import type { MessageKind, Noise } from '../core/message.ts'
import type { NotifySettings } from '../notify/settings.ts'
import type { Recipient } from '../notify/recipient.ts'
import { zoneOf } from '../market/zone.ts'
import type { Values } from './schema.ts'

/** Channels that are set up, and who the settings name as to be told. */
export function notifyFrom(set: Values): NotifySettings {
  const gaps: string[] = []
  const zone = zoneIn(set, gaps)
  const telegram = telegramIn(set, gaps)
  const mail = mailIn(set, gaps)
  const hours = set['notifications.quiet_hours']
  const usual = {
    noise: noiseIn(set),
    quiet: hours && { ...hours, zone },
    accounts: undefined,
    from: 'settings' as const,
  }
  const recipients: Recipient[] = []
  const add = (channel: Recipient['channel'], address: string | undefined): void => {
    if (address !== undefined) recipients.push({ name: channel, channel, address, ...usual })
  }
  if (telegram) add('telegram', set['telegram.chat_id'])
  if (mail) add('mail', set['mail.to'])
  add('webhook', set['webhook.url'])
  const daily = set['heartbeat.daily_at']
  return {
    telegram,
    mail,
    webhook: {
      secret: set['webhook.secret'],
      shape: set['webhook.shape'],
      trusted: set['webhook.trusted_hosts'].split(',').filter(Boolean),
    },
    recipients,
    zone,
    heartbeat: {
      dailyAt: daily === undefined ? undefined : minutesOf(daily),
      url: set['heartbeat.url'],
      everyMs: set['heartbeat.interval_seconds'],
    },
    gaps,
  }
}

function telegramIn(set: Values, gaps: string[]): NotifySettings['telegram'] {
  const token = set['telegram.bot_token']
  const chat = set['telegram.chat_id']
  if (!set['telegram.enabled']) {
    if (token !== undefined) gaps.push('Telegram is set up and switched off (TELEGRAM_ENABLED).')
    return undefined
  }
  if (token === undefined) {
    if (chat !== undefined) {
      gaps.push('TELEGRAM_CHAT_ID is set and TELEGRAM_BOT_TOKEN is not: nothing goes to Telegram.')
    }
    return undefined
  }
  if (chat === undefined) {
    gaps.push(
      'TELEGRAM_BOT_TOKEN is set and TELEGRAM_CHAT_ID is not: only chats that were added by ' +
        '"tallyman notify add" are told.',
    )
  }
  return { token, apiRoot: set['telegram.api_root'] }
}

function mailIn(set: Values, gaps: string[]): NotifySettings['mail'] {
  const [host, from, to] = [set['mail.host'], set['mail.from'], set['mail.to']]
  if (host === undefined || from === undefined) {
    const missing = host === undefined ? 'MAIL_HOST' : 'MAIL_FROM'
    if (host !== undefined || from !== undefined || to !== undefined) {
      gaps.push(`${missing} is not set: no mail is sent.`)
    }
    return undefined
  }
  const [user, password] = [set['mail.user'], set['mail.password']]
  const [port, security] = [set['mail.port'], set['mail.security']]
  return { host, port, security, user, password, from }
}

function noiseIn(set: Values): Recipient['noise'] {
  const noise: Partial<Record<MessageKind, Noise>> = {}
  for (const level of ['off', 'silent', 'on'] as const) {
    for (const kind of set[`notifications.${level}`]) noise[kind] = level
  }
  return noise
}

/** A zone Node does not know would keep everything from starting for a clock in a text. */
function zoneIn(set: Values, gaps: string[]): string {
  const zone = set['notifications.zone']
  try {
    zoneOf(zone)
    return zone
  } catch {
    gaps.push(`NOTIFY_ZONE "${zone}" is no zone this machine knows: UTC is used.`)
    return 'UTC'
  }
}

const minutesOf = (clock: string): number => {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number)
  return hours * 60 + minutes
}
