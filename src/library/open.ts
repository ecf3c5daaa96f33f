import { realpathSync } from 'node:fs'
import type { Config } from '../config.ts'
import { BadSetting } from '../config.ts'
import { toText } from '../core/plain.ts'
import { systemClock } from '../desk/clock.ts'
import type { Opened } from '../embedded.ts'
import { CannotStart, makeFolder } from '../folder.ts'
import { FolderInUse } from '../store/lock.ts'
import type { Sections, Settings } from './settings.ts'
import { configOf, sectionsOf } from './settings.ts'
import type { OnError, Tallyman } from './tallyman.ts'

export type OpenOptions = Settings & {
  /** Listens as well, as `tallyman start` does: for the command line and other programs. */
  readonly serve?: boolean | undefined
  /** Hears of listeners that threw, and of the desk itself having failed. */
  readonly onError?: OnError | undefined
}

type Entry = {
  readonly sections: Sections
  readonly serve: boolean
  readonly desk: Promise<Tallyman>
  /** Resolves when its folder is free again. */
  readonly over: Promise<void>
  isOver: boolean
}

/** The desks of this process, by the real path of their data folder. */
const entries = new Map<string, Entry>()

/**
 * The desk of a data folder, in this process; the same one for every call on the same folder, and
 * whoever stops it stops it for all. Nothing is printed, no signal is heard, no environment read.
 * Throws BadSetting, CannotStart, BadCalendar, BadFile, and FolderInUse where another process has
 * the folder.
 */
export async function open(options: OpenOptions = {}): Promise<Tallyman> {
  const { serve, onError, ...settings } = options
  const sections = sectionsOf(settings)
  const config = configOf(sections)
  makeFolder(config)
  const folder = realpathSync(config.data)
  let entry = entries.get(folder)
  while (entry?.isOver) {
    await entry.over
    entry = entries.get(folder)
  }
  if (entry) mustAgree(entry, sections, serve)
  else entry = begin({ folder, config, sections }, { serve: serve === true, onError })
  return entry.desk
}

type Place = { readonly folder: string; readonly config: Config; readonly sections: Sections }

function begin({ folder, config, sections }: Place, { serve, onError }: Serving): Entry {
  let finish = (): void => {}
  const over = new Promise<void>((resolve) => {
    finish = () => {
      entries.delete(folder)
      resolve()
    }
  })
  const stopping = (): void => {
    entry.isOver = true
  }
  const desk = opened(config, { serve, onError, stopping, finish })
  const entry: Entry = { sections, serve, desk, over, isOver: false }
  entries.set(folder, entry)
  desk.catch(finish) // whoever opened it hears why
  return entry
}

type Serving = { readonly serve: boolean; readonly onError: OnError | undefined }
type Opening = Serving & {
  /** Called when stopping begins, and when the folder is free again. */
  readonly stopping: () => void
  readonly finish: () => void
}

async function opened(config: Config, opening: Opening): Promise<Tallyman> {
  const { serve, onError, stopping, finish } = opening
  const desk = await assembled(config, serve)
  const { Local } = await import('./local.ts')
  const { exporterOn } = await import('../worlds/exporter.ts')
  const local = new Local({
    port: desk.port,
    exporter: exporterOn({ data: config.data, port: desk.port, clock: systemClock }),
    clock: systemClock,
    url: desk.url,
    onError,
    stop: async () => {
      stopping()
      await desk.stop().finally(finish)
    },
  })
  void desk.failed.then((error) => {
    try {
      onError?.(error, { kind: undefined, sequence: undefined })
    } finally {
      void local.stop()
    }
  })
  return local
}

/** The server is much to load, and most programs that open a desk need none. */
async function assembled(
  config: Config,
  serve: boolean,
): Promise<Opened & { readonly url?: string }> {
  try {
    if (serve) return await (await import('../main.ts')).start(config)
    return await (await import('../embedded.ts')).openDesk(config)
  } catch (error) {
    const isInUse = error instanceof CannotStart && error.cause instanceof FolderInUse
    throw isInUse ? error.cause : error
  }
}

/** Two parts of a program that want different desks are to hear of it. */
function mustAgree({ sections, serve }: Entry, asked: Sections, served: boolean | undefined): void {
  const was = toText(configOf(sections))
  const others = Object.entries(asked).flatMap(([section, values = {}]) =>
    Object.entries(values).map(([name, value]) => ({ section, name, value })),
  )
  const odd = others.find(({ section, name, value }) => {
    if (value === undefined || (section === 'server' && name === 'data_folder')) return false
    const changed = { ...sections, [section]: { ...sections[section], [name]: value } }
    return toText(configOf(changed)) !== was
  })
  if (odd) throw otherwise(`${odd.section}.${odd.name}`, odd.value)
  if (served !== undefined && served !== serve) throw otherwise('serve', served)
}

const otherwise = (name: string, value: unknown): BadSetting =>
  new BadSetting(
    `${name}: ${String(value)}: the desk is open already, and not like that; stop it first, or ` +
      `leave ${name} out`,
  )
