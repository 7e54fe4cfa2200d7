/**
 * The field that a value belongs to where another one only holds it: `{"password":{"value":"…"}}`, `{"ssn":{"old":"…","new":"…"}}`,
 * and as databases and XML write it in JSON (`{"pin":{"N":"…"}}`, `{"#text":"…"}`).
 */
const HOLDS = /\.(?:val(?:ue)?|Val(?:ue)?|v|(?:new|old)(?:Value)?|plain(?:[tT]ext)?|raw|[#_]text|\$t|[SN]|\$number[A-Z][a-z]+)$/

let asked = ''
let answer = ''

/** @param key path of a field @returns path of the field whose value it holds, empty when it is that of a field of its own. Many recognisers ask for the same one in turn */
export function holderOf(key: string): string {
  if (key !== asked) {
    asked = key
    const held = HOLDS.exec(key)
    answer = held === null ? '' : key.slice(0, held.index)
  }
  return answer
}
