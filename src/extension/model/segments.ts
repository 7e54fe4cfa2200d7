/**
 * Masked text as segments a view can draw: text, masks with their evidence, and characters that could deceive a reader, named
 * instead of drawn. Values that policy leaves as they are are hidden here all the same: a view never gets one.
 */
import type { SpanEvidence, Transform } from '../../protocol/masking.ts'
import type { MaskSegment, Segment } from '../../protocol/panelModels.ts'

/** Bidi controls, zero width and other format characters, C0 and C1 controls but tab and newline, tags, unpaired surrogates. */
// eslint-disable-next-line no-control-regex -- naming control characters is what it is for
const DECEIVING = /[\u202A-\u202E\u2066-\u2069\u200B-\u200F\u2060-\u2064\u061C\uFEFF\u00AD\u0000-\u0008\u000B-\u001F\u007F-\u009F\uFFF9-\uFFFB]|[\u{E0000}-\u{E007F}]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/gu
/** What our masks look like in a text: the net for spans whose evidence is not at hand. The longest name of a type has 67 characters. */
const TOKEN = /\[([A-Z][A-Z0-9_]{1,66}?)(?:_(\d{1,6})|:([0-9a-f]{8,64}))?\]/g
const LONGEST_TEXT = 200_000
const MOST_SEGMENTS = 5000

/**
 * @param text already masked
 * @param spans evidence of this text's masks, offsets as in the text before masking
 * @param part place among the parts, counted from 1, for the evidence
 */
export function segmentsOf(text: string, spans: readonly SpanEvidence[], part?: number): Segment[] {
  const segments: Segment[] = []
  let cursor = 0
  let shift = 0
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    const length = span.transform === 'keep' ? span.end - span.start : span.token.length
    const at = placeOf(text, span, span.start + shift, cursor)
    if (at === undefined) continue
    shift = at + length - span.end
    pushText(segments, text.slice(cursor, at))
    segments.push(maskOf(span, part))
    cursor = at + length
  }
  pushText(segments, text.slice(cursor))
  return segments.length <= MOST_SEGMENTS ? segments : [...segments.slice(0, MOST_SEGMENTS - 1), { kind: 'elided', what: 'parts', count: segments.length - MOST_SEGMENTS + 1 }]
}

/** Where the mask stands now. Escapes in JSON and normalisation may move it, so a token is looked for when it is not in its place. */
function placeOf(text: string, span: SpanEvidence, expected: number, cursor: number): number | undefined {
  if (span.transform === 'keep') return expected >= cursor && expected + (span.end - span.start) <= text.length ? expected : undefined
  if (span.token === '') return undefined
  if (expected >= cursor && text.startsWith(span.token, expected)) return expected
  const found = text.indexOf(span.token, cursor)
  return found === -1 ? undefined : found
}

/** Where a number stood bare in JSON its mask stands in quotes, which are no part of what is shown. */
const QUOTED = /^(\\*["']|\\+u002[27])(.*)\1$/s

function maskOf(span: SpanEvidence, part: number | undefined): MaskSegment {
  const token = span.token.replace(QUOTED, '$2')
  const ordinal = /_(\d{1,6})\]$/.exec(token)?.[1]
  return {
    kind: 'mask',
    type: span.type,
    ...(ordinal === undefined ? {} : { ordinal: Number(ordinal) }),
    transform: span.transform,
    fate: span.transform === 'keep' ? 'asIs' : 'masked',
    ...restOf(span.transform, token),
    evidence: {
      recogniser: span.detector,
      certainty: Math.min(1, Math.max(0, span.certainty)),
      ...(part === undefined ? {} : { part }),
      start: span.start,
      end: span.end,
      ...(/^[\w-]{1,128}$/.test(span.commitment) ? { proof: span.commitment } : {}),
    },
  }
}

/** What of a mask may be shown: the harmless tail of a partial, the short hash, the surrogate of a replacement. */
function restOf(transform: Transform, token: string): { tail?: string; shown?: string } {
  if (transform === 'partial' || transform === 'hash') return { tail: token.replace(/^\[[A-Z0-9_]+[: ]?|\]$/g, '').slice(0, 40) }
  return transform === 'replace' ? { shown: token.slice(0, 400) } : {}
}

/** Text between masks: tokens whose evidence is elsewhere become masks too, deceiving characters become visible. */
function pushText(segments: Segment[], text: string): void {
  let cursor = 0
  for (const match of text.matchAll(TOKEN)) {
    pushInert(segments, text.slice(cursor, match.index))
    const [all, type = '', ordinal, hash] = match
    const told = ordinal !== undefined ? ({ ordinal: Number(ordinal), transform: 'pseudonym' } as const) : hash === undefined ? ({ transform: 'redact' } as const) : ({ tail: hash, transform: 'hash' } as const)
    segments.push({ kind: 'mask', type, ...told, fate: 'masked' })
    cursor = match.index + all.length
  }
  pushInert(segments, text.slice(cursor))
}

function pushInert(segments: Segment[], text: string): void {
  let cursor = 0
  for (const match of text.matchAll(DECEIVING)) {
    push(segments, text.slice(cursor, match.index))
    segments.push({ kind: 'inert', codePoint: match[0].codePointAt(0) ?? 0 })
    cursor = match.index + match[0].length
  }
  push(segments, text.slice(cursor))
}

function push(segments: Segment[], text: string): void {
  if (text === '') return
  if (text.length <= LONGEST_TEXT) segments.push({ kind: 'text', text })
  else segments.push({ kind: 'text', text: text.slice(0, LONGEST_TEXT) }, { kind: 'elided', what: 'characters', count: text.length - LONGEST_TEXT })
}

/** A label from outside (a model's or file's name), made safe to read: what could deceive is replaced. */
export function plainLabel(text: string, longest = 400): string {
  return text.replace(DECEIVING, '\uFFFD').replace(/[\t\n]/g, ' ').slice(0, longest)
}
