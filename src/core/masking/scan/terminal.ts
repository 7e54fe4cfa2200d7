/** What colours a text in a terminal: `ESC [ 31 m`. It is shown nowhere, and stands right before and behind what it colours. */

const OPEN = 91
/** More are in none that a terminal knows. */
const LONGEST = 18

/** @param at behind the escape character @returns length of what follows it, 0 where that is no such sequence, -1 where the text ends within it */
export function sequenceLength(text: string, at: number, end: number): number {
  if (at >= end) return -1
  if (text.charCodeAt(at) !== OPEN) return 0
  for (let i = at + 1; i < at + LONGEST; i++) {
    if (i >= end) return -1
    const code = text.charCodeAt(i)
    if ((code >= 65 && code <= 90) || (code >= 97 && code <= 122)) return i + 1 - at
    // Digits, semicolons and question marks.
    if (code < 48 || code > 63) return 0
  }
  return 0
}
