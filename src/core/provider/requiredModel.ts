import { CountersignError } from '../../protocol/errors.ts'
import { member, textOf } from '../json/edit.ts'
import type { JsonObject } from '../json/read.ts'

/** What differs between servers that speak OpenAI's dialect. */
export interface Variant {
  /** The model, where the path names it: a deployment. The body's own name for it is not asked then. */
  readonly model?: string
  /** False for servers that refuse members they do not know, and send usage anyway. */
  readonly asksForUsage?: boolean
}

const KEY = /^(?:sk-|cs_|rk_|AIza|AKIA|ASIA|ghp_|gho_|xox[abp]-|eyJ|hf_|gsk_)/
/** Model names as they are; an e-mail address, a sentence or somebody's number is none. */
const MODEL = /^(?![\d.:/+-]*$)[@/.\w][\w.:/+-]*(?:@(?:\d{1,8}|default|latest))?$/
const LONG_DIGITS = /\d{11}/

/** Members by which routers and gateways take more models, for when the first one does not answer. */
const MORE = ['models', 'fallbacks', 'fallback_models']

/** A model's name stands in records as it is: neither a key nor a value in its place may get there, also where it stands in the path. @throws CountersignError CS_MALFORMED */
export function checkModel(model: string): void {
  if (!MODEL.test(model) || LONG_DIGITS.test(model)) throw new CountersignError('CS_MALFORMED', 'the "model" is not a name that a model has. Correct it; nothing was sent.')
  if (KEY.test(model)) throw new CountersignError('CS_MALFORMED', 'the "model" looks like a key. Keys belong nowhere in a call; nothing was sent.')
}

/** The model a body asks for: policy decides by it, so a body without one is refused. @throws CountersignError CS_MALFORMED */
export function requiredModel(root: JsonObject, variant: Variant = {}): string {
  const model = variant.model ?? textOf(member(root, 'model'))
  if (model === undefined || model === '' || model.length > 200) throw new CountersignError('CS_MALFORMED', 'the body names no "model". Nothing was sent.')
  checkModel(model)
  for (const name of MORE) {
    const more = member(root, name)
    if (more?.type === 'array' && more.items.some((item) => textOf(item) !== model))
      throw new CountersignError('CS_NOT_INSPECTABLE', `the body names other models besides, in "${name}", and policy decides about one. Name one, in "model"; nothing was sent.`)
  }
  return model
}
