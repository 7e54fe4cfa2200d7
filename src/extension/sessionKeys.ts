/**
 * The window's session key: made when the extension starts, before anybody is signed in, so that a terminal that was opened
 * early works as soon as somebody is. Kept per workspace in SecretStorage, because terminals and kernels outlive a reload with
 * the key they were given. It opens nothing by itself and nothing at all on another machine.
 */
import { createHash, randomBytes } from 'node:crypto'
import { isSessionKey, mintSessionKey } from '../protocol/sessionKey.ts'

/** The part of vscode.SecretStorage that is used. */
export interface Secrets {
  get(key: string): PromiseLike<string | undefined>
  store(key: string, value: string): PromiseLike<void>
  delete(key: string): PromiseLike<void>
}

/** @param workspace what names the window's workspace; undefined: nothing is open, and the key is the window's alone */
export async function windowKey(secrets: Secrets, workspace: string | undefined): Promise<string> {
  const kept = workspace === undefined ? undefined : await secrets.get(nameOf(workspace))
  return kept !== undefined && isSessionKey(kept) ? kept : newWindowKey(secrets, workspace)
}

/** In place of one that is spent. */
export async function newWindowKey(secrets: Secrets, workspace: string | undefined): Promise<string> {
  const key = mintSessionKey(randomBytes(32))
  if (workspace !== undefined) await secrets.store(nameOf(workspace), key)
  return key
}

function nameOf(workspace: string): string {
  return `sessionKey.${createHash('sha256').update(workspace).digest('base64url').slice(0, 22)}`
}
