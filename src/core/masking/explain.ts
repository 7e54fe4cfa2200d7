/** A masked span in one sentence: what kind, where, how sure and why; never the value. */
import type { SpanEvidence } from '../../protocol/masking.ts'
import { ENTITY_WORDS } from '../policy/entityTypes.ts'

function surely(certainty: number): string {
  if (certainty >= 0.97) return 'its country code and its length fit together'
  if (certainty >= 0.95) return 'its check digits hold'
  if (certainty >= 0.9) return 'its own marker says so'
  if (certainty >= 0.75) return 'the words or the field name around it say so'
  return 'it has the shape of one'
}

export function explainSpan(span: SpanEvidence): string {
  const words = Object.hasOwn(ENTITY_WORDS, span.type) ? ENTITY_WORDS[span.type]?.[0] : undefined
  const place = span.path === '' ? '' : ` of ${span.path}`
  return `Characters ${span.start} to ${span.end}${place}: ${words ?? `a value of type ${span.type}`}, because ${surely(span.certainty)} (${span.detector}); ${span.token} stands there now.`
}
