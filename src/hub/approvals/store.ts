/**
 * What a held call shows its reviewers, kept while it matters: it holds words of a prompt, so it stands apart from the log and
 * goes when the request is long over. Everything that was decided about it is in the log.
 */
import { z } from 'zod'
import { openRequest } from '../../protocol/approval.ts'
import type { Disclosure, HubEvent } from '../../protocol/audit.ts'
import type { FilePort } from '../../core/log/files.ts'
import type { Held } from '../../core/approval/settle.ts'
import type { HubLog } from '../log/hubLog.ts'

const stored = z.object({
  ap: z.string(),
  device: z.string(),
  requester: z.object({
    issuer: z.string(),
    subject: z.string(),
    name: z.string().optional(),
    account: z.string().optional(),
    email: z.string().optional(),
    starters: z.object({ names: z.array(z.string()), people: z.array(z.object({ issuer: z.string(), subject: z.string() })) }).optional(),
  }),
  request: openRequest,
  openedAt: z.number(),
  expiresAt: z.number(),
  emails: z.array(z.string()).optional(),
})

export class HeldStore {
  readonly #files: FilePort
  readonly #folder: string

  constructor(files: FilePort, folder: string) {
    this.#files = files
    this.#folder = folder
  }

  /** Durable before the log says that the request was opened; anew when somebody decided and more are needed. */
  async keep({ ap, device, requester, request, openedAt, expiresAt, emails }: Held): Promise<void> {
    await this.#files.replace(this.#file(ap), Buffer.from(JSON.stringify({ ap, device, requester, request, openedAt, expiresAt, emails })))
  }

  /** Nothing of the words stays: an empty file says that there was one. */
  async forget(ap: string): Promise<void> {
    await this.#files.replace(this.#file(ap), Buffer.alloc(0))
  }

  /** Requests that are not long over, as the log tells what became of them. @param since milliseconds since 1970 */
  async restore(log: Pick<HubLog, 'records' | 'texts'>, since: number): Promise<Held[]> {
    await this.#files.makeFolder(this.#folder)
    const known = new Map<string, Held>()
    for (const name of await this.#files.list(this.#folder)) {
      const bytes = await this.#files.read(`${this.#folder}/${name}`)
      if (!bytes || bytes.length === 0 || !name.endsWith('.json')) continue
      const parsed = stored.safeParse(JSON.parse(bytes.toString('utf8')))
      if (!parsed.success || parsed.data.expiresAt < since) continue
      known.set(parsed.data.ap, heldOf(parsed.data))
    }
    const opened = new Set<string>()
    const about = log.records.filter(({ event }) => 'ap' in event && typeof event.ap === 'string' && known.has(event.ap))
    const texts = await log.texts(about.flatMap(({ event }) => ('sd' in event ? (event.sd ?? []) : [])))
    for (const { event, time } of about) {
      const held = 'ap' in event && typeof event.ap === 'string' ? known.get(event.ap) : undefined
      if (!held) continue
      if (event.type === 'approval.opened') opened.add(held.ap)
      known.set(held.ap, replay(held, event as HubEvent, Date.parse(time), texts))
    }
    // One that was stored and never opened: the agent got no answer and refused its call.
    return [...known.values()].filter(({ ap }) => opened.has(ap))
  }

  #file(ap: string): string {
    return `${this.#folder}/${ap}.json`
  }
}

function heldOf({ requester: { name, account, email, starters, ...requester }, emails, ...rest }: z.infer<typeof stored>): Held {
  const labels = { ...(name === undefined ? {} : { name }), ...(account === undefined ? {} : { account }), ...(email === undefined ? {} : { email }) }
  return { ...rest, ...(emails === undefined ? {} : { emails }), requester: { ...requester, ...labels, ...(starters === undefined ? {} : { starters }) }, requesterReason: rest.request.requesterReason, reviews: [], ending: undefined, usedBy: undefined }
}

function replay(held: Held, event: HubEvent, at: number, texts: ReadonlyMap<string, Disclosure>): Held {
  // In the record itself where an earlier version wrote it.
  const said = (event: { readonly reason?: string; readonly sd?: readonly string[] }): string | undefined => event.reason ?? texts.get(event.sd?.[0] ?? '')?.value
  switch (event.type) {
    case 'approval.reason':
      return { ...held, requesterReason: said(event) ?? held.requesterReason }
    case 'approval.reviewed': {
      const { iss: issuer, sub: subject, groups, authTime, verdict, acr, confirmation } = event
      const proof = { ...(acr === undefined ? {} : { acr }), ...(confirmation === undefined ? {} : { confirmation }) }
      return { ...held, reviews: [...held.reviews, { issuer, subject, groups: [...groups], authTime, verdict, reason: said(event) ?? '', at, ...proof }] }
    }
    case 'approval.ended':
      return { ...held, ending: { state: event.state, cause: event.cause, at } }
    case 'approval.used':
      return { ...held, usedBy: event.ex }
    default:
      return held
  }
}
