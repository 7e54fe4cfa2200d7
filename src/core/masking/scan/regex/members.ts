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
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f', v: '\v' }
/** As far as ASCII goes: white space goes further. */
const CLASSES: Readonly<Record<string, string>> = { d: '0-9', w: '0-9A-Z_a-z', s: '\t-\r ' }
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
  return { ascii, isBeyond: /[^\0-\x7f]|\\[upx\d]/i.test(source) || BEYOND.some((char) => own.test(char)) }
}

/** Classes other than those of digits, words and white space, and escapes that are written in no recogniser. */
const NOT_PLAIN = /\\[^nrtfvdDwWsSu\W_]|\\u(?![0-9a-fA-F]{4})/

/** @returns undefined where the source is not as plain as that */
function read(source: string, flags: string): Members | undefined {
  if (source === '.') return { ascii: new Uint8Array(128).fill(1).fill(0, 10, 11).fill(0, 13, 14), isBeyond: true }
  const isSet = source.startsWith('[')
  if (NOT_PLAIN.test(source) || (!isSet && source.length > 1 && !source.startsWith('\\'))) return undefined
  const isNegated = isSet && source.charAt(1) === '^'
  const members = { ascii: new Uint8Array(128), isBeyond: false }
  if (!fill(isSet ? source.slice(isNegated ? 2 : 1, -1) : source, members)) return undefined
  const { ascii } = members
  // Without the flag u no character beyond ASCII is a case of one of ASCII.
  if (flags === 'i') bothCases(ascii)
  if (isNegated) for (let code = 0; code < 128; code++) ascii[code] = ascii[code] ? 0 : 1
  return { ascii, isBeyond: members.isBeyond || isNegated }
}

function bothCases(ascii: Uint8Array): void {
  for (let code = 97; code <= 122; code++) if (ascii[code] || ascii[code - 32]) ascii[code] = ascii[code - 32] = 1
}

interface Filling {
  readonly ascii: Uint8Array
  isBeyond: boolean
}

function fill(inside: string, into: Filling): boolean {
  for (let at = 0; at < inside.length; ) {
    let char = inside.charAt(at++)
    if (char === '\\') {
      char = inside.charAt(at++)
      if (char === 'u') {
        char = String.fromCharCode(parseInt(inside.slice(at, at + 4), 16))
        at += 4
      } else {
        const named = CLASSES[char.toLowerCase()]
        if (named !== undefined) {
          if (inside.charAt(at) === '-' && at + 1 < inside.length) return false
          fillClass(named, char !== char.toLowerCase(), into)
          continue
        }
        char = ESCAPES[char] ?? char
      }
    }
    let to = char.charCodeAt(0)
    if (inside.charAt(at) === '-' && at + 1 < inside.length) {
      if (inside.startsWith('\\u', at + 1)) {
        to = parseInt(inside.slice(at + 3, at + 7), 16)
        at += 7
      } else if (inside.charAt(at + 1) === '\\') return false
      else {
        to = inside.charCodeAt(at + 1)
        at += 2
      }
    }
    if (to > 127) into.isBeyond = true
    into.ascii.fill(1, char.charCodeAt(0), to + 1)
  }
  return true
}

function fillClass(named: string, isNegated: boolean, into: Filling): void {
  const own = { ascii: new Uint8Array(128), isBeyond: named === CLASSES['s'] }
  fill(named, own)
  for (let code = 0; code < 128; code++) if ((own.ascii[code] === 1) !== isNegated) into.ascii[code] = 1
  if (own.isBeyond || isNegated) into.isBeyond = true
}
