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
