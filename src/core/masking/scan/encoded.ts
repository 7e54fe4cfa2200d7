/** Values behind base64: the run is decoded once, and what is found in it covers the run as a whole. */
import { codeAt } from './characters.ts'
import type { Dispatch } from './dispatch.ts'
import type { Candidate, WindowView } from './match.ts'
import { Scanner } from './scanner.ts'

/** Fewer characters than this, with what pads them, hold no value worth encoding. */
const SHORTEST = 12
const PAD = 61
/** Longest decoded text that is looked into. */
const LONGEST = 384
const PRINTABLE = /^[\t\n\r -~\u00a0-\uffff]*$/

function isBase64(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 47 && code <= 57) || code === 43 || code === 45 || code === 95
}

function sextet(code: number): number {
  if (code >= 65 && code <= 90) return code - 65
  if (code >= 97 && code <= 122) return code - 71
  if (code >= 48 && code <= 57) return code + 4
  return code === 43 || code === 45 ? 62 : 63
}

/** Whether the first six bytes are printable: random text fails here, before anything is allocated. */
function looksLikeText(text: string, from: number): boolean {
  for (let i = from; i < from + 8; i += 4) {
    const bits = (sextet(codeAt(text, i)) << 18) | (sextet(codeAt(text, i + 1)) << 12) | (sextet(codeAt(text, i + 2)) << 6) | sextet(codeAt(text, i + 3))
    for (let shift = 16; shift >= 0; shift -= 8) {
      const byte = (bits >> shift) & 255
      if (byte < 32 || byte > 126) return false
    }
  }
  return true
}

function decode(run: string): string | undefined {
  const body = run.replace(/=+$/, '').replace(/-/g, '+').replace(/_/g, '/')
  const text = atob(body.slice(0, body.length - (body.length % 4 === 1 ? 1 : 0)))
  return text.length <= LONGEST && PRINTABLE.test(text) ? text : undefined
}

export function readEncoded(dispatch: Dispatch, view: WindowView, found: (candidate: Candidate) => void): void {
  const { text, starts, ends } = view.folded
  for (let from = 0; from + SHORTEST <= text.length; ) {
    let to = from
    while (to < text.length && isBase64(codeAt(text, to))) to++
    const run = to
    while (to < text.length && to < run + 2 && codeAt(text, to) === PAD) to++
    if (to - from >= SHORTEST && looksLikeText(text, from)) {
      const decoded = decode(text.slice(from, to))
      const best = decoded === undefined ? undefined : strongest(dispatch, view.left(from), decoded)
      if (best) found({ ...best, start: view.start + (starts?.[from] ?? from), end: view.start + (ends?.[to - 1] ?? to) })
    }
    from = Math.max(to, run + 1)
  }
}

/** What names the run: the surest, then the earliest, then the longest; the order in which they are found says nothing. */
function isBefore(a: Candidate, b: Candidate): boolean {
  if (a.certainty !== b.certainty) return a.certainty > b.certainty
  if (a.start !== b.start) return a.start < b.start
  return a.end !== b.end ? a.end > b.end : a.detector < b.detector
}

function strongest(dispatch: Dispatch, left: string, decoded: string): Candidate | undefined {
  let best: Candidate | undefined
  const inner = new Scanner(
    dispatch,
    (candidate) => {
      if (candidate.start >= left.length && (best === undefined || isBefore(candidate, best))) best = candidate
    },
    undefined,
    true,
  )
  inner.push(left)
  inner.boundary()
  inner.push(decoded)
  inner.boundary()
  return best
}
