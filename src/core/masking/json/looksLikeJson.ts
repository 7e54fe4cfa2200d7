/**
 * Whether a text of which nobody says what it is begins as JSON source: told by its first two marks, so that the answer is the
 * same however the text arrives.
 * @returns undefined while it is too short to say
 */
export function looksLikeJson(head: string): boolean | undefined {
  const [first = '', second = ''] = head.replace(/\s+/g, '')
  if (first === '') return undefined
  if (first !== '{' && first !== '[') return false
  if (second === '') return undefined
  return first === '{' ? second === '"' || second === '}' : /["{[\d\]-]/.test(second) && second !== '-'
}
