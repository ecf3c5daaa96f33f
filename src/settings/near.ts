/** Names written by hand: the known one that somebody may have meant. */

const SEPARATORS = /[_\-. ]/g
const bare = (name: string): string => name.toLowerCase().replaceAll(SEPARATORS, '')
const lastOf = (name: string): string => name.slice(name.lastIndexOf('.') + 1)

/** A third of the letters may be wrong, and no more. */
const WRONG_PART = 3
/** Nobody mistypes a name as long as this. */
const LONGEST = 80

/** The nearest of `known`; undefined where none is near. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  if (name.length > LONGEST) return undefined
  let best: { readonly name: string; readonly wrong: number } | undefined
  for (const each of known) {
    const whole = wrongIn(bare(name), bare(each))
    // Under another section, or under none: half a letter worse than the same path.
    const wrong = Math.min(whole, wrongIn(bare(lastOf(name)), bare(lastOf(each))) + 0.5)
    if (wrong <= bare(lastOf(name)).length / WRONG_PART && wrong < (best?.wrong ?? Infinity)) {
      best = { name: each, wrong }
    }
  }
  return best?.name
}

/** Letters to put in, take out, change or swap with the next, to make one of the other. */
function wrongIn(a: string, b: string): number {
  let further: number[] = []
  let above = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let row = 1; row <= a.length; row++) {
    const line = [row]
    for (let column = 1; column <= b.length; column++) {
      const changed = above[column - 1]! + (a[row - 1] === b[column - 1] ? 0 : 1)
      const isSwapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      const swapped = row > 1 && column > 1 && isSwapped ? further[column - 2]! + 1 : Infinity
      line.push(Math.min(changed, swapped, above[column]! + 1, line[column - 1]! + 1))
    }
    further = above
    above = line
  }
  return above[b.length]!
}
