/** What somebody may have in the place of tallyman.yaml. */
import assert from 'node:assert/strict'
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { BadSetting, readSettings } from '../src/config.ts'
import { tempFolder } from './temp.ts'

function said(write: (file: string) => void): string {
  const folder = tempFolder()
  write(join(folder, 'tallyman.yaml'))
  try {
    readSettings({ env: {}, folder })
    return ''
  } catch (error) {
    assert.ok(error instanceof BadSetting, String(error))
    assert.equal(/[\n\p{Cc}]/u.test(error.message), false, 'one line')
    assert.ok(error.message.length < 300, error.message)
    return error.message.replace(`${folder}/`, '')
  }
}

const of = (text: string | Buffer): string => said((file) => writeFileSync(file, text))

test('what is no file of settings is said so', () => {
  assert.equal(of(''), 'tallyman.yaml: it is empty; write settings into it, or remove it')
  assert.match(of(' \n\n'), /it is empty/)
  assert.equal(of('# all of it is a comment\n'), '')
  assert.match(
    said((file) => mkdirSync(file)),
    /^tallyman\.yaml: it cannot be read: it is a folder/,
  )
  assert.match(
    said((file) => symlinkSync('nowhere', file)),
    /it is a link that leads nowhere/,
  )
  const large = said((file) => {
    writeFileSync(file, '')
    truncateSync(file, 100 * 1024 * 1024)
  })
  assert.match(large, /it is longer than 64 KB/)
  assert.match(of(Buffer.from('server:\n  host: \xe9\n', 'latin1')), /it is not UTF-8/)
  assert.match(of(Buffer.from('\ufeffserver:\n', 'utf16le')), /it is not UTF-8/)
  assert.equal(of('\ufeffserver:\n  port: 1\n'), '', 'the mark of UTF-8 is no part of it')
  assert.match(
    of('just words\n'),
    /^tallyman\.yaml: sections with names and values are expected: s/,
  )
  assert.match(of('- server\n- log\n'), /sections with names and values are expected/)
})

test('what YAML has beyond names and values is not taken', () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    [
      'server:\n  port: 1\n  port: 2\n',
      /^tallyman\.yaml:3: port: it stands there twice; leave one$/,
    ],
    ['log: {}\nlog: {}\n', /^tallyman\.yaml:2: log: it stands there twice/],
    ['log: &x {}\nsim: *x\n', /^tallyman\.yaml:2: an alias \(\*\) is not taken/],
    ['log:\n  level: !!binary aW5mbw==\n', /^tallyman\.yaml:2: a tag \(!\) is not taken/],
    ['log:\n  level: !env LEVEL\n', /:2: a tag/],
    ['log:\n  level: info\n---\nsim:\n', /^tallyman\.yaml:3: there is a second document/],
    ['log:\n\tlevel: info\n', /^tallyman\.yaml:2: there is a tab in front/],
    ['log:\n  level: info\n seed: 1\n', /:3: /],
    ['log: {level: info\n', /a bracket that is not closed/],
    ['log:\n  level: "info\n', /there is a quote that is not closed/],
    ['log:\n  level: a: b\n', /two ": " in one line/],
    ['log:\n  level: @info\n', /cannot be read as YAML/],
    ['log:\n  level: [info]\n', /log\.level: it is a list; one of debug, /],
    ['log:\n  level: {is: info}\n', /log\.level: it is a section; one of debug, /],
    ['sim:\n  moods: {gaps: {x: 1}}\n', /sim\.moods: it is a section/],
    ['log: info\n', /^tallyman\.yaml:1: log: it is a section; indent below it level, terminal$/],
    ['? [log]\n: 1\n', /a name is expected before each ":"/],
    ['__proto__:\n  port: 1\n', /__proto__: there is no such setting/],
    ['<<: {log: {}}\n', /<<: there is no such setting/],
    ['log:\n  level: "in\\0fo"\n', /log\.level: in·fo: /],
  ]
  for (const [text, says] of cases) assert.match(of(text), says, text)
})

test('what is nested without end is refused before it is parsed', () => {
  for (const text of [
    '['.repeat(50_000),
    '{a: '.repeat(15_000),
    '- '.repeat(30_000),
    'a: '.repeat(20_000),
    '? '.repeat(30_000),
    `{${'a: '.repeat(20_000)}`,
    '!x '.repeat(20_000),
    `a: &a [${'*a,'.repeat(10_000)}]`,
    Array.from({ length: 340 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join(''),
    Array.from({ length: 340 }, (_, depth) => `${' '.repeat(depth)}-\n`).join(''),
  ]) {
    assert.notEqual(of(text), '', text.slice(0, 20))
  }
  const one = { server: { port: 1, host: 'localhost' }, sim: { seed: 1 }, paper: { cash: 5 } }
  assert.equal(of(JSON.stringify(one)), '', 'JSON on one line is not nested deeply')
})

test('numbers stay as they were written', () => {
  const folder = tempFolder()
  const text =
    'kotak:\n  mpin: 0123\npaper:\n  cash: 1234567.10\neod_cleanup:\n  target_time: 18:00\n'
  writeFileSync(join(folder, 'tallyman.yaml'), text)
  const { settings, config } = readSettings({ env: {}, folder })
  assert.equal(config.paperCash, '1234567.10')
  assert.equal(settings.find(({ key }) => key === 'eod_cleanup.target_time')?.value, '18:00')
})
