/** A desk in this very process, put together and opened; nobody else reaches it. */
import { finishCutOff } from './backup/phases.ts'
import type { Config } from './config.ts'
import type { DeskPort } from './core/port.ts'
import type { Instant } from './core/time.ts'
import { instant } from './core/time.ts'
import { pricesText, spaceText } from './core/wording.ts'
import { systemClock } from './desk/clock.ts'
import { DeskStopped } from './desk/told.ts'
import type { SpaceNews, SpaceState } from './desk/space.ts'
import { CannotStart, fileIn, makeFolder } from './folder.ts'
import type { Log } from './log/log.ts'
import { openLog } from './log/log.ts'
import { secretsAmong } from './log/redact.ts'
import type { Say } from './log/voices.ts'
import { Voices } from './log/voices.ts'
import { Calendar } from './market/calendar.ts'
import { readCalendar } from './market/calendar-file.ts'
import { tradingDateOf } from './market/exchange.ts'
import type { LineNews } from './market/reconnecting.ts'
import { openMessaging } from './messaging.ts'
import type { Letters } from './notify/letters.ts'
import type { Notifier } from './notify/notifier.ts'
import type { Heard } from './notify/teller.ts'
import { CorruptJournal, DiskFull } from './store/journal.ts'
import { FolderInUse } from './store/lock.ts'
import { VERSION } from './store/version.ts'
import { healthOf } from './worlds/health.ts'
import type { Closing } from './worlds/keeper.ts'
import { Keeper } from './worlds/keeper.ts'
import { EXCHANGES, LiveWorld } from './worlds/live.ts'

/** A desk in this process, which may be thrown away and opened again behind its counter. */
export type Opened = {
  readonly port: DeskPort
  /** Resolves when it has ended by itself: the journal failed and could not be opened again. */
  readonly failed: Promise<Error>
  /** Finishes what is in progress; resolves with one line on what stays open. */
  readonly stop: () => Promise<string>
}

/** A desk that nobody reaches but this process. Throws CannotStart, BadCalendar. */
export async function openDesk(config: Config): Promise<Opened> {
  const calendar = calendarFor(config)
  readyFolder(config)
  const prepared = await prepare(config, calendar, undefined)
  const { keeper, log } = prepared
  try {
    await keeper.open()
    prepared.started()
  } catch (error) {
    throw await prepared.giveUp(error as Error)
  }
  log.info({ version: VERSION, pid: process.pid, node: process.version }, 'opened')
  return {
    port: keeper,
    failed: prepared.failed,
    stop: async () => closingLine(await prepared.close()),
  }
}

/** A restore that was cut off goes on where it was: what is in the folder is then its own. */
export function readyFolder(config: Config): void {
  makeFolder(config)
  try {
    finishCutOff(config.data)
  } catch (error) {
    throw cannotStart(error as Error)
  }
}

/** Read once: what is written into it while orders work must not keep a desk from recovering. */
export const calendarFor = (config: Config): Calendar =>
  config.calendar ? readCalendar(fileIn(config, 'calendar.json')) : new Calendar()

export type Prepared = {
  readonly keeper: Keeper
  readonly log: Log
  readonly disk: () => SpaceState
  readonly notifier: Notifier
  /** To be called once the folder is ours: from then on people are told. */
  readonly started: () => void
  readonly failed: Opened['failed']
  /** Whatever was opened of it, and the log last of all. */
  readonly close: () => Promise<Closing>
  /** The same where it did not come up; returns what a person is told. */
  readonly giveUp: (error: Error) => Promise<CannotStart>
}

/** A keeper that has not opened its world yet. `print` is told in words what happens. */
export async function prepare(
  config: Config,
  calendar: Calendar,
  print: Say | undefined,
): Promise<Prepared> {
  const say = print && harmless(print)
  const { log, end } = logIn(config, say)
  const voices = new Voices(log, say)
  const messaging = await openMessaging(config, voices).catch((error: Error) => {
    end()
    throw cannotStart(error)
  })
  const notices = config.calendar ? calendarNotices(config, EXCHANGES) : []
  for (const notice of notices) voices.tell('warn', notice)
  let disk: SpaceState = config.reserveBytes > 0 ? 'ample' : 'unwatched'
  const onSpace = (news: SpaceNews): void => {
    disk = news.state
    voices.tell(SPACE_LEVELS[news.state], spaceText(news))
    if (news.state === 'short') messaging.alarm('DISK SPACE IS SHORT', spaceText(news))
  }
  const { letters } = messaging.notifier
  const open = (): Promise<LiveWorld> => openWorld(config, calendar, { voices, onSpace, letters })
  const onReopening = (line: string): void => {
    voices.tell('error', line)
    messaging.alarm('JOURNAL FAILED', line)
  }
  const keeper = new Keeper({ open, clock: systemClock, say: onReopening })
  const close = async (): Promise<Closing> => {
    const closing = await keeper.close()
    messaging.close()
    log.info(closing, closingLine(closing))
    end()
    return closing
  }
  const giveUp = async (error: Error): Promise<CannotStart> => {
    await keeper.close()
    messaging.close()
    const why = cannotStart(error)
    log.fatal({ err: error }, `cannot start: ${why.message}`)
    end()
    return why
  }
  const failed = keeper.failed.then((error) => {
    const why = error instanceof CorruptJournal ? cannotStart(error) : error
    log.fatal({ err: error }, `ending: ${why.message}`)
    return why
  })
  const now = (): Instant => systemClock.now()
  const looked = { keeper, disk: () => disk, calendar, exchanges: EXCHANGES, now }
  const started = (): void => messaging.start(() => healthOf(looked))
  const { notifier } = messaging
  return { keeper, log, disk: () => disk, notifier, started, failed, close, giveUp }
}

const SPACE_LEVELS = { ample: 'info', low: 'warn', short: 'error', unwatched: 'warn' } as const

/** Whoever prints may fail; the desk does not for it. */
const harmless =
  (print: Say): Say =>
  (line) => {
    try {
      print(line)
    } catch {
      // There is nobody left to tell: the journal has it all the same.
    }
  }

/** `end` closes it. Until then an error that ends the process is the last line in it. */
function logIn(
  config: Config,
  say: Say | undefined,
): { readonly log: Log; readonly end: () => void } {
  const log = openLog({
    folder: fileIn(config, 'logs'),
    level: config.log,
    now: () => systemClock.now(),
    secrets: [...config.secrets, ...secretsAmong(process.env)],
    onTrouble: say ?? (() => {}),
  })
  const ending = (error: Error): void => log.fatal({ err: error }, 'the process ends by an error')
  process.on('uncaughtExceptionMonitor', ending)
  const end = (): void => {
    process.off('uncaughtExceptionMonitor', ending)
    log.close()
  }
  return { log, end }
}

/** What the calendar does not know of today, loudly: orders are timed by it. */
export function calendarNotices(config: Config, exchanges: readonly string[]): string[] {
  const calendar = readCalendar(fileIn(config, 'calendar.json'))
  const now = instant(Date.now())
  return exchanges.flatMap((exchange) => {
    return calendar.horizonNotice(exchange, tradingDateOf(exchange, now)) ?? []
  })
}

type Opening = {
  readonly voices: Voices
  readonly onSpace: (news: SpaceNews) => void
  readonly letters: Letters
}

/** A world whose events and troubles are said and logged. */
async function openWorld(
  config: Config,
  calendar: Calendar,
  { voices, onSpace, letters }: Opening,
): Promise<LiveWorld> {
  const onTrouble = (error: Error): void => voices.trouble(error)
  const onPrices = (news: LineNews): void => {
    voices.tell(news.is === 'lost' ? 'error' : 'info', pricesText(news))
  }
  const onEvent = (heard: Heard): void => voices.hear(heard)
  try {
    return await LiveWorld.open(config, calendar, {
      onSpace,
      onPrices,
      onTrouble,
      onEvent,
      letters,
    })
  } catch (error) {
    throw cannotStart(error as Error)
  }
}

const NAMED_MAX = 5

export function closingLine({ open, unknown }: Closing): string {
  const named = (ids: readonly string[]): string =>
    ids.slice(0, NAMED_MAX).join(', ') + (ids.length > NAMED_MAX ? ', …' : '')
  const doubt =
    unknown.length === 0 ? '' : ` UNKNOWN: ${named(unknown)}; the broker’s book will tell.`
  if (open.length === 0) return `Stopped. No order stays open.${doubt}`
  const orders = open.length === 1 ? '1 order stays' : `${open.length} orders stay`
  return `Stopped. ${orders} open at the broker: ${named(open)}.${doubt}`
}

export function cannotStart(error: Error): CannotStart {
  if (error instanceof CannotStart) return error
  if (error instanceof FolderInUse) return new CannotStart(error.message, { cause: error })
  const why = error instanceof DeskStopped ? error.cause : error
  if (why instanceof CorruptJournal) {
    return new CannotStart(
      `${why.message}; Tallyman does not trade on a journal it cannot trust: restore a backup`,
    )
  }
  const full = error instanceof DiskFull ? error : error.cause
  if (full instanceof DiskFull) {
    return new CannotStart(`${full.message}; free some space on it`, { cause: full })
  }
  return new CannotStart(error.message)
}
