/** Entity types of an organisation's own, as a policy writes them. Checked when published: a pattern that may run away is refused with the reason. */
import { z } from 'zod'
import type { CustomType } from '../../protocol/policy.ts'
import { whyRefused } from '../masking/recognisers/patternGuard.ts'

const text = z.string().min(1).max(60)
const hash = z.string().regex(/^[\w-]{22}$/, 'write the first 16 bytes of HMAC-SHA-256(key, value in small letters) in base64url: 22 characters')

const customType = z
  .strictObject({
    words: z.tuple([text, text]).optional().describe('What it is called in a sentence: one, many.'),
    pattern: z.string().min(1).optional().describe('A regular expression of JavaScript. Linear time only; it is refused otherwise.'),
    ignoreCase: z.boolean().default(false),
    near: z.array(text).min(1).max(50).optional().describe('Words of which one must stand before what the pattern finds.'),
    keys: z.array(text).min(1).max(200).optional().describe('Names of fields, case aside: all that stands in such a field is masked as one, whatever it is but null. JSON keys, with all below them; columns; names before = or : in a text, to the end of the line or of the quotes; tags.'),
    values: z
      .strictObject({
        key: z.string().min(16, 'use a random key of at least 16 characters').max(200),
        lengths: z.array(z.number().int().min(3).max(64)).min(1).max(62).describe('Lengths that the values have, in characters; of several blanks one counts.'),
        hashes: z.array(hash).min(1).max(100_000),
      })
      .optional()
      .describe('Exact values of up to four words, as keyed hashes. Not found are values of more words, and such with quotes, brackets or bars between them. Whoever reads the policy can try guesses against them.'),
  })
  .superRefine((type, context) => {
    if (type.pattern === undefined && !type.keys && !type.values) context.addIssue({ code: 'custom', message: 'say how it is found: pattern, keys or values' })
    if (type.near && type.pattern === undefined) context.addIssue({ code: 'custom', path: ['near'], message: 'near goes with a pattern' })
    // JavaScript's own way to write one: here the slashes and letters would be looked for in the text.
    if (type.pattern !== undefined && /^\/.*\/[a-z]*$/s.test(type.pattern)) context.addIssue({ code: 'custom', path: ['pattern'], message: 'write the pattern without slashes around it; ignoreCase: true stands for i' })
    const reason = type.pattern === undefined ? undefined : whyRefused(type.pattern, type.ignoreCase ? 'i' : '')
    if (reason !== undefined) context.addIssue({ code: 'custom', path: ['pattern'], message: `this pattern is refused: ${reason}` })
  })

export const customTypes = z
  .record(z.string().regex(/^CUSTOM_[A-Z0-9_]{1,60}$/, 'write a name such as CUSTOM_PROJECT_CODE'), customType)
  .describe('Entity types of your own. Rules and masks name them like the others.')

export function toCustomTypes(written: z.infer<typeof customTypes>): readonly CustomType[] {
  return Object.entries(written).map(([name, { words, pattern, ignoreCase, near, keys, values }]) => ({
    name,
    ignoreCase,
    ...(words && { words }),
    ...(pattern !== undefined && { pattern }),
    ...(near && { near }),
    ...(keys && { keys }),
    ...(values && { values }),
  }))
}
