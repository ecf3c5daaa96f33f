import assert from 'node:assert/strict'
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { CLI_KEY, withVault } from '../src/folder.ts'
import { readConfig } from '../src/config.ts'
import { openSql } from '../src/store/sql.ts'
import type { Ended } from './spawned.ts'
import { Spawned, tallyman, tallymanBeside } from './spawned.ts'
import { tempFolder } from './temp.ts'

const RUBBISH = 'no database '.repeat(1_000)

/** One sentence that says all of it, and no stack. */
function says({ code, err }: Ended, expected: number, ...words: readonly RegExp[]): void {
  assert.deepEqual([code, err.trim().split('\n').length], [expected, 1], err)
  for (const word of words) assert.match(err, word)
}

/** A folder in which a desk has run, and as it left it. */
async function lived(signal: NodeJS.Signals = 'SIGTERM'): Promise<string> {
  const folder = tempFolder()
  const running = await Spawned.start(folder)
  await running.kill(signal)
  return folder
}

test('a file that is no database is named, with what to do about it', () => {
  const remedies: Readonly<Record<string, RegExp>> = {
    'journal.db': /restore it from a backup/,
    'venue.db': /move it away: then the paper account starts over/,
    'desk.lock': /delete it: nothing is kept in it/,
    'state.db': /move it away and make new keys/,
  }
  for (const [name, remedy] of Object.entries(remedies)) {
    const folder = tempFolder()
    writeFileSync(join(folder, name), RUBBISH)
    says(tallyman(folder, ['start']), 78, new RegExp(`/${name}: file is not a database; `), remedy)
  }
})

test('a data folder that is a file, or cannot be written, is said to be', () => {
  const file = join(tempFolder(), 'taken')
  writeFileSync(file, '')
  for (const args of [['start'], ['keys', 'create']]) {
    says(tallyman(file, args), 78, /TALLYMAN_DATA=.*taken: it is a file, not a folder; name a/)
  }
  const folder = tempFolder()
  mkdirSync(join(folder, 'state.db'))
  says(tallyman(folder, ['keys', 'create']), 78, /state\.db: it cannot be opened; give this user/)
})

test('looking at keys makes no folder', () => {
  const folder = join(tempFolder(), 'none')
  assert.equal(tallyman(folder, ['keys', 'list']).out, 'No keys.\n')
  says(tallyman(folder, ['keys', 'revoke', 'x']), 1, /no working key is named "x"; see/)
  assert.equal(existsSync(folder), false)
})

test('journal verify finds a damaged page, other fields, and what is no journal', async () => {
  const folder = await lived()
  const file = join(folder, 'journal.db')
  const verify = (): Ended => tallyman(folder, ['journal', 'verify'])
  assert.equal(verify().code, 0)
  const tamper = (sql: string): void => {
    const database = openSql(file)
    database.exec(sql)
    database.close()
  }
  tamper(`UPDATE layout SET fields = '["x"]' WHERE type = 'OrderSending'`)
  says(verify(), 1, /journal\.db: it was written with other fields of OrderSending: \["x"\]; /)
  says(tallyman(folder, ['start']), 78, /other fields of OrderSending/)
  tamper(`DELETE FROM layout WHERE type = 'OrderSending'`)
  assert.equal(verify().code, 0)
  damage(file, 'layout')
  says(verify(), 1, /journal\.db: .*restore it from a backup/)
  says(tallyman(folder, ['start']), 78, /journal\.db: .*malformed; restore it from a backup/)
  const { out } = tallyman(folder, ['journal', 'verify', '--json'])
  assert.equal((JSON.parse(out) as { sound: boolean }).sound, false)
  rmSync(file)
  tamper('CREATE TABLE other (x INTEGER)')
  says(verify(), 1, /journal\.db: no such table: layout; restore it from a backup/)
})

/** Overwrites the first page of a table with rubbish. */
function damage(file: string, table: string): void {
  const database = openSql(file)
  const { rootpage } = database
    .prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?')
    .get(table) as { rootpage: number }
  database.close()
  const descriptor = openSync(file, 'r+')
  writeSync(descriptor, Buffer.alloc(4_096, 0xff), 0, 4_096, (rootpage - 1) * 4_096)
  closeSync(descriptor)
}

test('a vault whose key file is gone or another stays shut, and the files are named', async () => {
  const folder = tempFolder()
  const running = await Spawned.start(folder)
  const keyFile = join(folder, 'vault.key')
  rmSync(keyFile)
  says(tallyman(folder, ['positions']), 78, /vault\.key: it is missing; restore the key file that/)
  assert.equal(existsSync(keyFile), false, 'a new key would open nothing')
  writeFileSync(keyFile, 'ab'.repeat(32))
  says(tallyman(folder, ['positions']), 78, /vault\.key: it does not open the secret "cli" in /)
  writeFileSync(keyFile, 'x')
  says(tallyman(folder, ['positions']), 78, /vault\.key: it holds no key; restore/)
  await running.kill('SIGTERM')
})

test('the command line’s own key, once revoked, is made again by a restart', async () => {
  const folder = tempFolder()
  const first = await Spawned.start(folder)
  const revoked = tallyman(folder, ['keys', 'revoke', CLI_KEY])
  assert.match(revoked.out, /^Revoked cli\. .*restart the desk: it makes a new one\.\n$/)
  says(tallyman(folder, ['positions']), 1, /key was revoked; restart the desk: it makes a new one/)
  await first.kill('SIGTERM')
  const second = await Spawned.start(folder)
  assert.equal(tallyman(folder, ['positions']).code, 0)
  await second.kill('SIGTERM')
})

test('a server.json of rubbish is one sentence', () => {
  const folder = tempFolder()
  for (const text of ['', '{', 'null', '{"url":1}', '{"url":"http://127.0.0.1:1"}']) {
    writeFileSync(join(folder, 'server.json'), text)
    says(tallyman(folder, ['positions']), 78, /server\.json: it is damaged; restart the desk/)
  }
})

test('the key goes to nobody but the desk that wrote server.json', async () => {
  const folder = tempFolder()
  const heard: string[] = []
  const stranger = createServer((request, response) => {
    heard.push(JSON.stringify(request.headers))
    // What it may have heard from the real desk while that was running.
    response.setHeader('x-tallyman-answer', 'f'.repeat(64)).end('{}')
  })
  await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve))
  const { port } = stranger.address() as AddressInfo
  const config = readConfig({ TALLYMAN_DATA: folder })
  withVault(config, (vault) => vault.put(CLI_KEY, 'tm_secret'))
  const server = { url: `http://127.0.0.1:${port}`, pid: process.pid, secret: 'only in this file' }
  writeFileSync(join(folder, 'server.json'), JSON.stringify(server))
  const ended = await tallymanBeside(folder, ['positions'])
  says(ended, 75, /no desk is running .*\(another program answers at http/)
  assert.ok(heard.length > 0)
  assert.equal(/tm_secret|only in this file/.test(heard.join()), false, heard.join())
  stranger.close()
})

test('a desk that was killed leaves no doubt about who answers', async () => {
  const folder = await lived('SIGKILL')
  assert.ok(existsSync(join(folder, 'server.json')))
  says(tallyman(folder, ['positions']), 75, /no desk is running/)
})

test('a .env that cannot be read is one sentence', () => {
  const folder = tempFolder()
  mkdirSync(join(folder, '.env'))
  says(tallyman(folder, ['keys', 'list'], {}, folder), 78, /^tallyman: \.env: it cannot be read/)
})

const isRoot = process.getuid?.() === 0
const skip = isRoot ? 'root may read everything' : false
test('a folder of somebody else is said to be unreadable, not empty', { skip }, async () => {
  const folder = await lived()
  chmodSync(folder, 0o000)
  for (const args of [['positions'], ['keys', 'list'], ['journal', 'verify']]) {
    says(tallyman(folder, args), 78, /it cannot be read \(EACCES\); run this as the user who owns/)
  }
  chmodSync(folder, 0o700)
})
