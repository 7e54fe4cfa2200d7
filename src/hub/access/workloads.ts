/**
 * Programs that sign in without a person: a platform (a Kubernetes cluster, a CI service) vouches for one with a token of its
 * own, and the hub gives a short-lived access token for it. Only subjects that the operator named get one, because the issuer of
 * a public platform vouches for everybody on it; groups come from that list alone, never from the token. A program that has a
 * client of its own at an identity provider brings that client's access token instead (client credentials, RFC 9068).
 */
import { createPublicKey, randomUUID, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { decodeJwt, jwtVerify, SignJWT, type JWTPayload } from 'jose'
import { parse } from 'yaml'
import { z } from 'zod'
import { CountersignError, describeError } from '../../protocol/errors.ts'
import type { WorkloadReply } from '../../protocol/hub.ts'
import { checkUrl, setting } from '../../platform/settings.ts'
import type { HubLog } from '../log/hubLog.ts'
import { ALGORITHMS, IssuerKeys, LARGEST_TOKEN, reasonOf, SKEW_S } from './issuerKeys.ts'
import type { Person } from './person.ts'

/** One row of the operator's list. */
export interface WorkloadRule {
  readonly issuer: string
  /** Whole, or the beginning of it up to a `*` that follows a separator. */
  readonly subject: string
  /** Of a program with a client of its own: only access tokens of that client count, and the subject is whole. */
  readonly client?: string | undefined
  /** Claim of the platform's token that says who started the program, as GitHub's `actor` does: vouched for by the platform. */
  readonly startedBy?: string | undefined
  /** Who that is here, where the platform calls people otherwise: e-mail, user name or subject. With it, somebody who is not listed starts nothing. */
  readonly people?: Readonly<Record<string, string>> | undefined
  readonly groups: readonly string[]
}

export interface WorkloadSettings {
  readonly rules: readonly WorkloadRule[]
  /** Audience of the platforms' tokens; undefined: the hub's URL. */
  readonly audience: string | undefined
}

const list = z
  .array(
    z
      .strictObject({
        issuer: z.url(),
        // Without a separator before it, `repo:north*` would also be `repo:north-evil`.
        subject: z.string().max(500).regex(/^[^*]*[^*\s](?:(?<=[:/])\*)?$/).optional(),
        client: z.string().min(1).max(200).optional(),
        startedBy: z.string().min(1).max(100).optional(),
        people: z.record(z.string().min(1).max(200), z.string().min(1).max(320)).optional(),
        groups: z.array(z.string().min(1).max(200)).min(1).max(50),
      })
      .transform(({ subject, client, ...row }, context) => {
        const whole = subject ?? client
        if (whole === undefined || (client !== undefined && whole.includes('*'))) context.addIssue({ code: 'custom', path: ['subject'], message: 'no subject' })
        if (row.people && row.startedBy === undefined) context.addIssue({ code: 'custom', path: ['people'], message: 'no startedBy' })
        return { ...row, subject: whole ?? '', client }
      }),
  )
  .min(1)
  .max(1000)

/**
 * @param file YAML: a list of {issuer, subject, groups}
 * @param issuer who signs people in: a workload may come from there only by a client of its own, since a person's token would pass for one
 * @throws CountersignError CS_SETTING naming the row
 */
export function readWorkloads(file: string, issuer: string): readonly WorkloadRule[] {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw new CountersignError('CS_SETTING', `the file of --workloads, ${file}, cannot be read.`, { cause })
  }
  let value: unknown
  try {
    value = parse(text)
  } catch (cause) {
    throw new CountersignError('CS_SETTING', `the file of --workloads, ${file}, is no YAML.`, { cause })
  }
  const parsed = list.safeParse(value)
  if (!parsed.success)
    throw setting(`the file of --workloads takes a list of rows with issuer, subject (whole, or ending in ":*" or "/*") or client, and groups; wrong at: ${[...new Set(parsed.error.issues.map((issue) => issue.path.join('.') || 'the whole'))].slice(0, 5).join(', ')}.`)
  for (const row of parsed.data) {
    checkUrl('the issuer of a workload', row.issuer)
    if (row.client === undefined && row.issuer.replace(/\/+$/, '') === issuer.replace(/\/+$/, '')) throw setting(`the issuer ${row.issuer} signs people in (--issuer), so it cannot vouch for workloads as well. Use another realm or tenant for them, or name the client of its own that the program has there (client: ID).`)
  }
  return parsed.data
}

export interface WorkloadOptions extends WorkloadSettings {
  /** The hub's own URL. */
  readonly url: string
  /** Ed25519, signs the access tokens. */
  readonly key: KeyObject
  readonly log: Pick<HubLog, 'appendWith'>
  /** Throws for a workload that gets nothing here any more. */
  readonly admit: (workload: Person) => void
  readonly now: () => number
  readonly cooldown?: number
}

interface Presented {
  readonly issuer: string
  readonly subject: string
  readonly client: string | undefined
}

/** A token that is good for longer is a static key by another name. */
const LONGEST_S = 86_400 + 60
/** Of the access tokens given out. */
const ACCESS_S = 300
const CLAIM = 'workload'
const claimShape = z.object({ iss: z.string(), sub: z.string(), client: z.string().optional(), at: z.number(), by: z.array(z.string()) })

export class Workloads {
  readonly #options: WorkloadOptions
  readonly #verifying: KeyObject
  readonly #issuers: ReadonlyMap<string, IssuerKeys>
  /** Issuer of the access tokens given out here: no provider's. */
  readonly issuer: string
  readonly audience: string

  constructor(options: WorkloadOptions) {
    this.#options = options
    this.#verifying = createPublicKey(options.key)
    this.issuer = `${options.url}/workload`
    this.audience = options.audience ?? options.url
    this.#issuers = new Map(options.rules.map(({ issuer }) => [issuer, new IssuerKeys(issuer, refused, options.cooldown)]))
  }

  /**
   * @param token of a platform, attacker-controlled
   * @param onBehalfOf who started the program, as it says itself. Made up, it takes a reviewer away from the program's own calls, and gives nobody a right
   * @throws CountersignError CS_SIGN_IN_FAILED, CS_OFFBOARDED, CS_UPSTREAM_UNREACHABLE when the platform's issuer is away
   */
  async exchange(token: string, onBehalfOf?: string): Promise<WorkloadReply> {
    const { now, admit, key, url, log } = this.#options
    const { payload, client } = await this.#verified(token)
    const { iss: issuer = '', sub: subject = '', iat = 0, exp = 0 } = payload
    const { startedBy, names } = this.#starters({ issuer, subject, client }, payload)
    const by = [...new Set([...names, ...(onBehalfOf === undefined ? [] : [onBehalfOf.toLowerCase()])])]
    const workload = this.#workload({ issuer, subject, client }, iat, by)
    admit(workload)
    const at = Math.floor(now() / 1000)
    const lasts = Math.max(SKEW_S, Math.min(ACCESS_S, exp - at))
    const { groups } = workload
    const id = typeof payload.jti === 'string' ? { token: payload.jti.slice(0, 200) } : {}
    await log.appendWith(
      (sd) => ({ type: 'workload.admitted', iss: issuer, sub: subject, groups, ...id, until: new Date((at + lasts) * 1000).toISOString(), sd }),
      Object.entries({ startedBy, onBehalfOf }).flatMap(([path, value]) => (value === undefined ? [] : [{ path, value }])),
      subject,
    )
    const access = await new SignJWT({ [CLAIM]: { iss: issuer, sub: subject, ...(client === undefined ? {} : { client }), at: iat, by } })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt' })
      .setIssuer(this.issuer)
      .setAudience(url)
      .setSubject(subject)
      .setJti(randomUUID())
      .setIssuedAt(at)
      .setExpirationTime(at + lasts)
      .sign(key)
    return { token: access, expiresIn: lasts, issuer, subject, groups: [...groups], authTime: iat, ...(startedBy === undefined ? {} : { startedBy }) }
  }

  /** `client`: of an access token, whose it is; undefined for a token that a platform made of the program itself. */
  async #verified(token: string): Promise<{ readonly payload: JWTPayload; readonly client: string | undefined }> {
    const { now } = this.#options
    if (token.length > LARGEST_TOKEN) throw refused('it is too long')
    try {
      const issuer = decodeJwt(token).iss ?? ''
      const keys = this.#issuers.get(issuer)
      if (!keys) throw refused('this hub takes no workloads of its issuer')
      const { payload, protectedHeader } = await jwtVerify(token, await keys.get(), {
        issuer,
        audience: this.audience,
        algorithms: ALGORITHMS,
        requiredClaims: ['iss', 'sub', 'aud', 'exp', 'iat'],
        clockTolerance: SKEW_S,
        currentDate: new Date(now()),
      })
      const client = clientOf(payload, protectedHeader.typ)
      // A token that others take too could have been passed on by one of them.
      if (Array.isArray(payload.aud) && payload.aud.length !== 1) throw refused(`it is for others too; its only audience must be ${this.audience}`)
      const { iat = 0, exp = 0 } = payload
      if (iat > now() / 1000 + SKEW_S) throw refused('it is from the future, so the clocks of the hub and of the identity provider differ; ask whoever runs them')
      if (exp - iat > LONGEST_S) throw refused('it is good for longer than a day, which makes it a static key')
      return { payload, client }
    } catch (error) {
      if (error instanceof CountersignError) throw error
      const why = reasonOf(error)
      throw refused(why.includes('claim aud') ? `its audience is another one; it must be ${this.audience}` : why, error)
    }
  }

  /** A token that this hub gave out. Groups are those of the list now. @throws CountersignError CS_SIGN_IN_FAILED and what jose throws */
  async verify(token: string): Promise<Person> {
    const { url, now } = this.#options
    const { payload } = await jwtVerify(token, this.#verifying, {
      issuer: this.issuer,
      audience: url,
      typ: 'at+jwt',
      algorithms: ['EdDSA', 'Ed25519'],
      requiredClaims: ['iss', 'sub', 'aud', 'exp', 'iat', 'jti'],
      currentDate: new Date(now()),
    })
    const { iss, sub, client, at, by } = claimShape.parse(payload[CLAIM])
    return this.#workload({ issuer: iss, subject: sub, client }, at, by)
  }

  #rows({ issuer, subject, client }: Presented): readonly WorkloadRule[] {
    return this.#options.rules.filter((row) => row.issuer === issuer && row.client === client && fits(row.subject, subject))
  }

  /**
   * Who started the program is the platform's word where the list asks for it. Missing, it is unknown, and unknown is not nobody.
   * @throws CountersignError CS_SIGN_IN_FAILED
   */
  #starters(presented: Presented, payload: JWTPayload): { readonly startedBy: string | undefined; readonly names: readonly string[] } {
    const said = this.#rows(presented).flatMap(({ startedBy: claim, people }) => {
      if (claim === undefined) return []
      const value = Object.hasOwn(payload, claim) ? payload[claim] : undefined
      if (typeof value !== 'string' || !/^[^\p{Cc}\p{Cf}]{1,200}$/u.test(value)) throw refused(`it does not say who started the program (claim ${claim}), which this hub's list asks for`)
      if (people && !Object.hasOwn(people, value)) throw refused(`whoever started the program is "${value}" there, and this hub's list does not say who that is (people)`)
      return [{ value, names: [value, ...(people ? [people[value] ?? ''] : [])] }]
    })
    return { startedBy: said[0]?.value, names: said.flatMap(({ names }) => names).map((name) => name.toLowerCase()) }
  }

  #workload(presented: Presented, authTime: number, startedBy: readonly string[]): Person {
    const { issuer, subject } = presented
    const rows = this.#rows(presented)
    if (subject === '' || rows.length === 0) throw refused('nobody listed this workload at the hub (--workloads)')
    return { issuer, subject, groups: [...new Set(rows.flatMap((row) => row.groups))], authTime, name: undefined, kind: 'workload', startedBy }
  }
}

/**
 * An access token (RFC 9068) counts for the client it was given to, and only when no person stands behind it; any other token
 * speaks of a program that the platform runs. @throws CountersignError CS_SIGN_IN_FAILED
 */
function clientOf(payload: JWTPayload, typ: string | undefined): string | undefined {
  const kind = typ?.toLowerCase().replace(/^application\//, '')
  if (kind === undefined || kind === 'jwt') return undefined
  const { client_id: client } = payload
  if (kind !== 'at+jwt' || typeof client !== 'string' || client === '') throw refused('it is another kind of token')
  if (payload['auth_time'] !== undefined) throw refused('a person signed in for it; a program signs in with its own client credentials')
  return client
}

function fits(pattern: string, subject: string): boolean {
  return pattern.endsWith('*') ? subject.startsWith(pattern.slice(0, -1)) && subject.length >= pattern.length : subject === pattern
}

function refused(why: string, cause?: unknown): CountersignError {
  return new CountersignError('CS_SIGN_IN_FAILED', `the workload's token is not accepted here: ${why}.`, cause === undefined ? {} : { cause, detail: describeError(cause) })
}
