/** What an identity provider's SAML metadata says: who it is, where people are sent, and which keys may sign. */
import { readFile } from 'node:fs/promises'
import { DOMParser } from '@xmldom/xmldom'
import { CountersignError, describeError } from '../../protocol/errors.ts'
import { guardedFetch } from '../../platform/guardedFetch.ts'
import { checkUrl, setting } from '../../platform/settings.ts'

export interface SamlProvider {
  readonly entityId: string
  /** HTTP-Redirect binding. */
  readonly signOn: string
  /** PEM certificates. */
  readonly certificates: readonly string[]
}

const METADATA = 'urn:oasis:names:tc:SAML:2.0:metadata'
const REDIRECT = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect'
const DSIG = 'http://www.w3.org/2000/09/xmldsig#'
const LARGEST = 4 * 1024 * 1024

/**
 * @param source file or https URL, named by the operator: whoever controls it says who people are
 * @throws CountersignError CS_SETTING saying what the metadata lacks
 */
export async function readMetadata(source: string): Promise<SamlProvider> {
  const text = await load(source)
  return parseMetadata(text, source)
}

async function load(source: string): Promise<string> {
  try {
    if (!/^https?:/i.test(source)) return await readFile(source, 'utf8')
    checkUrl('--saml-metadata', source)
    const reply = await guardedFetch(source, { signal: AbortSignal.timeout(10_000) })
    if (reply.status !== 200) throw setting(`the SAML metadata at ${source} cannot be read: the server answers with status ${reply.status}.`)
    return await reply.text()
  } catch (cause) {
    if (cause instanceof CountersignError) throw cause
    throw new CountersignError('CS_SETTING', `the SAML metadata ${source} cannot be read.`, { cause, detail: describeError(cause) })
  }
}

export function parseMetadata(text: string, source: string): SamlProvider {
  const wrong = (why: string): CountersignError => setting(`the SAML metadata ${source} cannot be used: ${why}.`)
  if (text.length > LARGEST || /<!(?:DOCTYPE|ENTITY)/i.test(text)) throw wrong('it is too long, or has a DTD')
  const problems: string[] = []
  const document = new DOMParser({ errorHandler: (_level: string, message: string) => problems.push(message) }).parseFromString(text, 'text/xml') as Document | undefined
  if (problems.length > 0 || !document) throw wrong('it is no XML')
  const roles = [...Array.from(document.getElementsByTagNameNS(METADATA, 'IDPSSODescriptor'))]
  const [role] = roles
  if (!role || roles.length !== 1) throw wrong(`it describes ${roles.length} identity providers, and one is needed`)
  const entity = role.parentNode as Element
  const entityId = entity.getAttribute('entityID') ?? ''
  if (entityId === '') throw wrong('it has no entityID')
  const until = Date.parse(entity.getAttribute('validUntil') ?? '')
  if (until < Date.now()) throw wrong('its validUntil is over')
  const places = Array.from(role.getElementsByTagNameNS(METADATA, 'SingleSignOnService'))
  const signOn = places.find((place) => place.getAttribute('Binding') === REDIRECT)?.getAttribute('Location') ?? ''
  if (signOn === '') throw wrong('it names no SingleSignOnService with the HTTP-Redirect binding')
  checkUrl('the SingleSignOnService of the SAML metadata', signOn)
  const certificates = Array.from(role.getElementsByTagNameNS(METADATA, 'KeyDescriptor'))
    .filter((key) => key.getAttribute('use') !== 'encryption')
    .flatMap((key) => Array.from(key.getElementsByTagNameNS(DSIG, 'X509Certificate')))
    .map((one) => one.textContent.replace(/\s+/g, ''))
  if (certificates.length === 0 || certificates.some((one) => !/^[A-Za-z0-9+/]+=*$/.test(one))) throw wrong('it holds no signing certificate')
  return { entityId, signOn, certificates: certificates.map((one) => `-----BEGIN CERTIFICATE-----\n${one.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`) }
}
