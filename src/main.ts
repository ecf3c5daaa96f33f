import { randomBytes } from 'node:crypto'
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import { buildApi } from './api/server.ts'
import type { Config } from './config.ts'
import { later } from './core/time.ts'
import { systemClock } from './desk/clock.ts'
import type { Opened } from './embedded.ts'
import { calendarFor, cannotStart, closingLine, prepare, readyFolder } from './embedded.ts'
import type { ServerFile } from './folder.ts'
import { answerTo, CannotStart, CLI_KEY, fileIn, withVault } from './folder.ts'
import type { Say } from './log/voices.ts'
import { State } from './store/state.ts'
import { VERSION } from './store/version.ts'
import { exporterOn } from './worlds/exporter.ts'

export type Running = Opened & { readonly url: string }

/**
 * Brings up desk, API and command-line access on one data folder. `print` is told in words what
 * happens. Throws CannotStart, BadCalendar.
 */
export async function start(config: Config, print?: Say): Promise<Running> {
  const calendar = calendarFor(config)
  const file = (name: string): string => fileIn(config, name)
  const state = openState(config)
  const prepared = await prepare(config, calendar, print)
  const { keeper, log, disk } = prepared
  const secret = randomBytes(32).toString('hex')
  const api = await buildApi({
    port: keeper,
    exporter: exporterOn({ data: config.data, port: keeper, clock: systemClock }),
    state,
    version: VERSION,
    status: () => keeper.status,
    disk,
    notifier: prepared.notifier,
    prove: (challenge) => answerTo(challenge, secret),
    timer: (milliseconds, run) => systemClock.at(later(systemClock.now(), milliseconds), run),
    onMistake: (error) => log.error({ err: error }, 'the API made a mistake'),
  })
  const close = async <T>(rest: () => Promise<T>): Promise<T> => {
    await api.close()
    return rest().finally(() => state.close())
  }
  let url: string
  try {
    await keeper.open()
    prepared.started()
    url = await listen(api, config)
    const server: ServerFile = { url, pid: process.pid, secret }
    writeFileSync(file('server.json.new'), JSON.stringify(server), { mode: 0o600 })
    renameSync(file('server.json.new'), file('server.json')) // nobody is to read half of it
  } catch (error) {
    throw await close(() => prepared.giveUp(error as Error))
  }
  log.info({ url, version: VERSION, pid: process.pid, node: process.version }, 'started')
  return {
    url,
    port: keeper,
    failed: prepared.failed,
    stop: async () => {
      const closing = await close(prepared.close)
      rmSync(file('server.json'), { force: true })
      return closingLine(closing)
    },
  }
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
    readyFolder(config)
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
