import type { Channel, Delivery, Sending } from '../channel.ts'
import { plainText } from '../dress.ts'

/** Says it where Tallyman runs. */
export class ConsoleChannel implements Channel {
  readonly #say: (text: string) => void

  constructor(say: (text: string) => void) {
    this.#say = say
  }

  readonly paceMs = (): number => 0

  send({ message }: Sending): Promise<Delivery> {
    this.#say(plainText(message))
    return Promise.resolve({ is: 'delivered' })
  }

  close(): void {}
}
