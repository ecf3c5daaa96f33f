/** What `doctor` looks at, apart from the disk: each check answers for itself, and never throws. */
import { existsSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import type { Config, Reading } from '../config.ts'
import { fileIn } from '../folder.ts'
import { zoneOf } from '../market/zone.ts'
import { VERSION } from '../store/version.ts'
import { listenerIn, whoListens } from './running.ts'

export type Check = {
  readonly name: string
  readonly state: 'ok' | 'warn' | 'fail'
  readonly says: string
  readonly remedy: string | null
  readonly facts?: Readonly<Record<string, unknown>>
}

export const ok = (name: string, says: string, facts: Check['facts'] = {}): Check => ({
  name,
  state: 'ok',
  says,
  remedy: null,
  facts,
})
type Trouble = { readonly says: string; readonly remedy: string; readonly facts?: Check['facts'] }
export const warn = (name: string, { says, remedy, facts = {} }: Trouble): Check => ({
  name,
  state: 'warn',
  says,
  remedy,
  facts,
})
export const fail = (name: string, trouble: Trouble): Check => ({
  ...warn(name, trouble),
  state: 'fail',
})

export const checkVersion = (): Check => ok('tallyman', `version ${VERSION}`, { version: VERSION })

/** When each line of Node leaves support: security faults found later stay in it. */
const NODE_ENDS: Readonly<Record<number, string>> = {
  20: '2026-04-30',
  22: '2027-04-30',
  24: '2028-04-30',
}
const NODE_MIN = [20, 19] as const

export function checkNode(version = process.versions.node, now = Date.now()): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const facts = { version }
  const remedy = 'Install Node 24.'
  if (major < NODE_MIN[0] || (major === NODE_MIN[0] && minor < NODE_MIN[1])) {
    return fail('node', { says: `Node ${version} is older than 20.19`, remedy, facts })
  }
  const end = NODE_ENDS[major]
  if (end !== undefined && now > Date.parse(end)) {
    return warn('node', { says: `Node ${version} left support on ${end}`, remedy, facts })
  }
  return ok('node', `Node ${version}`, facts)
}

export function checkSettings({ settings }: Reading): Check {
  const changed = settings.filter(({ isChanged }) => isChanged)
  const told = changed.map(({ key, value, from }) => `${key}=${value} (${from})`)
  const says = told.length === 0 ? 'all settings are at their defaults' : told.join(', ')
  const facts = settings.map(({ key, value, from }) => [key, { value: value ?? null, from }])
  return ok('settings', says, Object.fromEntries(facts) as Check['facts'])
}

/** What nobody need correct, but should know. */
export const checkNotices = ({ notices }: Reading): Check[] =>
  notices.map(({ says, remedy }) => warn('setting', { says, remedy }))

const OTHERS = 0o077

export function checkFolder({ data }: Config): Check {
  const name = 'data folder'
  const found = statSync(data, { throwIfNoEntry: false })
  if (!found) return ok(name, `${data} is made at the first start`)
  if (!found.isDirectory()) {
    return fail(name, { says: `${data} is no folder`, remedy: 'Set TALLYMAN_DATA to a folder.' })
  }
  const mode = (found.mode & 0o777).toString(8)
  if (process.getuid && found.uid !== process.getuid() && process.getuid() !== 0) {
    const remedy = 'Run Tallyman as the user who owns it.'
    return fail(name, { says: `${data} belongs to another user`, remedy })
  }
  if ((found.mode & OTHERS) !== 0) {
    const says = `${data} (mode ${mode}) can be read by others, and with it your keys`
    return warn(name, { says, remedy: `chmod 700 ${data}` })
  }
  return ok(name, `${data} (mode ${mode}) is yours alone`)
}

export function checkHalt(config: Config): Check {
  const file = fileIn(config, 'HALT')
  if (!existsSync(file)) return ok('halt', 'no file HALT: new orders may be sent')
  const remedy = `Remove ${file} when orders shall be sent again.`
  return warn('halt', { says: `the file ${file} stops every new order`, remedy })
}

const ZONES = ['Asia/Kolkata', 'America/New_York', 'Europe/London'] as const

export function checkZones(): Check {
  const missing = ZONES.filter((zone) => !isKnown(zone))
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone
  if (missing.length === 0) return ok('zones', `zone data is there; this machine’s is ${here}`)
  const says = `no zone data for ${missing.join(', ')}: trading days would be wrong`
  return fail('zones', { says, remedy: 'Use a Node with full ICU data.' })
}

function isKnown(zone: string): boolean {
  try {
    zoneOf(zone)
    return true
  } catch {
    return false
  }
}

/** Before this was written: the clock of a machine that woke up without one. */
const NOT_BEFORE = Date.parse('2026-11-01')
const STEP_MS = 100

export function checkClock(): Check {
  const now = Date.now()
  // Since this process began, wall and steady clock must have gone the same way.
  const stepped = Math.round(now - performance.timeOrigin - performance.now())
  const remedy = 'Let the system keep the time: see "timedatectl" or "chronyc tracking".'
  const facts = { now: new Date(now).toISOString(), steppedMs: stepped }
  if (now < NOT_BEFORE) {
    return fail('clock', { says: `the clock says ${facts.now}: it is not set`, remedy, facts })
  }
  if (Math.abs(stepped) > STEP_MS) {
    const says = `the clock was moved by ${stepped} ms while this ran`
    return warn('clock', { says, remedy, facts })
  }
  return ok('clock', `${facts.now}, steady; how true it is cannot be told from here`, facts)
}

export async function checkPort(config: Config): Promise<Check> {
  const { host, port } = config
  if (port === 0) return ok('port', 'any free port is taken')
  const trouble = await listening(host, port)
  const where = `${host}:${port}`
  if (trouble === undefined) return ok('port', `${where} is free`)
  if (trouble === 'EADDRINUSE' && (await isOurs(config))) {
    return ok('port', `${where} is held by the desk of this data folder`)
  }
  const remedy = 'Set TALLYMAN_PORT to a free one.'
  if (trouble === 'EADDRINUSE') {
    return fail('port', { says: `${where} is taken by another program`, remedy })
  }
  return fail('port', { says: `${where} cannot be listened on: ${trouble}`, remedy })
}

const listening = (host: string, port: number): Promise<string | undefined> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', ({ code, message }: NodeJS.ErrnoException) => resolve(code ?? message))
    server.listen({ host, port }, () => server.close(() => resolve(undefined)))
  })

async function isOurs(config: Config): Promise<boolean> {
  try {
    const listener = listenerIn(config)
    if (!listener || new URL(listener.url).port !== String(config.port)) return false
    return (await whoListens(listener)) === 'ours'
  } catch {
    return false // a file of rubbish names nobody
  }
}
