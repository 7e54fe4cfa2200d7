/**
 * The hub as a SAML service provider: node-saml verifies signatures, times and the answered request; what it leaves open is
 * checked here. A response counts once, also when it is posted many times at once, only for the request it answers, only to this
 * address, only from this provider, and only as the very bytes that were signed.
 */
import { randomBytes } from 'node:crypto'
import { SAML, ValidateInResponseTo, type CacheProvider, type Profile, type SamlConfig } from '@node-saml/node-saml'
import { DOMParser } from '@xmldom/xmldom'
import { z } from 'zod'
import { CountersignError, describeError } from '../../protocol/errors.ts'
import type { SamlProvider } from './metadata.ts'

export interface ServiceProviderOptions {
  readonly provider: SamlProvider
  readonly entityId: string
  /** Where responses are posted to. */
  readonly acs: string
  /** PEM; requests are signed with it. */
  readonly key: string
  readonly certificate: string
  /** False for a provider that signs the assertion alone, as Entra ID does by default. */
  readonly responseSigned: boolean
  readonly groupsAttribute: string
  readonly now: () => number
}

/** As the provider vouches for them. */
export interface SamlPerson {
  readonly nameId: string
  readonly groups: readonly string[]
  readonly name: string | undefined
  readonly email: string | undefined
  /** Seconds since 1970. */
  readonly authTime: number
  readonly acr: string | undefined
}

interface Asked {
  readonly at: number
  readonly force: boolean
}

const SKEW_MS = 30_000
const ASKED_MS = 600_000
/** More than one address can begin in that time (http/server.ts). */
const MOST_ASKED = 40_000
const LARGEST = 256 * 1024
const TRANSIENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient'
const BEARER = 'urn:oasis:names:tc:SAML:2.0:cm:bearer'
const EMAIL = ['email', 'mail', 'urn:oid:0.9.2342.19200300.100.1.3', 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress']
const NAME = ['displayName', 'name', 'urn:oid:2.16.840.1.113730.3.1.241', 'http://schemas.microsoft.com/identity/claims/displayname', 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name']

const text = z.object({ _: z.string() })
/** Of the verified bytes, as xml2js reads them. */
const assertionShape = z.object({
  Assertion: z.object({
    $: z.object({ ID: z.string().min(1) }),
    Issuer: z.tuple([text]),
    Subject: z.tuple([
      z.object({
        SubjectConfirmation: z.tuple([
          z.object({ $: z.object({ Method: z.literal(BEARER) }), SubjectConfirmationData: z.tuple([z.object({ $: z.object({ Recipient: z.string(), InResponseTo: z.string(), NotOnOrAfter: z.string() }) })]) }),
        ]),
      }),
    ]),
    Conditions: z.tuple([z.object({ AudienceRestriction: z.tuple([z.object({ Audience: z.array(text).min(1) })]) })]),
    AuthnStatement: z.tuple([z.object({ $: z.object({ AuthnInstant: z.string() }), AuthnContext: z.tuple([z.object({ AuthnContextClassRef: z.array(text).optional() })]).optional() })]),
  }),
})

export class ServiceProvider {
  readonly #options: ServiceProviderOptions
  /** Requests that were not answered yet, by their id. Deleted before anything is awaited after the check: one answer each. */
  readonly #asked = new Map<string, Asked>()

  constructor(options: ServiceProviderOptions) {
    this.#options = options
  }

  get metadata(): string {
    return this.#saml(newRequestId(), false).generateServiceProviderMetadata(null, this.#options.certificate)
  }

  /**
   * A signed request.
   * @param force the person has to prove anew who they are
   * @param classes ways to sign in of which one has to be used (AuthnContextClassRef); none: any
   * @returns where the browser goes, and the request's id
   */
  async ask(relayState: string, force: boolean, classes: readonly string[] = []): Promise<{ readonly url: string; readonly id: string }> {
    const id = newRequestId()
    const now = this.#options.now()
    for (const [old, { at }] of this.#asked) {
      if (now - at < ASKED_MS && this.#asked.size < MOST_ASKED) break
      this.#asked.delete(old)
    }
    this.#asked.set(id, { at: now, force })
    return { url: await this.#saml(id, force, classes).getAuthorizeUrlAsync(relayState, undefined, {}), id }
  }

  /**
   * @param response as posted, attacker-controlled
   * @param id of the request that the same sign-in made
   * @throws CountersignError CS_SIGN_IN_FAILED with the check that failed
   */
  async answer(response: string, id: string): Promise<SamlPerson> {
    const destination = checkShape(response)
    let profile: Profile | null
    try {
      ;({ profile } = await this.#saml(id, false).validatePostResponseAsync({ SAMLResponse: response }))
    } catch (cause) {
      throw refused('its signature, times or request are not in order', cause)
    }
    // From here to the deletion nothing is awaited: of many posted at once, one finds the request.
    const asked = this.#asked.get(id)
    if (!profile || profile['inResponseTo'] !== id || !asked) throw refused('it answers no request of this sign-in, or was used before')
    this.#asked.delete(id)
    return this.#checked(profile, asked, id, destination)
  }

  /** What node-saml leaves open, in the verified assertion. */
  #checked(profile: Profile, asked: Asked, id: string, destination: string): SamlPerson {
    const parsed = assertionShape.safeParse(profile.getAssertion?.())
    if (!parsed.success) throw refused(`its assertion has another shape (${parsed.error.issues[0]?.path.join('.') ?? ''})`)
    const { Issuer, Subject, Conditions, AuthnStatement } = parsed.data.Assertion
    const { provider, entityId, acs } = this.#options
    if (Issuer[0]._ !== provider.entityId || profile.issuer !== provider.entityId) throw refused('it is from another issuer')
    if (!Conditions[0].AudienceRestriction[0].Audience.some(({ _ }) => _ === entityId)) throw refused('it is for another audience')
    const { Recipient, InResponseTo } = Subject[0].SubjectConfirmation[0].SubjectConfirmationData[0].$
    if (Recipient !== acs) throw refused('it is for another recipient')
    if (InResponseTo !== id) throw refused('it answers another request')
    this.#checkDestination(destination)
    const authTime = this.#authTime(AuthnStatement[0].$.AuthnInstant, asked)
    if (profile.nameID === '' || profile.nameIDFormat === TRANSIENT) throw refused('its NameID is transient, so nobody would know the person again. Let the provider send a persistent one, or the e-mail address')
    return this.#person(profile, authTime, AuthnStatement[0].AuthnContext?.[0].AuthnContextClassRef?.[0]?._)
  }

  /** Covered by the signature only where the response itself is signed, and demanded there. */
  #checkDestination(destination: string): void {
    const { acs, responseSigned } = this.#options
    if (destination !== acs && (responseSigned || destination !== '')) throw refused('it has another destination')
  }

  #person({ nameID, attributes }: { readonly nameID: string; readonly attributes?: unknown }, authTime: number, acr: string | undefined): SamlPerson {
    const all = typeof attributes === 'object' && attributes !== null ? (attributes as Record<string, unknown>) : {}
    const values = (name: string): string[] => [Object.hasOwn(all, name) ? all[name] : []].flat().filter((one): one is string => typeof one === 'string')
    const first = (names: readonly string[]): string | undefined => names.flatMap(values)[0]?.slice(0, 320)
    return { nameId: nameID, groups: values(this.#options.groupsAttribute), name: first(NAME), email: first(EMAIL), authTime, acr }
  }

  #authTime(instant: string, { at, force }: Asked): number {
    const time = Date.parse(instant)
    if (Number.isNaN(time) || time > this.#options.now() + SKEW_MS) throw refused('its AuthnInstant is missing, or in the future')
    if (force && time < at - SKEW_MS) throw refused('a new sign-in was asked for, and the provider answered with an old one')
    return Math.floor(time / 1000)
  }

  #saml(id: string, force: boolean, classes: readonly string[] = []): SAML {
    const { provider, entityId, acs, key, responseSigned, now } = this.#options
    const cache: CacheProvider = {
      saveAsync: () => Promise.resolve(null),
      getAsync: (asked) => {
        const known = asked === id ? this.#asked.get(asked) : undefined
        return Promise.resolve(known && now() - known.at < ASKED_MS ? new Date(known.at).toISOString() : null)
      },
      // The request is taken back by us, after the check.
      removeAsync: (asked) => Promise.resolve(asked),
    }
    const config: SamlConfig = {
      callbackUrl: acs,
      entryPoint: provider.signOn,
      issuer: entityId,
      audience: entityId,
      idpIssuer: provider.entityId,
      idpCert: [...provider.certificates],
      privateKey: key,
      wantAssertionsSigned: true,
      wantAuthnResponseSigned: responseSigned,
      signatureAlgorithm: 'sha256',
      digestAlgorithm: 'sha256',
      validateInResponseTo: ValidateInResponseTo.always,
      requestIdExpirationPeriodMs: ASKED_MS,
      cacheProvider: cache,
      acceptedClockSkewMs: SKEW_MS,
      maxAssertionAgeMs: 300_000,
      identifierFormat: null,
      disableRequestedAuthnContext: classes.length === 0,
      authnContext: [...classes],
      racComparison: 'exact',
      forceAuthn: force,
      generateUniqueId: () => id,
    }
    return new SAML(config)
  }
}

/** An XML ID begins with no digit. */
function newRequestId(): string {
  return `_${randomBytes(20).toString('hex')}`
}

/**
 * Nothing but elements and text: comments cut a NameID in two for some readers, entities and CDATA hide text from others.
 * @returns the Destination of the response, empty when it has none
 */
function checkShape(response: string): string {
  if (response.length > LARGEST) throw refused('it is too long')
  const xml = Buffer.from(response, 'base64').toString('utf8')
  if (/<!/.test(xml) || /<\?(?!xml )/.test(xml) || xml.lastIndexOf('<?') > 0) throw refused('it has comments, entities or instructions in it')
  const problems: string[] = []
  const root = (new DOMParser({ errorHandler: (_level: string, message: string) => problems.push(message) }).parseFromString(xml, 'text/xml') as Document | undefined)?.documentElement as Element | undefined
  if (problems.length > 0 || root?.localName !== 'Response') throw refused('it is no SAML response')
  const assertions = root.getElementsByTagNameNS('urn:oasis:names:tc:SAML:2.0:assertion', 'Assertion').length
  if (assertions !== 1) throw refused('it holds more or less than one assertion in the clear')
  return root.getAttribute('Destination') ?? ''
}

function refused(why: string, cause?: unknown): CountersignError {
  return new CountersignError('CS_SIGN_IN_FAILED', `the answer of your identity provider is not accepted: ${why}.`, cause === undefined ? {} : { cause, detail: cause instanceof Error ? cause.message.slice(0, 300) : describeError(cause) })
}
