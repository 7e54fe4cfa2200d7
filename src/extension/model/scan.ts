/**
 * What in a program leads its model calls around the agent, or brings a key of the person's own: an address, a literal key, a
 * `.env` that is taken over everything, a profile of a cloud's tools, gRPC. Each mark says where and about what; a key's value is
 * in none. The person's settings stay theirs: a mark reports, and its fix is an edit they may take.
 */
import { enclosuresOf, sourceOf, type CodeLanguage, type Enclosure, type Literal, type Source } from './literals.ts'
import { isProviderKey, keyVariableOf, scanVariables } from './scanVariables.ts'

export type MarkKind = 'address' | 'key' | 'fileKey' | 'fileAddress' | 'override' | 'profile' | 'profileFolder' | 'grpc'
export type ScanLanguage = CodeLanguage | 'variables'

/** UTF-16 offsets into the text that was scanned. */
export interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

export interface Mark {
  readonly kind: MarkKind
  readonly start: number
  readonly end: number
  /** A host or the name of a variable or argument. Never a value. */
  readonly subject: string
  /** Absent where no edit is right for sure. */
  readonly fix?: readonly Edit[]
}

export interface ScanFacts {
  readonly isModelHost: (host: string) => boolean
  /** Base of the agent's data plane: an address that leads there is no way around. */
  readonly agentUrl: string | undefined
  /** Clouds whose tools have a profile on this machine. */
  readonly profiles: readonly ('aws' | 'google')[]
}

/** An argument or property: its name, and the literal or word it is given. */
interface Argument {
  readonly name: string
  readonly start: number
  readonly end: number
  readonly valueAt: number
  readonly separator: '=' | ':'
}

const ADDRESS = /^(?:base_?url|base_?path|api_base|server_?url|endpoint(?:_?url|_?host)?|azure_?endpoint|inference_server_url|anthropic_?api_?url|(?:openai|groq|together|deepseek|xai|openrouter|fireworks|mistral)_api_(?:base|url)|azure_?open_?ai_?(?:base_?path|endpoint))$/i
const KEY = /^(?:api_?key|\w+_api_(?:key|token)|(?:openai|anthropic|azure_?open_?ai|google|mistral|cohere|groq)_?api_?key|huggingfacehub_?api_?(?:token|key)|bedrock_api_key|aws_secret_access_key|aws_access_key_id|aws_session_token)$/i
/** Names of LangChain's and the providers' own classes and makers. */
const MODEL_CLASS = /^(?:Async|Azure)?(?:Chat[A-Z]\w*|\w*(?:OpenAI|Anthropic|Bedrock|Ollama|Cohere|Mistral|Groq|Together|DeepSeek|XAI|OpenRouter|Fireworks|HuggingFace|VertexAI|GenerativeAI)\w*|\w+Embeddings|init_chat_model|initChatModel|init_embeddings)$/
// A long literal is one run of quotes, which is looked at once.
const ARGUMENT = /(?<![\w$."])(?:([A-Za-z_$][\w$]*)|("+))\s*([=:])(?![=>])\s*/g
/** Of one kind in one file: nobody reads more, and each costs a look around it. */
const MOST = 500

export function scan(text: string, language: ScanLanguage, facts: ScanFacts): Mark[] {
  if (language === 'variables') return scanVariables(text, facts)
  const source = sourceOf(text, language)
  const named = argumentsOf(source)
  const around = enclosuresOf(source.code, named.map(({ start }) => start))
  const marks: Mark[] = []
  for (const [i, argument] of named.entries()) {
    const mark = markOf(source, { argument, around: around[i] ?? NOWHERE, language, facts })
    if (mark) marks.push(mark)
    if (marks.length >= MOST) break
  }
  const taken = new Set(marks.map((mark) => mark.start))
  const marked = (literal: Literal): boolean => taken.has(literal.start) || marks.some((mark) => mark.start <= literal.start && literal.end <= mark.end)
  const strays = source.literals.filter((literal) => literal.isWhole && isProviderKey(literal.value) && !marked(literal)).slice(0, MOST).map((literal) => strayKey(source, literal, language))
  return [...marks, ...strays, ...assignments(source, facts), ...grpc(source, language), ...folders(source, facts), ...(language === 'python' ? magics(text, facts) : [])].sort((a, b) => a.start - b.start)
}

function argumentsOf(source: Source): Argument[] {
  return [...source.code.matchAll(ARGUMENT)].flatMap((match) => {
    const quoted = match[2] === undefined ? undefined : source.literalAt(match.index)
    const name = match[1] ?? quoted?.value
    const valueAt = match.index + match[0].length
    const literal = source.literalAt(valueAt)
    const end = literal?.end ?? valueAt + (/^[\w$.]+/.exec(source.code.slice(valueAt))?.[0].length ?? 0)
    return name === undefined || end === valueAt ? [] : [{ name, start: match.index, end, valueAt, separator: match[3] === '=' ? '=' as const : ':' as const }]
  })
}

const NOWHERE: Enclosure = { calls: [], opener: undefined }

interface Found {
  readonly argument: Argument
  readonly around: Enclosure
  readonly language: CodeLanguage
  readonly facts: ScanFacts
}

interface Context {
  /** Names of the calls around it, innermost first. */
  readonly calls: readonly string[]
  readonly isModel: boolean
  /** Of a call or of an object: something that can be taken out. A variable cannot. */
  readonly isPart: boolean
  readonly facts: ScanFacts
}

function markOf(source: Source, { argument, around: { calls, opener }, language, facts }: Found): Mark | undefined {
  const { name, start, end, valueAt, separator } = argument
  const literal = source.literalAt(valueAt)
  const isPart = opener === (separator === '=' ? '(' : '{')
  const found = literal ? aboutLiteral(name, literal, { calls, isModel: calls.some((call) => MODEL_CLASS.test(call)), isPart, facts }) : isOverride(name, source.code.slice(valueAt, end), calls[0]) ? { kind: 'override' as const, subject: language === 'python' ? 'load_dotenv' : 'dotenv' } : undefined
  return found && { ...found, start, end, ...(isPart ? { fix: [removal(source.text, argument)] } : {}) }
}

function isOverride(name: string, value: string, call: string | undefined): boolean {
  return name === 'override' && /^[Tt]rue$/.test(value) && /^(?:load_dotenv|config)$/.test(call ?? '')
}

function aboutLiteral(name: string, literal: Literal, { calls, isModel, isPart, facts }: Context): Pick<Mark, 'kind' | 'subject'> | undefined {
  if (ADDRESS.test(name)) {
    const host = hostOf(literal, facts)
    return host !== undefined && (isModel || facts.isModelHost(host)) ? { kind: 'address', subject: host } : undefined
  }
  if (/^(?:credentials_)?profile(?:_name)?$/.test(name)) return isModel || /^(?:Session|client|fromIni)$/.test(calls[0] ?? '') ? { kind: 'profile', subject: literal.isWhole ? literal.value.slice(0, 60) : name } : undefined
  const isKey = KEY.test(name) && literal.isWhole && isPart && (isProviderKey(literal.value) || (isModel && looksSecret(literal.value)))
  return isKey ? { kind: 'key', subject: name } : undefined
}

/** @returns the host of a whole address outside this machine's agent; undefined for anything else */
function hostOf(literal: Literal, { agentUrl }: ScanFacts): string | undefined {
  if (agentUrl !== undefined && literal.value.startsWith(agentUrl)) return undefined
  const found = /^(?:https?:\/\/(?:[^/@]*@)?)?((?:[\w-]+\.)+[a-z]{2,}|localhost|\d{1,3}(?:\.\d{1,3}){3})(?=[:/]|$)/i.exec(literal.value)?.[1]
  return found !== undefined && (literal.value.includes('://') || found.includes('.')) ? found.toLowerCase() : undefined
}

/** Placeholders that local servers take (`EMPTY`, `not-needed`) are no secrets. */
function looksSecret(value: string): boolean {
  return /^[\x21-\x7e]{16,}$/.test(value) && /\d/.test(value) && !value.startsWith('cs_') && !/[{}<>]|\.\.\./.test(value)
}

/** With its comma, and with its line where nothing else stands there. */
function removal(text: string, { start, end }: Pick<Argument, 'start' | 'end'>): Edit {
  const after = /^[ \t]*,/.exec(text.slice(end))?.[0]
  const lineStart = text.lastIndexOf('\n', start - 1) + 1
  const to = end + (after?.length ?? 0)
  const rest = /^[ \t]*(?:\r?\n|$)/.exec(text.slice(to))?.[0]
  if (text.slice(lineStart, start).trim() === '' && rest !== undefined && lineStart > 0 && rest !== '') return { start: lineStart, end: to + rest.length, text: '' }
  if (after !== undefined) return { start, end: to + (/^[ \t]*/.exec(text.slice(to))?.[0].length ?? 0), text: '' }
  const before = text.slice(0, start).trimEnd()
  return { start: before.endsWith(',') ? before.length - 1 : start, end, text: '' }
}

/** A literal key somewhere else: the variable takes its place, which the launch sets. */
function strayKey(source: Source, { start, end, value }: Literal, language: CodeLanguage): Mark {
  const variable = keyVariableOf(value)
  if (variable === undefined) return { kind: 'key', start, end, subject: '' }
  const edits: Edit[] = [{ start, end, text: language === 'python' ? `os.environ["${variable}"]` : `process.env.${variable}` }]
  if (language === 'python' && !/^[ \t]*import[ \t]+(?:\w+[ \t]*,[ \t]*)*os\b(?!\.)/m.test(source.code)) edits.unshift(importOf(source))
  return { kind: 'key', start, end, subject: variable, fix: edits }
}

/** Below the module's docstring and what has to come first. */
function importOf({ text, code }: Source): Edit {
  const first = /^(?:from|import)\s/m.exec(code.replace(/^from __future__.*$/gm, (line) => ' '.repeat(line.length)))
  const at = first?.index ?? 0
  return { start: at, end: at, text: `import os${text.includes('\r\n') ? '\r\n' : '\n'}` }
}

const ASSIGNED = /(?:os\.environ|process\.env)(?:\[("+)\]|\.([A-Z][A-Z0-9_]*))\s*=(?!=)\s*(?=")/g

/** `os.environ["OPENAI_BASE_URL"] = "…"`: as a line of a `.env`, but it holds for the launch whatever else is set. */
function assignments(source: Source, facts: ScanFacts): Mark[] {
  return [...source.code.matchAll(ASSIGNED)].flatMap((match): Mark[] => {
    const name = match[2] ?? source.literalAt(match.index + match[0].indexOf('"'))?.value ?? ''
    const literal = source.literalAt(match.index + match[0].length)
    if (!literal?.isWhole) return []
    const [found] = scanVariables(`${name}=${literal.value}`, facts)
    if (!found || isProviderKey(literal.value)) return []
    return [{ kind: found.kind === 'fileKey' ? 'key' : 'address', start: match.index, end: literal.end, subject: found.subject, fix: [line(source.text, match.index, literal.end)] }]
  })
}

function line(text: string, start: number, end: number): Edit {
  const rest = /^[ \t]*;?[ \t]*\r?\n/.exec(text.slice(end))?.[0]
  const lineStart = text.lastIndexOf('\n', start - 1) + 1
  const isAlone = rest !== undefined && /^[ \t]*$/.test(text.slice(lineStart, start))
  return isAlone ? { start: lineStart, end: end + rest.length, text: '' } : { start, end, text: '' }
}

/** Python's Vertex class speaks gRPC unless it is told otherwise. */
function grpc(source: Source, language: CodeLanguage): Mark[] {
  if (language !== 'python') return []
  return [...source.code.matchAll(/\b(ChatVertexAI|VertexAI|VertexAIEmbeddings)(\s*\()/g)].slice(0, MOST).flatMap((match): Mark[] => {
    const open = match.index + match[0].length
    const inside = source.text.slice(open, closing(source.code, open))
    if (/\b(?:api_)?transport\s*=/.test(inside)) return []
    return [{ kind: 'grpc', start: match.index, end: match.index + (match[1] ?? '').length, subject: match[1] ?? '', fix: [{ start: open, end: open, text: `transport="rest"${inside.trim() === '' ? '' : ', '}` }] }]
  })
}

const LONGEST_CALL = 20_000

function closing(code: string, open: number): number {
  let depth = 1
  const end = Math.min(code.length, open + LONGEST_CALL)
  for (let at = open; at < end; at++) {
    if (code[at] === '(') depth++
    else if (code[at] === ')' && --depth === 0) return at
  }
  return end
}

/** A class that would ask a cloud's tools who it is, on a machine where they know somebody. */
function folders(source: Source, { profiles }: ScanFacts): Mark[] {
  const marks = (cloud: 'aws' | 'google', classes: RegExp): Mark[] =>
    profiles.includes(cloud) ? [...source.code.matchAll(classes)].map((match) => ({ kind: 'profileFolder', start: match.index, end: match.index + (match[1] ?? '').length, subject: cloud })) : []
  return [...marks('aws', /\b((?:Chat)?Bedrock\w*)\s*\(/g), ...marks('google', /\b((?:Chat)?VertexAI\w*)\s*\(/g)]
}

/** `%env NAME=value` and `%dotenv -o` in a notebook. */
function magics(text: string, facts: ScanFacts): Mark[] {
  const set = [...text.matchAll(/^[ \t]*%(?:set_)?env[ \t]+([A-Z][A-Z0-9_]*)[ \t=]+(\S.*)$/gm)].flatMap((match): Mark[] => {
    const [found] = scanVariables(`${match[1] ?? ''}=${match[2] ?? ''}`, facts)
    return found ? [{ kind: found.kind === 'fileKey' ? 'key' : 'address', start: match.index, end: match.index + match[0].length, subject: found.subject, fix: [line(text, match.index, match.index + match[0].length)] }] : []
  })
  const taken = [...text.matchAll(/^([ \t]*%dotenv\b.*?)((?<![ \t])[ \t]+(?:-o|--override)\b)/gm)].map((match): Mark => {
    const start = match.index + (match[1] ?? '').length
    return { kind: 'override', start: match.index, end: match.index + match[0].length, subject: '%dotenv', fix: [{ start, end: match.index + match[0].length, text: '' }] }
  })
  return [...set, ...taken]
}

export interface FindingReport {
  readonly hash: string
  readonly kind: 'codeKey' | 'address'
  readonly subject: string
  readonly file: string
}

/** What goes on record of the marks in a file. @param hash of the session key of the launch that it belongs to */
export function reportsOf(marks: readonly Mark[], file: string, hash: string): (FindingReport & Readonly<Record<string, string>>)[] {
  const kinds: Partial<Record<MarkKind, FindingReport['kind']>> = { address: 'address', fileAddress: 'address', key: 'codeKey', fileKey: 'codeKey' }
  return marks.flatMap((mark) => {
    const kind = kinds[mark.kind]
    return kind === undefined ? [] : [{ hash, kind, subject: mark.subject === '' ? 'key' : mark.subject, file }]
  })
}
