/** `countersign report --hub URL` without a folder: an auditor signs in and gets everything the hub holds of a period, as one archive. */
import { createHash } from 'node:crypto'
import { existsSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { CountersignError } from '../../protocol/errors.ts'
import { hubError } from '../../protocol/hub.ts'
import { inert } from '../../core/words/inert.ts'
import { checkUrl } from '../../platform/settings.ts'
import { askHub, signedInAt } from '../hubSignIn.ts'

/** A hub of many devices verifies all their logs first. */
const PATIENCE_MS = 600_000

export interface DownloadFlags {
  readonly from: string
  readonly to: string
  readonly out: string
  readonly hub?: string
}

/** @returns what was written, in words @throws CountersignError CS_SETTING, CS_HUB_UNREACHABLE, CS_HUB_REFUSED */
export async function downloadReport({ from, to, out, hub: given }: DownloadFlags): Promise<string> {
  if (given === undefined) throw new CountersignError('CS_SETTING', 'name a folder with a journal, or a hub with --hub.')
  checkUrl('--hub', given)
  const hub = given.replace(/\/+$/, '')
  const file = path.resolve(out)
  if (existsSync(file)) throw new CountersignError('CS_SETTING', `${file} is there already. Give --out a new file, for example evidence.zip.`)
  return signedInAt(hub, 'download evidence as yourself; the hub records it', async (token, { cosigner }) => {
    const reply = await askHub(hub, '/v1/evidence', { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` }, body: JSON.stringify({ from, to }) }, PATIENCE_MS)
    if (reply.status !== 200) {
      const refusal = hubError.safeParse(await reply.json().catch(() => undefined))
      throw new CountersignError('CS_HUB_REFUSED', `the hub gave no evidence: ${refusal.success ? inert(refusal.data.error.message, 300) : `status ${reply.status}`}`)
    }
    // The hub ends a download of which nothing is taken for a minute: what came of it is no archive.
    const bytes = Buffer.from(await reply.arrayBuffer().catch(() => new ArrayBuffer()))
    const digest = createHash('sha256').update(bytes).digest('base64url')
    if (digest !== reply.headers.get('x-countersign-digest')) throw new CountersignError('CS_HUB_REFUSED', 'the archive did not arrive whole. Nothing was kept; try again.')
    writeFileSync(file, bytes, { mode: 0o600, flag: 'wx' })
    return [file, `  period     ${from} to ${to}, UTC`, `  SHA-256    ${digest}, as the hub's record of this download says`, `  verify it  unpack it, then: node countersign-evidence/verify.mjs --hub-key '${cosigner}'`, '             the key is as the hub itself says: compare it with the one you know', ''].join('\n')
  })
}
