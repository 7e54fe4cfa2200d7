/**
 * Names that a field goes by. Another field may only hold its value: `{"password":{"value":"…"}}`, `{"ssn":{"old":"…","new":"…"}}`, and as
 * databases, frames and XML write it in JSON (`{"pin":{"N":"…"}}`, `{"pin":{"0":4821}}`, `{"#text":"…"}`). And where words are run together, `atmPin` is `atm_Pin`.
 */
const HOLDS = /\.(?:val(?:ue)?|Val(?:ue)?|v|(?:new|old)(?:Value)?|plain(?:[tT]ext)?|raw|[#_]text|\$t|[SN]|\$number[A-Z][a-z]+|\d{1,6})$/
/** Between the name of a field and that of one in its text: what either of them says holds. */
export const WITHIN = '\0'
const HUMPS = /(?<=\p{Ll})(?=\p{Lu})/gu

let asked = ''
let forms: readonly string[] = []

/** @param key path of a field @returns the paths by which it is known. Many recognisers ask for the same one in turn */
export function formsOf(key: string): readonly string[] {
  if (key === asked) return forms
  asked = key
  const own = key.split(WITHIN).flatMap((name) => {
    const held = HOLDS.exec(name)
    return held === null ? [name] : [name, name.slice(0, held.index)]
  })
  return (forms = [...new Set([...own, ...own.map((one) => one.replace(HUMPS, '_'))])].filter((one) => one !== ''))
}
