/** Signed notes and verifier keys (C2SP signed-note), Ed25519 only, and timestamped cosignatures (C2SP tlog-cosignature). */
import { createHash, createPublicKey, sign, verify, type KeyObject } from 'node:crypto'
import { CountersignError } from '../../protocol/errors.ts'

/** 0x01: plain Ed25519 over the note text; 0x04: Ed25519 cosignature with a time in it. */
export type SignatureType = 1 | 4

export interface NoteSigner {
  readonly name: string
  readonly type: SignatureType
  readonly key: KeyObject
}

export interface NoteVerifier {
  readonly name: string
  readonly type: SignatureType
  /** 32 bytes. */
  readonly key: Buffer
}

export interface Note {
  /** Ends in a newline. */
  readonly text: string
  readonly signatures: readonly { readonly name: string; readonly id: number; readonly bytes: Buffer }[]
}

const LARGEST_NOTE = 16_384
const DASH = '\u2014'

function keyId(name: string, type: SignatureType, key: Uint8Array): number {
  return createHash('sha256').update(name).update(Buffer.from([0x0a, type])).update(key).digest().readUInt32BE(0)
}

/** The 32 bytes of an Ed25519 public key. */
export function rawPublicKey(key: KeyObject): Buffer {
  const { x } = (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'jwk' })
  return Buffer.from(x ?? '', 'base64url')
}

export function publicKeyFrom(raw: Uint8Array): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(raw).toString('base64url') }, format: 'jwk' })
}

/** `<name>+<hex key id>+<base64(type || key)>` */
export function vkeyOf(signer: NoteSigner): string {
  return formatVkey({ name: signer.name, type: signer.type, key: rawPublicKey(signer.key) })
}

export function formatVkey({ name, type, key }: NoteVerifier): string {
  return `${name}+${keyId(name, type, key).toString(16).padStart(8, '0')}+${Buffer.concat([Buffer.from([type]), key]).toString('base64')}`
}

/** @throws CountersignError CS_SETTING */
export function parseVkey(text: string): NoteVerifier {
  const [, name = '', id = '', encoded = ''] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/.exec(text.trim()) ?? []
  const bytes = Buffer.from(encoded, 'base64')
  const type = bytes[0]
  const key = bytes.subarray(1)
  if (key.length !== 32 || (type !== 1 && type !== 4) || keyId(name, type, key) !== parseInt(id, 16))
    throw new CountersignError('CS_SETTING', 'this is no verifier key; it looks like name+01234567+AbC…=')
  return { name, type, key: Buffer.from(key) }
}

/** Adds a signature line. @param time seconds since 1970, for cosignatures */
export function signNote(text: string, signer: NoteSigner, time = 0): string {
  const body = sign(null, signedBytes(text, signer.type, time), signer.key)
  const stamp = Buffer.alloc(signer.type === 4 ? 8 : 0)
  if (signer.type === 4) stamp.writeBigUInt64BE(BigInt(time))
  const id = Buffer.alloc(4)
  id.writeUInt32BE(keyId(signer.name, signer.type, rawPublicKey(signer.key)))
  return `${DASH} ${signer.name} ${Buffer.concat([id, stamp, body]).toString('base64')}\n`
}

function signedBytes(text: string, type: SignatureType, time: number | bigint): Buffer {
  return Buffer.from(type === 4 ? `cosignature/v1\ntime ${time}\n${text}` : text)
}

/** @param encoded attacker-controlled @throws CountersignError CS_MALFORMED */
export function parseNote(encoded: string): Note {
  const malformed = (why: string): CountersignError => new CountersignError('CS_MALFORMED', `this is no signed note: ${why}.`)
  if (encoded.length > LARGEST_NOTE) throw malformed('it is too long')
  // eslint-disable-next-line no-control-regex -- the format forbids exactly these
  if (/[\x00-\x09\x0b-\x1f]/.test(encoded)) throw malformed('it has control characters')
  const cut = encoded.lastIndexOf('\n\n')
  if (cut < 0 || !encoded.endsWith('\n')) throw malformed('its text and its signatures are not apart')
  const lines = encoded.slice(cut + 2, -1).split('\n')
  const signatures = lines.map((line) => {
    const [, name = '', base64 = ''] = /^\u2014 ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/.exec(line) ?? []
    const bytes = Buffer.from(base64, 'base64')
    if (name === '' || bytes.length < 5 || bytes.toString('base64') !== base64) throw malformed('a signature line is wrong')
    return { name, id: bytes.readUInt32BE(0), bytes: bytes.subarray(4) }
  })
  return { text: encoded.slice(0, cut + 1), signatures }
}

/** @returns the time of a cosignature in seconds (0 for a plain signature), or undefined when this key did not sign it */
export function verifyNote(note: Note, verifier: NoteVerifier): number | undefined {
  const id = keyId(verifier.name, verifier.type, verifier.key)
  const found = note.signatures.find((one) => one.name === verifier.name && one.id === id)
  if (!found) return undefined
  const stamped = verifier.type === 4
  if (found.bytes.length !== (stamped ? 72 : 64)) return undefined
  const time = stamped ? found.bytes.readBigUInt64BE(0) : 0n
  const ok = verify(null, signedBytes(note.text, verifier.type, time), publicKeyFrom(verifier.key), found.bytes.subarray(stamped ? 8 : 0))
  return ok ? Number(time) : undefined
}
