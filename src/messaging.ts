/** How people are told, put together: channels, outbox, and the heartbeat of this process. */
import type { Config } from './config.ts'
import { systemClock } from './desk/clock.ts'
import { fileIn } from './folder.ts'
import type { Voices } from './log/voices.ts'
import { zoneOf } from './market/zone.ts'
import { openChannels } from './notify/channels/open.ts'
import type { Health } from './notify/heartbeat.ts'
import { Heartbeat } from './notify/heartbeat.ts'
import { Notifier } from './notify/notifier.ts'

export type Messaging = {
  readonly notifier: Notifier
  /** Something of our own that cannot wait; where it cannot be kept, terminal and log have it. */
  readonly alarm: (title: string, text: string) => void
  /** Once the folder is ours: from then on people are told. */
  readonly start: (health: () => Promise<Health>) => void
  readonly close: () => void
}

/** Its outbox stands beside the keys. Throws NewerFile, BadFile. */
export async function openMessaging(config: Config, voices: Voices): Promise<Messaging> {
  const settings = config.notify
  const say = (level: 'info' | 'warn' | 'error', line: string): void => voices.tell(level, line)
  const channels = await openChannels(settings, {
    now: () => systemClock.now(),
    say: (text) => say('info', text),
  })
  const file = fileIn(config, 'state.db')
  const notifier = new Notifier({ settings, file, channels, clock: systemClock, zoneOf, say })
  let heartbeat: Heartbeat | undefined
  return {
    notifier,
    alarm: (title, text) => {
      try {
        notifier.tell({ title, text, severity: 'error' })
      } catch (error) {
        voices.trouble(error as Error)
      }
    },
    start: (health) => {
      notifier.start()
      heartbeat = new Heartbeat({
        settings: settings.heartbeat,
        zone: settings.zone,
        zoneOf,
        now: () => systemClock.now(),
        at: (due, run) => systemClock.at(due, run),
        health,
        tell: (day, said) => notifier.heartbeat(day, said),
        ping,
        say,
      })
      heartbeat.start()
    },
    close: () => {
      heartbeat?.close()
      notifier.close()
    },
  }
}

const PING_MS = 10_000

async function ping(url: string): Promise<void> {
  const signal = AbortSignal.timeout(PING_MS)
  const { ok, status } = await fetch(url, { redirect: 'error', signal })
  if (!ok) throw new Error(`it was answered by ${status}`)
}
