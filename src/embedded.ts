/** A desk in this very process, put together and opened; nobody else reaches it. */
import { openSync } from 'node:fs'
import type { Logger } from 'pino'
import { destination, pino } from 'pino'
import type { Config } from './config.ts'
import type { DeskPort } from './core/port.ts'
import { instant } from './core/time.ts'
import { pricesText, spaceText } from './core/wording.ts'
import { systemClock } from './desk/clock.ts'
import { DeskStopped } from './desk/told.ts'
import type { SpaceNews, SpaceState } from './desk/space.ts'
import { CannotStart, fileIn, makeFolder, VERSION } from './folder.ts'
import { Calendar } from './market/calendar.ts'
import { readCalendar } from './market/calendar-file.ts'
import { tradingDateOf } from './market/exchange.ts'
import type { LineNews } from './market/reconnecting.ts'
import { ConsoleFollower } from './notify/console.ts'
import { CorruptJournal, DiskFull } from './store/journal.ts'
import { FolderInUse } from './store/lock.ts'
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
export type Say = (line: string) => void

/** A desk that nobody reaches but this process. Throws CannotStart, BadCalendar. */
export async function openDesk(config: Config): Promise<Opened> {
  const calendar = calendarFor(config)
  makeFolder(config)
  const prepared = prepare(config, calendar, undefined)
  const { keeper, log } = prepared
  try {
    await keeper.open()
  } catch (error) {
    await prepared.close()
    throw cannotStart(error as Error)
  }
  log.info({ version: VERSION }, 'opened')
  return {
    port: keeper,
    failed: failureOf(keeper),
    stop: async () => closingLine(await prepared.close()),
  }
}

/** Read once: what is written into it while orders work must not keep a desk from recovering. */
export const calendarFor = (config: Config): Calendar =>
  config.calendar ? readCalendar(fileIn(config, 'calendar.json')) : new Calendar()

export type Prepared = {
  readonly keeper: Keeper
  readonly log: Logger
  readonly disk: () => SpaceState
  /** Whatever was opened of it, and the log last of all. */
  readonly close: () => Promise<Closing>
}

/** A keeper that has not opened its world yet. `print` is told in words what happens. */
export function prepare(config: Config, calendar: Calendar, print: Say | undefined): Prepared {
  const say = print && harmless(print)
  const { log, end } = logIn(config, say)
  const tell = (line: string): void => {
    log.warn(line)
    say?.(line)
  }
  if (config.calendar) for (const notice of calendarNotices(config, EXCHANGES)) tell(notice)
  let disk: SpaceState = config.reserveBytes > 0 ? 'ample' : 'unwatched'
  const onSpace = (news: SpaceNews): void => {
    disk = news.state
    tell(spaceText(news))
  }
  const open = (): Promise<LiveWorld> => openWorld(config, calendar, { say, tell, onSpace })
  const keeper = new Keeper({ open, clock: systemClock, say: tell })
  const close = async (): Promise<Closing> => {
    const closing = await keeper.close()
    log.info(closing, 'stopped')
    end()
    return closing
  }
  return { keeper, log, disk: () => disk, close }
}

export const failureOf = ({ failed }: Keeper): Promise<Error> =>
  failed.then((error) => (error instanceof CorruptJournal ? cannotStart(error) : error))

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

type Log = { readonly log: Logger; readonly end: () => void }

/** A log that cannot be written is no reason to stop trading. */
function logIn(config: Config, say: Say | undefined): Log {
  try {
    const fd = openSync(fileIn(config, 'tallyman.log'), 'a', 0o600)
    const lines = destination({ fd, sync: false })
    lines.on('error', () => {}) // the disk is full, say: what is told of it is enough
    return { log: pino({ level: config.log }, lines), end: () => lines.end() }
  } catch (error) {
    say?.(`Nothing is logged: ${(error as Error).message}`)
    return { log: pino({ level: 'silent' }), end: () => {} }
  }
}

/** What the calendar does not know of today, loudly: orders are timed by it. */
export function calendarNotices(config: Config, exchanges: readonly string[]): string[] {
  const calendar = readCalendar(fileIn(config, 'calendar.json'))
  const now = instant(Date.now())
  return exchanges.flatMap((exchange) => {
    return calendar.horizonNotice(exchange, tradingDateOf(exchange, now)) ?? []
  })
}

type Voices = {
  readonly say: Say | undefined
  readonly tell: Say
  readonly onSpace: (news: SpaceNews) => void
}

/** A world whose events are said on the terminal, and whose trouble is logged too. */
async function openWorld(
  config: Config,
  calendar: Calendar,
  { say, tell, onSpace }: Voices,
): Promise<LiveWorld> {
  let world: LiveWorld
  try {
    const onTrouble = ({ message }: Error): void => tell(`Trouble: ${message}`)
    const onPrices = (news: LineNews): void => tell(pricesText(news))
    world = await LiveWorld.open(config, calendar, { onSpace, onPrices, onTrouble })
  } catch (error) {
    throw cannotStart(error as Error)
  }
  if (!say) return world
  const follower = new ConsoleFollower(world.journal, (id) => world.desk.account(id), say)
  world.desk.follow(() => follower.wake())
  return world
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
