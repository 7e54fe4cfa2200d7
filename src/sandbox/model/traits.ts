/**
 * How the simulated model behaves, steered by the model's name (`simulated-tools-cut-1`) or by a marker in the last message
 * (`[[simulate: cut-1]]`), because those travel through any client unchanged. Parts of a name combine.
 */
export interface Traits {
  /** Bytes a chunk has, whatever it cuts. */
  readonly cut: number | undefined
  /** Half of the answer, then: silence; an abrupt end; an end that looks clean. */
  readonly ending: 'whole' | 'stall' | 'break' | 'truncate'
  /** Milliseconds before the answer. */
  readonly wait: number
  /** Milliseconds between events. */
  readonly slow: number
  /** Answers with this error status, quoting the prompt. */
  readonly status: number | undefined
  /** HTML instead of what was asked for. */
  readonly nonsense: boolean
  /** Events that are no JSON. */
  readonly garbled: boolean
  /** No answer at all, not even a head. */
  readonly silent: boolean
  readonly tools: boolean
  /** Calls every tool it is offered, in one answer. */
  readonly every: boolean
  readonly thinking: boolean
  /** Says the last message back, word for word. */
  readonly echo: boolean
  /** How often the answer is said: for long ones. */
  readonly times: number
}

const MARKER = /\[\[simulate: ([a-z0-9-]{1,80})\]\]/g
const SLOW_MS = 50

export function traitsOf(model: string, prompt: string): Traits {
  const marked = [...prompt.matchAll(MARKER)].map(([, words]) => words ?? '').join('-')
  const words = `${model.startsWith('simulated-') ? model.slice('simulated-'.length) : ''}-${marked}`.split('-').filter(Boolean)
  const has = (word: string): boolean => words.includes(word)
  const numberAfter = (word: string): number | undefined => {
    const at = words.indexOf(word)
    return at < 0 ? undefined : Number(words[at + 1] ?? 1) || 1
  }
  const status = words.find((word, i) => /^[45]\d\d$/.test(word) && !['cut', 'times', 'wait'].includes(words[i - 1] ?? ''))
  return {
    cut: numberAfter('cut'),
    ending: has('stall') ? 'stall' : has('break') ? 'break' : has('truncate') ? 'truncate' : 'whole',
    wait: numberAfter('wait') ?? 0,
    slow: has('slow') ? SLOW_MS : 0,
    status: status === undefined ? undefined : Number(status),
    nonsense: has('nonsense'),
    garbled: has('garbled'),
    silent: has('silent'),
    tools: has('tools'),
    every: has('every'),
    thinking: has('thinking'),
    echo: has('echo'),
    times: numberAfter('times') ?? 1,
  }
}
