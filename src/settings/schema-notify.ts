/** Settings of what people are told, and how it reaches them. */
import { MESSAGE_KINDS } from '../core/message.ts'
import { onOff, oneOf, quietHours, someOf, text, timeOfDay, whole, wholeSeconds } from './kinds.ts'
import type { Setting } from './setting.ts'
import { maybe, secret, setting } from './setting.ts'

const url = text(/^https?:\/\/[^\s\p{Cc}]{1,2000}$/u, 'a URL')
const address = text(/^[^\s@<>,;\p{Cc}]{1,64}@[^\s@<>,;\p{Cc}]{1,190}$/u, 'a mail address')
const wordless = text(/^[^\s\p{Cc}]{1,512}$/u, 'a text without spaces')

export const NOTIFY_SETTINGS = {
  'telegram.enabled': setting(onOff, 'on', {
    env: 'TELEGRAM_ENABLED',
    does: 'whether messages go to Telegram, where a bot is set up',
  }),
  'telegram.bot_token': secret(
    text(
      /^\d{3,20}:[\w-]{10,100}$/,
      'a token as @BotFather gives it, digits, a colon and letters,',
    ),
    { env: 'TELEGRAM_BOT_TOKEN', does: 'the bot that sends them' },
  ),
  'telegram.chat_id': secret(
    text(/^(-?\d{1,20}|@\w{3,64})$/, 'the number of a chat, or the @name of a channel,'),
    { env: 'TELEGRAM_CHAT_ID', does: 'the chat they go to' },
  ),
  'telegram.api_root': setting(url, 'https://api.telegram.org', {
    env: 'TELEGRAM_API_ROOT',
    does: 'another Bot API server than Telegram’s own',
  }),
  'mail.host': maybe(text(/^[\w.:-]{1,255}$/, 'a name or an address'), {
    env: 'MAIL_HOST',
    does: 'the SMTP server that takes our mails',
  }),
  'mail.port': setting(whole(1, 65_535), '587', { env: 'MAIL_PORT', does: 'where it listens' }),
  'mail.security': setting(oneOf('starttls', 'tls', 'none'), 'starttls', {
    env: 'MAIL_SECURITY',
    does: '`none` sends all of it, the password included, for everybody to read',
  }),
  'mail.user': maybe(text(/^\P{Cc}{1,255}$/u, 'a name'), {
    env: 'MAIL_USER',
    does: 'who logs in there',
  }),
  'mail.password': secret(text(/^\P{Cc}{1,512}$/u, 'a text of one line'), {
    env: 'MAIL_PASSWORD',
    does: 'of that user',
  }),
  'mail.from': maybe(address, { env: 'MAIL_FROM', does: 'whom they come from' }),
  'mail.to': maybe(address, { env: 'MAIL_TO', does: 'whom they go to' }),
  'webhook.url': secret(url, {
    env: 'WEBHOOK_URL',
    does: 'what messages are posted to; secret, since many services have no other',
  }),
  'webhook.secret': secret(wordless, {
    env: 'WEBHOOK_SECRET',
    does: 'signs what is posted (docs/notifications.md)',
  }),
  'webhook.shape': setting(oneOf('tallyman', 'slack', 'discord'), 'tallyman', {
    env: 'WEBHOOK_SHAPE',
    does: 'whose form the body has',
  }),
  'webhook.trusted_hosts': setting(
    text(/^$|^[\w.:[\]-]+:\d{1,5}(,[\w.:[\]-]+:\d{1,5}){0,19}$/, 'host:port, with commas,'),
    '',
    {
      env: 'WEBHOOK_TRUSTED_HOSTS',
      does: 'what may be called although it is not public, not by https, or on another port',
    },
  ),
  'notifications.on': setting(someOf(MESSAGE_KINDS), '', {
    env: 'NOTIFY_ON',
    does: 'kinds that are sent with a sound (docs/notifications.md)',
  }),
  'notifications.silent': setting(someOf(MESSAGE_KINDS), '', {
    env: 'NOTIFY_SILENT',
    does: 'kinds that are sent without one',
  }),
  'notifications.off': setting(someOf(MESSAGE_KINDS), '', {
    env: 'NOTIFY_OFF',
    does: 'kinds that are not sent',
  }),
  'notifications.quiet_hours': setting(quietHours, '', {
    env: 'NOTIFY_QUIET_HOURS',
    unit: 'times of day, such as 22:00-07:00',
    does: 'messages wait until they are over; critical ones do not',
  }),
  'notifications.zone': setting(
    text(/^[A-Za-z_]+(\/[\w+-]+){0,2}$/, 'an IANA zone such as Asia/Kolkata'),
    'Asia/Kolkata',
    { env: 'NOTIFY_ZONE', does: 'whose clock is shown in messages, and keeps quiet hours' },
  ),
  'heartbeat.daily_at': maybe(timeOfDay, {
    env: 'HEARTBEAT_DAILY_AT',
    unit: 'time of day, in that zone',
    does: 'when a message says once a day how all is',
  }),
  'heartbeat.url': secret(url, {
    env: 'HEARTBEAT_URL',
    does: 'what is called while all is well, so that somebody notices when it is not',
  }),
  'heartbeat.interval_seconds': setting(wholeSeconds(10, 3_600), '60', {
    env: 'HEARTBEAT_INTERVAL',
    unit: 'seconds',
    does: 'between two of those calls',
  }),
} as const satisfies Readonly<Record<string, Setting<unknown>>>
