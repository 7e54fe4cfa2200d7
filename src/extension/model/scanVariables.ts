/** Lines of a `.env`: keys of providers, and addresses that lead model calls elsewhere. */
import type { Mark, ScanFacts } from './scan.ts'

const LINE = /^([ \t]*(?:export[ \t]+)?([A-Z][A-Z0-9_]*)[ \t]*=[ \t]*)(?:"([^"\n]*)"|'([^'\n]*)'|([^\n#]*))[ \t]*(?:#[^\n]*)?\r?$/gm

const KEYS = new Set([
  'OPENAI_API_KEY', 'AZURE_OPENAI_API_KEY', 'AZURE_OPENAI_AD_TOKEN', 'ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'GOOGLE_API_KEY', 'GEMINI_API_KEY', 'AWS_BEARER_TOKEN_BEDROCK', 'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'MISTRAL_API_KEY', 'COHERE_API_KEY', 'CO_API_KEY', 'GROQ_API_KEY', 'TOGETHER_API_KEY', 'TOGETHER_AI_API_KEY', 'DEEPSEEK_API_KEY', 'XAI_API_KEY',
  'OPENROUTER_API_KEY', 'FIREWORKS_API_KEY', 'HUGGINGFACEHUB_API_TOKEN', 'HUGGINGFACEHUB_API_KEY', 'OLLAMA_API_KEY', 'LANGSMITH_GATEWAY_API_KEY',
])

const ADDRESSES = /^(?:(?:OPENAI|ANTHROPIC|MISTRAL|OLLAMA|GROQ|GOOGLE_GEMINI|GOOGLE_VERTEX)_BASE_URL|(?:OPENAI|GROQ|TOGETHER|DEEPSEEK|XAI|OPENROUTER|FIREWORKS)_API_BASE|ANTHROPIC_API_URL|CO_API_URL|OLLAMA_HOST|AZURE_OPENAI_(?:ENDPOINT|BASE_PATH|API_INSTANCE_NAME)|AWS_ENDPOINT_URL(?:_BEDROCK(?:_RUNTIME)?)?|HF_INFERENCE_ENDPOINT|LANGSMITH_GATEWAY)$/

/** Keys as providers make them, by whose they are. */
const SHAPES: readonly (readonly [RegExp, string | undefined])[] = [
  [/^sk-ant-[\w-]{16,}$/, 'ANTHROPIC_API_KEY'],
  [/^sk-or-[\w-]{16,}$/, 'OPENROUTER_API_KEY'],
  [/^sk-[\w-]{16,}$/, 'OPENAI_API_KEY'],
  [/^AIza[\w-]{30,}$/, 'GOOGLE_API_KEY'],
  [/^gsk_\w{16,}$/, 'GROQ_API_KEY'],
  [/^xai-\w{16,}$/, 'XAI_API_KEY'],
  [/^hf_(?!cs_)\w{16,}$/, 'HUGGINGFACEHUB_API_TOKEN'],
  [/^(?:AKIA|ASIA)[A-Z0-9]{16}$/, undefined],
]

export function isProviderKey(value: string): boolean {
  return SHAPES.some(([shape]) => shape.test(value))
}

/** @returns the variable by which a class asks for such a key; undefined where it takes more than one */
export function keyVariableOf(value: string): string | undefined {
  return SHAPES.find(([shape]) => shape.test(value))?.[1]
}

export function scanVariables(text: string, facts: Pick<ScanFacts, 'agentUrl'>): Mark[] {
  return [...text.matchAll(LINE)].flatMap((match): Mark[] => {
    const name = match[2] ?? ''
    const kind = kindOf(name, [match[3], match[4], match[5]].find((one) => one !== undefined)?.trim() ?? '', facts)
    if (kind === undefined) return []
    const start = match.index
    const whole = start + match[0].length
    const lineBreak = /^\n/.exec(text.slice(whole))?.[0].length ?? 0
    return [{ kind, start, end: start + match[0].trimEnd().length, subject: name, fix: [{ start, end: whole + lineBreak, text: '' }] }]
  })
}

function kindOf(name: string, value: string, { agentUrl }: Pick<ScanFacts, 'agentUrl'>): 'fileKey' | 'fileAddress' | undefined {
  // Nothing, a reference to another variable, or what a launch of ours sets itself.
  if (value === '' || /^\$\{?\w/.test(value) || /^(?:hf_)?cs_/.test(value) || (agentUrl !== undefined && value.startsWith(agentUrl))) return undefined
  if (KEYS.has(name) || isProviderKey(value)) return 'fileKey'
  return ADDRESSES.test(name) ? 'fileAddress' : undefined
}
