/** Values put into every string, number, name and list of a JSON body, one at a time. The ways only grow. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

export const EMAIL = 'mira.castellanos@northfield.example'
export const CARD = 4111111111111111
/** Told by the name of its member alone. */
const PASSWORD = 'hunter2-x9Q'
const PIN = 730195
/** A number of nine characters, as some identifiers have them. */
const NATIONAL = '12345678Z'
/** Any of them. */
export const VALUE = /castellanos|4111111111111111|hunter2|12345678Z|730195/

const INSTEAD: readonly (readonly [string, Json])[] = [
  ['an address', EMAIL],
  ['a sentence', `Mail ${EMAIL} now`],
  ['a card number', CARD],
  ['a card number as text', String(CARD)],
  ['a list of one', [EMAIL]],
  ['a list of card numbers', [CARD]],
  ['a list in a list', [[EMAIL]]],
  ['an unknown member', { x: EMAIL }],
  ['a member name', { [EMAIL]: 1 }],
  ['an identifier', { id: EMAIL }],
  ['a type', { type: EMAIL }],
  ['a signature', { signature: EMAIL }],
  ['a password', { password: PASSWORD }],
  ['a password of digits', { password: PIN }],
  ['passwords of digits', { a: { password: [PIN, PIN] } }],
  ['passwords', { password: [PASSWORD] }],
  ['a password further down', { a: [{ b: { password: PASSWORD } }] }],
  ['a number of a person under an identifier', { customer_id: NATIONAL }],
  ['a name with a card number in it', { [`card_${CARD}`]: 'x' }],
  ['an address of data', `data:text/plain,${EMAIL}`],
]
const BESIDE: readonly (readonly [string, Json])[] = [
  ['true', true],
  ['null', null],
  ['a number', 1],
  ['a text', 'x'],
  ['an empty object', {}],
  ['an empty list', []],
]

function pathsOf(node: Json, at: readonly string[] = []): string[][] {
  return [[...at], ...(typeof node === 'object' && node !== null ? Object.entries(node).flatMap(([key, below]) => pathsOf(below, [...at, key])) : [])]
}

function at(root: Json, steps: readonly string[]): Record<string, Json> {
  return steps.reduce<Json>((node, step) => (node as Record<string, Json>)[step] ?? null, root) as Record<string, Json>
}

function changed(root: Json, steps: readonly string[], key: string, value: Json): Json {
  const copy = structuredClone(root)
  at(copy, steps)[key] = value
  return copy
}

/** The body once for each way of putting a value into it, with what was done. */
export function* smuggled(body: Json): Generator<readonly [string, Json]> {
  for (const steps of pathsOf(body)) {
    const name = `/${steps.join('/')}`
    const last = steps.at(-1)
    if (last !== undefined) for (const [how, value] of INSTEAD) yield [`${how} in place of ${name}`, changed(body, steps.slice(0, -1), last, value)]
    const node: unknown = at(body, steps)
    if (typeof node !== 'object' || node === null || Array.isArray(node)) continue
    for (const [how, value] of BESIDE) yield [`${how} under an address as name in ${name}`, changed(body, steps, EMAIL, value)]
    yield [`a card number in an unknown member of ${name}`, changed(body, steps, 'zzz', CARD)]
  }
}
