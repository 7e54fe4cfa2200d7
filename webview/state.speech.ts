/**
 * What a view says aloud: one polite sentence in five seconds at most, several joined, and only while the view has focus
 * (else the editor's toast speaks; never both). Pure: the element asks what is due.
 */
export interface Speech {
  readonly waiting: readonly string[]
  readonly spokenAt: number
}

export const SILENCE: Speech = { waiting: [], spokenAt: Number.NEGATIVE_INFINITY }
const PAUSE_MS = 5000

export function hear(speech: Speech, sentences: readonly string[]): Speech {
  return sentences.length === 0 ? speech : { ...speech, waiting: [...speech.waiting, ...sentences].slice(-50) }
}

/**
 * @param join makes one sentence of the newest and the number of the others
 * @returns what is to be said now, or null
 */
export function utter(speech: Speech, now: number, focused: boolean, join: (last: string, others: number) => string): { speech: Speech; say: string | null } {
  if (!focused) return { speech: speech.waiting.length > 0 ? { ...speech, waiting: [] } : speech, say: null }
  const last = speech.waiting.at(-1)
  if (last === undefined || now - speech.spokenAt < PAUSE_MS) return { speech, say: null }
  return { speech: { waiting: [], spokenAt: now }, say: speech.waiting.length === 1 ? last : join(last, speech.waiting.length - 1) }
}

/** The open card's two announcements: half of its time is over; one minute is left. Which one was passed between two looks. */
export function passed(before: number, now: number, arrivedAt: number, expiresAt: number): 'half' | 'minute' | null {
  const minute = expiresAt - 60_000
  const half = arrivedAt + (expiresAt - arrivedAt) / 2
  if (before < minute && now >= minute && now < expiresAt) return 'minute'
  if (before < half && now >= half && now < expiresAt) return 'half'
  return null
}
