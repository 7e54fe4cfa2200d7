/**
 * State of the approvals view, without elements: what is open, typed, under way and where each card stands. Time comes in
 * with each action. Nothing moves while somebody reads: a request keeps the group it arrived in until the view is left.
 */
import type { FromView, SidebarModel } from '../src/protocol/panel.ts'
import type { Request, TextPart } from '../src/protocol/panelModels.ts'

/** A click that was meant for something else must not decide: so long after a card opened, changed or moved. */
export const STEADY_MS = 500

export type Place = 'mine' | 'others' | 'settled'
export type Verdict = 'approve' | 'acknowledge' | 'deny' | 'withdraw' | 'giveReason'

export interface SidebarState {
  readonly model: SidebarModel | null
  readonly open: string | null
  /** By the digest of what would leave, so that words survive when the same call asks again. */
  readonly drafts: Readonly<Record<string, string>>
  /** Chosen grant by request. */
  readonly grants: Readonly<Record<string, string>>
  readonly acts: Readonly<Record<string, { readonly act: string; readonly verdict: Verdict }>>
  readonly errors: Readonly<Record<string, { readonly kind: 'noReason' | 'noWords' | 'refused'; readonly message: string }>>
  readonly reasonsSent: Readonly<Record<string, true>>
  readonly placed: Readonly<Record<string, Place>>
  /** When the open card last opened, changed or moved. */
  readonly unsteadyAt: number
  readonly settledShown: boolean
  /** Row that Tab reaches. */
  readonly current: string | null
  readonly pages: Readonly<Record<string, { readonly index: number; readonly parts: readonly TextPart[] | null }>>
}

export const SIDEBAR_START: SidebarState = {
  model: null, open: null, drafts: {}, grants: {}, acts: {}, errors: {}, reasonsSent: {}, placed: {},
  unsteadyAt: 0, settledShown: false, current: null, pages: {},
}

export type SidebarAction =
  | { type: 'model'; model: SidebarModel; at: number }
  | { type: 'open'; id: string | null; at: number }
  | { type: 'moved'; at: number }
  | { type: 'typed'; id: string; text: string }
  | { type: 'choose'; id: string; grant: string; at: number }
  | { type: 'acting'; id: string; act: string; verdict: Verdict }
  | { type: 'refused'; id: string; kind: 'noReason' | 'noWords' | 'refused'; message: string }
  | { type: 'answer'; to: string; ok: boolean; message: string }
  | { type: 'current'; id: string }
  | { type: 'showSettled'; shown: boolean }
  | { type: 'page'; id: string; index: number; parts: readonly TextPart[] | null; at: number }
  /** Pointer and focus have been out of the view for a while, or somebody said Clear. */
  | { type: 'release'; at: number }
  | { type: 'restore'; saved: SavedSidebar }

/** What survives hiding of the view. Never more than a person typed or opened. */
export interface SavedSidebar {
  readonly open: string | null
  readonly drafts: Readonly<Record<string, string>>
  readonly settledShown: boolean
}

export function reduceSidebar(state: SidebarState, action: SidebarAction): SidebarState {
  switch (action.type) {
    case 'model':
      return takeModel(state, action.model, action.at)
    case 'open':
      return { ...state, open: action.id, current: action.id ?? state.open ?? state.current, unsteadyAt: action.at }
    case 'moved':
      return { ...state, unsteadyAt: action.at }
    case 'typed':
      return { ...state, drafts: { ...state.drafts, [draftKey(state, action.id)]: action.text.slice(0, 2000) }, errors: without(state.errors, action.id) }
    case 'choose':
      return { ...state, grants: { ...state.grants, [action.id]: action.grant }, unsteadyAt: action.at }
    case 'acting':
      return { ...state, acts: { ...state.acts, [action.id]: { act: action.act, verdict: action.verdict } }, errors: without(state.errors, action.id) }
    case 'refused':
      return { ...state, errors: { ...state.errors, [action.id]: { kind: action.kind, message: action.message } } }
    case 'answer':
      return takeAnswer(state, action)
    case 'current':
      return { ...state, current: action.id }
    case 'showSettled':
      return { ...state, settledShown: action.shown }
    case 'page':
      return { ...state, pages: { ...state.pages, [action.id]: { index: action.index, parts: action.parts } }, unsteadyAt: action.at }
    case 'release':
      return release(state, action.at)
    case 'restore':
      return { ...state, open: action.saved.open, drafts: action.saved.drafts, settledShown: action.saved.settledShown }
  }
}

export function saveSidebar(state: SidebarState): SavedSidebar {
  return { open: state.open, drafts: state.drafts, settledShown: state.settledShown }
}

function takeModel(state: SidebarState, model: SidebarModel, at: number): SidebarState {
  const placed: Record<string, Place> = {}
  for (const one of model.requests) placed[one.id] = state.placed[one.id] ?? (one.state === 'waiting' ? groupOf(one) : 'settled')
  const acts = Object.fromEntries(Object.entries(state.acts).filter(([id]) => stillWaits(model, id)))
  const { open, opened } = openAfter(state, model)
  const unsteady = opened || (open !== null && changed(find(state.model, open), find(model, open)))
  const waiting = model.requests.find((one) => one.state === 'waiting')
  const current = state.current !== null && find(model, state.current) ? state.current : (open ?? waiting?.id ?? model.requests[0]?.id ?? null)
  return { ...state, model, placed, acts, open, unsteadyAt: unsteady ? at : state.unsteadyAt, current }
}

/** A request that is alone needs no click to be read; one that joins others waits as a row. */
function openAfter(state: SidebarState, model: SidebarModel): { open: string | null; opened: boolean } {
  if (state.open !== null && find(model, state.open)) return { open: state.open, opened: false }
  const waiting = model.requests.filter((one) => one.state === 'waiting')
  const [only] = waiting
  if (!only || waiting.length > 1 || only.id in state.placed || Object.keys(state.acts).length > 0) return { open: null, opened: false }
  return { open: only.id, opened: true }
}

function takeAnswer(state: SidebarState, { to, ok, message }: { to: string; ok: boolean; message: string }): SidebarState {
  const id = Object.entries(state.acts).find(([, one]) => one.act === to)?.[0]
  if (id === undefined) return state
  const verdict = state.acts[id]?.verdict
  if (!ok) return { ...state, acts: without(state.acts, id), errors: { ...state.errors, [id]: { kind: 'refused', message } } }
  // A verdict stays "recording" until the model shows it settled; words that were sent are done.
  if (verdict !== 'giveReason') return state
  return { ...state, acts: without(state.acts, id), reasonsSent: { ...state.reasonsSent, [id]: true } }
}

/** The open card was settled and goes with the others: the one request that still waits takes its place. */
function release(state: SidebarState, at: number): SidebarState {
  const settled = (state.model?.requests ?? []).filter((one) => one.state !== 'waiting').map((one) => one.id)
  if (settled.every((id) => state.placed[id] === 'settled')) return state
  const placed = { ...state.placed, ...Object.fromEntries(settled.map((id) => [id, 'settled' as const])) }
  if (state.open === null || !settled.includes(state.open)) return { ...state, placed }
  const waiting = (state.model?.requests ?? []).filter((one) => one.state === 'waiting')
  const next = waiting.length === 1 ? (waiting[0]?.id ?? null) : null
  return { ...state, placed, open: next, current: next ?? state.current, unsteadyAt: next === null ? state.unsteadyAt : at }
}

export function groupOf(one: Request): Place {
  return one.kind === 'ownWaiting' ? 'others' : 'mine'
}

/** Requests by group, in order of arrival. */
export function arrange(state: SidebarState): Readonly<Record<Place, readonly Request[]>> {
  const all = state.model?.requests ?? []
  const of = (place: Place) => all.filter((one) => (state.placed[one.id] ?? 'settled') === place)
  return { mine: of('mine'), others: of('others'), settled: of('settled') }
}

/** Ids in the order in which they stand, as the arrow keys walk them. */
export function walk(state: SidebarState): readonly string[] {
  const { mine, others, settled } = arrange(state)
  return [...mine, ...others, ...(state.settledShown ? settled : [])].map((one) => one.id)
}

/** Where focus goes after a verdict: the next row that waits for me, else nowhere. */
export function nextWaiting(state: SidebarState, after: string): string | null {
  const { mine } = arrange(state)
  const from = mine.findIndex((one) => one.id === after)
  const rest = [...mine.slice(from + 1), ...mine.slice(0, Math.max(from, 0))]
  return rest.find((one) => one.state === 'waiting' && one.id !== after)?.id ?? null
}

export type Check = { readonly ok: true; readonly message: FromView } | { readonly ok: false; readonly why: 'untrusted' | 'unsteady' | 'busy' | 'undecidable' | 'noReason' | 'noWords' }

interface Ask {
  readonly id: string
  readonly verdict: Verdict
  readonly at: number
  readonly trusted: boolean
  readonly act: string
}

/** May this act go out now? The one place that answers; an element only asks. */
export function check(state: SidebarState, ask: Ask): Check {
  const one = find(state.model, ask.id)
  if (!ask.trusted) return { ok: false, why: 'untrusted' }
  if (one?.state !== 'waiting') return { ok: false, why: 'undecidable' }
  if (state.acts[ask.id]) return { ok: false, why: 'busy' }
  const reason = draft(state, ask.id).trim()
  const { id: request, act, verdict } = ask
  if (verdict === 'withdraw') return { ok: true, message: { type: 'withdraw', act, request } }
  if (verdict === 'giveReason') return reason ? { ok: true, message: { type: 'giveReason', act, request, reason } } : { ok: false, why: 'noWords' }
  const refusal = refusalOf(state, one, ask, reason)
  if (refusal) return { ok: false, why: refusal }
  const grant = verdict === 'deny' ? undefined : state.grants[ask.id]
  return { ok: true, message: { type: 'decide', act, request, verdict, reason, digests: one.digests, ...(grant === undefined ? {} : { grant }) } }
}

function refusalOf(state: SidebarState, one: Request, { verdict, at }: Ask, reason: string): 'undecidable' | 'unsteady' | 'noReason' | null {
  if (one.decidable !== true || one.kind === 'ownWaiting' || one.signingIn) return 'undecidable'
  if (verdict !== 'deny' && at - state.unsteadyAt < STEADY_MS) return 'unsteady'
  return one.reasonNeeded && reason === '' ? 'noReason' : null
}

export function find(model: SidebarModel | null, id: string): Request | undefined {
  return model?.requests.find((one) => one.id === id)
}

export function draft(state: SidebarState, id: string): string {
  return state.drafts[draftKey(state, id)] ?? ''
}

function draftKey(state: SidebarState, id: string): string {
  return find(state.model, id)?.digests[0] ?? id
}

function stillWaits(model: SidebarModel, id: string): boolean {
  const one = find(model, id)
  // Of several people who have to approve, one that did is done.
  return one?.state === 'waiting' && !one.signingIn && !(one.decidable !== true && one.decidable.reason === 'decided')
}

/** An open card may change in two things only: time left and people. */
function changed(before: Request | undefined, after: Request | undefined): boolean {
  const core = (one: Request | undefined) => JSON.stringify(one && { ...one, reviewers: [], hubOffsetMs: 0, bundle: one.bundle && { ...one.bundle, arrivedSince: 0 } })
  return core(before) !== core(after)
}

function without<T>(map: Readonly<Record<string, T>>, id: string): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(map).filter(([key]) => key !== id))
}
