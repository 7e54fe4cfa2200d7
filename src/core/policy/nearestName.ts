/** Which of the known names somebody meant who wrote another one. */

/** More slips than that make another name. */
const MOST_SLIPS = 2
/** Letters per slip: a short name is soon another one. */
const LETTERS = 3

/** @param written in any case @returns undefined when none is near */
export function nearestName(written: string, known: Iterable<string>): string | undefined {
  const name = written.toUpperCase()
  let least = Math.min(MOST_SLIPS, Math.floor(name.length / LETTERS)) + 1
  let nearest: string | undefined
  for (const one of known) {
    // What differs more in length alone is not compared: whoever wrote the name may have written a whole page.
    const slips = Math.abs(one.length - name.length) < least ? slipsBetween(name, one) : least
    if (slips < least) [least, nearest] = [slips, one]
  }
  return nearest
}

/** Letters to put in, take out, change or swap with the next one (optimal string alignment). */
function slipsBetween(a: string, b: string): number {
  let above: readonly number[] = []
  let row: readonly number[] = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const isSwap = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      next.push(Math.min(at(row, j) + 1, at(next, j - 1) + 1, at(row, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1), isSwap ? at(above, j - 2) + 1 : Infinity))
    }
    ;[above, row] = [row, next]
  }
  return at(row, b.length)
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity
}
