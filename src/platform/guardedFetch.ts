/** fetch for what is told by an identity provider's own documents: https, or plain http to this machine only, and no redirect is followed. */
import { isLoopback } from './settings.ts'

export async function guardedFetch(url: string | URL, init?: RequestInit): Promise<Response> {
  const target = new URL(url)
  if (target.protocol !== 'https:' && !(target.protocol === 'http:' && isLoopback(target.hostname))) throw new TypeError('plain http to another machine')
  return fetch(target, { ...init, redirect: 'manual' })
}
