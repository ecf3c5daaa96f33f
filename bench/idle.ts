/**
 * What a desk costs that waits: resident memory and processor of `tallyman start` with all parts on
 * and nobody trading, beside a Node process that does nothing. Reads /proc, so Linux alone.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const SETTLING_MS = 8_000
const MEASURED_MS = 20_000
/** Of the kernel's clock, in which /proc counts. */
const TICKS_A_SECOND = 100

const bin = fileURLToPath(new URL('../../bin/tallyman.mjs', import.meta.url))

type Cost = { readonly residentMb: number; readonly processor: number }

const megabytes = (pid: number): number => {
  const [, kilobytes = '0'] =
    /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) / 1_024
}

/** User and system time so far, in seconds. */
function seconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND
}

async function costOf(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Cost> {
  const child = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: 'ignore' })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  try {
    await pause(SETTLING_MS)
    const before = seconds(child.pid!)
    await pause(MEASURED_MS)
    const spent = seconds(child.pid!) - before
    return { residentMb: megabytes(child.pid!), processor: spent / (MEASURED_MS / 1_000) }
  } finally {
    child.kill('SIGTERM')
    await ended
  }
}

if (existsSync('/proc/self/status')) {
  const data = mkdtempSync(join(tmpdir(), 'tallyman-idle-'))
  const env = { TALLYMAN_DATA: data, TALLYMAN_PORT: '0', TALLYMAN_DEMO_STRATEGY: 'off' }
  const bare = await costOf(['-e', 'setInterval(() => {}, 1000)'])
  const desk = await costOf([bin, 'start', '--quiet'], env)
  const small = await costOf(['--max-semi-space-size=1', bin, 'start', '--quiet'], env)
  rmSync(data, { recursive: true, force: true })
  const line = (name: string, { residentMb, processor }: Cost): string =>
    [
      name.padEnd(44),
      `${residentMb.toFixed(0).padStart(4)} MB`,
      `${(processor * 100).toFixed(2)} % of a core`,
    ].join('  ')
  process.stdout.write(
    [
      line('a Node process that does nothing', bare),
      line('an idle desk', desk),
      line('an idle desk, --max-semi-space-size=1', small),
      `the desk itself: ${(desk.residentMb - bare.residentMb).toFixed(0)} MB more than nothing`,
      '',
    ].join('\n'),
  )
} else {
  process.stdout.write('idle: there is no /proc here\n')
}
