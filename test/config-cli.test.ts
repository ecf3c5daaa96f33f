import assert from 'node:assert/strict'
import { chmodSync, readFileSync, writeFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { KEYS } from '../src/settings/schema.ts'
import { Spawned, tallyman } from './spawned.ts'
import { tempFolder } from './temp.ts'

const TOKEN = '123456:planted-secret-of-a-bot'

test('tallyman config shows settings with their origin, and takes --config anywhere', () => {
  const folder = tempFolder()
  const file = join(folder, 'tallyman.yaml')
  writeFileSync(file, `sim:\n  seed: 7\nkotak:\n  consumer_secret: ${TOKEN}\n`)
  const shown = tallyman(folder, ['config', '--given'], {}, folder)
  assert.match(shown.out, /^sim\.seed +7 +tallyman\.yaml:2$/m)
  assert.match(shown.out, /^server\.data_folder +.* environment$/m)
  assert.match(shown.out, /^not used by this version: kotak\.consumer_secret; /m)
  for (const args of [
    ['--config', file, 'config', '--json'],
    ['config', '--json', '--config', file],
  ]) {
    const { out } = tallyman(folder, args)
    const { settings } = JSON.parse(out) as { settings: Record<string, unknown>[] }
    assert.equal(settings.length, KEYS.length)
    const seed = settings.find(({ key }) => key === 'sim.seed')
    const { value, from, given, used } = seed!
    assert.deepEqual([value, from, given, used], ['7', `${file}:2`, true, true])
    assert.equal(out.includes('planted'), false)
  }
  const wrong = tallyman(folder, ['start', '--port', 'http'])
  assert.deepEqual(
    [wrong.code, wrong.err],
    [2, 'tallyman: --port http: a whole number from 0 to 65535 is expected\n'],
  )
  const bad = tallyman(folder, ['positions'], { TALLYMAN_CONFIG: '/nowhere' })
  assert.equal(bad.code, 78)
})

test('the start says once what is open to others and what is not used, and no secret', async () => {
  const folder = tempFolder()
  const file = join(folder, 'desk.yaml')
  writeFileSync(file, `kotak:\n  consumer_secret: ${TOKEN}\nmonitoring:\n  strategy: poll\n`)
  chmodSync(file, 0o640)
  const running = await Spawned.start(folder, { TALLYMAN_CONFIG: file, TALLYMAN_LOG: 'debug' })
  const { code, out, err } = await running.kill('SIGTERM')
  assert.equal(code, 0)
  assert.deepEqual(err.trimEnd().split('\n'), [
    `tallyman: ${file} can be read by others, and with it what is secret; chmod 600 ${file}`,
    'tallyman: not used by this version: kotak.consumer_secret; ' +
      'docs/configuration.md says what they wait for',
  ])
  const [day] = readdirSync(join(folder, 'logs'))
  const logged = readFileSync(join(folder, 'logs', day!), 'utf8')
  assert.equal(/planted/.test(out + err + logged), false)
})
