import type { Broker, Limits, News, Reading, Traits } from '../src/brokers/broker.ts'

/** A broker with something changed about it, and a count of what it was asked. */
export class Wrapped implements Broker {
  readonly #inner: Broker
  readonly traits: Traits
  reads = 0
  readonly calls: string[] = []
  /** What the next readings are turned into. */
  twist: (reading: Reading) => Reading = (reading) => reading

  constructor(inner: Broker, limits?: Limits) {
    this.#inner = inner
    this.traits = limits ? { ...inner.traits, limits } : inner.traits
  }

  start(tell: (news: News) => void): Promise<void> {
    return this.#inner.start(tell)
  }

  place: Broker['place'] = (order) => {
    this.calls.push(`place ${order.orderId}`)
    return this.#inner.place(order)
  }

  amend: Broker['amend'] = (order) => {
    this.calls.push(`amend ${order.orderId}`)
    return this.#inner.amend(order)
  }

  cancel: Broker['cancel'] = (order) => {
    this.calls.push(`cancel ${order.orderId}`)
    return this.#inner.cancel(order)
  }

  async read(): Promise<Reading> {
    this.reads++
    return this.twist(await this.#inner.read())
  }

  probe: Broker['probe'] = () => this.#inner.probe()
  stop: Broker['stop'] = () => this.#inner.stop()
}
