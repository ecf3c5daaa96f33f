/** Runs every test of the sources, prints failures and skips, and closes with the counts. */
import { readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, relative } from 'node:path'
import { run } from 'node:test'
import { coverageOf, measureCoverage } from './coverage.mjs'
import { root } from './setup.mjs'

const SLOWEST_SHOWN = 5

/** Listed from the sources, not from dist, where a deleted test would live on. */
function testFiles(wanted) {
  const names = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
  const files = names.filter((name) => name.endsWith('.test.ts')).sort()
  const chosen = wanted.length > 0 ? files.filter((f) => wanted.some((w) => f.includes(w))) : files
  return chosen.map((name) => join(root, 'dist', 'test', name.replace(/\.ts$/, '.js')))
}

export async function runTests(wanted) {
  const files = testFiles(wanted)
  const whole = wanted.length === 0
  const measured = whole ? measureCoverage() : undefined
  const tally = { passed: 0, failures: [], skips: [], times: [] }
  const open = new Map(files.map((file) => [file, new Map()]))
  const ran = new Set()
  const stream = run({ files, concurrency: availableParallelism() })
  stream.on('test:start', ({ name, file }) => bump(open.get(file), name, 1))
  stream.on('test:pass', (event) => ended(tally, open, ran, event))
  stream.on('test:fail', (event) => ended(tally, open, ran, event))
  stream.on('test:stderr', ({ message }) => process.stderr.write(message))
  for await (const _ of stream);
  for (const [file, tests] of open) {
    const short = shortName(file)
    for (const [name, count] of tests) {
      if (count > 0 && name !== file)
        fail(tally, short, name, 'the file ended before this test did')
    }
    if (!ran.has(file)) fail(tally, short, 'has tests', 'no test of this file ran')
  }
  if (measured !== undefined) judge(await coverageOf(measured), tally)
  return report(tally, whole)
}

function ended(tally, open, ran, { name, file, details, skip, nesting }) {
  bump(open.get(file), name, -1)
  if (isTheFileItself(name, file)) {
    const error = details.error
    if (error && error.failureType !== 'subtestsFailed') {
      fail(tally, shortName(file), 'runs to its end', textOf(error))
    }
    return
  }
  ran.add(file)
  if (details.type === 'suite') return
  const title = `${shortName(file)}: ${name}`
  if (skip !== undefined) tally.skips.push({ test: title, reason: String(skip) })
  else if (details.error) fail(tally, shortName(file), name, textOf(details.error))
  else tally.passed++
  tally.times.push({ title, ms: details.duration_ms, nesting })
}

/** Of the lines of src, by all tests together and the desks they start. */
const COVERED_MIN = 90

function judge({ percent, covered, total, least }, tally) {
  const lines = `${covered} of ${total} lines of src`
  console.log(`covered  ${percent.toFixed(1)} %, ${lines}; the least: ${least.join(', ')}`)
  if (percent >= COVERED_MIN) return
  fail(tally, 'coverage', `is at least ${COVERED_MIN} %`, `${percent.toFixed(2)} %: ${lines}`)
}

const isTheFileItself = (name, file) => name === file || name === relative(process.cwd(), file)
const shortName = (file) => relative(join(root, 'dist'), file).replace(/\.js$/, '')

function bump(tests, name, by) {
  tests?.set(name, (tests.get(name) ?? 0) + by)
}

function fail(tally, file, name, text) {
  tally.failures.push({ title: `${file}: ${name}`, text })
}

/** The error, and what caused it: a property test tells the counterexample first, the reason below. */
function textOf(error) {
  const texts = []
  for (let each = error.cause ?? error; each !== undefined; each = each?.cause) {
    texts.push(String(each?.stack ?? each?.message ?? each))
  }
  return texts.join('\n')
}

function report({ passed, failures, skips, times }, whole) {
  const allowed = JSON.parse(readFileSync(join(root, 'test', 'skips.json'), 'utf8'))
  for (const { test, reason } of skips) {
    const known = allowed.some((entry) => entry.test === test)
    console.log(`skipped  ${test}\n         ${reason}${known ? '' : ' (NOT in test/skips.json)'}`)
    if (!known) failures.push({ title: test, text: 'skipped, and test/skips.json does not say so' })
  }
  for (const { title, text } of failures) console.log(`\nFAILED   ${title}\n${indent(text)}`)
  if (whole) {
    const slow = times.sort((a, b) => b.ms - a.ms).slice(0, SLOWEST_SHOWN)
    for (const { title, ms } of slow) console.log(`slowest  ${(ms / 1000).toFixed(1)} s  ${title}`)
  }
  console.log(`${passed} passed, ${failures.length} failed`)
  return failures.length === 0 && passed > 0 ? 0 : 1
}

const indent = (text) => text.replace(/^/gm, '         ')
