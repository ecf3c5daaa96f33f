import { rmSync, writeFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import { destination, pino } from 'pino'
import { buildApi } from './api/server.ts'
import type { Config } from './config.ts'
import type { DeskPort } from './core/port.ts'
import { instant } from './core/time.ts'
import { spaceText } from './core/wording.ts'
import type { SpaceState } from './desk/space.ts'
import { DeskStopped } from './desk/told.ts'
import type { ServerFile } from './folder.ts'
import { CannotStart, CLI_KEY, fileIn, openVault, VERSION } from './folder.ts'
import { readCalendar } from './market/calendar-file.ts'
import { tradingDateOf } from './market/exchange.ts'
import { ConsoleFollower } from './notify/console.ts'
import { CorruptJournal, DiskFull } from './store/journal.ts'
import { FolderInUse } from './store/lock.ts'
import { State } from './store/state.ts'
import { EXCHANGES, LiveWorld } from './worlds/live.ts'

const REOPENS_MAX = 3
const REOPEN_PAUSE_MS = 1_000

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
export async function start(config: Config, say: (line: string) => void): Promise<Running> {
  for (const notice of calendarNotices(config, EXCHANGES)) say(notice)
  const keeper = new Keeper(config, say)
  await keeper.open()
  const file = (name: string): string => fileIn(config, name)
  const lines = destination({ dest: file('tallyman.log'), sync: false })
  lines.on('error', () => {}) // a log that cannot be written is no reason to stop trading
  const log = pino({ level: config.log }, lines)
  const state = new State(file('state.db'))
  giveCliItsKey(config, state)
  const api = await buildApi({
    port: keeper,
    state,
    version: VERSION,
    status: () => keeper.status,
    disk: () => keeper.disk,
    onMistake: (error) => log.error({ err: error }, 'the API made a mistake'),
  })
  const url = await listen(api, config, () => keeper.close())
  const server: ServerFile = { url, pid: process.pid }
  writeFileSync(file('server.json'), JSON.stringify(server), { mode: 0o600 })
  log.info({ url, version: VERSION }, 'started')
  return {
    url,
    failed: keeper.failed,
    stop: async () => {
      await api.close()
      const { unanswered, open } = await keeper.close()
      rmSync(file('server.json'), { force: true })
      state.close()
      log.info({ unanswered, open }, 'stopped')
      return closingLine(unanswered, open)
    },
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

function closingLine(unanswered: number, open: number): string {
  const doubt = unanswered > 0 ? `; ${unanswered} without an answer are UNKNOWN now` : ''
  if (open === 0) return 'Stopped. No order stays open.'
  const orders = open === 1 ? '1 order stays' : `${open} orders stay`
  return `Stopped. ${orders} open at the broker${doubt}.`
}

async function listen(
  api: FastifyInstance,
  { host, port }: Config,
  undo: () => Promise<unknown>,
): Promise<string> {
  try {
    return await api.listen({ host, port })
  } catch (error) {
    await undo()
    const { code, message } = error as NodeJS.ErrnoException
    if (code !== 'EADDRINUSE') throw new CannotStart(`the API cannot listen: ${message}`)
    throw new CannotStart(
      `port ${port} is taken by another program; set TALLYMAN_PORT to a free one`,
    )
  }
}

/** The command line on this machine has a key of its own, sealed in the vault. */
function giveCliItsKey(config: Config, state: State): void {
  const vault = openVault(config)
  const known = vault.get(CLI_KEY)
  if (known === undefined || !state.keyOf(known)) {
    const now = Date.now()
    const again = `${CLI_KEY}-${now.toString(36)}` // the first was revoked, or its vault was lost
    const key = state.createKey(CLI_KEY, 'admin', now) ?? state.createKey(again, 'admin', now)
    if (key !== undefined) vault.put(CLI_KEY, key)
  }
  vault.close()
}

/**
 * Keeps one world open. When its journal fails the world is thrown away and opened again from
 * disk, which is all that recovering is; meanwhile callers are told to try again.
 */
class Keeper implements DeskPort {
  readonly #config: Config
  readonly #say: (line: string) => void
  readonly failed: Promise<Error>
  #fail: (error: Error) => void = () => {}
  #world: LiveWorld | undefined
  disk: SpaceState = 'ample'
  #reopens = 0
  #closing = false

  constructor(config: Config, say: (line: string) => void) {
    this.#config = config
    this.#say = say
    this.failed = new Promise((resolve) => {
      this.#fail = resolve
    })
  }

  get status(): 'ok' | 'starting' | 'stopped' {
    if (this.#world) return 'ok'
    return this.#closing ? 'stopped' : 'starting'
  }

  async open(): Promise<void> {
    let world: LiveWorld
    try {
      world = await LiveWorld.open(this.#config, ({ state, freeBytes }) => {
        this.disk = state
        this.#say(spaceText(state, freeBytes))
      })
    } catch (error) {
      throw cannotStart(error as Error)
    }
    const follower = new ConsoleFollower(world.journal, (id) => world.desk.account(id), this.#say)
    world.desk.follow(() => follower.wake())
    world.desk.onFailure((error) => void this.#reopen(world, error))
    this.#world = world
  }

  async #reopen(broken: LiveWorld, error: Error): Promise<void> {
    this.#world = undefined
    if (this.#closing) return
    this.#say(`The journal failed (${error.message}); opening it again.`)
    await broken.close().catch(() => {})
    let said = ''
    while (this.#reopens < REOPENS_MAX && !this.#closing) {
      await new Promise((resolve) => setTimeout(resolve, REOPEN_PAUSE_MS))
      try {
        if (this.#closing) return
        await this.open()
        return
      } catch (again) {
        const { message, cause } = again as CannotStart
        if (message !== said) this.#say(message)
        said = message
        // Ending would bring no room: it waits for somebody to make some.
        if (!(cause instanceof DiskFull)) this.#reopens++
      }
    }
    if (!this.#closing) this.#fail(error)
  }

  submit: DeskPort['submit'] = (command) => {
    if (this.#world) return this.#world.port.submit(command)
    return Promise.resolve({ is: 'unavailable', reason: 'the desk is being opened' })
  }

  ask: DeskPort['ask'] = (question) => {
    if (this.#world) return this.#world.port.ask(question)
    return Promise.reject(new DeskStopped('the desk is being opened'))
  }

  async close(): Promise<{ readonly unanswered: number; readonly open: number }> {
    this.#closing = true
    const world = this.#world
    this.#world = undefined
    return (await world?.close()) ?? { unanswered: 0, open: 0 }
  }
}

function cannotStart(error: Error): CannotStart {
  if (error instanceof FolderInUse) return new CannotStart(error.message)
  if (error instanceof CorruptJournal) {
    return new CannotStart(
      `${error.message}; Tallyman does not trade on a journal it cannot trust: restore a backup`,
    )
  }
  const full = error instanceof DiskFull ? error : error.cause
  if (full instanceof DiskFull) {
    return new CannotStart(`${full.message}; free some space on it`, { cause: full })
  }
  return new CannotStart(error.message)
}
