/** A masked span in one sentence: what kind, where, how sure and why; never the value. */
import type { SpanEvidence } from '../../protocol/masking.ts'
import type { CustomType } from '../../protocol/policy.ts'
import { ENTITY_WORDS } from '../policy/entityTypes.ts'
import { FAMILIES } from './recognisers/families.ts'
import { CERTAINTY, type Certainty, type Recogniser } from './recognisers/recogniser.ts'

const BY_NAME: ReadonlyMap<string, Recogniser> = new Map(FAMILIES.flatMap((family) => family.recognisers.map((one) => [one.name, one])))

/** Of detectors that are no recogniser of a family. */
const OTHERS: Readonly<Record<string, string>> = {
  names: 'it reads like one where it stands',
  pseudonym: 'a placeholder for one stood there',
}

/** What a recogniser has seen in the value itself. */
const IN_ITSELF: Readonly<Record<Certainty, string>> = {
  plan: 'its country code and its length fit together',
  checksum: 'it keeps the rules by which such values are made (check digits, dates)',
  prefix: 'its own form or marker tells it',
  context: 'its words or its form tell it',
  shape: 'it has the shape of one',
}
const AROUND = 'the words or the field name around it say so'
const OF_FIELD = 'the name of its field or column says so'

function reason({ type, detector, certainty }: SpanEvidence): string {
  const name = detector.replace(/@\d+$/, '')
  if (type.startsWith('CUSTOM_')) return ownReason(name)
  const one = BY_NAME.get(name)
  if (!one) return OTHERS[name] ?? IN_ITSELF.shape
  if (one.window === 'field') return OF_FIELD
  // Something around the value has raised it above what the recogniser says of the value alone: words to the context's own certainty, the name of a field above that.
  if (certainty > CERTAINTY[one.certainty]) return certainty > CERTAINTY.context ? OF_FIELD : AROUND
  const inItself = one.luhn ? 'its check digits hold' : IN_ITSELF[one.certainty]
  if (one.context?.required !== true) return inItself
  return one.certainty === 'context' ? AROUND : `${inItself}, and ${AROUND}`
}

/** @param name of a recogniser that a policy's own type makes: `custom-project-pattern`, `…-key`, `…-value` */
function ownReason(name: string): string {
  if (name.endsWith('-pattern')) return 'the policy\'s pattern for it matches'
  if (name.endsWith('-key')) return 'it stands in a field that the policy names'
  return 'it is in the policy\'s list of values'
}

/** @param own types of the policy's own */
export function explainSpan(span: SpanEvidence, own: readonly CustomType[] = []): string {
  const [words] = (Object.hasOwn(ENTITY_WORDS, span.type) ? ENTITY_WORDS[span.type] : own.find(({ name }) => name === span.type)?.words) ?? []
  const place = span.path === '' ? '' : ` of ${span.path}`
  return `Characters ${span.start} to ${span.end}${place}: ${words ?? `a value of type ${span.type}`}, because ${reason(span)} (${span.detector}); ${span.token} stands there now.`
}
