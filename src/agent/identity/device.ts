/** The device's own keys: Ed25519 to sign its log and its requests, 32 bytes to wrap disclosure keys. Files with mode 0600. */
import type { KeyObject } from 'node:crypto'
import { rawPublicKey } from '../../core/log/note.ts'
import { openDataKey, openSigningKey } from '../../platform/keyFiles.ts'

export interface DeviceKeys {
  readonly signing: KeyObject
  /** 32 bytes, base64url. */
  readonly publicKey: string
  readonly data: Buffer
}

/** Makes the keys at the first start. @throws CountersignError CS_STATE when a file is damaged: a new key would orphan the journal */
export function openDeviceKeys(home: string): DeviceKeys {
  const data = openDataKey(home)
  const signing = openSigningKey(home, 'device-key.pem')
  return { signing, publicKey: rawPublicKey(signing).toString('base64url'), data }
}
