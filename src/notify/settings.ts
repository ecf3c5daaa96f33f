import type { Recipient } from './recipient.ts'

/** Whose form the body of a webhook has. */
export type Shape = 'tallyman' | 'slack' | 'discord'

/** How messages reach people, as it was set. Times are milliseconds. */
export type NotifySettings = {
  readonly telegram: { readonly token: string; readonly apiRoot: string } | undefined
  readonly mail:
    | {
        readonly host: string
        readonly port: number
        readonly security: 'starttls' | 'tls' | 'none'
        readonly user: string | undefined
        readonly password: string | undefined
        readonly from: string
      }
    | undefined
  readonly webhook: {
    readonly secret: string | undefined
    readonly shape: Shape
    readonly trusted: readonly string[]
  }
  readonly recipients: readonly Recipient[]
  /** An IANA name. */
  readonly zone: string
  readonly heartbeat: {
    /** Minutes of the day. */
    readonly dailyAt: number | undefined
    readonly url: string | undefined
    readonly everyMs: number
  }
  /** What was meant to be set up, and is not, as sentences. */
  readonly gaps: readonly string[]
}
