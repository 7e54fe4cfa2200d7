/** How a request ended: icon, one line, and what happened to the call. Same words as row and as card. */
import type { Request } from '../../src/protocol/panelModels.ts'
import { rich } from '../element.ts'
import { duration, list, number } from '../format.ts'
import type { Icon, Tone } from '../icons.ts'
import { say, sentence } from '../words.ts'
import { waitsFor } from './asking.ts'

export interface Ending {
  readonly icon: Icon
  readonly tone: Tone
  readonly title: unknown
  readonly detail: unknown
  /** A person's words stand apart, as a quote; `by` is null when they are the reader's own. */
  readonly quoted: { readonly by: string | null; readonly text: string } | null
}

export function endingOf(one: Request): Ending {
  const { model } = one
  const plain = (icon: Icon, tone: Tone, title: unknown, detail: unknown): Ending => ({ icon, tone, title, detail, quoted: null })
  switch (one.state) {
    case 'approved':
    case 'acknowledged':
      return plain('ok', 'ok', rich(sentence(one.state === 'approved' ? 'settled.approved' : 'settled.acknowledged'), { model }), saidBy(one))
    case 'unused':
      return plain('expired', 'quiet', rich(sentence('settled.unused'), { model }), say('settled.unused.d'))
    case 'denied':
      return denied(one)
    case 'ruleDenied':
      return plain('denied', 'bad', rich(sentence('settled.ruleDenied'), { rule: one.rule.name }), rich(sentence('settled.ruleDenied.d'), { things: list(one.because.map((thing) => say('ask.thing', { n: number(thing.count), noun: thing.noun }))) }))
    case 'nobody':
      return plain('denied', 'bad', say('settled.nobody'), rich(sentence('settled.nobody.d'), { model, group: list(waitsFor(one)) }))
    case 'expired':
      return plain('expired', 'quiet', rich(sentence('settled.expired'), { model }), say(one.requester.self ? (one.source?.kind === 'notebook' ? 'settled.expired.cell' : 'settled.expired.own') : 'settled.expired.d', { time: duration(one.expiresAt - one.arrivedAt) }))
    case 'withdrawn':
      return plain('withdrawn', 'quiet', rich(sentence('settled.withdrawn'), { model }), withdrawnBy(one))
    case 'replaced':
      return plain('refresh', 'quiet', rich(sentence('settled.replaced'), { model }), say('settled.replaced.d'))
    case 'waiting':
      return plain('held', 'held', '', '')
  }
}

function denied(one: Request): Ending {
  const { by = '', self = false, reason } = one.outcome ?? {}
  return {
    icon: 'denied',
    tone: 'bad',
    title: self ? say('settled.denied.you') : rich(sentence('settled.denied'), { name: by }),
    detail: rich(sentence(one.requester.self ? 'settled.denied.own' : 'settled.denied.d'), { model: one.model }),
    quoted: reason ? { by: self ? null : by, text: reason } : null,
  }
}

function saidBy(one: Request): unknown {
  const { by = '', self = false, reason } = one.outcome ?? {}
  if (self) return reason ? rich(sentence('settled.byYou'), { text: reason }) : say('settled.bareYou')
  return reason ? rich(sentence('settled.by'), { name: by, text: reason }) : rich(sentence('settled.bare'), { name: by })
}

function withdrawnBy(one: Request): unknown {
  const cause = one.outcome?.cause ?? 'client'
  if (cause !== 'person') return say(cause === 'agent' ? 'settled.withdrawn.agent' : one.source?.kind === 'notebook' ? 'settled.withdrawn.notebook' : 'settled.withdrawn.client')
  return one.outcome?.self === true ? say('settled.withdrawn.you') : rich(sentence('settled.withdrawn.by'), { name: one.outcome?.by ?? one.requester.name })
}
