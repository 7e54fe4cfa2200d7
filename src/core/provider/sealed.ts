/** What sealed content looks like, in both directions: whatever can be read in its place is text, and is read. */

/** Base64, bare or in a data URL, or the name of something stored. Digits alone are somebody's number. */
const SEALED = /^(?:data:[a-z]+\/[\w.+-]{1,80}(?:;[\w=.-]{1,40})*;base64,)?(?![\d_=+/-]*$)[\w+/=-]*$/

export function looksSealed(text: string): boolean {
  return SEALED.test(text)
}
