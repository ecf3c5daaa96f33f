/**
 * Makes a clone ready to run: installs what is missing, checks that SQLite loads, compiles.
 * Plain JavaScript with nothing but Node, since it runs before anything is installed.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))
const CANNOT_START = 78
const NODE_MIN = [20, 19]
const LOCK_STALE_MS = 15 * 60_000

/** One sentence, and the exit code for "cannot start". */
export function give(sentence) {
  process.stderr.write(`tallyman: ${sentence}\n`)
  process.exit(CANNOT_START)
}

export async function setUp() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major < NODE_MIN[0] || (major === NODE_MIN[0] && minor < NODE_MIN[1])) {
    give(`Node ${NODE_MIN.join('.')} or newer is needed, this is ${process.versions.node}`)
  }
  const release = await takeLock()
  try {
    install()
    await checkSqlite()
    compile()
  } finally {
    release()
  }
}

/** Two commands started at once must not install or compile into each other. */
async function takeLock() {
  const lock = join(root, 'node_modules', '.tallyman-setup')
  mkdirSync(dirname(lock), { recursive: true })
  for (;;) {
    try {
      mkdirSync(lock)
      writeFileSync(join(lock, 'pid'), String(process.pid))
      return () => rmSync(lock, { recursive: true, force: true })
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
      if (isStale(lock)) rmSync(lock, { recursive: true, force: true })
      else await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }
}

function isStale(lock) {
  try {
    const owner = Number(readFileSync(join(lock, 'pid'), 'utf8'))
    if (Date.now() - statSync(lock).mtimeMs > LOCK_STALE_MS) return true
    process.kill(owner, 0)
    return false
  } catch (error) {
    return error.code === 'ESRCH'
  }
}

function install() {
  if (isInstalled()) return
  process.stderr.write('tallyman: installing what is missing, once (about a minute)\n')
  const npm = process.env.npm_execpath
  const [command, first] = npm ? [process.execPath, [npm]] : ['npm', []]
  const { status } = spawnSync(command, [...first, 'ci', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: !npm && process.platform === 'win32',
  })
  if (status !== 0) give('"npm ci" failed: see above; the registry must be reachable once')
}

/** What is installed is what the lock file asks for. npm writes the second file last. */
function isInstalled() {
  const installed = readLock(join(root, 'node_modules', '.package-lock.json'))
  const wanted = readLock(join(root, 'package-lock.json'))
  if (!installed || !wanted) return false
  const inClone = existsSync(join(root, 'src'))
  return Object.entries(wanted).every(([path, { version, optional, dev, devOptional }]) => {
    if (path === '' || optional || devOptional || (dev && !inClone)) return true
    return installed[path]?.version === version
  })
}

function readLock(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : undefined
}

/** npm succeeds with better-sqlite3 silently absent where it can be neither fetched nor compiled. */
async function checkSqlite() {
  try {
    const Database = createRequire(join(root, 'package.json'))('better-sqlite3')
    new Database(':memory:').close()
    return
  } catch (error) {
    const hasBuiltIn = await import('node:sqlite').then(
      () => true,
      () => false,
    )
    if (hasBuiltIn) return
    give(
      `no SQLite driver loads (${String(error.message).split('\n')[0]}): ` +
        'use Node 24, which has one built in, or install a C++ compiler and run "npm ci" again',
    )
  }
}

/** An installed package brings its dist along and has no compiler; a clone has both. */
function compile() {
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  if (!existsSync(compiler)) {
    if (existsSync(join(root, 'dist', 'src', 'main.js'))) return
    give('nothing is compiled, and the compiler is not installed: run "npm ci"')
  }
  const { status } = spawnSync(process.execPath, [compiler, '-b'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  })
  if (status !== 0) give('the sources do not compile: see above')
}
