import assert from 'node:assert/strict'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Sources } from '../src/config.ts'
import { BadSetting, configFrom, readConfig, readSettings } from '../src/config.ts'
import { flag } from '../src/settings/given.ts'
import { KEYS, settingOf } from '../src/settings/schema.ts'
import { tempFolder } from './temp.ts'

const TOKEN = '123456:planted-secret-of-a-bot'

type Files = { readonly yaml?: string; readonly env?: string }

/** A working directory of its own, with these files in it. */
function folderWith({ yaml, env }: Files): string {
  const folder = tempFolder()
  if (yaml !== undefined) writeFileSync(join(folder, 'tallyman.yaml'), yaml, { mode: 0o600 })
  if (env !== undefined) writeFileSync(join(folder, '.env'), env, { mode: 0o600 })
  return folder
}

const read = (files: Files, rest: Partial<Sources> = {}) =>
  readSettings({ env: {}, folder: folderWith(files), ...rest })

/** What is said of settings that are wrong, without the folder. */
function complaint(files: Files, rest: Partial<Sources> = {}): string {
  const folder = folderWith(files)
  try {
    readSettings({ env: {}, folder, ...rest })
  } catch (error) {
    assert.ok(error instanceof BadSetting, String(error))
    assert.equal(error.message.includes('\n'), false, 'one line')
    return error.message.replaceAll(`${folder}/`, '')
  }
  throw new Error('nothing was said')
}

test('a flag beats the environment, that .env, that the file, and that the default', () => {
  const yaml = 'server:\n  port: 1\nsim:\n  seed: 1\nlog:\n  level: warn\npaper:\n  latency_ms: 1\n'
  const env = 'TALLYMAN_PORT=2\nTALLYMAN_SEED=2\nTALLYMAN_LOG=error\n'
  const folder = folderWith({ yaml, env })
  const { config, settings } = readSettings({
    env: { TALLYMAN_PORT: '3', TALLYMAN_SEED: '3' },
    flags: [flag('server.port', '--port', '4')],
    folder,
  })
  const { port, seed, log, paperLatencyMs, paperCash } = config
  assert.deepEqual([port, seed, log, paperLatencyMs, paperCash], [4, 3, 'error', 1, '1000000'])
  const from = new Map(settings.map((each) => [each.key, each.from.replace(`${folder}/`, '')]))
  assert.equal(from.get('server.port'), 'flag --port')
  assert.equal(from.get('sim.seed'), 'environment')
  assert.equal(from.get('log.level'), '.env:3')
  assert.equal(from.get('paper.latency_ms'), 'tallyman.yaml:8')
  assert.equal(from.get('paper.cash'), 'default')
})

test('what is empty counts as not given', () => {
  const yaml = 'server:\n  port:\n  host: ""\nsim:\nverifier: {}\n'
  const { config, settings } = read(
    { yaml, env: 'TALLYMAN_SEED=\n' },
    { env: { TALLYMAN_LOG: '' } },
  )
  assert.deepEqual(
    [config.port, config.host, config.seed, config.log],
    [7373, '127.0.0.1', 1, 'info'],
  )
  assert.deepEqual(
    settings.filter(({ isGiven }) => isGiven),
    [],
  )
})

test('nothing of .env gets into the environment of the process', () => {
  read({ env: 'TALLYMAN_PORT=2\nSOMEBODY_ELSES=1\n' })
  const { TALLYMAN_PORT: port, SOMEBODY_ELSES: other } = process.env
  assert.deepEqual([port, other], [undefined, undefined])
})

test('the file means what the environment means, setting by setting', () => {
  const samples: Readonly<Record<string, string>> = {
    'server.host': 'localhost',
    'server.data_folder': '/tmp/somewhere',
    'log.level': 'warn',
    'monitoring.strategy': 'poll',
    'matching.opens': 'join',
    'matching.givers': 'preexisting, manual, strategy',
    'breaks.rules': 'CNC difference below one lot=manual',
    'sim.moods': 'gaps=0.5',
    'paper.charges': 'none',
    'paper.faults': 'late=0.5',
    'telegram.bot_token': TOKEN,
    'telegram.chat_id': '-100123456',
    'telegram.api_root': 'http://127.0.0.1:8081',
    'mail.host': 'smtp.example.com',
    'mail.security': 'tls',
    'mail.from': 'desk@example.com',
    'mail.to': 'asha@example.com',
    'webhook.url': 'https://hooks.example.com/x',
    'webhook.secret': 'hush-hush',
    'webhook.shape': 'slack',
    'webhook.trusted_hosts': '10.0.0.5:8080,localhost:9000',
    'notifications.on': 'placed',
    'notifications.silent': 'executed, partial',
    'notifications.off': 'denied',
    'notifications.quiet_hours': '22:00-07:00',
    'notifications.zone': 'Europe/London',
    'heartbeat.daily_at': '08:45',
    'heartbeat.url': 'https://hc.example.com/x',
    'heartbeat.interval_seconds': '90',
    'eod_cleanup.target_time': '06:30',
    'eod_cleanup.stale': 'cancel',
    'kotak.environment': 'uat',
    'kotak.mobile_number': '+919876543210',
    'kotak.totp_secret': 'JBSWY3DPEHPK3PXP',
    'kotak.mpin': '0123',
  }
  for (const key of KEYS) {
    const { env, initial } = settingOf(key)
    const value = samples[key] ?? (initial === 'on' ? 'off' : '2')
    const text = settingOf(key).kind.whyNot(value) === undefined ? value : 'on'
    const [section, name] = key.split('.') as [string, string]
    const byFile = read({ yaml: `${section}:\n  ${name}: ${text}\n` })
    const byEnv = read({}, { env: { [env]: text } })
    assert.deepEqual(byFile.config, byEnv.config, key)
    assert.deepEqual(configFrom({ [section]: { [name]: text } }), byEnv.config, key)
    assert.equal(byFile.settings.find((each) => each.key === key)?.isGiven, true)
  }
})

test('a program hands settings in as the file has them, and no file or environment is read', () => {
  const config = configFrom({
    server: { port: 0, data_folder: '/tmp/x' },
    sim: { demo_strategy: false, moods: { gaps: 0.01 } },
    verifier: { enabled: false },
    trading: { capital_per_trade: 25_000n },
    retry: undefined,
  })
  assert.deepEqual([config.port, config.data, config.demoStrategy], [0, '/tmp/x', false])
  assert.deepEqual([config.sim.gaps, config.verifyMs], [0.01, undefined])
  assert.deepEqual(configFrom({}), readConfig({}))
  assert.throws(
    () => configFrom({ server: { prot: 1 } }),
    /server\.prot: .* did you mean server\.port\?/,
  )
  assert.throws(
    () => configFrom({ server: { port: Number.NaN } }),
    /server\.port: NaN: a whole number/,
  )
  assert.throws(() => configFrom({ server: { port: () => 1 } }), /server\.port: it is a function/)
  assert.throws(() => configFrom({ telegram: { bot_token_file: '/x' } }), /no such setting/)
  const endless: Record<string, unknown> = {}
  endless['server'] = { port: endless }
  assert.throws(() => configFrom(endless), /server\.port: it is a section/)
})

test('a wrong value is named with its place, its key and what is expected', () => {
  const yaml = '# mine\nverifier:\n  check_interval_seconds: often\n'
  assert.equal(
    complaint({ yaml }),
    'tallyman.yaml:3: verifier.check_interval_seconds: often: ' +
      'a whole number of seconds from 1 to 86400 is expected',
  )
  assert.match(
    complaint({ env: 'A=1\nTALLYMAN_PORT=http\n' }),
    /^\.env:2: TALLYMAN_PORT=http: a whole/,
  )
  const flags = [flag('server.port', '--port', 'http')]
  assert.match(complaint({}, { flags }), /^--port http: a whole number/)
  const beaten = { yaml: 'server:\n  port: x\n', env: 'TALLYMAN_PORT=1\n' }
  assert.match(complaint(beaten), /^tallyman\.yaml:2: server\.port: x:/, 'also where it is beaten')
  assert.match(complaint({ yaml: 'trading:\n  capital_per_trade: 1e5\n' }), /1e5: a plain decimal/)
  const long = complaint({ yaml: `server:\n  host: "${'x '.repeat(500)}\\e[31m"\n` })
  assert.ok(long.length < 200, long)
})

test('what is unknown is an error with what may have been meant', () => {
  const meant: readonly (readonly [string, string])[] = [
    ['server:\n  prot: 1\n', 'server.port'],
    ['port: 1\n', 'server.port'],
    ['verifer:\n  enabled: false\n', 'verifier'],
    ['verifier:\n  checkIntervalSeconds: 5\n', 'verifier.check_interval_seconds'],
    ['verifier:\n  interval_seconds: 5\n', 'monitoring.interval_seconds'],
    ['TALLYMAN_PORT: 1\n', 'server.port'],
    ['trading:\n  MAX_PORTFOLIO_SIZE: 5\n', 'trading.max_portfolio_size'],
  ]
  for (const [yaml, name] of meant) {
    assert.match(
      complaint({ yaml }),
      new RegExp(`there is no such setting; did you mean ${name}\\?`),
    )
  }
  assert.match(complaint({ yaml: 'colour: red\n' }), /^tallyman\.yaml:1: colour: .*; docs\/conf/)
  const env = { TALLYMAN_TELEGRAM_BOT_TOKEN: TOKEN }
  const told = complaint({}, { env })
  assert.match(told, /^TALLYMAN_TELEGRAM_BOT_TOKEN: .* did you mean TELEGRAM_BOT_TOKEN\?/)
  assert.equal(told.includes('planted'), false)
  read({}, { env: { HOME: '/', NODE_ENV: 'x', MAX_SOMETHING: '1' } }) // are others’
})

test('no complaint and no list repeats a secret', () => {
  const secrets = KEYS.filter((key) => settingOf(key).secret)
  assert.equal(secrets.length, 12)
  for (const key of secrets) {
    const [section, name] = key.split('.') as [string, string]
    const planted = 'planted\tsecret'
    const told = [
      complaint({ yaml: `${section}:\n  ${name}: "planted\\tsecret"\n` }),
      complaint({ yaml: `${section}:\n  ${name}: [planted, secret]\n` }),
      complaint({ yaml: `${section}:\n  ${name}: "planted secret\n` }),
      complaint({ yaml: `${section}:\n  ${name}: planted: secret\n` }),
      complaint({ yaml: `${section}: planted secret\n` }),
      complaint({}, { env: { [settingOf(key).env]: planted } }),
    ]
    assert.equal(told.join().includes('planted'), false, told.join())
  }
  const { settings, notices } = read({ yaml: `telegram:\n  bot_token: ${TOKEN}\n` })
  assert.equal(JSON.stringify([settings, notices]).includes('planted'), false)
  assert.equal(settings.find(({ key }) => key === 'telegram.bot_token')?.value, '[hidden]')
})

test('a secret may stand in a file of its own', () => {
  const folder = tempFolder()
  const file = join(folder, 'token')
  writeFileSync(file, `${TOKEN}\n`)
  const yaml = `telegram:\n  bot_token_file: ${file}\n`
  const { settings } = read({ yaml })
  assert.equal(settings.find(({ key }) => key === 'telegram.bot_token')?.value, '[hidden]')
  read({}, { env: { TELEGRAM_BOT_TOKEN_FILE: file } })
  assert.match(complaint({ yaml: `${yaml}  bot_token: ${TOKEN}\n` }), /it is given twice here/)
  writeFileSync(file, 'planted')
  assert.match(
    complaint({ yaml }),
    /^tallyman\.yaml:2: telegram\.bot_token_file: \/\S+: a token as/,
  )
  writeFileSync(file, '')
  assert.match(complaint({ yaml }), /the file is empty/)
  assert.match(
    complaint({}, { env: { KOTAK_MPIN_FILE: join(folder, 'x') } }),
    /there is no such file/,
  )
  assert.match(complaint({}, { env: { TALLYMAN_PORT_FILE: file } }), /there is no such setting/)
})

test('what is set for parts that are not built is told by name, once', () => {
  const yaml = 'kotak:\n  mpin: "0123"\nguards:\n  bid_ask_spread_max_percent: 5\n'
  const { notices } = read({ yaml })
  assert.deepEqual(
    notices.map(({ says }) => says),
    ['not used by this version: guards.bid_ask_spread_max_percent, kotak.mpin'],
  )
  const missed = read({ env: 'TELEGRAM_CHATID=5\n' }, { env: { KOTAK_ANYTHING_ELSE: '1' } }).notices
  assert.deepEqual(missed, [
    { says: 'TELEGRAM_CHATID is no setting', remedy: 'did you mean TELEGRAM_CHAT_ID?' },
  ])
})

const skip = process.getuid === undefined ? 'files have no such rights here' : false

test('files that others can read are warned of, where they hold what is secret', { skip }, () => {
  const warned = (files: Files): number => {
    const folder = folderWith(files)
    for (const name of Object.keys(files)) {
      chmodSync(join(folder, name === 'env' ? '.env' : 'tallyman.yaml'), 0o644)
    }
    const { notices } = readSettings({ env: {}, folder })
    return notices.filter(({ remedy }) => remedy.startsWith('chmod 600 ')).length
  }
  assert.equal(warned({ env: 'TALLYMAN_PORT=1\n' }), 1)
  assert.equal(warned({ yaml: 'server:\n  port: 1\n' }), 0)
  assert.equal(warned({ yaml: 'kotak:\n  mpin: "0123"\n' }), 1)
  assert.equal(read({ yaml: 'kotak:\n  mpin: "0123"\n', env: 'A=1\n' }).notices.length, 1)
})

test('a file with the wrong name is not passed over in silence', () => {
  const folder = tempFolder()
  writeFileSync(join(folder, 'tallyman.yml'), 'server:\n  port: 1\n')
  const [notice] = readSettings({ env: {}, folder }).notices
  assert.match(notice!.says, /tallyman\.yml is not read$/)
})

test('another file can be named, by flag or by environment, and must be there', () => {
  const folder = folderWith({ yaml: 'server:\n  port: 1\n' })
  const other = join(folder, 'other.yaml')
  writeFileSync(other, 'server:\n  port: 2\n')
  const port = (rest: Partial<Sources>): number => {
    return readSettings({ env: {}, folder, ...rest }).config.port
  }
  assert.equal(port({}), 1)
  assert.equal(port({ env: { TALLYMAN_CONFIG: other } }), 2)
  assert.equal(port({ file: other, env: { TALLYMAN_CONFIG: 'nowhere' } }), 2)
  writeFileSync(join(folder, '.env'), `TALLYMAN_CONFIG=${other}\n`)
  assert.equal(port({}), 2)
  assert.match(complaint({}, { file: 'nowhere' }), /^--config nowhere: there is no such file/)
  const env = { TALLYMAN_CONFIG: 'nowhere' }
  assert.match(complaint({}, { env }), /^TALLYMAN_CONFIG=nowhere: there is no such file/)
})
