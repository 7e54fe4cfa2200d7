/** Words of holding. An approval is another verified person's; `acknowledged` is the requester's own and never counts as one. */

export interface ApprovalTerms {
  readonly reviewers: 'self' | { readonly group: string }
  /** Distinct people needed. */
  readonly count: number
  readonly assurance: 'session' | 'fresh'
  readonly requesterReason: 'none' | 'optional' | 'required'
  /** How long a request waits, in milliseconds. */
  readonly wait: number
}

export type ApprovalState = 'pending' | 'approved' | 'acknowledged' | 'denied' | 'expired' | 'withdrawn'

export interface Review {
  readonly state: Exclude<ApprovalState, 'pending'>
  /** Why it ended so, in a closed word for the record. */
  readonly cause: 'reviewer' | 'no_reviewer' | 'timeout' | 'client_gone' | 'agent_stopping'
  readonly reviewers: readonly { issuer: string; subject: string; groups: readonly string[]; authTime: number }[]
  readonly reason?: string
}
