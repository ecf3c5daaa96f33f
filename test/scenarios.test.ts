import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { scenario, stories } from './scenario.ts'

const folder = new URL('../../test/scenarios/', import.meta.url)

for (const file of readdirSync(folder)) {
  for (const { title, story } of stories(readFileSync(new URL(file, folder), 'utf8'))) {
    test(`${file}: ${title}`, () => scenario(story))
  }
}
