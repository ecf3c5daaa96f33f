/** A process that can die at any point where it speaks to the outside. */
import type { Broker } from '../src/brokers/broker.ts'
import type { Answer } from '../src/core/input.ts'
import type { Clock } from '../src/desk/clock.ts'
import type { Journal } from '../src/store/journal.ts'

/** A process that can die: from then on it hears nothing, writes nothing and is not answered. */
export class Life {
  dead = false
  readonly #counter: Counter

  constructor(counter: Counter) {
    this.#counter = counter
  }

  /** A point at which the process may die. */
  pass(where: string): void {
    if (this.dead) throw new Error('dead')
    if (this.#counter.next(where)) {
      this.dead = true
      throw new Error('dead')
    }
  }
}

export class Counter {
  #left: number
  readonly passed: string[] = []

  constructor(dieAt: number) {
    this.#left = dieAt
  }

  next(where: string): boolean {
    this.passed.push(where)
    return --this.#left === 0
  }
}

const never = <T>(): Promise<T> => new Promise(() => {})

export function mortalJournal(inner: Journal, life: Life): Journal {
  return {
    head: () => inner.head(),
    read: (after) => inner.read(after),
    walk: (from, rows) => inner.walk(from, rows),
    snapshots: (version) => inner.snapshots(version),
    save: (snapshots, version) => inner.save(snapshots, version),
    rest: () => {},
    close: () => {},
    append: async (batch) => {
      try {
        life.pass(`before row ${batch.n}`)
        await inner.append(batch)
        life.pass(`after row ${batch.n}`)
      } catch {
        return never()
      }
    },
  }
}

export function mortalBroker(inner: Broker, life: Life): Broker {
  const call = async (name: string, run: () => Promise<Answer>): Promise<Answer> => {
    try {
      life.pass(`before ${name}`)
      const answer = await run()
      life.pass(`after ${name}`)
      return answer
    } catch {
      return never()
    }
  }
  return {
    traits: inner.traits,
    start: (tell) =>
      inner.start((news) => {
        if (!life.dead) tell(news)
      }),
    probe: () => inner.probe(),
    place: (order) => call(`place ${order.orderId}`, () => inner.place(order)),
    amend: (order) => call(`amend ${order.orderId}`, () => inner.amend(order)),
    cancel: (order) => call(`cancel ${order.orderId}`, () => inner.cancel(order)),
    read: async () => {
      const reading = await inner.read()
      return life.dead ? never() : reading
    },
    stop: () => inner.stop(),
  }
}

export const mortalClock = (inner: Clock, life: Life): Clock => ({
  now: () => inner.now(),
  steady: () => inner.steady(),
  at: (due, run) => inner.at(due, () => (life.dead ? undefined : run())),
  soon: (run) => inner.soon(() => (life.dead ? undefined : run())),
  next: (run) => inner.next(() => (life.dead ? undefined : run())),
})
