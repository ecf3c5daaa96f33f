import { randomBytes } from 'node:crypto'
import { openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { destination, pino } from 'pino'
import { buildApi } from './api/server.ts'
import type { Config } from './config.ts'
import { instant, later } from './core/time.ts'
import { pricesText, spaceText } from './core/wording.ts'
import { systemClock } from './desk/clock.ts'
import { DeskStopped } from './desk/told.ts'
import type { SpaceNews, SpaceState } from './desk/space.ts'
import type { ServerFile } from './folder.ts'
import { answerTo, CannotStart, CLI_KEY, fileIn, makeFolder, VERSION, withVault } from './folder.ts'
import { Calendar } from './market/calendar.ts'
import { readCalendar } from './market/calendar-file.ts'
import { tradingDateOf } from './market/exchange.ts'
import type { LineNews } from './market/reconnecting.ts'
import { ConsoleFollower } from './notify/console.ts'
import { CorruptJournal, DiskFull } from './store/journal.ts'
import { FolderInUse } from './store/lock.ts'
import { State } from './store/state.ts'
import type { Closing } from './worlds/keeper.ts'
import { Keeper } from './worlds/keeper.ts'
import { EXCHANGES, LiveWorld } from './worlds/live.ts'

export type Running = {
  readonly url: string
  /** Resolves when it has ended by itself: the journal failed and could not be opened again. */
  readonly failed: Promise<Error>
  /** Finishes what is in progress; resolves with one line on what stays open. */
  readonly stop: () => Promise<string>
}

/**
 * Brings up desk, API and command-line access on one data folder. Throws CannotStart, BadCalendar.
 */
export async function start(config: Config, print: (line: string) => void): Promise<Running> {
  const say = harmless(print)
  // Once: what somebody writes into it while orders work must not keep a desk from recovering.
  const calendar = config.calendar ? readCalendar(fileIn(config, 'calendar.json')) : new Calendar()
  if (config.calendar) for (const notice of calendarNotices(config, EXCHANGES)) say(notice)
  const file = (name: string): string => fileIn(config, name)
  const state = openState(config)
  const log = logIn(config, say)
  const tell = (line: string): void => {
    log.warn(line)
    say(line)
  }
  const secret = randomBytes(32).toString('hex')
  let disk: SpaceState = config.reserveBytes > 0 ? 'ample' : 'unwatched'
  const onSpace = (news: SpaceNews): void => {
    disk = news.state
    tell(spaceText(news))
  }
  const open = (): Promise<LiveWorld> => openWorld(config, calendar, { say, tell, onSpace })
  const keeper = new Keeper({ open, clock: systemClock, say: tell })
  const api = await buildApi({
    port: keeper,
    state,
    version: VERSION,
    status: () => keeper.status,
    disk: () => disk,
    prove: (challenge) => answerTo(challenge, secret),
    timer: (milliseconds, run) => systemClock.at(later(systemClock.now(), milliseconds), run),
    onMistake: (error) => log.error({ err: error }, 'the API made a mistake'),
  })
  const close = async (): Promise<Closing> => {
    await api.close()
    const closing = await keeper.close()
    state.close()
    return closing
  }
  let url: string
  try {
    await keeper.open()
    url = await listen(api, config)
    const server: ServerFile = { url, pid: process.pid, secret }
    writeFileSync(file('server.json.new'), JSON.stringify(server), { mode: 0o600 })
    renameSync(file('server.json.new'), file('server.json')) // nobody is to read half of it
  } catch (error) {
    await close()
    throw cannotStart(error as Error)
  }
  log.info({ url, version: VERSION }, 'started')
  return {
    url,
    failed: keeper.failed.then((error) =>
      error instanceof CorruptJournal ? cannotStart(error) : error,
    ),
    stop: async () => {
      const closing = await close()
      rmSync(file('server.json'), { force: true })
      log.info(closing, 'stopped')
      return closingLine(closing)
    },
  }
}

/** Whoever prints may fail; the desk does not for it. */
const harmless =
  (print: (line: string) => void) =>
  (line: string): void => {
    try {
      print(line)
    } catch {
      // There is nobody left to tell: the journal has it all the same.
    }
  }

/** A log that cannot be written is no reason to stop trading. */
function logIn(config: Config, say: (line: string) => void): Logger {
  try {
    const fd = openSync(fileIn(config, 'tallyman.log'), 'a', 0o600)
    const lines = destination({ fd, sync: false })
    lines.on('error', () => {}) // the disk is full, say: what is told of it is enough
    return pino({ level: config.log }, lines)
  } catch (error) {
    say(`Nothing is logged: ${(error as Error).message}`)
    return pino({ level: 'silent' })
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
  readonly say: (line: string) => void
  readonly tell: (line: string) => void
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
  const follower = new ConsoleFollower(world.journal, (id) => world.desk.account(id), say)
  world.desk.follow(() => follower.wake())
  return world
}

const NAMED_MAX = 5

function closingLine({ open, unknown }: Closing): string {
  const named = (ids: readonly string[]): string =>
    ids.slice(0, NAMED_MAX).join(', ') + (ids.length > NAMED_MAX ? ', …' : '')
  const doubt =
    unknown.length === 0 ? '' : ` UNKNOWN: ${named(unknown)}; the broker’s book will tell.`
  if (open.length === 0) return `Stopped. No order stays open.${doubt}`
  const orders = open.length === 1 ? '1 order stays' : `${open.length} orders stay`
  return `Stopped. ${orders} open at the broker: ${named(open)}.${doubt}`
}

async function listen(api: FastifyInstance, { host, port }: Config): Promise<string> {
  try {
    return await api.listen({ host, port })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code !== 'EADDRINUSE') throw new CannotStart(`the API cannot listen: ${message}`)
    throw new CannotStart(
      `port ${port} is taken by another program; set TALLYMAN_PORT to a free one`,
    )
  }
}

/** Opened before the desk is: what stands in its way is found before anything is traded. */
function openState(config: Config): State {
  try {
    makeFolder(config)
    const state = new State(fileIn(config, 'state.db'))
    try {
      giveCliItsKey(config, state)
      return state
    } catch (error) {
      state.close()
      throw error
    }
  } catch (error) {
    throw cannotStart(error as Error)
  }
}

/** The command line on this machine has a key of its own, sealed in the vault. */
function giveCliItsKey(config: Config, state: State): void {
  withVault(config, (vault) => {
    const known = vault.get(CLI_KEY)
    if (known !== undefined && state.keyOf(known)) return
    const now = Date.now()
    const again = `${CLI_KEY}-${now.toString(36)}` // the first was revoked, or its vault was lost
    const key = state.createKey(CLI_KEY, 'admin', now) ?? state.createKey(again, 'admin', now)
    if (key !== undefined) vault.put(CLI_KEY, key)
  })
}

function cannotStart(error: Error): CannotStart {
  if (error instanceof CannotStart) return error
  if (error instanceof FolderInUse) return new CannotStart(error.message)
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
