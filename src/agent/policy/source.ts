/**
 * The policy in force. From a hub it comes signed and its version never goes back; the last good one is kept and stays when a
 * newer one is wrong. Without a hub a local file decides, and every record says so.
 */
import { compactVerify, importJWK, type JWK } from 'jose'
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { CountersignError } from '../../protocol/errors.ts'
import type { AuditEvent } from '../../protocol/audit.ts'
import type { WellKnown } from '../../protocol/hub.ts'
import type { ActivePolicy, PolicyEnvelope } from '../../protocol/policy.ts'
import type { PolicySource } from '../../core/exchange/ports.ts'
import { digestOf } from '../../core/exchange/digest.ts'
import { parsePolicy } from '../../core/policy/parse.ts'
import type { Store } from '../state/store.ts'

/** The envelope last accepted, as it was signed, and the highest version ever accepted. */
export const keptPolicy = z.object({ envelope: z.string().nullable(), version: z.number().int().nonnegative() })
export type KeptPolicy = z.infer<typeof keptPolicy>

const envelopeShape = z.object({
  format: z.literal(1),
  version: z.number().int().positive(),
  audience: z.string(),
  author: z.object({ issuer: z.string(), subject: z.string(), name: z.string().optional() }),
  reason: z.string(),
  issuedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  document: z.string().max(1_000_000),
  digest: z.string(),
})

/** Every hub signs with Ed25519; nothing else is accepted, whatever the header says. */
const ALGORITHMS = ['EdDSA', 'Ed25519']
const TYPE = 'countersign-policy+jws'

/**
 * @param jws compact, from the hub or from disk: trusted only after this
 * @throws CountersignError CS_POLICY_SIGNATURE, CS_POLICY_INVALID with the places
 */
export async function openEnvelope(jws: string, known: WellKnown): Promise<PolicyEnvelope> {
  const wrong = (why: string, cause?: unknown): CountersignError => new CountersignError('CS_POLICY_SIGNATURE', `the policy the hub sent is not accepted: ${why}. The last good one stays in force.`, { cause })
  let payload: Uint8Array
  try {
    const key = await importJWK(known.policyKey as JWK, 'EdDSA')
    const verified = await compactVerify(jws, key, { algorithms: ALGORITHMS })
    if (verified.protectedHeader.typ !== TYPE) throw new TypeError('another kind of document')
    payload = verified.payload
  } catch (cause) {
    throw wrong('its signature is not the organisation\'s', cause)
  }
  const parsed = envelopeShape.safeParse(JSON.parse(Buffer.from(payload).toString('utf8')))
  if (!parsed.success) throw wrong('its envelope has the wrong shape', parsed.error)
  const envelope = parsed.data
  if (envelope.audience !== known.organisation) throw wrong(`it is for ${JSON.stringify(envelope.audience)}, not for ${JSON.stringify(known.organisation)}`)
  if (envelope.digest !== digestOf(envelope.document)) throw wrong('its text is not the one it names')
  const { name, ...author } = envelope.author
  return { ...envelope, author: name === undefined ? author : { ...author, name } }
}

function activeFrom(envelope: PolicyEnvelope): ActivePolicy {
  return { document: parsePolicy(envelope.document), version: envelope.version, digest: envelope.digest, source: 'hub', expiresAt: Date.parse(envelope.expiresAt) }
}

export interface PolicyOptions {
  readonly now: () => number
  readonly record: (event: AuditEvent) => Promise<unknown>
  readonly onChange: () => void
}

/** A policy that can change while the agent runs. */
export interface LivePolicy extends PolicySource {
  /** Undefined when none is in force; does not throw. */
  readonly active: ActivePolicy | undefined
}

export class HubPolicy implements LivePolicy {
  readonly #options: PolicyOptions
  readonly #store: Store<KeptPolicy>
  #active: ActivePolicy | undefined
  /** What was refused last, so that a repeated refusal is one record. */
  #refused = ''

  constructor(store: Store<KeptPolicy>, options: PolicyOptions) {
    this.#store = store
    this.#options = options
  }

  get active(): ActivePolicy | undefined {
    return this.#active
  }

  current(): ActivePolicy {
    return inForce(this.#active, this.#options.now(), 'no policy has come from the hub yet, so nothing may pass. Sign in, or ask your security lead whether the hub is up. Nothing was sent.')
  }

  /** Takes up the policy kept on disk: it was signed, and the signature is checked again. */
  async restore(known: WellKnown): Promise<void> {
    const { envelope } = this.#store.data
    if (envelope !== null) await this.accept(envelope, known)
  }

  /** @param jws as received. A wrong or older one is refused, on record, and what is in force stays. */
  async accept(jws: string, known: WellKnown): Promise<void> {
    try {
      const envelope = await openEnvelope(jws, known)
      const kept = this.#store.data.version
      if (envelope.version < kept) throw new CountersignError('CS_POLICY_OLDER', `the hub offers policy version ${envelope.version}, and version ${kept} was in force already. The newer one stays.`)
      if (envelope.version === this.#active?.version) {
        if (envelope.digest !== this.#active.digest) throw new CountersignError('CS_POLICY_OLDER', `the hub offers two different policies as version ${kept}. The first one stays.`)
        await this.#extend(envelope, jws)
        return
      }
      const active = activeFrom(envelope)
      inForce(active, this.#options.now(), '')
      await this.#options.record({ type: 'policy.activated', version: active.version, digest: active.digest, source: 'hub', author: `${envelope.author.issuer} ${envelope.author.subject}`, reason: envelope.reason })
      this.#active = active
      this.#refused = ''
      await this.#store.update(() => ({ envelope: jws, version: envelope.version }))
      this.#options.onChange()
    } catch (error) {
      if (!(error instanceof CountersignError)) throw error
      await this.#refuse(error, jws)
    }
  }

  /** The same policy signed anew, good for longer: no other decision, so no record. */
  async #extend({ expiresAt, version }: PolicyEnvelope, jws: string): Promise<void> {
    const until = Date.parse(expiresAt)
    if (!this.#active || until <= (this.#active.expiresAt ?? Infinity)) return
    this.#active = { ...this.#active, expiresAt: until }
    await this.#store.update(() => ({ envelope: jws, version }))
  }

  async #refuse(error: CountersignError, jws: string): Promise<void> {
    const mark = `${error.code} ${digestOf(jws)}`
    if (mark === this.#refused) return
    this.#refused = mark
    await this.#options.record({ type: 'policy.refused', code: error.code, why: error.message, kept: this.#active?.version ?? null })
    this.#options.onChange()
  }
}

export class LocalPolicy implements LivePolicy {
  readonly #file: string
  readonly #options: PolicyOptions
  #active: ActivePolicy | undefined

  constructor(file: string, options: PolicyOptions) {
    this.#file = file
    this.#options = options
  }

  get active(): ActivePolicy | undefined {
    return this.#active
  }

  current(): ActivePolicy {
    return inForce(this.#active, this.#options.now(), `the policy file ${this.#file} could not be used, so nothing may pass. Run: countersign policy check ${this.#file}`)
  }

  /** Reads the file again. A wrong one is refused, on record; the last good one stays. */
  async load(): Promise<void> {
    try {
      const text = await readFile(this.#file, 'utf8').catch((cause: unknown) => {
        throw new CountersignError('CS_POLICY_INVALID', `the policy file ${this.#file} cannot be read.`, { cause })
      })
      const digest = digestOf(text)
      if (digest === this.#active?.digest) return
      const active: ActivePolicy = { document: parsePolicy(text), version: (this.#active?.version ?? 0) + 1, digest, source: 'local', expiresAt: undefined }
      await this.#options.record({ type: 'policy.activated', version: active.version, digest, source: 'local', author: 'a file on this machine', reason: 'unmanaged' })
      this.#active = active
      this.#options.onChange()
    } catch (error) {
      if (!(error instanceof CountersignError)) throw error
      await this.#options.record({ type: 'policy.refused', code: error.code, why: error.message, kept: this.#active?.version ?? null })
      if (!this.#active) throw error
    }
  }
}

/** Neither a hub nor a file: the agent runs, and says why nothing passes. */
export class NoPolicy implements LivePolicy {
  readonly active = undefined

  current(): ActivePolicy {
    return inForce(undefined, 0, 'this agent has no policy, so nothing may pass. Set the hub\'s URL ("countersign.hub"), or start it with --policy FILE. Nothing was sent.')
  }
}

function inForce(active: ActivePolicy | undefined, now: number, otherwise: string): ActivePolicy {
  if (!active) throw new CountersignError('CS_NO_POLICY', otherwise)
  if (active.expiresAt !== undefined && now >= active.expiresAt)
    throw new CountersignError('CS_POLICY_EXPIRED', `policy version ${active.version} expired on ${new Date(active.expiresAt).toISOString().slice(0, 10)}, so nothing may pass. Ask your security lead to publish it again. Nothing was sent.`)
  return active
}
