/** Which lines of the sources the tests have run, in this process and in all they start. */
import { mkdirSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { Report } from 'c8'
import { root } from './setup.mjs'

const LEAST_SHOWN = 3

/** From now on every process that is started writes down what it ran: returns where. */
export function measureCoverage() {
  const folder = join(root, 'dist', 'coverage')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  process.env.NODE_V8_COVERAGE = folder
  return folder
}

export async function coverageOf(folder) {
  delete process.env.NODE_V8_COVERAGE
  const include = ['src/**']
  const options = { src: [root], include, exclude: [], reporter: [], excludeAfterRemap: true }
  const report = Report({ ...options, tempDirectory: folder, resolve: '', watermarks: {} })
  const map = await report.getCoverageMapFromAllCoverageFiles()
  rmSync(folder, { recursive: true, force: true })
  const { pct: percent, covered, total } = map.getCoverageSummary().lines
  const least = map
    .files()
    .map((file) => ({ file, of: map.fileCoverageFor(file).toSummary().lines.pct }))
    .sort((a, b) => a.of - b.of)
    .slice(0, LEAST_SHOWN)
    .map(({ file, of }) => `${relative(root, file)} ${Math.floor(of)} %`)
  return { percent, covered, total, least }
}
