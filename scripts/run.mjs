/** The commands of package.json: sets up what is missing, then runs in this very process. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root, setUp } from './setup.mjs'

const [command = 'start', ...rest] = process.argv.slice(2)

await setUp()
if (command === 'test') {
  const { runTests } = await import('./test.mjs')
  process.exitCode = await runTests(rest)
} else if (command === 'bench') {
  const { runBenches } = await import('./bench.mjs')
  process.exitCode = runBenches(rest)
} else if (command === 'sim') {
  const sim = await import(pathToFileURL(join(root, 'dist', 'sim', 'main.js')).href)
  process.exitCode = await sim.simulate(rest)
} else if (command === 'mutants') {
  const mutants = await import(pathToFileURL(join(root, 'dist', 'sim', 'mutants', 'main.js')).href)
  process.exitCode = await mutants.plantAll(rest)
} else if (command === 'outcomes') {
  const { compare } = await import(pathToFileURL(join(root, 'dist', 'sim', 'outcome-main.js')).href)
  process.exitCode = await compare(rest)
} else {
  endWithParent()
  const cli = await import(pathToFileURL(join(root, 'dist', 'src', 'cli.js')).href)
  await cli.run([command, ...rest])
}

/** npm that is killed tells nobody; what it started must not go on trading unseen. */
function endWithParent() {
  const parent = process.ppid
  setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM')
  }, 500).unref()
}
