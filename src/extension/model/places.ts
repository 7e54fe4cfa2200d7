/** Lines and columns of a text that no editor has open. Pure. */

/** @returns a function from a UTF-16 offset to line and column, both from 0, as the editor counts them */
export function placesOf(text: string): (offset: number) => readonly [line: number, column: number] {
  const starts = [0, ...[...text.matchAll(/\r\n|\r|\n/g)].map((match) => match.index + match[0].length)]
  return (offset) => {
    const line = starts.findLastIndex((start) => start <= offset)
    return [line, offset - (starts[line] ?? 0)]
  }
}
