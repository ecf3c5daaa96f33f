/** Runs the benches one after the other: each prints figure, yardstick, ratio and spread. */
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { root } from './setup.mjs'

const NO_BENCH = ['measure', 'bare-disk', 'year', 'texts']

export function runBenches(wanted) {
  const names = readdirSync(join(root, 'bench'))
    .map((file) => file.replace(/\.ts$/, ''))
    .filter((name) => !NO_BENCH.includes(name))
    .filter((name) => wanted.length === 0 || wanted.includes(name))
  console.log(`Node ${process.versions.node}, ${cpus().length} x ${cpus()[0]?.model}\n`)
  let failed = 0
  for (const name of names) {
    const { status } = spawnSync(process.execPath, [join(root, 'dist', 'bench', `${name}.js`)], {
      stdio: 'inherit',
    })
    if (status !== 0) failed++
  }
  return failed === 0 ? 0 : 1
}
