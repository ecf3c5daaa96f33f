import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { configFrom, readSettings } from '../src/config.ts'
import { SETTING_NAMES } from '../src/settings/schema.ts'
import { formatRate } from '../src/core/amount.ts'
import type { Rate } from '../src/core/amount.ts'
import { DENIALS } from '../src/core/denial.ts'
import { RULES, SEGMENTS } from '../src/core/rates.ts'
import { exampleFile, settingsTables } from './settings-page.ts'
import { tallyman } from './spawned.ts'
import { tempFolder } from './temp.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const read = (file: string): string => readFileSync(join(root, file), 'utf8')
const pages = ['.', 'docs', 'docs/decisions'].flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name)),
)

test('every link between the documents leads somewhere', () => {
  for (const page of pages) {
    for (const [, target] of read(page).matchAll(/\]\((?!https?:)([^)#\s]+)/g)) {
      assert.ok(existsSync(join(root, dirname(page), target!)), `${page}: ${target}`)
    }
  }
})

test('every setting that the documents name is one', () => {
  const own = pages.flatMap((page) => [...read(page).matchAll(/\bTALLYMAN_[A-Z_0-9]+\b/g)])
  const others = read('README.md').matchAll(/\b(?:VERIFIER|MAX|CAPITAL|EOD|KOTAK)_[A-Z_]+\b/g)
  const named = [...own, ...others].map(([name]) => name)
  assert.ok(named.length > 20)
  for (const name of named) assert.ok(SETTING_NAMES.includes(name), name)
})

test('docs/configuration.md and the example have the settings the code has', () => {
  const page = 'docs/configuration.md'
  const written = read(page).replace(
    /(<!-- what follows .*-->\n\n)[^]*(<!-- what precedes)/,
    (_, before: string, after: string) => `${before}${settingsTables()}\n${after}`,
  )
  const example = 'tallyman.example.yaml'
  if (process.env['WRITE_DOCS']) {
    writeFileSync(join(root, page), written)
    writeFileSync(join(root, example), exampleFile())
  }
  assert.equal(read(page), written, 'run the tests with WRITE_DOCS=1')
  assert.equal(read(example), exampleFile(), 'run the tests with WRITE_DOCS=1')
  const { config, settings } = readSettings({ env: {}, file: join(root, example) })
  assert.deepEqual(config, configFrom({}), 'a copy of it changes nothing')
  assert.ok(settings.filter(({ isGiven }) => isGiven).length > 20)
})

test('every command the documents show is one', () => {
  const shown = new Set<string>()
  for (const page of pages) {
    for (const [, words] of read(page).matchAll(/(?:npx|`|\$) ?tallyman ((?:[a-z]+ ?)+)/g)) {
      shown.add(words!.trim())
    }
  }
  assert.ok(shown.size > 5)
  const folder = tempFolder()
  for (const words of shown) {
    const { out } = tallyman(folder, [...words.split(' '), '--help'])
    const command = words.split(' ').slice(0, 2).join(' ')
    assert.match(out, new RegExp(`^Usage: tallyman (${command}|${command.split(' ')[0]} \\[)`))
  }
})

test('docs/denials.md is the table the code has', () => {
  const file = 'docs/denials.md'
  const rows = Object.entries(DENIALS).map(
    ([code, { field, says, remedy }]) =>
      `| \`${code}\` | ${field ? `\`${field}\`` : ''} | ${says} | ${remedy} |`,
  )
  const table = ['| code | field | says | remedy |', '|---|---|---|---|', ...rows, ''].join('\n')
  const [before = ''] = read(file).split('| code |')
  if (process.env['WRITE_DOCS']) writeFileSync(join(root, file), before + table)
  assert.equal(read(file), before + table, 'run the tests with WRITE_DOCS=1')
})

test('docs/charges.md has the rates the code has', () => {
  const file = 'docs/charges.md'
  const percent = (fraction: Rate): string => `${formatRate((fraction * 100n) as Rate)} %`
  const rows = RULES.flatMap(({ version, from, statutory }) =>
    SEGMENTS.map((segment) => {
      const { stt, exchange, stampBuy } = statutory[segment]
      const rates = [stt.buy, stt.sell, exchange.NSE, exchange.BSE, stampBuy].map(percent)
      return `| ${[`\`${version}\``, from, segment, ...rates].join(' | ')} |`
    }),
  )
  const text = read(file)
  const written = text.replace(/(\| version [^\n]*\n[^\n]*\n)(\|[^\n]*\n)*/, (_, head: string) =>
    [head, ...rows.map((row) => `${row}\n`)].join(''),
  )
  if (process.env['WRITE_DOCS']) writeFileSync(join(root, file), written)
  assert.equal(read(file), written, 'run the tests with WRITE_DOCS=1')
})

test('every test that docs/acceptance.md names is one', () => {
  const named = [...read('docs/acceptance.md').matchAll(/`(test\/[^`]+)`: ([^|]+) \|/g)]
  assert.ok(named.length > 20)
  for (const [, file, title] of named) {
    const text = read(file!)
    assert.ok(
      text.includes(`== ${title}\n`) || text.includes(`test('${title}'`),
      `${file}: ${title}`,
    )
  }
})
