/** Words that every provider's refusal shares: who speaks, what is true, and the exchange by which it can be found. */
import type { CountersignError } from '../../protocol/errors.ts'

/** @param ex last, so that it can be found; null before there is one */
export function refusalText(error: CountersignError, ex: string | null): string {
  return `Countersign: ${error.message}${ex === null ? '' : ` [${ex}]`}`
}

/** `CS_REVIEW_DENIED` as clients read it: `countersign_review_denied`. */
export function refusalCode(error: CountersignError): string {
  return `countersign_${error.code.slice(3).toLowerCase()}`
}

/** SDKs retry some statuses on their own; what a retry cannot mend says so. Upstream trouble may pass, so it stays silent. */
export function refusalHeaders(error: CountersignError): Record<string, string> {
  return { 'content-type': 'application/json', ...(error.status < 500 ? { 'x-should-retry': 'false' } : {}) }
}
