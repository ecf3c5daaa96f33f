import assert from 'node:assert/strict'
import { test } from 'node:test'
import { House } from './house.ts'

test('a text that is no order’s id belongs to no account', async () => {
  const house = await House.open()
  for (const text of ['paperx', 'x', '']) assert.equal((await house.cancel(text)).is, 'noAccount')
})
