/** Settings as they stand in a file or an object: sections of names and values. */
import { BadSetting } from './bad-setting.ts'
import type { Given } from './given.ts'
import { nearest } from './near.ts'
import { isKey, KEYS, SECTIONS, settingOf } from './schema.ts'

export type Tree =
  | { readonly is: 'section'; readonly entries: readonly Entry[] }
  | { readonly is: 'text'; readonly text: string }
  /** A name with nothing behind it. */
  | { readonly is: 'nothing' }
  /** `a list`. */
  | { readonly is: 'other'; readonly what: string }

export type Entry = {
  readonly name: string
  /** Where it stands; undefined in what is no file. */
  readonly line: number | undefined
  readonly value: Tree
}

export type Place = {
  /** As people know it; undefined: a program handed the settings in. */
  readonly file: string | undefined
  /** Whether secrets may be named by the file that holds them. */
  readonly takesFiles: boolean
}

/** Sections hold settings, settings may hold chances: nothing lies deeper. */
export const DEPTH_MAX = 3
const FILE_SUFFIX = '_file'

/** All it sets. Throws BadSetting. */
export function givenInTree(tree: Tree, place: Place): Given[] {
  if (tree.is === 'nothing') return []
  if (tree.is !== 'section') {
    const what = `sections with names and values are expected: ${SECTIONS.join(', ')}`
    throw new BadSetting(place.file === undefined ? what : `${place.file}: ${what}`)
  }
  return tree.entries.flatMap((entry) => inEntry(entry, '', place))
}

function inEntry({ name, line, value }: Entry, section: string, place: Place): Given[] {
  const path = section === '' ? name : `${section}.${name}`
  const before = placeText(place, line)
  const wrong = (why: string): BadSetting => new BadSetting(`${before}${path}: ${why}`)
  if (section === '' && SECTIONS.includes(name)) {
    if (value.is === 'nothing') return []
    if (value.is !== 'section')
      throw wrong(`it is a section; indent below it ${namesIn(name).join(', ')}`)
    return value.entries.flatMap((entry) => inEntry(entry, name, place))
  }
  const bare = path.endsWith(FILE_SUFFIX) ? path.slice(0, -FILE_SUFFIX.length) : path
  const isFile = !isKey(path) && isKey(bare) && settingOf(bare).secret && place.takesFiles
  const key = isFile ? bare : path
  if (!isKey(key)) throw wrong(`there is no such setting; ${hint(path)}`)
  if (value.is === 'nothing') return []
  const text = textOf(value, settingOf(key).kind.isChances === true)
  if (text === undefined) {
    const what = value.is === 'other' ? value.what : 'a section'
    throw wrong(`it is ${what}; ${settingOf(key).kind.expects.replace(/,$/, '')} is expected`)
  }
  if (text === '') return []
  const from = before === '' ? 'the program' : before.slice(0, -2)
  return [{ key, text, from, named: `${before}${path}: `, isFlag: false, isFile }]
}

function placeText({ file }: Place, line: number | undefined): string {
  if (file === undefined) return ''
  return line === undefined ? `${file}: ` : `${file}:${line}: `
}

/** `{gaps: 0.01, halts: 0.005}` reads `gaps=0.01,halts=0.005`. */
function textOf(value: Tree, isChances: boolean): string | undefined {
  if (value.is === 'text') return value.text
  if (value.is !== 'section' || !isChances) return undefined
  const pairs = value.entries.map(({ name, value: chance }) =>
    chance.is === 'text' ? `${name}=${chance.text}` : undefined,
  )
  return pairs.includes(undefined) ? undefined : pairs.join(',')
}

const namesIn = (section: string): string[] =>
  KEYS.filter((key) => key.startsWith(`${section}.`)).map((key) => key.slice(section.length + 1))

function hint(path: string): string {
  const fromEnv = KEYS.find((key) => settingOf(key).env === path.slice(path.indexOf('.') + 1))
  const meant = fromEnv ?? nearest(path, [...KEYS, ...SECTIONS])
  const where = 'docs/configuration.md lists all'
  return meant === undefined ? where : `did you mean ${meant}? ${where}`
}
