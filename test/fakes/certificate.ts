/** Self-signed certificates for tests (RFC 5280, the fields a verifier needs): Node makes keys but no certificates. */
import { createSign, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto'

export interface TestCertificate {
  readonly key: KeyObject
  readonly keyPem: string
  readonly certPem: string
  /** DER, base64, as SAML metadata holds it. */
  readonly certBase64: string
}

const RSA_SHA256 = Buffer.from('300d06092a864886f70d01010b0500', 'hex')

function der(tag: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content)
  const length = body.length < 128 ? Buffer.from([body.length]) : body.length < 256 ? Buffer.from([0x81, body.length]) : Buffer.from([0x82, body.length >> 8, body.length & 255])
  return Buffer.concat([Buffer.from([tag]), length, body])
}

/** @param name common name, and the one DNS name it is for @param days until it ends; negative for one that has ended */
export function testCertificate(name: string, days = 30): TestCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const time = (ms: number): Buffer => der(0x17, Buffer.from(`${new Date(ms).toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`))
  const named = der(0x30, der(0x31, der(0x30, Buffer.from('0603550403', 'hex'), der(0x0c, Buffer.from(name)))))
  const alternative = der(0xa3, der(0x30, der(0x30, Buffer.from('0603551d11', 'hex'), der(0x04, der(0x30, der(0x82, Buffer.from(name)))))))
  const now = Date.now()
  const body = der(
    0x30,
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    RSA_SHA256,
    named,
    der(0x30, time(now - 100 * 86_400_000), time(now + days * 86_400_000)),
    named,
    publicKey.export({ type: 'spki', format: 'der' }),
    alternative,
  )
  const signature = createSign('sha256').update(body).sign(privateKey)
  const whole = der(0x30, body, RSA_SHA256, der(0x03, Buffer.from([0]), signature))
  const certBase64 = whole.toString('base64')
  return { key: privateKey, keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), certPem: `-----BEGIN CERTIFICATE-----\n${certBase64.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`, certBase64 }
}
