/**
 * Whether a text of which nobody says what it is begins as JSON source: told by its first marks, so that the answer is the
 * same however the text arrives. `[2001:db8::1]` begins like a list of numbers, so after a number its end is waited for.
 * @returns undefined while it is too short to say
 */
export function looksLikeJson(head: string): boolean | undefined {
  const marks = head.replace(/\s+/g, '')
  const [first = '', second = ''] = marks
  if (first === '') return undefined
  if (first !== '{' && first !== '[') return false
  if (second === '') return undefined
  if (first === '{') return second === '"' || second === '}'
  if (!/\d/.test(second)) return /["{[\]]/.test(second)
  const after = /^\[\d[\d.eE+-]{0,40}([^\d.eE+-])/.exec(marks)?.[1]
  if (after === undefined) return marks.length > 42 ? false : undefined
  return after === ',' || after === ']'
}
