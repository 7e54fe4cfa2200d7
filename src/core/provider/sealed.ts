/** What sealed content looks like, in both directions: whatever can be read in its place is text, and is read. */

/** Base64, bare or in a data URL, or the name of something stored. Digits alone are somebody's number. */
const SEALED = /^(?:data:[a-z]+\/[\w.+-]{1,80}(?:;[\w=.-]{1,40})*;base64,)?(?![\d_=+/-]*$)[\w+/=-]*$/

export function looksSealed(text: string): boolean {
  return SEALED.test(text)
}

/**
 * What is signed or encrypted is longer than this. Anything shorter under such a name, where records of a person's own may stand,
 * may be what somebody calls so: a name, a password.
 */
export function isLong(text: string): boolean {
  return text.length >= 24
}

const BASE64 = /^[\w+/=-]+(?:\r?\n[\w+/=-]+)*\s*$/
/** How pictures, sound and documents begin, in base64. */
const BEGINNINGS: readonly (readonly [RegExp, 'image' | 'audio' | 'file'])[] = [
  [/^(?:iVBORw0KGgo|\/9j\/|R0lGOD[dl]|SUkqA|TU0AK|UklGR[\w+/-]{6}XRUJQ)/, 'image'],
  [/^(?:SUQz[AB]|T2dnUw|ZkxhQ|UklGR[\w+/-]{6}XQVZF)/, 'audio'],
  [/^(?:JVBERi0|UEsDB|0M8R4KGxGuE)/, 'file'],
]
/** Nobody writes so much in one word. */
const LONG = 2000

/** What a text is that holds a file as base64; undefined for a text. */
export function mediaOf(text: string): 'image' | 'audio' | 'file' | undefined {
  const url = /^data:(image|audio|video|application)\/[\w.+-]{1,80}(?:;[\w=.-]{1,40})*;base64,/i.exec(text)
  if (url) return /^(?:image|audio)$/i.test(url[1] ?? '') ? (url[1]?.toLowerCase() as 'image' | 'audio') : 'file'
  const [, kind] = BEGINNINGS.find(([begins]) => begins.test(text)) ?? []
  if (kind === undefined && (text.length < LONG || /\s/.test(text.slice(0, 60)))) return undefined
  return BASE64.test(text) ? (kind ?? 'file') : undefined
}
