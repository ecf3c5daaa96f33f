/** One thread of a batch: runs the seeds it is given, and says what came of each. */
import { parentPort } from 'node:worker_threads'
import type { Outcome } from './run.ts'
import { run } from './run.ts'

export type Job = { readonly seed: number; readonly days: number | undefined }

const port = parentPort!
port.on('message', (job: Job) => {
  void run(job).then((outcome: Outcome) => port.postMessage(outcome))
})
