/** How the ways that `shapes.ts` finds are written down, and asked of a text. */

/**
 * The ways in which a pattern can match in the texts of an outline, one after the other in a row of numbers, so that they lie side by side: where the match
 * begins and ends, where its value does (equal where it has none), the number of its open questions, and for each of these its place and a bit for each
 * character that may stand there. An outline shows digits or letters as one, and no two of those have the same last five bits.
 */
export type Shapes = readonly number[]

/** Places of these in a shape. */
export const INDEX = 0
export const END = 1
export const FROM = 2
export const TO = 3
const QUESTIONS = 4
const HEAD = 5

/**
 * The first way, of those from `shape` on, in which a text of the outline is matched at a place or behind it. Its number is the place of its head.
 * @param text as codes @returns the length of `shapes` when there is none
 */
export function firstShape(shapes: Shapes, shape: number, at: number, text: Uint16Array): number {
  let head = shape
  while (head < shapes.length && !((shapes[head] ?? 0) >= at && isOfShape(shapes, head, text))) head = behind(shapes, head)
  return head
}

/** The one that follows. */
export function behind(shapes: Shapes, shape: number): number {
  return shape + HEAD + 2 * (shapes[shape + QUESTIONS] ?? 0)
}

function isOfShape(shapes: Shapes, shape: number, text: Uint16Array): boolean {
  const end = behind(shapes, shape)
  for (let i = shape + HEAD; i < end; i += 2) if ((((shapes[i + 1] ?? 0) >>> (text[shapes[i] ?? 0] ?? 0)) & 1) === 0) return false
  return true
}
