import type { Broker, Limits, News, Reading, Traits } from '../src/brokers/broker.ts'
import type { HouseOptions } from './house.ts'
import { House } from './house.ts'

/** A broker with something changed about it, and a count of what it was asked. */
export class Wrapped implements Broker {
  readonly #inner: Broker
  readonly traits: Traits
  reads = 0
  readonly calls: string[] = []
  /** What the next readings are turned into. */
  twist: (reading: Reading) => Reading = (reading) => reading

  constructor(inner: Broker, traits: Partial<Traits> = {}) {
    this.#inner = inner
    this.traits = { ...inner.traits, ...traits }
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

type WrappedOptions = HouseOptions & { readonly limits?: Limits }

/** A house that is ready to trade, and the broker it trades with. */
export async function wrapped({ limits, ...options }: WrappedOptions = {}): Promise<{
  house: House
  broker: Wrapped
}> {
  let broker: Wrapped | undefined
  const wrap = (inner: Broker): Wrapped => (broker = new Wrapped(inner, limits && { limits }))
  const house = await House.open({ ...options, wrap })
  return { house, broker: broker! }
}
