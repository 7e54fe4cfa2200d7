/** Keys of this machine: one file each, mode 0600, made at the first start and never replaced. */
import { createPrivateKey, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import path from 'node:path'
import { CountersignError } from '../protocol/errors.ts'

/**
 * @param folder 0700, the process's own
 * @throws CountersignError CS_STATE when the file is damaged: a new key would orphan what the old one signed
 */
export function openSigningKey(folder: string, name: string): KeyObject {
  const file = path.join(folder, name)
  if (!existsSync(file)) createOnce(file, generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
  try {
    const key = createPrivateKey(readFileSync(file))
    if (key.asymmetricKeyType !== 'ed25519') throw new TypeError('wrong kind of key')
    return key
  } catch (cause) {
    throw new CountersignError('CS_STATE', `the key file ${file} cannot be read. Restore it from a backup, or use a new folder (--home).`, { cause })
  }
}

/**
 * 32 bytes that wrap the keys of erasable texts.
 * @throws CountersignError CS_STATE when the file is damaged: with a new key nobody could open what the old one sealed
 */
export function openDataKey(folder: string): Buffer {
  const file = path.join(folder, 'data-key')
  if (!existsSync(file)) createOnce(file, `${randomBytes(32).toString('base64url')}\n`)
  try {
    const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64url')
    if (key.length !== 32) throw new TypeError('wrong kind of key')
    return key
  } catch (cause) {
    throw new CountersignError('CS_STATE', `the key file ${file} cannot be read. Restore it from a backup, or use a new folder (--home).`, { cause })
  }
}

/** Exclusive and durable: a second process that comes at the same moment uses the first one's. */
export function createOnce(file: string, content: string): void {
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
