/**
 * Every way in which Countersign says no, as a closed table: the code, the HTTP status a client gets, and what kind of
 * refusal it is in the providers' error shapes. The message is written for the person who reads it; `detail` is for the
 * log of this machine and never leaves it. Neither may carry a secret, a key or a masked value.
 *
 * Statuses follow what LangChain clients do with them: 401, 403, 404 and 413 are retried by none of them, 502, 503 and
 * 504 are. A refusal that a retry cannot mend is therefore never a 5xx.
 */

export type RefusalKind = 'authentication' | 'permission' | 'not_found' | 'invalid_request' | 'too_large' | 'upstream' | 'unavailable'

interface Row {
  readonly status: number
  readonly kind: RefusalKind
}

const row = (status: number, kind: RefusalKind): Row => ({ status, kind })

export const ERRORS = {
  // Who are you
  CS_HOST_REFUSED: row(403, 'permission'),
  CS_BROWSER_REFUSED: row(403, 'permission'),
  CS_SESSION_KEY_MISSING: row(401, 'authentication'),
  CS_SESSION_KEY_UNKNOWN: row(401, 'authentication'),
  CS_SESSION_KEY_EXPIRED: row(401, 'authentication'),
  CS_PROVIDER_KEY_PRESENTED: row(401, 'authentication'),
  CS_NOT_SIGNED_IN: row(401, 'authentication'),
  CS_SESSION_EXPIRED: row(401, 'authentication'),
  CS_PEER_REFUSED: row(403, 'permission'),
  // What do you ask
  CS_ROUTE_UNKNOWN: row(404, 'not_found'),
  CS_OPERATION_DENIED: row(403, 'permission'),
  CS_MALFORMED: row(400, 'invalid_request'),
  CS_TOO_LARGE: row(413, 'too_large'),
  CS_TOO_SLOW: row(408, 'invalid_request'),
  CS_ENCODING: row(415, 'invalid_request'),
  CS_NOT_INSPECTABLE: row(403, 'permission'),
  // What policy says
  CS_DENIED: row(403, 'permission'),
  CS_NO_REVIEWER: row(403, 'permission'),
  CS_REVIEW_DENIED: row(403, 'permission'),
  CS_REVIEW_EXPIRED: row(403, 'permission'),
  CS_REVIEW_WITHDRAWN: row(403, 'permission'),
  CS_STILL_PENDING: row(403, 'permission'),
  CS_NOT_A_REVIEWER: row(403, 'permission'),
  CS_REVIEW_OVER: row(409, 'invalid_request'),
  CS_REASON_MISSING: row(400, 'invalid_request'),
  CS_NO_POLICY: row(403, 'permission'),
  CS_UPSTREAM_UNKNOWN: row(403, 'permission'),
  CS_UPSTREAM_KEY_MISSING: row(403, 'permission'),
  CS_INSPECTION_FAILED: row(403, 'permission'),
  // What broke
  CS_NOT_RECORDED: row(503, 'unavailable'),
  CS_JOURNAL_REFUSED: row(403, 'permission'),
  CS_BUSY: row(503, 'unavailable'),
  CS_STOPPING: row(503, 'unavailable'),
  CS_UPSTREAM_UNREACHABLE: row(502, 'upstream'),
  CS_UPSTREAM_NONSENSE: row(502, 'upstream'),
  CS_UPSTREAM_TIMEOUT: row(504, 'upstream'),
  CS_MASKING_FAILED: row(502, 'upstream'),
  CS_CLIENT_GONE: row(499, 'invalid_request'),
  CS_INTERNAL: row(500, 'unavailable'),
  // Policy, journal, hub and settings (read on the command line, in the editor and on the hub's wire)
  CS_POLICY_INVALID: row(422, 'invalid_request'),
  CS_POLICY_SIGNATURE: row(422, 'invalid_request'),
  CS_POLICY_OLDER: row(409, 'invalid_request'),
  CS_POLICY_EXPIRED: row(403, 'permission'),
  CS_SETTING: row(400, 'invalid_request'),
  CS_STATE: row(500, 'unavailable'),
  CS_LOCKED: row(409, 'unavailable'),
  CS_HUB_UNREACHABLE: row(502, 'upstream'),
  CS_HUB_REFUSED: row(403, 'permission'),
  CS_SIGN_IN_FAILED: row(401, 'authentication'),
  CS_OFFBOARDED: row(403, 'permission'),
  CS_LOG_CONFLICT: row(409, 'invalid_request'),
  CS_LOG_PROOF: row(422, 'invalid_request'),
} as const satisfies Record<string, Row>

export type ErrorCode = keyof typeof ERRORS

export class CountersignError extends Error {
  override readonly name = 'CountersignError'
  readonly code: ErrorCode
  /** For the log of this machine: may name files and causes, never values, keys or tokens. */
  readonly detail: string | undefined

  /**
   * @param code row of the table
   * @param message one sentence for the reader, who is the client's user: what is true, and what to do
   */
  constructor(code: ErrorCode, message: string, options: { detail?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.detail = options.detail
  }

  get status(): number {
    return ERRORS[this.code].status
  }

  get kind(): RefusalKind {
    return ERRORS[this.code].kind
  }
}

/** What a thrown thing tells a log: its code or name, never its whole text, which may quote a body. */
export function describeError(error: unknown): string {
  if (error instanceof CountersignError) return error.detail ? `${error.code}: ${error.detail}` : error.code
  if (error instanceof Error) return 'code' in error && typeof error.code === 'string' ? `${error.name} ${error.code}` : error.name
  return typeof error
}
