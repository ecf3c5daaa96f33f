/** A stream of numbers that a seed determines: xorshift32, good enough for made-up markets. */
export class Random {
  #state: number

  constructor(seed: number) {
    // A seed of zero would stay zero, and small seeds would start alike.
    this.#state = (Math.imul(seed | 0, 0x9e3779b1) ^ 0x85ebca6b) | 0 || 1
    for (let round = 0; round < 8; round++) this.next()
  }

  /** Between 0 and 1, 1 excluded. */
  next(): number {
    let x = this.#state
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    this.#state = x
    return (x >>> 0) / 4_294_967_296
  }

  /** A whole number from `min` to `max`, both included. */
  integer(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1))
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }
}

/** Between 0 and 1; the same for the same two numbers, and so without a state. */
export function scramble(salt: number, n: number): number {
  let h = Math.imul(salt ^ (n | 0), 0x85ebca6b) ^ Math.imul(Math.floor(n / 2 ** 32), 0xc2b2ae35)
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d)
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39)
  return ((h ^ (h >>> 15)) >>> 0) / 4_294_967_296
}
