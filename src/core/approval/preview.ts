/**
 * What reviewers see of a held call: its parts as segments in which every finding is hidden behind its type, whether it would
 * leave masked or as it is. Characters that could deceive the eye are named instead of drawn. Bounded, whatever was written.
 */
import type { Finding, Inspection, Part, Transform } from '../../protocol/masking.ts'
import type { FindingCount, Segment, TextPart } from '../../protocol/panelModels.ts'

/** Characters kept on each side of a finding, and of a part without one. */
const AROUND = 240
const FIRST = 400
const MOST_PARTS = 40
const MOST_SEGMENTS = 200
/** Of all parts together, in characters of their JSON: a hub takes 512 KiB of a request, and a character has three bytes at most. */
const MOST_SHOWN = 120_000
/** Control, zero width, bidi and other characters without a shape of their own (Unicode Default_Ignorable, Cc, Cf). */
const INERT = /(?![\t\n\r])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu

export interface PreviewOptions {
  readonly parts: readonly Part[]
  readonly inspection: Inspection
  /** Per type, what happens before the call leaves. A type that is not named leaves as it is. */
  readonly rules: Readonly<Record<string, Transform>>
}

export function previewFindings({ inspection, rules }: PreviewOptions): FindingCount[] {
  const byType = new Map<string, number>()
  for (const { type } of inspection.findings) byType.set(type, (byType.get(type) ?? 0) + 1)
  return [...byType].slice(0, 60).map(([type, count]) => {
    const transform = Object.hasOwn(rules, type) ? rules[type] : undefined
    return transform === undefined || transform === 'keep' ? { type, count, fate: 'asIs' } : { type, count, fate: 'masked', transform }
  })
}

/** Parts with findings first in their order of speech; what does not fit is counted, not dropped silently. */
export function previewParts(options: PreviewOptions): TextPart[] {
  const { parts, inspection } = options
  const byPath = new Map<string, Finding[]>()
  for (const finding of inspection.findings) byPath.set(finding.path, [...(byPath.get(finding.path) ?? []), finding])
  const chosen = [...parts.filter((part) => byPath.has(part.path)), ...parts.filter((part) => !byPath.has(part.path))].slice(0, MOST_PARTS)
  const shown = new Map<Part, Segment[]>()
  let room = MOST_SHOWN
  for (const part of chosen) {
    const segments = bounded(segmentsOf(part, byPath.get(part.path) ?? [], options.rules))
    const length = JSON.stringify(segments).length
    shown.set(part, length <= room ? segments : [{ kind: 'elided', what: 'characters', count: part.text.length }])
    if (length <= room) room -= length
  }
  return [...parts.entries()].flatMap(([i, part]) => {
    const segments = shown.get(part)
    return segments ? [{ role: part.role, index: i + 1, of: parts.length, segments }] : []
  })
}

/** What is cut is told like all that is left out: a reviewer who reads to the end must not take it for the end. */
function bounded(segments: readonly Segment[]): Segment[] {
  if (segments.length <= MOST_SEGMENTS) return [...segments]
  const count = segments.slice(MOST_SEGMENTS - 1).reduce((sum, one) => sum + lengthOf(one), 0)
  return [...segments.slice(0, MOST_SEGMENTS - 1), { kind: 'elided', what: 'characters', count }]
}

function lengthOf(segment: Segment): number {
  if (segment.kind === 'text') return segment.text.length
  if (segment.kind === 'inert') return String.fromCodePoint(segment.codePoint).length
  return segment.kind === 'elided' ? segment.count : (segment.evidence?.end ?? 0) - (segment.evidence?.start ?? 0)
}

function segmentsOf(part: Part, findings: readonly Finding[], rules: PreviewOptions['rules']): Segment[] {
  const segments: Segment[] = []
  let at = 0
  for (const finding of outermost(findings)) {
    addText(segments, part.text.slice(at, finding.start), { before: at > 0, after: true })
    const transform = (Object.hasOwn(rules, finding.type) ? rules[finding.type] : undefined) ?? 'keep'
    segments.push({
      kind: 'mask',
      type: finding.type,
      transform,
      fate: transform === 'keep' ? 'asIs' : 'masked',
      evidence: { recogniser: finding.detector.slice(0, 400), certainty: finding.certainty, start: finding.start, end: finding.end },
    })
    at = finding.end
  }
  addText(segments, part.text.slice(at), { before: at > 0, after: false })
  return segments
}

/** Overlapping findings are hidden whole, under the one that begins first. */
function outermost(findings: readonly Finding[]): Finding[] {
  const kept: Finding[] = []
  for (const finding of [...findings].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = kept.at(-1)
    if (last && finding.start < last.end) kept[kept.length - 1] = { ...last, end: Math.max(last.end, finding.end) }
    else kept.push(finding)
  }
  return kept
}

function addText(segments: Segment[], text: string, { before, after }: { before: boolean; after: boolean }): void {
  const head = before ? AROUND : after ? 0 : FIRST
  const tail = after ? AROUND : 0
  if (text.length <= head + tail + 40) {
    addInert(segments, text)
    return
  }
  addInert(segments, text.slice(0, head))
  segments.push({ kind: 'elided', what: 'characters', count: text.length - head - tail })
  if (tail > 0) addInert(segments, text.slice(-tail))
}

function addInert(segments: Segment[], given: string): void {
  // A cut may have fallen into a surrogate pair.
  const text = given.toWellFormed()
  let at = 0
  for (const match of text.matchAll(INERT)) {
    if (match.index > at) segments.push({ kind: 'text', text: text.slice(at, match.index) })
    segments.push({ kind: 'inert', codePoint: match[0].codePointAt(0) ?? 0 })
    at = match.index + match[0].length
  }
  if (at < text.length) segments.push({ kind: 'text', text: text.slice(at) })
}
