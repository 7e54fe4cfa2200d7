/** Agent to hub: shapes on the wire, all JSON unless said otherwise. Every answer that is not 2xx has `{error:{code,message}}`. */
import { z } from 'zod'

/** GET /.well-known/countersign (no credential): what one setting, the hub's URL, is enough for. */
export const wellKnown = z.object({
  format: z.literal(1),
  organisation: z.string().min(1).max(200),
  /** Audience of access tokens for this hub (RFC 8707 resource indicator). */
  audience: z.url(),
  issuer: z.url(),
  clientId: z.string().min(1),
  groupsClaim: z.string().min(1),
  /** vkey (C2SP signed-note) of the hub's cosigner. */
  cosigner: z.string().min(1),
  /** Public JWK (OKP, Ed25519) that signs policy envelopes. */
  policyKey: z.record(z.string(), z.unknown()),
  /** How access tokens are written, where it is not RFC 9068. */
  accessTokens: z.enum(['okta']).optional(),
  /** Audience that a platform's token must have; absent when this hub takes no workloads. */
  workloadAudience: z.string().min(1).max(500).optional(),
})
export type WellKnown = z.infer<typeof wellKnown>

/** POST /v1/enrol, `Authorization: Bearer <person's access token>`. */
export const enrolRequest = z.strictObject({
  name: z.string().min(1).max(200),
  /** Ed25519 public key of the device, 32 bytes, base64url. */
  key: z.string().regex(/^[\w-]{43}$/),
  /** Compact JWS by that key over {aud, key, iat}: proof of possession. */
  proof: z.string().max(4096),
})
export const enrolReply = z.object({ device: z.string(), stream: z.string() })
export type EnrolReply = z.infer<typeof enrolReply>

/**
 * Requests of an enrolled device carry `Authorization: Countersign <compact JWS by the device key>` with
 * {iss: device, aud: audience, iat, exp ≤ 60 s, jti, htm, htu, bh (SHA-256 of the body, base64url)}; a jti is taken once.
 *
 * POST /v1/log/checkpoint  body {old, proof[], checkpoint}  → 200 {} | 409 {size} | 422
 * POST /v1/log/entries     body {stream, start, end, entries[], proof[]} → 202 {next} | 200 {next, cosignature} | 409 {next} | 422
 * GET  /v1/policy          → 200 {envelope: compact JWS} | 404 | 403 CS_OFFBOARDED; may name the person as below, who learns so
 *                            that they get nothing any more
 * GET  /v1/upstream-keys   → 200 {keys: {name: secret}}, also needs the person's access token in `x-countersign-person`
 *
 * GET  /v1/log/receipt?stream=… → 200 {note} | 404: the newest receipt of a log, for `countersign verify --hub`. It needs no
 * credential: a receipt holds size and root, and the stream's name is known only to who has the log.
 */
/** POST /v1/sign-out, `Authorization: Bearer <person's access token>` → 200 {}: the token opens nothing at the hub from then on, however long it is good. */
/**
 * POST /v1/workload (no other credential): a platform's token for a short-lived access token of the hub, which is then used as a
 * person's. → 200 | 401 with the check that failed
 */
export const workloadRequest = z.strictObject({
  token: z.string().min(1).max(16_384),
  /** Who started the program, as whoever started it says. It can only take a reviewer away. */
  onBehalfOf: z.string().regex(/^[^\p{Cc}\p{Cf}]{1,200}$/u).optional(),
})
export const workloadReply = z.object({
  token: z.string().max(16_384),
  /** Seconds. */
  expiresIn: z.number().int().positive(),
  issuer: z.string(),
  subject: z.string(),
  groups: z.array(z.string()),
  /** Seconds since 1970 at which the platform vouched. */
  authTime: z.number(),
  /** Who started the program, as the platform's own token says. A label. */
  startedBy: z.string().max(200).optional(),
})
export type WorkloadReply = z.infer<typeof workloadReply>

export const checkpointRequest = z.strictObject({
  old: z.number().int().nonnegative(),
  /** RFC 6962 consistency proof from `old`, base64. */
  proof: z.array(z.string()).max(64),
  /** C2SP checkpoint, signed by the device. */
  checkpoint: z.string().max(4096),
})
export const entriesRequest = z.strictObject({
  stream: z.string().max(300),
  start: z.number().int().nonnegative(),
  end: z.number().int().positive(),
  /** Leaves [start, end) as written, without newline; at most 256, 4 MiB together. */
  entries: z.array(z.string()).max(256),
})
export const entriesReply = z.object({ next: z.number().int().nonnegative(), cosignature: z.string().optional() })
export const receiptReply = z.object({ note: z.string() })
export const policyReply = z.object({ envelope: z.string() })
export const upstreamKeysReply = z.object({ keys: z.record(z.string(), z.string()) })

/** POST /v1/policy, person's access token with the policy role → 200 when it is in force, 202 when a second person has to approve it. */
export const publishRequest = z.strictObject({ document: z.string().max(1_000_000), reason: z.string().min(3).max(2000) })
/** Days in UTC, both included. Answered with a zip archive (`countersign report` in it, whole); its SHA-256 is in `x-countersign-digest`, base64url. */
export const evidenceRequest = z.strictObject({ from: z.iso.date(), to: z.iso.date() })
export type EvidenceRequest = z.infer<typeof evidenceRequest>
export const publishReply = z.object({ version: z.number().int().positive(), digest: z.string() })
/** `loosens`: in which ways the policy lets more pass than the one in force. It is approved on the hub's page `/policies/proposals/<proposal>`. */
export const proposedReply = z.object({ proposal: z.string(), loosens: z.array(z.string()) })
export const hubError = z.object({ error: z.object({ code: z.string(), message: z.string() }) })

/**
 * Name of a device's log, the origin line of its checkpoints: the public key stands in it, so the name alone says which
 * key must have signed. A new epoch begins when a log cannot be continued (tampering found, a restored snapshot).
 * @param key Ed25519 public key, base64url
 */
export function deviceStream(key: string, epoch: number): string {
  return `countersign/${key}/${epoch}`
}
