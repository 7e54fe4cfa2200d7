/** All families, in one place. The order does not matter: certainty decides, not order. */
import { EMAIL } from './email.ts'
import type { Family } from './recogniser.ts'

export const FAMILIES: readonly Family[] = [EMAIL]
