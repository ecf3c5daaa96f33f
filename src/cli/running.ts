import { randomBytes } from 'node:crypto'
import type { Config } from '../config.ts'
import type { ServerFile } from '../folder.ts'
import { answerTo, fileIn, textIfThere } from '../folder.ts'
import { BadFile } from '../store/bad-file.ts'

/** A desk answers this at once, whatever else it is doing. */
const CHALLENGE_MS = 5_000

type Listener = Pick<ServerFile, 'url' | 'secret'>

/** Where the desk of this data folder listens, or listened before it was killed. */
export function listenerIn(config: Config): Listener | undefined {
  const file = fileIn(config, 'server.json')
  const text = textIfThere(file)
  if (text === undefined) return undefined
  const { url, secret } = (parsed(text) ?? {}) as Partial<ServerFile>
  if (typeof url === 'string' && typeof secret === 'string') return { url, secret }
  throw new BadFile(file, 'it is damaged; restart the desk: it writes a new one')
}

/** Who listens there now: told by a challenge, so that no key is sent to find out. */
export async function whoListens({
  url,
  secret,
}: Listener): Promise<'ours' | 'another' | 'nobody'> {
  const challenge = randomBytes(32).toString('hex')
  try {
    const response = await fetch(`${url}/health`, {
      headers: { 'x-tallyman-challenge': challenge },
      redirect: 'error',
      signal: AbortSignal.timeout(CHALLENGE_MS),
    })
    const answer = response.headers.get('x-tallyman-answer')
    if (answer !== answerTo(challenge, secret)) return 'another'
    await response.text() // read to its end, its connection carries the next call too
    return 'ours'
  } catch {
    return 'nobody'
  }
}

export function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}
