import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Document } from './api-reference.ts'
import { referenceOf } from './api-reference.ts'
import { Served } from './running.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
let served: Served

before(async () => {
  served = await Served.open()
})
after(() => served.running.stop())

test('health needs no key, and the OpenAPI document names every route', async () => {
  for (const path of ['/health', '/api/v1/health']) {
    const { status, body } = await served.call('GET', path)
    assert.deepEqual([status, body['status'], body['mode']], [200, 'ok', 'paper'])
  }
  const { body } = await served.call('GET', '/api/v1/openapi.json')
  assert.equal(body['openapi'], '3.1.0')
  const names = JSON.stringify(body).match(/#\/components\/schemas\/\w+/g) ?? []
  const { schemas } = body['components'] as { readonly schemas: object }
  const known = Object.keys(schemas).map((name) => `#/components/schemas/${name}`)
  assert.deepEqual([...new Set(names)].sort(), known.sort(), 'each is defined, and each is used')
  assert.match((await served.call('GET', '/docs')).text, /swagger/i)
})

test('docs/api.md is what the API says of itself', async () => {
  const file = join(root, 'docs', 'api.md')
  const { body } = await served.call('GET', '/api/v1/openapi.json')
  const [before = ''] = readFileSync(file, 'utf8').split('## Routes')
  const whole = before + referenceOf(body as unknown as Document)
  if (process.env['WRITE_DOCS']) writeFileSync(file, whole)
  assert.equal(readFileSync(file, 'utf8'), whole, 'run the tests with WRITE_DOCS=1')
})
