import assert from 'node:assert/strict'
import { inflateRawSync } from 'node:zlib'
import { after, before, describe, test } from 'node:test'
import { CountersignError } from '../../../src/protocol/errors.ts'
import { parseMetadata } from '../../../src/hub/saml/metadata.ts'
import { ServiceProvider, type SamlPerson } from '../../../src/hub/saml/serviceProvider.ts'
import { testCertificate } from '../../fakes/certificate.ts'
import { PASSWORD, startSamlProvider, type ResponseParts, type SamlProviderFake } from '../../fakes/samlProvider.ts'

const ACS = 'https://hub.example/saml/acs'
const ENTITY = 'https://hub.example/saml/metadata'
const OURS = testCertificate('hub.example')

let idp: SamlProviderFake
let other: SamlProviderFake
before(async () => {
  idp = await startSamlProvider()
  other = await startSamlProvider()
})
after(async () => {
  await idp.close()
  await other.close()
})

function service(responseSigned = true): ServiceProvider {
  return new ServiceProvider({ provider: parseMetadata(idp.metadata, 'test'), entityId: ENTITY, acs: ACS, key: OURS.keyPem, certificate: OURS.certPem, responseSigned, groupsAttribute: 'groups', now: Date.now })
}

const b64 = (xml: string): string => Buffer.from(xml).toString('base64')

interface Try {
  readonly responseSigned?: boolean
  readonly force?: boolean
  readonly parts?: Partial<ResponseParts>
  readonly change?: (xml: string) => string
}

/** A sign-in up to the posted response. */
async function attempt({ responseSigned = true, force = false, parts = {}, change = (xml) => xml }: Try = {}): Promise<{ one: ServiceProvider; id: string; posted: string }> {
  const one = service(responseSigned)
  const { id } = await one.ask('relay', force)
  const xml = idp.respond({ inResponseTo: id, acs: ACS, audience: ENTITY, signResponse: responseSigned, ...parts })
  const changed = change(xml)
  return { one, id, posted: b64(changed) }
}

async function accepted(given?: Try): Promise<SamlPerson> {
  const { one, id, posted } = await attempt(given)
  return one.answer(posted, id)
}

async function refused(given: Try, says: RegExp): Promise<void> {
  const { one, id, posted } = await attempt(given)
  await assert.rejects(one.answer(posted, id), (error: unknown) => error instanceof CountersignError && error.code === 'CS_SIGN_IN_FAILED' && says.test(error.message))
}

describe('a SAML response', () => {
  test('that is honest names the person, with groups and the time of the sign-in, with and without a signature of its own', async () => {
    const at = Date.now() - 5000
    const person = await accepted({ parts: { groups: ['data-eng', 'x & y'], authenticatedAt: at } })
    assert.deepEqual(person, { nameId: 'alice', groups: ['data-eng', 'x & y'], name: 'Alice Example', email: 'alice@northfield.example', authTime: Math.floor(at / 1000), acr: PASSWORD })
    assert.equal((await accepted({ responseSigned: false })).nameId, 'alice')
  })

  test('counts once, also of 50 posted at once (S27)', async () => {
    const { one, id, posted } = await attempt()
    const results = await Promise.allSettled(Array.from({ length: 50 }, () => one.answer(posted, id)))
    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1)
    await assert.rejects(one.answer(posted, id), /not in order|used before/)
  })

  const wrong: readonly (readonly [what: string, given: Try, says: RegExp])[] = [
    ['that nobody asked for', { parts: { inResponseTo: undefined as unknown as string } }, /not in order/],
    ['to another request', { parts: { inResponseTo: '_other' } }, /not in order/],
    ['whose assertion confirms another request', { parts: { confirms: '_other' } }, /not in order|another request/],
    ['for another audience', { parts: { audience: 'https://other.example' } }, /not in order|another audience/],
    ['for another recipient', { parts: { recipient: 'https://other.example/acs' } }, /another recipient/],
    ['to another destination', { parts: { destination: 'https://other.example/acs' } }, /another destination/],
    ['to another destination, unsigned', { responseSigned: false, parts: { destination: 'https://other.example/acs' } }, /another destination/],
    ['from another issuer with the right key', { parts: { issuer: 'https://other.example' } }, /another issuer|not in order/],
    ['that has expired', { parts: { until: Date.now() - 31_000 } }, /not in order/],
    ['that is not good yet', { parts: { notBefore: Date.now() + 60_000 } }, /not in order/],
    ['with a sign-in of the future', { parts: { authenticatedAt: Date.now() + 60_000 } }, /in the future/],
    ['with an old sign-in where a new one was asked for (S17)', { force: true, parts: { authenticatedAt: Date.now() - 120_000 } }, /an old one/],
    ['with a transient name', { parts: { format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient' } }, /transient/],
  ]
  for (const [what, given, says] of wrong)
    test(`${what} is refused (S26)`, async () => {
      await refused(given, says)
    })

  test('within 30 seconds of skew is accepted (S26)', async () => {
    await accepted({ parts: { until: Date.now() - 10_000 } })
    await accepted({ parts: { notBefore: Date.now() + 10_000 } })
    await accepted({ force: true })
  })

  test('may be asked for with a stronger sign-in, and says which one it was (S17)', async () => {
    const requested = async (classes?: readonly string[]): Promise<string> => {
      const { url } = await service().ask('relay', true, classes)
      return inflateRawSync(Buffer.from(new URL(url).searchParams.get('SAMLRequest') ?? '', 'base64')).toString()
    }
    assert.match(await requested(['urn:example:mfa', 'urn:example:phr']), /Comparison="exact".*AuthnContextClassRef[^>]*>urn:example:mfa<.*AuthnContextClassRef[^>]*>urn:example:phr</)
    assert.doesNotMatch(await requested(), /RequestedAuthnContext/)
    assert.equal((await accepted()).acr, PASSWORD)
  })

  test('of another provider, also with the same name, is nobody here (S29)', async () => {
    const one = service()
    const { id } = await one.ask('relay', false)
    await assert.rejects(one.answer(b64(other.respond({ inResponseTo: id, acs: ACS, audience: ENTITY })), id), /not in order/)
    await assert.rejects(one.answer(b64(other.respond({ inResponseTo: id, acs: ACS, audience: ENTITY, issuer: idp.entityId })), id), /not in order/)
  })

  test('unsigned, signed in part, or signed by another key is refused (S25)', async () => {
    await refused({ parts: { signResponse: false } }, /not in order/)
    await refused({ parts: { signAssertion: false } }, /not in order/)
    await refused({ responseSigned: false, parts: { signAssertion: false } }, /not in order/)
    await refused({ parts: { key: testCertificate('x').key } }, /not in order/)
  })

  const forge = (assertion: string): string => assertion.replace('>alice<', '>bob<').replace(/ID="[^"]+"/, 'ID="_evil"').replace(/<ds:Signature[\s\S]*?<\/ds:Signature>/, '')
  const attacks: Readonly<Record<string, (xml: string, assertion: string) => string>> = {
    'a changed name': (xml) => xml.replace('>alice<', '>bob<'),
    'a comment in the name': (xml) => xml.replace('>alice<', '>al<!-- -->ice<'),
    'a CDATA section in the name': (xml) => xml.replace('>alice<', '><![CDATA[alice]]><'),
    'an instruction in the name': (xml) => xml.replace('>alice<', '>al<?x ?>ice<'),
    'a forged assertion before the signed one': (xml, a) => xml.replace(a, forge(a) + a),
    'a forged assertion after the signed one': (xml, a) => xml.replace(a, a + forge(a)),
    'the signed assertion moved into Extensions': (xml, a) => xml.replace(a, forge(a)).replace('<samlp:Status>', `<samlp:Extensions>${a}</samlp:Extensions><samlp:Status>`),
    'the signed assertion inside the forged one': (xml, a) => xml.replace(a, forge(a).replace(/<\/saml:Assertion>$/, `<Wrap>${a}</Wrap></saml:Assertion>`)),
    'the signed response inside a forged one': (xml, a) => `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" Destination="${ACS}" ID="_o" InResponseTo="${/InResponseTo="([^"]+)"/.exec(xml)?.[1] ?? ''}" Version="2.0">${forge(a)}${xml}</samlp:Response>`,
    'two assertions of one ID': (xml, a) => xml.replace(a, forge(a).replace('ID="_evil"', /ID="[^"]+"/.exec(a)?.[0] ?? '') + a),
    'a DTD with an entity': (xml) => `<!DOCTYPE r [<!ENTITY e "bob">]>${xml.replace('>alice<', '>&e;<')}`,
    'two root elements': (xml) => xml + xml,
    'empty signature and digest values': (xml) => xml.replace(/<ds:SignatureValue>[^<]*</g, '<ds:SignatureValue><').replace(/<ds:DigestValue>[^<]*</g, '<ds:DigestValue><'),
    'a comment in the digest value': (xml) => xml.replace('>alice<', '>bob<').replace(/<ds:DigestValue>/g, '<ds:DigestValue><!--AAAA-->'),
    'a second SignedInfo': (xml) => xml.replace('>alice<', '>bob<').replace('<ds:SignedInfo>', '<ds:SignedInfo><ds:Reference URI=""></ds:Reference></ds:SignedInfo><ds:SignedInfo>'),
    'no assertion': (xml, a) => xml.replace(a, ''),
  }
  /** Which of our own looks finds it, before anything is verified; the others are the library's. */
  const saysOf = (name: string): RegExp => {
    if (/comment|CDATA|instruction|DTD/.test(name)) return /comments, entities or instructions/
    if (/forged|Extensions|two assertions|no assertion/.test(name)) return /more or less than one assertion/
    return name === 'two root elements' ? /is no SAML response/ : /not in order/
  }
  for (const responseSigned of [true, false])
    for (const [name, wrap] of Object.entries(attacks))
      test(`with ${name} is refused, ${responseSigned ? 'both signed' : 'the assertion signed alone'} (S25)`, async () => {
        const change = (xml: string): string => {
          const changed = wrap(xml, /<saml:Assertion[\s\S]*<\/saml:Assertion>/.exec(xml)?.[0] ?? '')
          assert.notEqual(changed, xml)
          return changed
        }
        await refused({ responseSigned, change }, saysOf(name))
      })

  test('that is endless, or none at all, is refused', async () => {
    for (const posted of ['x'.repeat(1_000_000), '', b64('<a></a>'), b64('no xml')]) {
      const one = service()
      const { id } = await one.ask('relay', false)
      await assert.rejects(one.answer(posted, id), CountersignError)
    }
  })
})

describe('a provider\'s metadata', () => {
  const wrong: readonly (readonly [what: string, text: string, says: RegExp])[] = [
    ['nothing', '', /no XML/],
    ['no provider', '<a xmlns="x"/>', /describes 0/],
    ['a DTD', '<!DOCTYPE a><a/>', /DTD/],
    ['no certificate', '<E xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="x"><IDPSSODescriptor><SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://x.example/"/></IDPSSODescriptor></E>', /no signing certificate/],
    ['a page in the clear', '<E xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="x"><IDPSSODescriptor><SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="http://x.example/"/></IDPSSODescriptor></E>', /must be https/],
    ['a time that is over', '<E xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="x" validUntil="2020-01-01T00:00:00Z"><IDPSSODescriptor/></E>', /validUntil/],
  ]
  for (const [what, text, says] of wrong)
    test(`with ${what} is refused at start`, () => {
      assert.throws(() => parseMetadata(text, 'the file'), (error: unknown) => error instanceof CountersignError && says.test(error.message))
    })

  test('of ours names the hub, its address and its key', () => {
    const { metadata } = service()
    assert.match(metadata, new RegExp(`entityID="${ENTITY}"`))
    assert.match(metadata, new RegExp(`Location="${ACS}"`))
    assert.match(metadata, /AuthnRequestsSigned="true"/)
    assert.match(metadata, /WantAssertionsSigned="true"/)
    assert.ok(metadata.replace(/\s/g, '').includes(OURS.certBase64))
  })
})
