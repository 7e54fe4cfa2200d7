/** `countersign mask`: masks text on this machine with the agent's own engine. Nothing leaves, nothing is kept. */
import { createHmac, randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { once } from 'node:events'
import type { Command } from 'commander'
import { z } from 'zod'
import { createMasker } from '../core/masking/createMasker.ts'
import { explainSpan } from '../core/masking/explain.ts'
import { selfTest } from '../core/masking/findAll.ts'
import { looksLikeJson } from '../core/masking/json/looksLikeJson.ts'
import type { ChannelOptions, Masker, MaskingStream } from '../core/masking/masker.ts'
import { createNameTagger } from '../core/masking/names/tagger.ts'
import { FAMILIES } from '../core/masking/recognisers/families.ts'
import { ENTITY_WORDS } from '../core/policy/entityTypes.ts'
import { CountersignError } from '../protocol/errors.ts'
import type { SpanEvidence, Transform } from '../protocol/masking.ts'

interface Flags {
  readonly jsonl?: boolean
  readonly without?: readonly string[]
  readonly explain?: boolean
  readonly selfTest?: boolean
  readonly transform: Transform
}

export function maskCommand(program: Command): void {
  program
    .command('mask')
    .description('mask personal data and secrets in a text: countersign mask notes.txt > masked.txt')
    .argument('[file]', 'the text; standard input when absent')
    .option('--jsonl', 'one JSON object per line: {id, text} is answered by {id, masked, spans}, {id, chunks} by {id, out}')
    .option('--without <part...>', 'leave a part out: names')
    .option('--transform <transform>', 'redact, partial, replace, hash or pseudonym', 'redact')
    .option('--explain', 'say on standard error, one sentence each, what was masked and why')
    .option('--self-test', 'run the examples and counter-examples of all recognisers')
    .action(async (file: string | undefined, flags: Flags) => {
      process.exitCode = flags.selfTest ? runSelfTest() : await run(file, flags)
    })
}

function runSelfTest(): number {
  const failures = selfTest(FAMILIES)
  const count = FAMILIES.reduce((sum, family) => sum + family.recognisers.length, 0)
  const examples = FAMILIES.flatMap((family) => family.recognisers).reduce((sum, one) => sum + one.examples.length + one.counterExamples.length, 0)
  for (const failure of failures) process.stderr.write(`${failure}\n`)
  process.stdout.write(`${count} recognisers in ${FAMILIES.length} families, ${examples} examples, ${failures.length} failed.\n`)
  return failures.length === 0 ? 0 : 1
}

function makeMasker(flags: Flags): Masker {
  const wrong = flags.without?.find((part) => part !== 'names')
  if (wrong !== undefined) throw new CountersignError('CS_SETTING', `there is no part "${wrong}" to leave out. Known: names.`)
  // Hashes and commitments of one run compare with one another and with nothing else.
  const key = randomBytes(32)
  const mac = (text: string): Buffer => createHmac('sha256', key).update(text).digest()
  return createMasker({
    commit: (value, context) => mac(`${context}\n${value}`).subarray(0, 16).toString('base64url'),
    keyedHash: (value) => mac(value).toString('hex'),
    ...(flags.without?.includes('names') ? {} : { tagger: createNameTagger() }),
  })
}

function rulesFor(transform: string): Readonly<Record<string, Transform>> {
  const known = z.enum(['redact', 'partial', 'replace', 'hash', 'pseudonym']).safeParse(transform)
  if (!known.success) throw new CountersignError('CS_SETTING', `there is no transform "${transform}". Known: redact, partial, replace, hash, pseudonym.`)
  const types = [...Object.keys(ENTITY_WORDS), ...FAMILIES.flatMap((family) => family.recognisers.map((one) => one.type))]
  return Object.fromEntries(types.map((type) => [type, known.data]))
}

async function run(file: string | undefined, flags: Flags): Promise<number> {
  const masker = makeMasker(flags)
  const rules = rulesFor(flags.transform)
  const session = masker.session('cli')
  const open = (kind: 'text' | 'json'): MaskingStream => session.open({ direction: 'prompt', path: '', kind, rules } satisfies ChannelOptions)
  const input = file === undefined ? process.stdin : createReadStream(file)
  input.setEncoding('utf8')
  try {
    if (flags.jsonl) await answerLines(input, open, flags)
    else await maskText(input, new Sniffing(open), flags)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      throw new CountersignError('CS_SETTING', 'the file does not exist. Check its name.', { cause: error })
    throw error
  }
  return 0
}

async function write(text: string): Promise<void> {
  if (text !== '' && !process.stdout.write(text)) await once(process.stdout, 'drain')
}

async function maskText(input: AsyncIterable<unknown>, stream: Sniffing, flags: Flags): Promise<void> {
  for await (const chunk of input) await write(stream.push(String(chunk)))
  await write(stream.flush())
  if (flags.explain) for (const span of stream.spans) process.stderr.write(`${explainSpan(span)}\n`)
}

/** A text of which nobody says what it is: JSON source when its first two marks say so. */
class Sniffing {
  readonly #open: (kind: 'text' | 'json') => MaskingStream
  #head = ''
  #stream: MaskingStream | undefined

  constructor(open: (kind: 'text' | 'json') => MaskingStream) {
    this.#open = open
  }

  get spans(): readonly SpanEvidence[] {
    return this.#stream?.spans ?? []
  }

  push(text: string): string {
    if (this.#stream) return this.#stream.push(text)
    this.#head += text
    const kind = looksLikeJson(this.#head)
    return kind === undefined ? '' : this.#begin(kind ? 'json' : 'text')
  }

  flush(): string {
    const head = this.#stream ? '' : this.#begin('text')
    return head + (this.#stream?.flush() ?? '')
  }

  #begin(kind: 'text' | 'json'): string {
    this.#stream = this.#open(kind)
    return this.#stream.push(this.#head)
  }
}

const line = z.union([
  z.object({ id: z.union([z.string(), z.number()]), text: z.string() }),
  z.object({ id: z.union([z.string(), z.number()]), chunks: z.array(z.string()) }),
])

async function answerLines(input: AsyncIterable<unknown>, open: (kind: 'text' | 'json') => MaskingStream, flags: Flags): Promise<void> {
  let rest = ''
  let number = 0
  for await (const chunk of input) {
    const lines = (rest + String(chunk)).split('\n')
    rest = lines.pop() ?? ''
    let out = ''
    for (const one of lines) {
      number++
      if (one.trim() !== '') out += `${answer(one, number, new Sniffing(open), flags)}\n`
    }
    await write(out)
  }
  if (rest.trim() !== '') await write(`${answer(rest, number + 1, new Sniffing(open), flags)}\n`)
}

function answer(source: string, number: number, stream: Sniffing, flags: Flags): string {
  const parsed = line.safeParse(parseJson(source, number))
  if (!parsed.success) throw new CountersignError('CS_MALFORMED', `line ${number} is neither {id, text} nor {id, chunks}.`)
  const { data } = parsed
  if ('chunks' in data) {
    const out = data.chunks.map((chunk) => stream.push(chunk))
    out.push(stream.flush())
    return JSON.stringify({ id: data.id, out })
  }
  const head = stream.push(data.text)
  const masked = head + stream.flush()
  const spans = stream.spans.map((span) => ({
    start: span.start,
    end: span.end,
    type: span.type,
    ...(flags.explain ? { detector: span.detector, certainty: span.certainty, why: explainSpan(span) } : {}),
  }))
  return JSON.stringify({ id: data.id, masked, spans })
}

function parseJson(source: string, number: number): unknown {
  try {
    return JSON.parse(source)
  } catch (cause) {
    throw new CountersignError('CS_MALFORMED', `line ${number} is no JSON.`, { cause })
  }
}
