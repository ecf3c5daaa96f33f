import cliProgress from 'cli-progress'

export type Progress = {
  readonly show: (done: number, of: number) => void
  readonly stop: () => void
}

/** Work that is over sooner needs no bar. */
const QUIET_MS = 500

/** Only for a person at a terminal, and on standard error: what is printed stays clean. */
export function progressBar(doing: string): Progress {
  if (!process.stderr.isTTY) return { show: () => {}, stop: () => {} }
  const bar = new cliProgress.SingleBar(
    {
      stream: process.stderr,
      clearOnComplete: true,
      format: `${doing} {bar} {percentage}% of {total}`,
    },
    cliProgress.Presets.shades_classic,
  )
  const began = Date.now()
  let started = false
  return {
    show: (done, of) => {
      if (!started && Date.now() - began < QUIET_MS) return
      if (!started) bar.start(of, done)
      started = true
      bar.update(done)
    },
    stop: () => {
      if (started) bar.stop()
    },
  }
}
