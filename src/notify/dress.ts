/** A message as text, as HTML for Telegram, and as the fields of a webhook. */
import type { Message } from '../core/message.ts'

const rows = ({ icon, title, lines }: Message): string[] => [
  `${icon} ${title}`,
  ...lines.map((line) => `${line.icon} ${line.label}: ${line.value}`),
]

export function plainText(message: Message): string {
  const { closing } = message
  return [...rows(message), ...(closing === undefined ? [] : [closing])].join('\n')
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

/** Telegram's HTML knows these three, and nothing else is special in it. */
const escaped = (text: string): string => text.replaceAll(/[&<>]/g, (sign) => ESCAPES[sign]!)

/** Telegram takes 4,096 characters after its entities were read; a line is never cut in two. */
const TELEGRAM_MAX = 4_000

export function telegramHtml(message: Message, footnote?: string): string {
  const { icon, title, lines, closing } = message
  const parts = [
    `${icon} <b>${escaped(title)}</b>`,
    ...lines.map((line) => `${line.icon} <b>${escaped(line.label)}:</b> ${escaped(line.value)}`),
    ...(closing === undefined ? [] : closing.split('\n').map(escaped)),
  ]
  const end = footnote === undefined ? [] : [`<i>${escaped(footnote)}</i>`]
  let length = end.join('').length
  const kept: string[] = []
  for (const part of parts) {
    length += part.length + 1
    if (length > TELEGRAM_MAX) return [...kept, '…', ...end].join('\n')
    kept.push(part)
  }
  return [...kept, ...end].join('\n')
}

/** Of a mail: its account says at a glance whether it is about real money. */
export function subject({ title, account, symbol }: Message): string {
  return ['Tallyman', title, symbol, account && `(${account})`].filter(Boolean).join(' ')
}
