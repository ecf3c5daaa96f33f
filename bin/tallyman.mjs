#!/usr/bin/env node
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const compiled = new URL('../dist/src/cli.js', import.meta.url)
if (!existsSync(fileURLToPath(compiled))) {
  process.stderr.write('tallyman: not compiled yet; run "npm start" or "npm test" once\n')
  process.exit(78)
}
const { run } = await import(compiled.href)
await run(process.argv.slice(2))
