/** The languages besides English that the generator writes, with their share of each other. */
import { DUTCH } from './dutch.ts'
import { FRENCH } from './french.ts'
import { GERMAN } from './german.ts'
import { ITALIAN } from './italian.ts'
import type { Language } from './language.ts'
import { PORTUGUESE } from './portuguese.ts'
import { SPANISH } from './spanish.ts'

export const LANGUAGES: readonly (readonly [share: number, language: Language])[] = [
  [9, GERMAN],
  [5, FRENCH],
  [5, SPANISH],
  [5, ITALIAN],
  [5, PORTUGUESE],
  [6, DUTCH],
]
