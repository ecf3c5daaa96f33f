import { Api, GrammyError, HttpError } from 'grammy'
import type { Channel, Delivery, Sending } from '../channel.ts'
import { failed } from '../channel.ts'
import { plainText, telegramHtml } from '../dress.ts'

/** What one chat takes a second, and a group a minute (core.telegram.org/bots/faq). */
const CHAT_PACE_MS = 1_050
const GROUP_PACE_MS = 3_100
const PATIENCE_S = 20
/** Said below a text that may have arrived before. */
const AGAIN = 'Sent again: whether it had arrived could not be seen.'

type Options = {
  readonly token: string
  /** Another Bot API server than Telegram’s own. */
  readonly apiRoot: string
}

/** Messages of a bot to chats, by Telegram's Bot API. Loaded only where a bot is set up. */
export class TelegramChannel implements Channel {
  readonly #api: Api
  readonly #token: string
  readonly #ending = new AbortController()

  constructor({ token, apiRoot }: Options) {
    this.#token = token
    this.#api = new Api(token, { apiRoot, timeoutSeconds: PATIENCE_S })
  }

  readonly paceMs = (address: string): number =>
    address.startsWith('-') || address.startsWith('@') ? GROUP_PACE_MS : CHAT_PACE_MS

  async send(sending: Sending): Promise<Delivery> {
    const first = await this.#attempt(sending, true)
    const isOurs = first.is === 'failed' && UNREADABLE.test(first.reason)
    return isOurs ? this.#attempt(sending, false) : first
  }

  async #attempt(
    { address, message, silent, again }: Sending,
    isDressed: boolean,
  ): Promise<Delivery> {
    const note = again ? AGAIN : undefined
    const bare = [plainText(message), note].filter(Boolean).join('\n').slice(0, TEXT_MAX)
    const text = isDressed ? telegramHtml(message, note) : bare
    try {
      await this.#api.sendMessage(
        address,
        text,
        {
          ...(isDressed ? { parse_mode: 'HTML' as const } : {}),
          disable_notification: silent,
          link_preview_options: { is_disabled: true },
        },
        this.#ending.signal as never,
      )
      return { is: 'delivered' }
    } catch (error) {
      return this.#failure(error)
    }
  }

  #failure(error: unknown): Delivery {
    if (error instanceof GrammyError) {
      const { error_code: code, description, parameters } = error
      if (parameters.migrate_to_chat_id !== undefined) {
        return { is: 'moved', to: String(parameters.migrate_to_chat_id) }
      }
      const reason = this.#clean(`Telegram says ${code} ${description}`)
      const { retry_after: seconds } = parameters
      if (code === 429) return failed(reason, { afterMs: (seconds ?? 1) * 1_000 })
      return failed(reason, { hopeless: code >= 400 && code < 500, unsure: code >= 500 })
    }
    const { message, code } = (error instanceof HttpError ? error.error : error) as Lost
    const why = message.replace(/^request to \S+ failed, reason: /, '')
    // What was not answered may have been done, unless nobody was there to do it.
    const unsure = !UNHEARD.has(code ?? '')
    return failed(this.#clean(`Telegram was not reached: ${why}`), { unsure })
  }

  /** Its token stands in the address of every call, and so in every error about one. */
  readonly #clean = (text: string): string =>
    text.replaceAll(this.#token, '[token]').replaceAll(/\s+/g, ' ').slice(0, REASON_MAX)

  close(): void {
    this.#ending.abort()
  }
}

type Lost = Error & { readonly code?: string }
/** No byte of the call has left. */
const UNHEARD: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
])
const UNREADABLE = /can't parse entities|message is too long/i
const TEXT_MAX = 4_096
const REASON_MAX = 300
