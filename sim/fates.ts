import { Random, scramble } from '../src/market/random.ts'
import type { Family } from './families.ts'
import { FAMILIES, FAMILY_NAMES } from './families.ts'

/** `answer-lost#3`: the third time that it could have struck. */
export type FaultId = `${Family}#${number}`

/** A run knows each family with this chance, so that no two runs are bad in the same way. */
const KNOWN = 0.55

/** One stream for each name, each by itself: what one part draws never moves another. */
export const stream = (seed: number, name: string): Random => new Random(saltOf(seed, name))

function saltOf(seed: number, name: string): number {
  let salt = Math.imul(seed ^ 0x51ed270b, 0x9e3779b1)
  for (let index = 0; index < name.length; index++) {
    salt = Math.imul(salt ^ name.charCodeAt(index), 0x01000193)
  }
  return salt | 0
}

/**
 * What goes wrong in a run. Each lot depends on the seed, the family and how often it was drawn,
 * and on nothing else: taking one fault out of a run leaves the others as they were, as far as the
 * run still comes to them.
 */
export class Fates {
  readonly #seed: number
  /** Only these strike; undefined: all that are drawn. */
  readonly #only: ReadonlySet<string> | undefined
  readonly #chances = new Map<Family, { readonly chance: number; readonly salt: number }>()
  readonly #drawn = new Map<Family, number>()
  readonly struck = new Map<Family, number>()
  /** In order. */
  readonly ids: FaultId[] = []
  #healed = false
  /** Families that strike the next time they can, whatever the lots say. */
  readonly #arranged = new Set<Family>()
  /** While it is, nothing goes wrong: between the hours of trade there would be nothing to see. */
  isResting = false
  /** Hears of each fault as it strikes. */
  onStrike: (id: FaultId) => void = () => {}

  constructor(seed: number, only?: readonly string[]) {
    this.#seed = seed
    this.#only = only && new Set(only)
    for (const name of FAMILY_NAMES) {
      const draw = stream(seed, `family ${name}`)
      const known = draw.chance(KNOWN)
      // Mostly rare, sometimes as bad as it may be.
      const chance = known ? FAMILIES[name].most * draw.next() ** 2 : 0
      this.#chances.set(name, { chance, salt: saltOf(seed, name) })
    }
  }

  /** Whether it strikes this time; what it draws further is its own. */
  strike(family: Family): Random | undefined {
    const { chance, salt } = this.#chances.get(family)!
    if (!this.#healed && this.#arranged.delete(family)) return stream(this.#seed, family)
    if (chance === 0 || this.#healed || this.isResting) return undefined
    const n = (this.#drawn.get(family) ?? 0) + 1
    this.#drawn.set(family, n)
    if (scramble(salt, n) >= chance) return undefined
    const id: FaultId = `${family}#${n}`
    if (this.#only && !this.#only.has(id)) return undefined
    this.struck.set(family, (this.struck.get(family) ?? 0) + 1)
    this.ids.push(id)
    this.onStrike(id)
    return stream(this.#seed, id)
  }

  /** It strikes the next time it can: for a story that is told with its trouble. */
  arrange(family: Family): void {
    this.#arranged.add(family)
  }

  knows(family: Family): boolean {
    return this.#chances.get(family)!.chance > 0
  }

  /** From now on nothing goes wrong any more. */
  heal(): void {
    this.#healed = true
  }
}
