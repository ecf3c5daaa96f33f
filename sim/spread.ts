import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'

export type Spread<Job, Result> = {
  /** A compiled module beside this one, which answers each message with one. */
  readonly file: string
  readonly jobs: Iterable<Job>
  readonly onResult: (result: Result, job: Job) => void
}

/** Does the jobs on all processors; which of them does which job makes no difference. */
export async function spread<Job, Result>(work: Spread<Job, Result>): Promise<void> {
  const { file, jobs, onResult } = work
  const left = jobs[Symbol.iterator]()
  const url = new URL(`./${file}`, import.meta.url)
  const one = async (): Promise<void> => {
    let job = left.next()
    if (job.done) return
    const worker = new Worker(url)
    await new Promise<void>((resolve, reject) => {
      worker.on('error', reject)
      worker.on('message', (result: Result) => {
        onResult(result, job.value as Job)
        job = left.next()
        if (job.done) resolve()
        else worker.postMessage(job.value)
      })
      worker.postMessage(job.value)
    })
    await worker.terminate()
  }
  await Promise.all(Array.from({ length: availableParallelism() }, one))
}
