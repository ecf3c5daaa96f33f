/** `npm run outcomes`: what different rules make of unanswered orders. docs/outcomes.md. */
import { parseArgs } from 'node:util'
import type { Score, Session } from './outcomes.ts'
import { POLICIES } from './outcomes.ts'
import type { Summed } from './outcome-page.ts'
import { addScore, facts, table, writePage } from './outcome-page.ts'
import { Progress } from './progress.ts'
import { spread } from './spread.ts'

const USAGE = `npm run outcomes -- [--sessions 300]    compares the rules, and prints the figures
npm run outcomes -- --write             writes them into docs/outcomes.md too`

const say = (line: string): void => void process.stdout.write(`${line}\n`)

/** Returns the exit code. */
export async function compare(args: string[]): Promise<number> {
  const options = optionsOf(args)
  if (typeof options === 'string') {
    say(`${options}\n\n${USAGE}`)
    return 2
  }
  const { sessions, write } = options
  const jobs: Session[] = []
  for (let seed = 1; seed <= sessions; seed++) {
    for (const policy of POLICIES) jobs.push({ policy, seed })
  }
  const sums = new Map<string, Summed>()
  const progress = new Progress(`0 of ${jobs.length} sessions …`)
  let done = 0
  const onResult = (score: Score): void => {
    addScore(sums, score)
    progress.tell(++done, jobs.length, () => 'sessions')
  }
  await spread<Session, Score>({ file: 'outcome-worker.js', jobs, onResult })
  progress.end()
  const lines = [...facts(), '', ...table(sums, sessions)]
  for (const line of lines) say(line)
  if (write) writePage(lines)
  return 0
}

function optionsOf(args: string[]): { sessions: number; write: boolean } | string {
  try {
    const { values } = parseArgs({
      args,
      options: {
        sessions: { type: 'string', default: '300' },
        write: { type: 'boolean', default: false },
      },
    })
    const { sessions, write } = values
    if (!/^[1-9]\d{0,5}$/.test(sessions)) return `--sessions "${sessions}" is no number from 1 on`
    return { sessions: Number(sessions), write }
  } catch (error) {
    return (error as Error).message
  }
}
