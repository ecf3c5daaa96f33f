import type { ChannelName } from '../../core/message-view.ts'
import type { Channel } from '../channel.ts'
import type { NotifySettings } from '../settings.ts'
import { ConsoleChannel } from './console.ts'
import { WebhookChannel } from './webhook.ts'

/** Those that are set up; libraries are loaded for these alone. */
export async function openChannels(
  { telegram, mail, webhook }: NotifySettings,
  { now, say }: { readonly now: () => number; readonly say: (text: string) => void },
): Promise<ReadonlyMap<ChannelName, Channel>> {
  const channels = new Map<ChannelName, Channel>()
  channels.set('console', new ConsoleChannel(say))
  channels.set('webhook', new WebhookChannel({ ...webhook, now }))
  if (telegram) {
    const { TelegramChannel } = await import('./telegram.ts')
    channels.set('telegram', new TelegramChannel(telegram))
  }
  if (mail) {
    const { MailChannel } = await import('./mail.ts')
    channels.set('mail', new MailChannel(mail))
  }
  return channels
}
