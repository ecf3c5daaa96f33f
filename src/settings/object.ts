import type { Tree } from './tree.ts'
import { DEPTH_MAX } from './tree.ts'

/** What a program hands in: sections of values, as the file has them. */
export function treeOf(value: unknown, depth = 0): Tree {
  switch (typeof value) {
    case 'string':
      return { is: 'text', text: value }
    case 'number':
    case 'bigint':
    case 'boolean':
      return { is: 'text', text: String(value) }
    case 'undefined':
      return { is: 'nothing' }
    case 'object':
      return value === null ? { is: 'nothing' } : sectionOf(value, depth)
    default:
      return { is: 'other', what: `a ${typeof value}` }
  }
}

function sectionOf(value: object, depth: number): Tree {
  if (Array.isArray(value)) return { is: 'other', what: 'a list' }
  if (depth > DEPTH_MAX) return { is: 'other', what: 'nested too deeply' }
  const entries = Object.entries(value).map(([name, each]) => {
    return { name, line: undefined, value: treeOf(each, depth + 1) }
  })
  return { is: 'section', entries }
}
