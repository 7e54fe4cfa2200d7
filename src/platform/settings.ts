/** What several processes check in their settings the same way. A setting that cannot be honoured is refused at start. */
import { readFileSync } from 'node:fs'
import { CountersignError } from '../protocol/errors.ts'

/** @param message says which setting, and what it takes */
export function setting(message: string): CountersignError {
  return new CountersignError('CS_SETTING', message)
}

export function isLoopback(hostname: string): boolean {
  return /^(?:127(?:\.\d+){3}|localhost|\[::1\]|::1)$/.test(hostname)
}

/** https everywhere; plain http to this machine only. @throws CountersignError CS_SETTING */
export function checkUrl(name: string, text: string): void {
  let url: URL
  try {
    url = new URL(text)
  } catch (cause) {
    throw new CountersignError('CS_SETTING', `${name} takes a URL, as in https://hub.example.com.`, { cause })
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) throw setting(`${name} must be https; plain http is for this machine only.`)
}

/**
 * @param text `NAME=@FILE`: a key never stands on the command line, where every user of the machine can read it
 * @throws CountersignError CS_SETTING
 */
export function keyFromFile(text: string): readonly [name: string, key: string] {
  const match = /^([\w-]+)=@(.+)$/.exec(text)
  const [, name, file] = match ?? []
  if (name === undefined || file === undefined) throw setting('--upstream-key takes NAME=@FILE: the key is read from the file, so that it never stands on the command line.')
  return [name, secretFromFile(file, `the key file of the upstream "${name}"`)]
}

/**
 * @param what names the file's purpose in the refusal
 * @returns the secret; one that is JSON (access keys of Amazon, a service account of Google) on one line
 * @throws CountersignError CS_SETTING
 */
export function secretFromFile(file: string, what: string): string {
  let secret: string
  try {
    secret = readFileSync(file, 'utf8').trim()
  } catch (cause) {
    throw new CountersignError('CS_SETTING', `${what}, ${file}, cannot be read.`, { cause })
  }
  if (secret.startsWith('{')) return onOneLine(secret, `${what}, ${file}`)
  if (!/^[\x21-\x7e]+$/.test(secret)) throw setting(`${what}, ${file}, must hold the key alone, in printable characters.`)
  return secret
}

function onOneLine(json: string, what: string): string {
  try {
    return JSON.stringify(JSON.parse(json))
  } catch (cause) {
    throw new CountersignError('CS_SETTING', `${what}, begins like JSON and must hold the key alone; it is not whole.`, { cause })
  }
}
