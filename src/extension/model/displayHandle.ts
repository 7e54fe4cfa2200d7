/** What stands where the editor's account sessions have an access token. Stable for a session, and nothing that could be turned into a key, a token or another session's handle. */
import { createHash } from 'node:crypto'

export function displayHandle(session: string): string {
  return `countersign-display-only.${createHash('sha256').update(`countersign display handle ${session}`).digest('base64url')}`
}
