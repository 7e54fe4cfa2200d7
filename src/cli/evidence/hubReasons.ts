/** Texts of people that belong to records: those of a record itself, and both reasons of a review as the hub's own log has them. */
import { REQUESTER_REASON, reviewerReason, type AuditEvent, type Disclosure } from '../../protocol/audit.ts'

export type Texts = ReadonlyMap<string, Disclosure>

export function said({ sd }: { readonly sd?: readonly string[] }, texts: Texts): ReadonlyMap<string, string> {
  return new Map((sd ?? []).flatMap((digest) => {
    const text = texts.get(digest)
    return text ? [[text.path, text.value] as const] : []
  }))
}

/** Both reasons as the hub's own log has them, by request: a hub holds no texts of devices. */
export class HubReasons {
  readonly #requesters = new Map<string, Extract<AuditEvent, { type: 'approval.reason' | 'approval.ended' }>>()
  readonly #reviewers = new Map<string, Extract<AuditEvent, { type: 'approval.reviewed' }>>()

  record(event: AuditEvent): void {
    if (event.type === 'approval.reason' || event.type === 'approval.ended') this.#requesters.set(event.ap, event)
    else if (event.type === 'approval.reviewed') this.#reviewers.set([event.ap, event.iss, event.sub].join('\n'), event)
  }

  ofRequester(ap: string | null, texts: Texts): string | undefined {
    const event = this.#requesters.get(ap ?? '')
    if (!event) return undefined
    return (event.type === 'approval.reason' ? event.reason : event.requesterReason) ?? said(event, texts).get(REQUESTER_REASON)
  }

  ofReviewer(ap: string | null, { issuer, subject }: { readonly issuer: string; readonly subject: string }, texts: Texts): string | undefined {
    const event = this.#reviewers.get([ap ?? '', issuer, subject].join('\n'))
    return event && (event.reason ?? said(event, texts).get(reviewerReason(0)))
  }
}
