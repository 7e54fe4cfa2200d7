/**
 * A SAML identity provider for tests, with its own signing: what it writes is canonical already (exclusive C14N), so a digest is
 * that of the text. Every part of a response can be made wrong.
 */
import { createHash, createSign, createVerify, randomBytes, X509Certificate, type KeyObject } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inflateRawSync } from 'node:zlib'
import { testCertificate } from './certificate.ts'

export const PASSWORD = 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport'
const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#'

export interface ResponseParts {
  readonly inResponseTo?: string
  readonly acs: string
  readonly audience: string
  readonly nameId?: string
  readonly format?: string
  readonly groups?: readonly string[]
  readonly issuer?: string
  readonly recipient?: string
  readonly destination?: string
  readonly confirms?: string
  /** Milliseconds since 1970. */
  readonly authenticatedAt?: number
  readonly notBefore?: number
  readonly until?: number
  readonly key?: KeyObject
  readonly signResponse?: boolean
  readonly signAssertion?: boolean
}

export interface SamlRequest {
  readonly id: string
  readonly acs: string
  readonly audience: string
  readonly force: boolean
  readonly relayState: string
}

export interface SamlProviderFake {
  readonly entityId: string
  readonly metadata: string
  readonly metadataUrl: string
  readonly requests: readonly SamlRequest[]
  respond(parts: ResponseParts): string
  /** What the sign-in page does when the person proved who they are. */
  decide(answer: (request: SamlRequest) => Partial<ResponseParts>): void
  /** The requests' signatures are checked with this. */
  trust(certificate: string): void
  close(): Promise<void>
}

const element = (name: string, content: string, attributes = ''): string => `<${name}${attributes === '' ? '' : ` ${attributes}`}>${content}</${name}>`

function signed(xml: string, id: string, key: KeyObject): string {
  const digest = createHash('sha256').update(xml).digest('base64')
  const info = (ns: string): string =>
    element('ds:SignedInfo', [
      element('ds:CanonicalizationMethod', '', `Algorithm="${EXCLUSIVE}"`),
      element('ds:SignatureMethod', '', 'Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"'),
      element('ds:Reference', [
        element('ds:Transforms', element('ds:Transform', '', 'Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"') + element('ds:Transform', '', `Algorithm="${EXCLUSIVE}"`)),
        element('ds:DigestMethod', '', 'Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"'),
        element('ds:DigestValue', digest),
      ].join(''), `URI="#${id}"`),
    ].join(''), ns)
  const value = createSign('sha256').update(info('xmlns:ds="http://www.w3.org/2000/09/xmldsig#"')).sign(key, 'base64')
  const signature = element('ds:Signature', info('') + element('ds:SignatureValue', value), 'xmlns:ds="http://www.w3.org/2000/09/xmldsig#"')
  return xml.replace('</saml:Issuer>', `</saml:Issuer>${signature}`)
}

/** As exclusive C14N writes text. */
const escape = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;')
const time = (ms: number): string => new Date(ms).toISOString()

export async function startSamlProvider(): Promise<SamlProviderFake> {
  const { key, certBase64 } = testCertificate('saml.example')
  const requests: SamlRequest[] = []
  let answer: (request: SamlRequest) => Partial<ResponseParts> = () => ({})
  let trusted: string | undefined
  const respond = (given: ResponseParts): string => {
    const now = Date.now()
    const parts = { nameId: 'alice', format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent', groups: ['data-eng'], issuer: entityId, recipient: given.acs, destination: given.acs, authenticatedAt: now, notBefore: now - 1000, until: now + 120_000, key, signResponse: true, signAssertion: true, ...given }
    const id = `_${randomBytes(12).toString('hex')}`
    const issuer = element('saml:Issuer', parts.issuer)
    const attribute = (name: string, values: readonly string[]): string => element('saml:Attribute', values.map((value) => element('saml:AttributeValue', escape(value))).join(''), `Name="${name}"`)
    const answers = parts.inResponseTo === undefined ? '' : `InResponseTo="${parts.confirms ?? parts.inResponseTo}" `
    const assertion = element('saml:Assertion', [
      issuer,
      element('saml:Subject', element('saml:NameID', escape(parts.nameId), `Format="${parts.format}"`)
        + element('saml:SubjectConfirmation', element('saml:SubjectConfirmationData', '', `${answers}NotOnOrAfter="${time(parts.until)}" Recipient="${parts.recipient}"`), 'Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"')),
      element('saml:Conditions', element('saml:AudienceRestriction', element('saml:Audience', parts.audience)), `NotBefore="${time(parts.notBefore)}" NotOnOrAfter="${time(parts.until)}"`),
      element('saml:AuthnStatement', element('saml:AuthnContext', element('saml:AuthnContextClassRef', PASSWORD)), `AuthnInstant="${time(parts.authenticatedAt)}"`),
      element('saml:AttributeStatement', attribute('groups', parts.groups) + attribute('email', [`${parts.nameId}@northfield.example`]) + attribute('displayName', ['Alice Example'])),
    ].join(''), `xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${id}" IssueInstant="${time(now)}" Version="2.0"`)
    const inner = parts.signAssertion ? signed(assertion, id, parts.key) : assertion
    const outer = `_${randomBytes(12).toString('hex')}`
    const to = parts.inResponseTo === undefined ? '' : `InResponseTo="${parts.inResponseTo}" `
    const response = element('samlp:Response', [
      element('saml:Issuer', parts.issuer, 'xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"'),
      element('samlp:Status', element('samlp:StatusCode', '', 'Value="urn:oasis:names:tc:SAML:2.0:status:Success"')),
      inner,
    ].join(''), `xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" Destination="${parts.destination}" ID="${outer}" ${to}IssueInstant="${time(now)}" Version="2.0"`)
    return parts.signResponse ? signed(response, outer, parts.key) : response
  }
  const server = createServer((request, response) => {
    void serve(request, response)
  })
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://saml')
    if (url.pathname === '/metadata') {
      response.writeHead(200, { 'content-type': 'application/samlmetadata+xml' }).end(metadata())
      return
    }
    let body = ''
    for await (const chunk of request) body += String(chunk)
    const fields = request.method === 'POST' ? new URLSearchParams(body) : url.searchParams
    const asked = requestIn(fields, trusted, request.url ?? '')
    if (request.method !== 'POST') {
      requests.push(asked)
      const kept = [...fields].map(([name, value]) => `<input type="hidden" name="${name}" value="${escape(value)}">`).join('')
      response.writeHead(200, { 'content-type': 'text/html' }).end(`<!doctype html><title>Sign in</title><form method="post" action="/sso">${kept}<input name="login"><input name="password" type="password"><button>Sign in</button></form>`)
      return
    }
    const login = fields.get('login') ?? ''
    const xml = respond({ inResponseTo: asked.id, acs: asked.acs, audience: asked.audience, nameId: login, ...answer(asked) })
    response.writeHead(200, { 'content-type': 'text/html' }).end(`<!doctype html><title>Back</title><form method="post" action="${escape(asked.acs)}"><input type="hidden" name="SAMLResponse" value="${Buffer.from(xml).toString('base64')}"><input type="hidden" name="RelayState" value="${escape(asked.relayState)}"><button>Back</button></form>`)
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const entityId = `${base}/metadata`
  const metadata = (): string =>
    `<?xml version="1.0"?><md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${entityId}"><md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>${certBase64}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${base}/sso"/></md:IDPSSODescriptor></md:EntityDescriptor>`
  return {
    entityId,
    metadata: metadata(),
    metadataUrl: `${base}/metadata`,
    requests,
    respond,
    decide: (given) => { answer = given },
    trust: (certificate) => { trusted = certificate },
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => { resolve() }))
    },
  }
}

/** @param trusted certificate; a request that it did not sign is an error of the test */
function requestIn(fields: URLSearchParams, trusted: string | undefined, url: string): SamlRequest {
  const xml = inflateRawSync(Buffer.from(fields.get('SAMLRequest') ?? '', 'base64')).toString()
  if (trusted !== undefined && url.includes('?')) {
    const names = ['SAMLRequest', 'RelayState', 'SigAlg']
    const text = names.map((name) => new RegExp(`[?&](${name}=[^&]*)`).exec(url)?.[1] ?? '').join('&')
    if (!createVerify('sha256').update(text).verify(new X509Certificate(trusted).publicKey, fields.get('Signature') ?? '', 'base64')) throw new Error('the request is not signed')
  }
  const attribute = (name: string): string => new RegExp(` ${name}="([^"]*)"`).exec(xml)?.[1] ?? ''
  return { id: attribute('ID'), acs: attribute('AssertionConsumerServiceURL'), audience: />([^<]+)<\/(?:\w+:)?Issuer>/.exec(xml)?.[1] ?? '', force: attribute('ForceAuthn') === 'true', relayState: fields.get('RelayState') ?? '' }
}
