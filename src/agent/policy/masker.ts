/**
 * The masker as the policy in force wants it: with the types it adds, and with the name tagger where it speaks of names. It is
 * made anew only when that changes; what sessions remember goes on, because pseudonyms must stay what they are over a session.
 */
import type { MaskingSession, Masker } from '../../core/masking/masker.ts'
import { createMasker, type MaskerOptions } from '../../core/masking/createMasker.ts'
import { createNameTagger } from '../../core/masking/names/tagger.ts'
import { customFamily } from '../../core/masking/recognisers/custom.ts'
import { FAMILIES } from '../../core/masking/recognisers/families.ts'
import { Vaults } from '../../core/masking/vault.ts'
import type { EntityType } from '../../protocol/masking.ts'
import type { PolicyDocument } from '../../protocol/policy.ts'

/** Types that only the tagger finds, or finds better. */
export const NAMES: readonly EntityType[] = ['PERSON', 'LOCATION', 'ORGANIZATION', 'ADDRESS']

/** @param document of the policy in force, undefined before there is one */
export function policyMasker(keys: Pick<MaskerOptions, 'commit' | 'keyedHash'>, document: () => PolicyDocument | undefined): Masker {
  const vaults = new Vaults()
  let made: { readonly wants: string; readonly masker: Masker } | undefined
  const current = (): Masker => {
    const policy = document()
    const types = policy?.types ?? []
    const names = policy !== undefined && speaksOfNames(policy)
    const wants = JSON.stringify([types, names])
    if (made?.wants !== wants)
      made = {
        wants,
        masker: createMasker({ ...keys, vaults, ...(names ? { tagger: createNameTagger() } : {}), ...(types.length > 0 ? { families: [...FAMILIES, customFamily(types)], own: types } : {}) }),
      }
    return made.masker
  }
  return {
    inspect: (parts, opaque, session) => current().inspect(parts, opaque, session),
    mask: (text, options, session) => current().mask(text, options, session),
    maskLarge: (text, options, session) => current().maskLarge(text, options, session),
    session: (id): MaskingSession => current().session(id),
  }
}

function speaksOfNames({ mask, rules }: PolicyDocument): boolean {
  const spoken = [mask.prompt, mask.answer, ...rules.flatMap((rule) => [rule.mask?.prompt, rule.mask?.answer])].flatMap((types) => Object.keys(types ?? {}))
  const asked = rules.flatMap(({ when }) => [...(when.prompt?.finds ?? []), ...(when.history?.finds ?? [])])
  return [...spoken, ...asked].some((type) => NAMES.includes(type))
}
