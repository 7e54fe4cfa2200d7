/** The device's own keys: Ed25519 to sign its log and its requests, 32 bytes to wrap disclosure keys. Files with mode 0600. */
import { randomBytes, type KeyObject } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { CountersignError } from '../../protocol/errors.ts'
import { rawPublicKey } from '../../core/log/note.ts'
import { createOnce, openSigningKey } from '../../platform/keyFiles.ts'

export interface DeviceKeys {
  readonly signing: KeyObject
  /** 32 bytes, base64url. */
  readonly publicKey: string
  readonly data: Buffer
}

/** Makes the keys at the first start. @throws CountersignError CS_STATE when a file is damaged: a new key would orphan the journal */
export function openDeviceKeys(home: string): DeviceKeys {
  const dataFile = path.join(home, 'data-key')
  if (!existsSync(dataFile)) createOnce(dataFile, `${randomBytes(32).toString('base64url')}\n`)
  const signing = openSigningKey(home, 'device-key.pem')
  try {
    const data = Buffer.from(readFileSync(dataFile, 'utf8').trim(), 'base64url')
    if (data.length !== 32) throw new TypeError('wrong kind of key')
    return { signing, publicKey: rawPublicKey(signing).toString('base64url'), data }
  } catch (cause) {
    throw new CountersignError('CS_STATE', `the key file ${dataFile} cannot be read. Restore it from a backup, or use a new folder (--home).`, { cause })
  }
}
