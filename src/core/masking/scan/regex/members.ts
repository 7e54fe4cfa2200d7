/**
 * Which ASCII characters a set, an escape or a single character of a pattern matches. Read off its source where that is plain, because
 * asking an expression for each of 128 characters is what making the recognisers ready would mostly consist of.
 */

export interface Members {
  /** One byte for each ASCII character: 1 when it matches. */
  readonly ascii: Uint8Array
  /** Some character beyond ASCII may match. */
  readonly isBeyond: boolean
}

const BEYOND = ['\u00e9', '\u00df', '\u00c4', '\u044f', '\u042f', '\u03c9', '\u4e2d', '\u304b', '\ud55c', '\uff0e', '\u20ac', '\u00b7', '\u00a0']
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f', v: '\v', d: '0-9', w: '0-9A-Z_a-z' }
const known = new Map<string, Members>()

/** @param source as it stands in the pattern @param flags without g, y and d */
export function membersOf(source: string, flags: string): Members {
  const name = `${flags}/${source}`
  let members = known.get(name)
  if (!members) known.set(name, (members = flags === '' || flags === 'i' ? (read(source, flags) ?? ask(source, flags)) : ask(source, flags)))
  return members
}

function ask(source: string, flags: string): Members {
  const own = new RegExp(`^(?:${source})$`, flags)
  const ascii = new Uint8Array(128)
  for (let code = 0; code < 128; code++) if (own.test(String.fromCharCode(code))) ascii[code] = 1
  return { ascii, isBeyond: /[^\0-\x7f]|\\u|\\p/i.test(source) || BEYOND.some((char) => own.test(char)) }
}

/** Any character, characters beyond ASCII, classes other than those of digits and words. */
const NOT_PLAIN = /^\.$|[^\0-\x7f]|\\[^nrtfvdw\W_]/

/** @returns undefined where the source is not as plain as that */
function read(source: string, flags: string): Members | undefined {
  const isSet = source.startsWith('[')
  if (NOT_PLAIN.test(source) || (!isSet && source.length > 1 && !source.startsWith('\\'))) return undefined
  const isNegated = isSet && source.charAt(1) === '^'
  const ascii = new Uint8Array(128)
  if (!fill(isSet ? source.slice(isNegated ? 2 : 1, -1) : source, ascii)) return undefined
  if (flags === 'i') bothCases(ascii)
  if (isNegated) for (let code = 0; code < 128; code++) ascii[code] = ascii[code] ? 0 : 1
  return { ascii, isBeyond: isNegated }
}

function bothCases(ascii: Uint8Array): void {
  for (let code = 97; code <= 122; code++) if (ascii[code] || ascii[code - 32]) ascii[code] = ascii[code - 32] = 1
}

function fill(inside: string, ascii: Uint8Array): boolean {
  for (let at = 0; at < inside.length; ) {
    let char = inside.charAt(at++)
    if (char === '\\') {
      char = inside.charAt(at++)
      const named = ESCAPES[char]
      if (named !== undefined && named.length > 1) {
        if (inside.charAt(at) === '-' && at + 1 < inside.length) return false
        if (!fill(named, ascii)) return false
        continue
      }
      char = named ?? char
    }
    let to = char.charCodeAt(0)
    if (inside.charAt(at) === '-' && at + 1 < inside.length) {
      if (inside.charAt(at + 1) === '\\') return false
      to = inside.charCodeAt(at + 1)
      at += 2
    }
    for (let code = char.charCodeAt(0); code <= to; code++) ascii[code] = 1
  }
  return true
}
