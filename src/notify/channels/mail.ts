import type { Transporter } from 'nodemailer'
import { createTransport } from 'nodemailer'
import type { Channel, Delivery, Sending } from '../channel.ts'
import { failed } from '../channel.ts'
import { plainText, subject } from '../dress.ts'

export type MailOptions = {
  readonly host: string
  readonly port: number
  /** `none` sends everything, passwords included, for all to read: for one's own machine. */
  readonly security: 'tls' | 'starttls' | 'none'
  readonly user: string | undefined
  readonly password: string | undefined
  readonly from: string
}

const PACE_MS = 2_000
const PATIENCE_MS = 20_000

/** Plain mails over SMTP. Loaded only where a server is set up. */
export class MailChannel implements Channel {
  readonly #transport: Transporter
  readonly #from: string
  readonly #password: string | undefined

  constructor({ host, port, security, user, password, from }: MailOptions) {
    this.#from = from
    this.#password = password
    this.#transport = createTransport({
      host,
      port,
      secure: security === 'tls',
      requireTLS: security === 'starttls',
      ignoreTLS: security === 'none',
      ...(user === undefined ? {} : { auth: { user, pass: password ?? '' } }),
      connectionTimeout: PATIENCE_MS,
      greetingTimeout: PATIENCE_MS,
      socketTimeout: PATIENCE_MS,
      disableFileAccess: true,
      disableUrlAccess: true,
    })
  }

  readonly paceMs = (): number => PACE_MS

  async send({ address, message, key }: Sending): Promise<Delivery> {
    try {
      await this.#transport.sendMail({
        from: this.#from,
        to: { name: '', address },
        subject: subject(message),
        text: `${plainText(message)}\n`,
        // Whoever receives it twice can tell by this that it is one.
        messageId: `<${key.replaceAll(/[^\w.-]/g, '.')}@tallyman>`,
        headers: { 'auto-submitted': 'auto-generated' },
      })
      return { is: 'delivered' }
    } catch (error) {
      const { code, responseCode, message: why } = error as Refused
      const reason = `the mail server: ${this.#clean(why)}`
      if (code === 'EAUTH') return failed(reason, { hopeless: true })
      const isRefused = responseCode !== undefined && responseCode >= 500
      return failed(reason, { hopeless: isRefused, unsure: responseCode === undefined })
    }
  }

  #clean(why: string): string {
    const text = why.replaceAll(/\s+/g, ' ').slice(0, REASON_MAX)
    return this.#password ? text.replaceAll(this.#password, '[password]') : text
  }

  close(): void {
    this.#transport.close()
  }
}

const REASON_MAX = 300
type Refused = Error & { readonly code?: string; readonly responseCode?: number }
