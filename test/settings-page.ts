/** What is written of the settings from their schema, for people. */
import type { Key } from '../src/settings/schema.ts'
import { KEYS, SECTIONS, settingOf } from '../src/settings/schema.ts'

const keysIn = (section: string): Key[] => KEYS.filter((key) => key.startsWith(`${section}.`))
const nameOf = (key: Key): string => key.slice(key.indexOf('.') + 1)
const code = (text: string | undefined): string => (text ? `\`${text}\`` : 'none')
const cell = (text: string): string => text.replaceAll('|', '\\|')

/** One table a section, for docs/configuration.md. */
export const settingsTables = (): string =>
  SECTIONS.map((section) => {
    const rows = keysIn(section).map((key) => {
      const { env, kind, unit = '', initial, does, secret, awaits } = settingOf(key)
      const linked = does.replaceAll(/\(docs\/([\w-]+\.md)\)/g, '([docs/$1]($1))')
      const what = secret ? `${linked}; secret` : linked
      const used = awaits === undefined ? 'yes' : `not yet: ${awaits}`
      const takes = kind.expects.replace(/,$/, '')
      return [code(nameOf(key)), code(env), takes, unit, code(initial), what, used].map(cell)
    })
    return [
      `### ${section}`,
      '',
      '| name | environment | takes | unit | default | what it does | used |',
      '|---|---|---|---|---|---|---|',
      ...rows.map((row) => `| ${row.join(' | ')} |`),
      '',
    ].join('\n')
  }).join('\n')

const WIDTH = 98

/** tallyman.example.yaml: all at their defaults; what has none, or no use yet, as a comment. */
export const exampleFile = (): string =>
  [
    '# Settings of Tallyman. Copy this to tallyman.yaml in the folder you start it in, and keep',
    '# what you change. Flags, the environment and .env beat it; see docs/configuration.md.',
    '# "tallyman config" shows what is in effect and where it comes from.',
    ...SECTIONS.flatMap(sectionLines),
    '',
  ].join('\n')

/** A section of comments alone is there all the same, for what is uncommented in it. */
function sectionLines(section: string): string[] {
  const keys = keysIn(section)
  const [awaits, ...others] = new Set(keys.map((key) => settingOf(key).awaits))
  const isUnused = awaits !== undefined && others.length === 0
  const note = isUnused ? [`# Not used by this version: it waits for ${awaits}.`] : []
  return ['', ...note, `${section}:`, ...keys.flatMap((key) => settingLines(key, isUnused))]
}

function settingLines(key: Key, isSaid: boolean): string[] {
  const { initial, does, unit, awaits } = settingOf(key)
  const about = unit === undefined ? does : `${does} (${unit})`
  const note = awaits === undefined || isSaid ? about : `${about}; not used yet: ${awaits}`
  const value = `${nameOf(key)}: ${written(initial)}`.trimEnd()
  const isSet = initial !== undefined && initial !== '' && awaits === undefined
  return [...wrapped(note).map((line) => `  # ${line}`), isSet ? `  ${value}` : `  # ${value}`]
}

/** As YAML has it: what it would read as something else stands in quotes. */
function written(text = ''): string {
  if (text === 'on' || text === 'off') return String(text === 'on')
  return /^\d+:\d+$/.test(text) ? `"${text}"` : text
}

function wrapped(text: string): string[] {
  const lines = ['']
  for (const word of text.replaceAll('`', '').split(' ')) {
    const line = `${lines.at(-1)} ${word}`.trimStart()
    if (line.length + 4 > WIDTH) lines.push(word)
    else lines[lines.length - 1] = line
  }
  return lines
}
