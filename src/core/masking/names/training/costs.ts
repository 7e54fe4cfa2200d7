/** What a wrong tag costs on top while the tagger learns: what is worse is learnt with more room to spare. */
import { NAME_TYPES, OUTSIDE, typeOf } from '../labels.ts'

/** By token, in score. */
export interface Cost {
  /** Masked for nothing. */
  readonly extra: number
  /** Of a person's name, and missed. */
  readonly person: number
  /** Of another name, and missed. */
  readonly other: number
  /** Of a name, and taken for another part of one or for one of another type. */
  readonly mistaken: number
}

export interface Costs {
  /** A person let through in English costs most. */
  readonly english: Cost
  readonly foreign: Cost
  /**
   * Documentation and code, where nobody is named. Among the marks of code, which tell it from prose, much is asked before a word is a name.
   * In its sentences little is: they look like those that name somebody.
   */
  readonly technical: Cost
  readonly code: Cost
}

export const COSTS: Costs = {
  english: { extra: 0.6, person: 1.4, other: 1, mistaken: 0.5 },
  foreign: { extra: 0.8, person: 0.6, other: 0.6, mistaken: 0.5 },
  technical: { extra: 0.2, person: 0, other: 0, mistaken: 0 },
  code: { extra: 2.5, person: 0, other: 0, mistaken: 0 },
}

const PERSON = NAME_TYPES.indexOf('PERSON')

/** What it costs to tag so what is `right`. */
export function costOf(label: number, right: number, cost: Cost): number {
  if (label === right) return 0
  if (right === OUTSIDE) return cost.extra
  if (label !== OUTSIDE) return cost.mistaken
  return typeOf(right) === PERSON ? cost.person : cost.other
}
