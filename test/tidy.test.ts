import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** Who may import whom: DESIGN.md §4 as data. A folder may always import itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'src/core': [],
  'src/store': ['src/core'],
  'src/market': ['src/core'],
  'src/brokers': ['src/core', 'src/market'],
  'src/desk': ['src/core', 'src/store', 'src/brokers', 'src/market'],
  'src/notify': ['src/core', 'src/store'],
  'src/log': ['src/core', 'src/notify'],
  'src/backup': ['src/core', 'src/store', 'src/desk', 'src/log'],
  'src/strategy': ['src/core', 'src/market'],
  'src/api': ['src/core', 'src/store'],
  'src/worlds': [
    'src/core',
    'src/store',
    'src/brokers',
    'src/market',
    'src/desk',
    'src/notify',
    'src/strategy',
    'src/config.ts',
  ],
  'src/settings': ['src/core', 'src/market', 'src/brokers', 'src/notify'],
  'src/config.ts': ['src/core', 'src/market', 'src/brokers', 'src/notify', 'src/settings'],
  sim: [
    'src/core',
    'src/store',
    'src/brokers',
    'src/market',
    'src/desk',
    'src/strategy',
    'src/worlds',
  ],
  'src/folder.ts': ['src/store', 'src/config.ts'],
}
/** The only places that know every name. */
const KNOW_ALL = [
  'src/main.ts',
  'src/embedded.ts',
  'src/messaging.ts',
  'src/cli.ts',
  'src/cli',
  'src/index.ts',
  'src/library',
]
const OUTSIDE = ['test', 'bench']

type Ban = {
  readonly pattern: RegExp
  readonly instead: string
  readonly where: (file: string) => boolean
}
const inCore = (file: string): boolean => file.startsWith('src/core/')
const inSource = (file: string): boolean => file.startsWith('src/') || file.startsWith('sim/')
const above = (file: string): boolean => inSource(file) && !inCore(file)

const BANS: readonly Ban[] = [
  {
    pattern: /\bDate\.now\b|new Date\(\)|performance\.now/,
    instead: 'the core is told the time: take it from the input',
    where: inCore,
  },
  {
    pattern: /\bMath\.random\b|randomUUID|randomBytes/,
    instead: 'the same input must decide the same: derive it from the account',
    where: inCore,
  },
  {
    pattern: /\basync \b|\bawait \b|\bPromise\.|setTimeout|setInterval/,
    instead: 'the core does not wait: emit an event and let the desk act on it',
    where: (file) => inCore(file) && file !== 'src/core/port.ts',
  },
  {
    pattern: /\bparseFloat\b|\bparseInt\b|\bNumber\(|\.toFixed\(/,
    instead: 'amounts are bigints: use price(), quantity(), money() and their formats',
    where: inCore,
  },
  {
    pattern: /from '(?!\.)/,
    instead: 'the core depends on nothing',
    where: inCore,
  },
  {
    pattern: /\bMath\.random\b/,
    instead: 'use market/random.ts with a seed, or node:crypto for secrets',
    where: above,
  },
  {
    pattern: /\bDate\.now\b|new Date\(\)/,
    instead: 'use the Clock that was handed in',
    where: (file) => above(file) && !CLOCK_FILES.includes(file) && !knowsAll(file),
  },
  {
    pattern: /\bsetTimeout\b|\bsetInterval\b|\bsetImmediate\b/,
    instead: 'use the Clock that was handed in',
    where: (file) => above(file) && !CLOCK_FILES.includes(file) && !knowsAll(file),
  },
  { pattern: /export default/, instead: 'export by name', where: (file) => file !== SELF },
  {
    pattern: /\b(TODO|FIXME|XXX)\b/,
    instead: 'do it, or say in the docs that it is missing',
    where: (file) => file !== SELF,
  },
  {
    pattern: /console\.(log|error|warn|info)/,
    instead: 'say it at the edge: src/cli/say.ts',
    where: inSource,
  },
]
/** The system clock itself, and the one that turns the real event loop for virtual time. */
const CLOCK_FILES = ['src/desk/clock.ts', 'src/worlds/virtual.ts']

/** It quotes what it forbids. */
const SELF = 'test/tidy.test.ts'

const FILE_LINES_MAX = 300
const LINE_COLUMNS_MAX = 100
const FUNCTION_LINES_MAX = 60
const ALLOW = 'tidy-ok'

const knowsAll = (file: string): boolean =>
  KNOW_ALL.some((name) => file === name || file.startsWith(`${name}/`))

const sources = ['src', 'sim', 'test', 'bench'].flatMap((folder) =>
  existsSync(join(root, folder))
    ? readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts'))
        .map((file) => join(folder, file))
    : [],
)

function layerOf(file: string): string {
  if (OUTSIDE.some((name) => file.startsWith(`${name}/`))) return 'outside'
  if (knowsAll(file)) return 'all'
  const layer = Object.keys(MAY_IMPORT).find((name) => file === name || file.startsWith(`${name}/`))
  assert.ok(layer, `${file} belongs to no layer`)
  return layer
}

function* complaints(file: string, text: string): Iterable<string> {
  const layer = layerOf(file)
  const allowed = MAY_IMPORT[layer]
  for (const [, path] of file === SELF ? [] : text.matchAll(/from '(\.[^']+)'/g)) {
    const target = layerOf(relative('.', join(dirname(file), path!)))
    if (allowed && target !== layer && !allowed.includes(target)) {
      yield `${layer} may not import ${target}`
    }
  }
  const lines = text.split('\n')
  for (const { pattern, instead, where } of BANS) {
    if (!where(file)) continue
    for (const [index, line] of lines.entries()) {
      const bare = line.replace(/\/\/.*$|^\s*\*.*$|\/\*\*.*$/, '')
      if (pattern.test(bare) && !line.includes(ALLOW)) {
        yield `line ${index + 1}: ${pattern.source}: ${instead}`
      }
    }
  }
  if (lines.length - 1 > FILE_LINES_MAX) yield `${lines.length - 1} lines, over ${FILE_LINES_MAX}`
  for (const [index, line] of lines.entries()) {
    if (line.length > LINE_COLUMNS_MAX) yield `line ${index + 1} is over ${LINE_COLUMNS_MAX} wide`
  }
  if (inSource(file)) yield* longFunctions(lines)
}

/** From a line that opens a function or method to the brace that closes it at the same indent. */
function* longFunctions(lines: readonly string[]): Iterable<string> {
  for (const [index, line] of lines.entries()) {
    const [, indent, name] =
      /^(\s*)(?:export )?(?:async )?(?:static )?(?:function\*? )?([#\w]+)(?:<.*>)?\(.*\{$/.exec(
        line,
      ) ?? []
    if (indent === undefined || /^(if|for|while|switch|catch|routes|test)$/.test(name!)) continue
    const end = lines.findIndex((other, at) => at > index && other === `${indent}}`)
    const length = end - index + 1
    if (end > 0 && length > FUNCTION_LINES_MAX && !lines[index - 1]?.includes(ALLOW)) {
      yield `${name} at line ${index + 1} is ${length} lines, over ${FUNCTION_LINES_MAX}`
    }
  }
}

test('every source keeps to its layer, the bans and the sizes', () => {
  const found = sources.flatMap((file) =>
    [...complaints(file, readFileSync(join(root, file), 'utf8'))].map((what) => `${file}: ${what}`),
  )
  assert.deepEqual(found, [])
})

test('the rules above catch what they are for', () => {
  const clock = [...complaints('src/core/x.ts', 'const now = Date.now()\n')]
  assert.match(clock.join(), /the core is told the time/)
  const layer = [...complaints('src/core/x.ts', "import { a } from '../desk/desk.ts'\n")]
  assert.match(layer.join(), /src\/core may not import src\/desk/)
  const long = `function f() {\n${'  a()\n'.repeat(70)}}\n`
  assert.match([...complaints('src/desk/x.ts', long)].join(), /over 60/)
})

test('the linter and the formatter find nothing', () => {
  const lint = run('oxlint', ['--type-aware', '--deny-warnings'])
  assert.equal(lint.status, 0, lint.text)
  const format = run('oxfmt', ['--check', 'src', 'sim', 'test', 'bench', 'scripts', 'bin'])
  assert.equal(format.status, 0, format.text)
})

test('nothing is exported, installed or kept that nobody uses', () => {
  const knip = run('knip', ['--no-progress'])
  assert.equal(knip.status, 0, knip.text)
})

function run(tool: string, args: readonly string[]): { status: number | null; text: string } {
  const { status, stdout, stderr } = spawnSync(join(root, 'node_modules', '.bin', tool), args, {
    cwd: root,
    encoding: 'utf8',
  })
  return { status, text: `${stdout}${stderr}` }
}

test('the repository speaks of the product alone', () => {
  const folders = readdirSync(root, { encoding: 'utf8' }).filter((name) => name.endsWith('.md'))
  const docs = existsSync(join(root, 'docs'))
    ? readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).map((f) =>
        join('docs', f),
      )
    : []
  const texts = [...folders, ...docs.filter((file) => file.endsWith('.md')), ...sources]
  for (const file of texts) {
    if (file === SELF) continue
    const text = readFileSync(join(root, file), 'utf8')
    assert.doesNotMatch(
      text,
      /\/work\/|\bshared\/(DESIGN|STYLE|reference)|\bsession of work\b/,
      file,
    )
  }
})
