/** One call with everything the timeline's details show: reasons, masked texts, and how far its records are proven. Pure. */
import { REQUESTER_REASON, reviewerReason, type Disclosure } from '../../protocol/audit.ts'
import type { SpanEvidence } from '../../protocol/masking.ts'
import type { Details, Texts, TextPart } from '../../protocol/panelModels.ts'
import { capital } from './capital.ts'
import type { Call, Ledger } from './ledger.ts'
import { isMe, type Me } from './me.ts'
import { launchOf, openSpans, rolesOf, rowOf, spansOf, textsOf, type Translate } from './rows.ts'
import { plainLabel, segmentsOf } from './segments.ts'

export interface DetailsContext {
  readonly now: number
  readonly t: Translate
  /** Records that the newest receipt covers; undefined without a hub. */
  readonly cosigned: number | undefined
  readonly waiting: number
  readonly waitingSince: number | undefined
  /** Who reads it. */
  readonly me: Me | undefined
}

const MOST_PARTS = 500

export function detailsOf(call: Call, ledger: Ledger, context: DetailsContext): Details {
  const launch = call.launch === undefined ? undefined : ledger.launches.get(call.launch)
  const rule = ruleOf(call)
  const shown = launch && launchOf(launch, 0)
  return {
    row: rowOf(call, context.now),
    ...(shown ? { source: { kind: shown.kind, file: shown.file, ...(shown.cell === undefined ? {} : { cell: shown.cell }), canOpen: false } } : {}),
    rule: rule === null ? null : { id: ruleId(rule), name: plainLabel(rule) },
    effect: call.held ? 'hold' : call.refused ? 'deny' : (call.decided?.decision.effect ?? 'allow'),
    because: [],
    why: whyOf(call, context.t),
    reasons: reasonsOf(call, ledger, context),
    prompt: { ...sideOf(call, 'prompt'), ...opaqueOf(call.decided?.inspection.opaque, context.t) },
    answer: answerOf(call, context.t),
    replay: [],
    record: recordOf(call, ledger, context),
    ...errorOf(call),
  }
}

/** The rule that decided; null where the sentence says that something else did, as a type that policy refuses in every call. */
function ruleOf({ decided, held }: Call): string | null {
  if (decided && !decided.decision.why.startsWith('rule "')) return null
  return decided?.decision.rule ?? held?.rule ?? null
}

/** Names of rules are the security lead's; a view takes only what an id may hold. */
export function ruleId(rule: string): string {
  const id = rule.replace(/[^\w.:/@-]/g, '_').slice(0, 200)
  return id === '' ? '_' : id
}

function whyOf(call: Call, t: Translate): string {
  const why = call.decided?.decision.why
  // The view names the rule itself, as a link, before this.
  if (why !== undefined) return plainLabel(capital(why.replace(/^rule "[^"]*" /, '')), 4000)
  if (call.refused) return t('Refused before a decision: {0}. Nothing was sent.', refusalWords(call.refused.code, t))
  return call.held ? t('This call is held by rule "{0}".', plainLabel(call.held.rule ?? '')) : t('This call is being inspected.')
}

/** Codes of refusals before a decision, in words. The client got the whole sentence. */
function refusalWords(code: string, t: Translate): string {
  const words: Readonly<Record<string, string>> = {
    CS_NOT_SIGNED_IN: t('nobody was signed in'),
    CS_SESSION_EXPIRED: t('the sign-in had ended'),
    CS_SESSION_KEY_MISSING: t('it carried no session key'),
    CS_SESSION_KEY_UNKNOWN: t('its session key was not known'),
    CS_PROVIDER_KEY_PRESENTED: t('it carried a provider key'),
    CS_NO_POLICY: t('no policy was in force'),
    CS_OPERATION_DENIED: t('what it asked for cannot be inspected'),
    CS_NOT_INSPECTABLE: t('it could not be read'),
    CS_MALFORMED: t('it could not be read'),
    CS_TOO_LARGE: t('it was too large'),
    CS_CLIENT_GONE: t('the client stopped waiting'),
  }
  return Object.hasOwn(words, code) ? (words[code] ?? code) : code
}

function answerOf(call: Call, t: Translate): Texts {
  const texts = call.ended || call.streamed.size === 0 ? sideOf(call, 'answer') : streamedOf(call)
  const restored = Object.values(call.ended?.restored ?? {}).reduce((sum, n) => sum + n, 0)
  return { ...texts, ...(restored === 0 ? {} : { restored }), ...opaqueOf(call.ended?.answer?.opaque, t) }
}

/** Kinds of what could not be inspected, in words; one that a newer agent names stands as it is. */
export function opaqueOf(kinds: readonly string[] | undefined, t: Translate): { opaque?: string[] } {
  if (kinds === undefined || kinds.length === 0) return {}
  const words: Readonly<Record<string, string>> = {
    file: t('a file'),
    image: t('an image'),
    audio: t('audio'),
    stored_context: t('context that the provider keeps'),
    signature: t('signed content'),
    thinking: t('signed thinking'),
    redacted_thinking: t('encrypted thinking'),
    encrypted_content: t('encrypted content'),
    uninspected: t('all of it'),
  }
  return { opaque: [...new Set(kinds)].slice(0, 40).map((kind) => (Object.hasOwn(words, kind) ? (words[kind] ?? '') : plainLabel(kind))) }
}

function errorOf(call: Call): { error?: string } {
  const reason = call.ended?.type === 'exchange.completed' ? undefined : call.ended?.reason
  return reason === undefined ? {} : { error: plainLabel(capital(reason), 4000) }
}

/** Who asked, decided or withdrew, with their words, as the record has them: in the record itself in journals of earlier versions. */
function reasonsOf(call: Call, ledger: Ledger, { t, me }: DetailsContext): Details['reasons'] {
  const { settled, held } = call
  if (!settled || !held) return []
  const textOf = (path: string): string | undefined => call.approvalTexts.find((one) => one.path === path)?.value
  const said = spoken(textOf(REQUESTER_REASON) ?? settled.requesterReason)
  const requester = { person: plainLabel(ledger.names.get(settled.actor.session) ?? t('The requester')), ...(isMe({ issuer: settled.actor.iss, subject: settled.actor.sub }, me) ? { self: true } : {}) }
  const asked = { ...requester, verb: 'asked' as const, at: held.at, ...said, freshSignIn: false }
  const verdicts = settled.reviewers.map((one, i) => ({
    person: plainLabel(textOf(`approval/reviewers/${i}/name`) ?? one.subject),
    ...(isMe(one, me) ? { self: true } : {}),
    verb: one.verdict === 'approve' ? ('approved' as const) : ('denied' as const),
    at: one.at,
    ...spoken(textOf(reviewerReason(i)) ?? one.reason),
    freshSignIn: false,
  }))
  // Under a rule whose reviewers are `self` the record names no reviewer: the requester's own word is all there is.
  const ownVerb = settled.state === 'acknowledged' ? ('acknowledged' as const) : settled.cause === 'withdrawn' ? ('withdrew' as const) : undefined
  const own = ownVerb === undefined ? [] : [{ ...requester, verb: ownVerb, ...(call.settledAt === undefined ? {} : { at: call.settledAt }), ...(ownVerb === 'acknowledged' ? said : {}), freshSignIn: false }]
  return [...(ownVerb === 'acknowledged' ? [] : [asked]), ...verdicts, ...own].slice(0, 40)
}

function spoken(text: string | undefined): { text?: string } {
  return text === undefined || text === '' ? {} : { text: plainLabel(text, 4000) }
}

const ROLES: ReadonlySet<string> = new Set(['system', 'user', 'assistant', 'tool', 'schema'])

/** A text with who speaks it, where the record says so; else the path tells as much as it can. */
interface Spoken extends Disclosure {
  readonly role?: TextPart['role']
}

function spokenOf(call: Call, side: 'prompt' | 'answer'): readonly Spoken[] {
  const roles = side === 'prompt' ? rolesOf(call) : []
  return textsOf(call, side).map((text, i) => {
    const role = roles[i]
    return typeof role === 'string' && ROLES.has(role) ? { ...text, role: role as TextPart['role'] } : text
  })
}

function partOf(disclosure: Spoken, side: 'prompt' | 'answer', index: number, of: number, spans: readonly SpanEvidence[]): TextPart {
  const path = disclosure.path.slice(side.length)
  const mine = spans.filter((span) => `/${span.path.replace(/^\//, '')}` === path)
  return { role: disclosure.role ?? roleOf(path, side), index: index + 1, of, segments: segmentsOf(disclosure.value, mine, index + 1) }
}

function roleOf(path: string, side: 'prompt' | 'answer'): TextPart['role'] {
  if (side === 'answer') return /tool|function|input_json/.test(path) ? 'tool' : 'assistant'
  const first = path.split('/')[1] ?? ''
  if (ROLES.has(first)) return first as TextPart['role']
  if (first === 'instructions') return 'system'
  return first === 'tools' || first === 'response_format' || first === 'functions' ? 'schema' : 'user'
}

function sideOf(call: Call, side: 'prompt' | 'answer'): Texts {
  const spans = side === 'prompt' ? [...spansOf(call, side), ...openSpans(call)] : spansOf(call, side)
  const texts = spokenOf(call, side).filter((one) => one.value !== '')
  const found = Object.values((side === 'prompt' ? call.decided?.inspection.found : call.ended?.found) ?? {}).reduce((sum, n) => sum + n, 0)
  return {
    parts: texts.slice(0, MOST_PARTS).map((one, i) => partOf(one, side, i, texts.length, spans)),
    found: Math.max(found, spans.length),
    masked: spans.filter((span) => span.transform !== 'keep').length,
    ...(texts.length > MOST_PARTS ? { moreParts: texts.length - MOST_PARTS } : {}),
  }
}

/** While it streams: what was released so far. Its evidence comes with the record. */
function streamedOf(call: Call): Texts {
  const channels = [...call.streamed].map(([path, value]) => ({ path: `answer/${path.replace(/^\//, '')}`, value }))
  const parts = channels.map((one, i) => partOf(one, 'answer', i, channels.length, []))
  const masked = parts.reduce((sum, part) => sum + part.segments.filter((segment) => segment.kind === 'mask').length, 0)
  return { parts, found: masked, masked }
}

function recordOf(call: Call, ledger: Ledger, { cosigned, waiting, waitingSince }: DetailsContext): Details['record'] {
  const last = call.lastSeq
  const receipt = ledger.receipts.find((one) => one.size > last)
  const isThere = cosigned !== undefined && cosigned > last
  return {
    first: Math.min(call.firstSeq, last),
    last,
    journal: call.decided || call.refused || call.held ? 'written' : 'pending',
    ...(cosigned === undefined || isThere ? {} : { waiting: { records: Math.max(1, waiting), ...(waitingSince === undefined ? {} : { since: waitingSince }) } }),
    ...(isThere && receipt ? { receiptAt: receipt.at, size: receipt.size } : {}),
    ...(isThere && receipt && /^[\w-]{1,128}$/.test(receipt.root) ? { root: receipt.root } : {}),
  }
}
