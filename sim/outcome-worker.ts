/** One thread of the comparison: one session under one policy after the other. */
import { parentPort } from 'node:worker_threads'
import type { Session } from './outcomes.ts'
import { session } from './outcomes.ts'

const port = parentPort!
port.on('message', (job: Session) => {
  void session(job).then((score) => port.postMessage(score))
})
