import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const root = join(import.meta.dirname, '..', '..')
const folder = join(root, 'test', 'scenarios')

/** `edges: An order …`, as the table names it. */
const stories = readdirSync(folder).flatMap((file) =>
  [...readFileSync(join(folder, file), 'utf8').matchAll(/^== (.*)$/gm)].map(
    ([, title]) => `${file.replace('.txt', '')}: ${title}`,
  ),
)
const [, table = ''] = readFileSync(join(root, 'docs', 'ownership.md'), 'utf8').split(
  '## What can part two books',
)
const named = [...table.matchAll(/\| ([a-z]+: [^|]*) \|$/gm)].map(([, story]) => story!)

test('every row of what can part two books names a story that is told', () => {
  assert.ok(named.length >= 35, `${named.length} rows`)
  for (const story of named) assert.ok(stories.includes(story), `no story is called "${story}"`)
})

test('no story of that kind is missing in the table', () => {
  const edges = stories.filter((story) => story.startsWith('edges: '))
  assert.deepEqual(
    edges.filter((story) => !named.includes(story)),
    [],
  )
})
