/**
 * Token ids back to text: some clients (LangChain's OpenAIEmbeddings in Python by default) send what they mean as numbers of a
 * tokenizer's vocabulary. What cannot be turned back cannot be inspected, and does not leave.
 */
import { Tiktoken } from 'js-tiktoken/lite'
import cl100k from 'js-tiktoken/ranks/cl100k_base'
import { CountersignError } from '../../protocol/errors.ts'

export interface Tokenizer {
  /** @throws CountersignError CS_NOT_INSPECTABLE for an id the vocabulary does not have */
  decode(ids: readonly number[]): string
  encode(text: string): number[]
}

const ORDINARY = 100_256
/** Models whose clients use another vocabulary. All others that take ids (embeddings, Azure deployments of any name) use this one. */
const OTHER = /davinci|curie|babbage|(?:^|-)ada(?:$|-00\d$(?<!-ada-002))|^code-|gpt-?2|gpt-4o|gpt-4\.1|gpt-5|^o\d/

let loaded: Tiktoken | undefined

/** @throws CountersignError CS_NOT_INSPECTABLE */
export function tokenizerOf(model: string): Tokenizer {
  if (OTHER.test(model)) throw new CountersignError('CS_NOT_INSPECTABLE', `token ids for "${model.slice(0, 60)}" cannot be turned back into text here. Send text instead of token ids. Nothing was sent.`)
  // Building the vocabulary takes a moment: only those who send ids wait for it.
  const tokenizer = (loaded ??= new Tiktoken(cl100k))
  return {
    decode(ids) {
      if (ids.some((id) => !Number.isInteger(id) || id < 0 || id >= ORDINARY))
        throw new CountersignError('CS_NOT_INSPECTABLE', 'the input holds token ids outside the vocabulary, so it cannot be read. Send text instead. Nothing was sent.')
      return tokenizer.decode([...ids])
    },
    // No text becomes a control token, whatever it looks like.
    encode: (text) => tokenizer.encode(text, [], []),
  }
}
