/**
 * Where in a launch a call comes from: the file, and the cell of a notebook by the number that the editor shows beside it. Said
 * by the program itself, in a header that stays with the agent. It is a claim: it tells people where to look, and decides nothing.
 */
export const PLACE_HEADER = 'x-countersign-place'
export const PLACE_KINDS = ['notebook', 'script', 'debug'] as const

export interface CallPlace {
  readonly kind: (typeof PLACE_KINDS)[number]
  /** A name without folders. */
  readonly file: string
  /** Execution count of the cell, from 1. */
  readonly cell?: number
}

const LONGEST = 600
const NAME = 120
// Separators of folders, and what a terminal or a reader could be deceived with.
const UNFIT = /[/\\\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u

/** @param header `kind=notebook&file=ask.ipynb&cell=3`, attacker-controlled @returns undefined for anything that is no place */
export function parsePlace(header: string | undefined): CallPlace | undefined {
  if (header === undefined || header.length > LONGEST) return undefined
  const given = new URLSearchParams(header)
  const kind = PLACE_KINDS.find((one) => one === given.get('kind'))
  const file = given.get('file') ?? ''
  if (kind === undefined || file === '' || file.length > NAME || UNFIT.test(file)) return undefined
  const cell = /^[1-9]\d{0,6}$/.exec(given.get('cell') ?? '')?.[0]
  return { kind, file, ...(cell === undefined ? {} : { cell: Number(cell) }) }
}
