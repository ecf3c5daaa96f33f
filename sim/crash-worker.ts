/** One thread of the crash loop: all that begins with one death of one story. */
import { parentPort } from 'node:worker_threads'
import { after } from './crashes.ts'
import type { CrashJob } from './crashes.ts'

const port = parentPort!
port.on('message', (job: CrashJob) => {
  void after(job).then((found) => port.postMessage(found))
})
