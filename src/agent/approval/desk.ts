/** The desk that nobody sits at: without a reviewer who can be reached, a held call is refused, and the record says why. */
import type { ApprovalDesk } from '../../core/exchange/ports.ts'

export function emptyDesk(): ApprovalDesk {
  return { hold: () => Promise.resolve({ state: 'denied', cause: 'no_reviewer', reviewers: [] }) }
}
