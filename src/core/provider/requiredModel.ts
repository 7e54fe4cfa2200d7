import { CountersignError } from '../../protocol/errors.ts'
import { member, textOf } from '../json/edit.ts'
import type { JsonObject } from '../json/read.ts'

/** The model a body asks for: policy decides by it, so a body without one is refused. @throws CountersignError CS_MALFORMED */
export function requiredModel(root: JsonObject): string {
  const model = textOf(member(root, 'model'))
  if (model === undefined || model === '' || model.length > 200) throw new CountersignError('CS_MALFORMED', 'the body names no "model". Nothing was sent.')
  return model
}
