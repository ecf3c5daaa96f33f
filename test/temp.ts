import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'

const made: string[] = []
after(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true })
})

/** A folder of its own that is gone when the test file has ended. */
export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tallyman-'))
  made.push(folder)
  return folder
}
