/** The device's own keys: Ed25519 to sign its log and its requests, 32 bytes to wrap disclosure keys. Files with mode 0600. */
import { createPrivateKey, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import path from 'node:path'
import { CountersignError } from '../../protocol/errors.ts'
import { rawPublicKey } from '../../core/log/note.ts'

export interface DeviceKeys {
  readonly signing: KeyObject
  /** 32 bytes, base64url. */
  readonly publicKey: string
  readonly data: Buffer
}

/** Makes the keys at the first start. @throws CountersignError CS_STATE when a file is damaged: a new key would orphan the journal */
export function openDeviceKeys(home: string): DeviceKeys {
  const signingFile = path.join(home, 'device-key.pem')
  const dataFile = path.join(home, 'data-key')
  if (!existsSync(signingFile)) createOnce(signingFile, generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
  if (!existsSync(dataFile)) createOnce(dataFile, `${randomBytes(32).toString('base64url')}\n`)
  try {
    const signing = createPrivateKey(readFileSync(signingFile))
    const data = Buffer.from(readFileSync(dataFile, 'utf8').trim(), 'base64url')
    if (signing.asymmetricKeyType !== 'ed25519' || data.length !== 32) throw new TypeError('wrong kind of key')
    return { signing, publicKey: rawPublicKey(signing).toString('base64url'), data }
  } catch (cause) {
    throw new CountersignError('CS_STATE', `the key files in ${home} cannot be read. Restore device-key.pem and data-key from a backup, or use a new folder (--home).`, { cause })
  }
}

/** Exclusive: a second process that comes at the same moment uses the first one's key. */
function createOnce(file: string, content: string): void {
  let held: number
  try {
    held = openSync(file, 'wx', 0o600)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return
    throw error
  }
  writeSync(held, content)
  fsyncSync(held)
  closeSync(held)
}
