import type { Pair, Scalar } from 'yaml'
import { CST, isAlias, isMap, isScalar, isSeq, Lexer, LineCounter, parseDocument } from 'yaml'
import { BadSetting } from './bad-setting.ts'
import { readText } from './text-file.ts'
import type { Entry, Tree } from './tree.ts'
import { DEPTH_MAX } from './tree.ts'

const BYTES_MAX = 64 * 1024

export type YamlFile = { readonly tree: Tree; readonly isOpenToOthers: boolean }

/** Undefined where there is no such file. Throws BadSetting. */
export function readYamlFile(file: string): YamlFile | undefined {
  const found = readText(file, BYTES_MAX)
  if (!found) return undefined
  const { text, isOpenToOthers } = found
  if (text.trim() === '') {
    // A write that was cut short would otherwise put every limit back to its default, unnoticed.
    throw new BadSetting(`${file}: it is empty; write settings into it, or remove it`)
  }
  return { tree: new Reader(file).read(text), isOpenToOthers }
}

/** What the parser calls wrong; its own sentences may quote what stands there, a secret even. */
const WORDS: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'a tab in front; indent with spaces',
  BAD_INDENT:
    'something not indented like its neighbours, or a bracket that is not closed; mend it',
  MISSING_CHAR: 'a quote that is not closed, or a ":" that is missing; put it in',
  MULTIPLE_DOCS: 'a second document ("---"); leave one',
  BLOCK_AS_IMPLICIT_KEY: 'two ": " in one line; put the value in quotes',
}
const OTHERWISE = 'something that cannot be read as YAML; see to its quotes and indentation'

type Node = Pair['key']

class Reader {
  readonly #file: string
  readonly #lines = new LineCounter()

  constructor(file: string) {
    this.#file = file
  }

  read(text: string): Tree {
    if (isTooDeep(text)) throw new BadSetting(`${this.#file}: it is nested too deeply`)
    const { contents, errors } = parseDocument(text, {
      lineCounter: this.#lines,
      prettyErrors: false,
      logLevel: 'error',
    })
    const [error] = errors
    if (error?.code === 'DUPLICATE_KEY') {
      const name = /^[\w.-]*/.exec(text.slice(error.pos[0]))?.[0]
      throw this.#bad(error.pos[0], `${name}: it stands there twice; leave one`)
    }
    if (error) throw this.#bad(error.pos[0], `there is ${WORDS[error.code] ?? OTHERWISE}`)
    return contents === null ? { is: 'nothing' } : this.#tree(contents, 0)
  }

  #tree(node: Node, depth: number): Tree {
    if (node === null || node === undefined) return { is: 'nothing' }
    if (isAlias(node)) {
      throw this.#bad(node.range?.[0], 'an alias (*) is not taken; write the value out')
    }
    if (isSeq(node)) return { is: 'other', what: 'a list' }
    if (isScalar(node)) return this.#scalar(node)
    if (!isMap(node) || depth > DEPTH_MAX) return { is: 'other', what: 'nested too deeply' }
    return { is: 'section', entries: node.items.map((pair) => this.#entry(pair, depth + 1)) }
  }

  #entry({ key, value }: Pair, depth: number): Entry {
    if (!isScalar(key)) throw new BadSetting(`${this.#file}: a name is expected before each ":"`)
    const line = this.#lineAt(key.range?.[0])
    return { name: key.source ?? String(key.value), line, value: this.#tree(value, depth) }
  }

  /** As it was written: numbers too, or 0123 and 1.10 would be others than they were. */
  #scalar({ value, source, tag, range }: Scalar): Tree {
    if (tag !== undefined) {
      throw this.#bad(range?.[0], `a tag (!) is not taken; write the plain value`)
    }
    if (value === null) return { is: 'nothing' }
    return { is: 'text', text: typeof value === 'string' ? value : (source ?? '') }
  }

  #lineAt(offset = 0): number {
    return this.#lines.linePos(offset).line
  }

  #bad(offset: number | undefined, why: string): BadSetting {
    return new BadSetting(`${this.#file}:${this.#lineAt(offset)}: ${why}`)
  }
}

/** Brackets, or `- - -` in one line: far more than settings need, and few enough to be harmless. */
const NESTED_MAX = 16

const NESTING = new Set(['seq-item-ind', 'explicit-key-ind', 'map-value-ind'])

/** Looked at before it is parsed: the parser goes as deep as the text, until the stack ends. */
function isTooDeep(text: string): boolean {
  let [brackets, marks] = [0, 0]
  for (const lexeme of new Lexer().lex(text)) {
    const type = CST.tokenType(lexeme)
    if (type === 'newline') marks = 0
    if (type === 'flow-map-start' || type === 'flow-seq-start') brackets++
    if (type === 'flow-map-end' || type === 'flow-seq-end') brackets--
    if (brackets === 0 && NESTING.has(type ?? '')) marks++
    if (brackets > NESTED_MAX || marks > NESTED_MAX) return true
  }
  return false
}
