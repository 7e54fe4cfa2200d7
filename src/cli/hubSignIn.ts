/** A sign-in of one command alone at a hub: no token of the agent is used, and what it got is given back at the end. */
import { CountersignError, describeError } from '../protocol/errors.ts'
import { wellKnown, type WellKnown } from '../protocol/hub.ts'
import { Authority } from '../agent/identity/authority.ts'
import { openBrowser } from '../platform/browser.ts'
import { guardedFetch } from '../platform/guardedFetch.ts'

/** @param purpose ends the sentence "Sign in with your browser to …" @throws CountersignError CS_SIGN_IN_FAILED, CS_HUB_UNREACHABLE, CS_HUB_REFUSED */
export async function signedInAt<T>(hub: string, purpose: string, run: (token: string, known: WellKnown) => Promise<T>): Promise<T> {
  const known = await discover(hub)
  const authority = new Authority({ issuer: known.issuer, clientId: known.clientId, groupsClaim: known.groupsClaim, resource: known.audience })
  const begun = await authority.begin()
  process.stderr.write(`Sign in with your browser to ${purpose}:\n  ${begun.authorizeUrl}\n`)
  openBrowser(begun.authorizeUrl)
  await authority.wait(begun.attempt)
  try {
    return await run(await authority.accessToken(), known)
  } finally {
    await authority.signOut().catch((error: unknown) => { process.stderr.write(`The sign-in could not be ended at the provider (${describeError(error)}); it ends by itself.\n`) })
  }
}

async function discover(hub: string): Promise<WellKnown> {
  const reply = await askHub(hub, '/.well-known/countersign', {})
  const parsed = wellKnown.safeParse(await reply.json().catch(() => undefined))
  if (reply.status !== 200 || !parsed.success) throw new CountersignError('CS_HUB_REFUSED', `${hub} is no Countersign hub, or an incompatible one.`)
  return parsed.data
}

/** @throws CountersignError CS_HUB_UNREACHABLE */
export async function askHub(hub: string, path: string, init: RequestInit, patience = 15_000): Promise<Response> {
  try {
    return await guardedFetch(hub + path, { ...init, signal: AbortSignal.timeout(patience) })
  } catch (cause) {
    throw new CountersignError('CS_HUB_UNREACHABLE', `the hub ${hub} cannot be reached.`, { cause, detail: describeError(cause) })
  }
}
