/**
 * Messages between the extension and its two webviews, checked on both sides: a view trusts no message that does not parse,
 * and the extension none either. A view sends what a person did there. Approving is such a message of the view's own
 * channel and nothing else: it is no command, no URI and no message that another extension could send.
 * `import * as z` here, and not `{ z }`: bundlers can then leave out what a view does not use.
 */
import * as z from 'zod'
import { details, eventRow, grant, launch, notice, NOTICE_ACTIONS, request, row, segment, textPart } from './panelModels.ts'

export const PANEL_PROTOCOL = 1
export const VIEWS = ['sidebar', 'timeline'] as const
/** Ids in package.json; `countersign.approvals` is a webview view, the other a panel's type. */
export const VIEW_IDS = { sidebar: 'countersign.approvals', timeline: 'countersign.timeline' } as const

const id = z.string().regex(/^[\w.:/@-]{1,200}$/)
const reason = z.string().max(2000)
const count = z.number().int().nonnegative()
/** English sentence → its translation, as vscode.l10n.bundle holds it. */
const words = z.record(z.string().max(600), z.string().max(1200))

export const sidebarModel = z.strictObject({
  /** Milliseconds since 1970, this machine's clock when the model was made. */
  now: z.number(),
  phase: z.enum(['starting', 'signedOut', 'signingIn', 'ready', 'stopped']),
  person: z.strictObject({ name: z.string().max(400) }).nullable(),
  /** Null: none set up. */
  hub: z.enum(['here', 'away']).nullable(),
  policy: z.strictObject({ version: count, source: z.enum(['hub', 'local']) }).nullable(),
  /** May the view offer a sign-in with a code on another device? */
  deviceSignIn: z.boolean(),
  /** The code to be entered on another device, while that is waited for. */
  device: z.strictObject({ code: z.string().max(100), page: z.string().max(2000), origin: z.string().max(400), expiresAt: z.number() }).optional(),
  /** Why the last session is over, where its person did not end it. */
  over: z.string().max(2000).optional(),
  /** Whose provider keys calls go out with, by upstream. */
  keys: z.strictObject({ held: z.enum(['hub', 'developer']), upstreams: z.array(z.string().max(40)).max(60) }).optional(),
  notices: z.array(notice).max(20),
  /** In order of arrival, settled ones stay where they are until the view says `clear`. */
  requests: z.array(request).max(200),
  grants: z.array(grant).max(100),
  launches: z.array(launch).max(200),
  /** Newest last. */
  calls: z.array(row).max(50),
  today: z.strictObject({ calls: count, held: count, masked: count }),
})
export type SidebarModel = z.infer<typeof sidebarModel>

export const FILTER_TABS = ['all', 'held', 'denied', 'masked', 'failed'] as const

export const timelineModel = z.strictObject({
  now: z.number(),
  person: z.strictObject({ name: z.string().max(400) }).nullable(),
  /** Null: everything was read. */
  loading: z.strictObject({ read: count, of: count }).nullable(),
  periods: z.array(z.strictObject({ id, label: z.string().max(200) })).max(60),
  period: id,
  launches: z.array(launch).max(5000),
  /** In the order received. */
  rows: z.array(row).max(20_000),
  events: z.array(eventRow).max(5000),
  notices: z.array(notice).max(20),
  summary: z.strictObject({ records: count, verified: z.enum(['all', 'unknown', 'fault']), waiting: count, hub: z.boolean() }),
})
export type TimelineModel = z.infer<typeof timelineModel>

/** Extension → view. */
export const toView = z.discriminatedUnion('type', [
  /** Answer to `ready`: what the view was before it was hidden comes from its own state. */
  z.strictObject({ type: z.literal('init'), protocol: z.literal(PANEL_PROTOCOL), locale: z.string().max(40), words }),
  z.strictObject({ type: z.literal('sidebar'), model: sidebarModel }),
  /** Opens a card, as an answer to a toast's button; never moves focus away from what a person types. */
  z.strictObject({ type: z.literal('reveal'), request: id }),
  z.strictObject({ type: z.literal('timeline'), model: timelineModel }),
  /** New and changed rows; everything else of the model stays. */
  z.strictObject({
    type: z.literal('rows'),
    rows: z.array(row).max(2000),
    launches: z.array(launch).max(2000),
    events: z.array(eventRow).max(2000),
    summary: timelineModel.shape.summary.optional(),
  }),
  /** Masked text that was just released to the client, for the details of this call. */
  z.strictObject({ type: z.literal('live'), ex: id, at: z.number(), segments: z.array(segment).max(500) }),
  z.strictObject({ type: z.literal('details'), details }),
  z.strictObject({ type: z.literal('detailsMissing'), ex: id, message: z.string().max(2000) }),
  /** Selects this call. */
  z.strictObject({ type: z.literal('show'), ex: id }),
  /** One call of a bundle, as asked for by `bundlePart`. */
  z.strictObject({ type: z.literal('bundlePart'), request: id, index: count, parts: z.array(textPart).max(200) }),
  /** Outcome of something a person did here. `message`: why not, and that nothing was sent. */
  z.strictObject({ type: z.literal('answer'), to: z.string().max(40), ok: z.boolean(), message: z.string().max(2000).optional() }),
])
export type ToView = z.infer<typeof toView>

const act = z.string().min(1).max(40)

/** View → extension. `act` names what a person did, so that `answer` can come back to the same place. */
export const fromView = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready'), protocol: z.literal(PANEL_PROTOCOL), view: z.enum(VIEWS) }),
  z.strictObject({ type: z.literal('signIn'), how: z.enum(['browser', 'device']) }),
  z.strictObject({ type: z.literal('cancelSignIn') }),
  z.strictObject({ type: z.literal('copyCode') }),
  z.strictObject({ type: z.literal('notice'), notice: id, action: z.enum(NOTICE_ACTIONS) }),
  z.strictObject({ type: z.literal('whatIsRecorded') }),
  z.strictObject({ type: z.literal('openTimeline'), ex: id.optional() }),
  z.strictObject({ type: z.literal('openTerminal') }),
  z.strictObject({ type: z.literal('openSource'), ex: id }),
  z.strictObject({ type: z.literal('openRule'), rule: id }),
  z.strictObject({ type: z.literal('openHistory'), request: id }),
  z.strictObject({ type: z.literal('openPrompt'), request: id }),
  /** Shows the request in the approvals view. */
  z.strictObject({ type: z.literal('review'), request: id }),
  /** A card was opened (a bundle is frozen from here on) or closed. */
  z.strictObject({ type: z.literal('reading'), request: id, open: z.boolean() }),
  z.strictObject({ type: z.literal('bundlePart'), request: id, index: count }),
  z.strictObject({ type: z.literal('showLater'), request: id }),
  z.strictObject({
    type: z.literal('decide'),
    act,
    request: id,
    verdict: z.enum(['approve', 'acknowledge', 'deny']),
    reason,
    /** Exactly what was on the screen. */
    digests: z.array(z.string().regex(/^[\w-]{1,128}$/)).min(1).max(2000),
    /** Which of the offered grants; absent: once. */
    grant: id.optional(),
  }),
  z.strictObject({ type: z.literal('withdraw'), act, request: id }),
  z.strictObject({ type: z.literal('giveReason'), act, request: id, reason: reason.min(1) }),
  z.strictObject({ type: z.literal('cancelDecision'), request: id }),
  z.strictObject({ type: z.literal('openSignInPage'), request: id }),
  z.strictObject({ type: z.literal('revoke'), act, grant: id }),
  z.strictObject({ type: z.literal('clear'), requests: z.array(id).max(200) }),
  z.strictObject({ type: z.literal('period'), period: id }),
  z.strictObject({ type: z.literal('details'), ex: id }),
  z.strictObject({ type: z.literal('showRecords'), ex: id }),
  z.strictObject({ type: z.literal('copyCall'), ex: id }),
  z.strictObject({ type: z.literal('export') }),
  /** Something the view could not read or draw: a code and a place, never the content. */
  z.strictObject({ type: z.literal('fault'), code: z.enum(['message', 'state', 'render']), where: z.string().max(200) }),
])
export type FromView = z.infer<typeof fromView>
