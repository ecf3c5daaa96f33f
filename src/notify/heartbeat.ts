import type { Instant } from '../core/time.ts'
import { DAY, isoTime, later, MINUTE, SECOND } from '../core/time.ts'
import type { Severity } from '../core/message.ts'
import type { ZoneOf } from './recipient.ts'
import type { NotifySettings } from './settings.ts'

/** How all is, for a person; `isWell` decides whether the outside is told that we live. */
export type Health = { readonly isWell: boolean; readonly lines: readonly string[] }

export type HeartbeatParts = {
  readonly settings: NotifySettings['heartbeat']
  readonly zone: string
  readonly zoneOf: ZoneOf
  readonly now: () => Instant
  readonly at: (due: Instant, run: () => void) => () => void
  readonly health: () => Promise<Health>
  /** The same day is told once, whoever asks again. */
  readonly tell: (
    day: string,
    said: { readonly title: string; readonly text: string; readonly severity: Severity },
  ) => void
  /** Calls the URL; rejects where it was not answered well. */
  readonly ping: (url: string) => Promise<void>
  readonly say: (level: 'warn' | 'info', line: string) => void
}

/** Later than this after its time, the message of the day is not sent any more. */
const LATE_MINUTES = 120
const LOOK_MS: number = 30 * SECOND

/**
 * Tells people once a day how all is, and a URL of theirs again and again that all is well: when
 * that stops, whoever watches it there knows, whatever has happened to this machine.
 */
export class Heartbeat {
  readonly #parts: HeartbeatParts
  #toldDay = ''
  #isClosed = false
  #isLost = false
  readonly #cancels = new Map<string, () => void>()

  constructor(parts: HeartbeatParts) {
    this.#parts = parts
  }

  start(): void {
    const { dailyAt, url, everyMs } = this.#parts.settings
    if (dailyAt !== undefined) this.#again('day', LOOK_MS, () => this.#daily(dailyAt))
    if (url !== undefined) this.#again('ping', everyMs, () => this.#ping(url))
  }

  close(): void {
    this.#isClosed = true
    for (const cancel of this.#cancels.values()) cancel()
  }

  #again(name: string, everyMs: number, run: () => Promise<void>): void {
    const { at, now } = this.#parts
    void run().finally(() => {
      if (this.#isClosed) return
      this.#cancels.set(
        name,
        at(later(now(), everyMs), () => this.#again(name, everyMs, run)),
      )
    })
  }

  async #daily(dailyAt: number): Promise<void> {
    const { now, zoneOf, zone, health, tell, say } = this.#parts
    const at = now()
    const offset = zoneOf(zone)(at)
    const day = isoTime(at, offset).slice(0, 10)
    const minute = Math.floor(((at + offset * MINUTE) % DAY) / MINUTE)
    if (day === this.#toldDay || minute < dailyAt || minute >= dailyAt + LATE_MINUTES) return
    this.#toldDay = day
    try {
      const { isWell, lines } = await health()
      const title = isWell ? 'ALL IS WELL' : 'NOT ALL IS WELL'
      tell(day, { title, text: lines.join('\n'), severity: isWell ? 'success' : 'warning' })
    } catch (error) {
      this.#toldDay = ''
      say('warn', `How all is could not be told: ${(error as Error).message}`)
    }
  }

  /** Only while all is well: silence is what tells that it is not. */
  async #ping(url: string): Promise<void> {
    const { health, ping, say } = this.#parts
    try {
      const { isWell } = await health()
      if (!isWell) return
      await ping(url)
      if (this.#isLost) say('info', 'The heartbeat is heard again.')
      this.#isLost = false
    } catch (error) {
      if (!this.#isLost) say('warn', `The heartbeat was not heard: ${(error as Error).message}`)
      this.#isLost = true
    }
  }
}
