/**
 * `npm run bench:mask [-- --data FOLDER] [--no-peers]`: the engine against plain regular expressions run one by one, over messages of about
 * 2 kB, side by side in the same run; what counts is the ratio. With --data, messages and patterns are those of that folder
 * (`dev.jsonl`, `patterns.mjs`), else they are made of the recognisers' own examples. Libraries that do
 * something similar are fetched into `.cache/bench` and measured beside it; without a registry they are left out. What else a user would notice is in `maskLimits.ts`.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { createMasker } from '../../src/core/masking/createMasker.ts'
import { readExample } from '../../src/core/masking/findAll.ts'
import type { Masker } from '../../src/core/masking/masker.ts'
import { createNameTagger } from '../../src/core/masking/names/tagger.ts'
import { FAMILIES } from '../../src/core/masking/recognisers/families.ts'
import { optionsFor } from '../core/masking/masker.ts'
import { addedWait, holdBack, linear, nasty, ready } from './maskLimits.ts'

/** What is measured is finding and replacing. Commitments are the keys' owner's: an HMAC for each masked value, some microseconds. */
const KEYS = { commit: (): string => '', keyedHash: (value: string): string => value.length.toString(16).padStart(12, '0') }

const ROOT = path.resolve(import.meta.dirname, '../..')
const ROUNDS = 7
/** What the figures call structured types and secrets: everything but names, places, addresses and statements. */
const NAMELIKE = new Set(['PERSON', 'LOCATION', 'ORGANIZATION', 'ADDRESS', 'SPECIAL', 'NRP', 'TITLE', 'AGE', 'DATE_OF_BIRTH'])

/** In the order in which a person would write them down first. */
const PLAIN: readonly RegExp[] = [
  /\b[\w.%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,24}\b/g, /\(?\b[2-9]\d{2}\)?[-. ]?\d{3}[-. ]?\d{4}\b/g, /\+\d{1,3}(?:[ .-]?\(?\d{1,4}\)?){2,5}/g,
  /\b\d{3}[- ]\d{2}[- ]\d{4}\b/g, /\b[3-6]\d{3}(?:[ -]?\d{4}){2}[ -]?\d{1,7}\b/g, /\b3[47]\d{2}[ -]?\d{6}[ -]?\d{5}\b/g, /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b/g,
  /\b(?:\d{1,3}\.){3}\d{1,3}\b/g, /(?<![\w:])(?:[0-9A-Fa-f]{1,4}:){2,7}:?[0-9A-Fa-f]{1,4}(?![\w:])/g, /\b[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}\b/g, /\bhttps?:\/\/[^\s"'<>()]+/g,
  /\b\d{1,2}[/-]\d{1,2}[/-](?:19|20)\d{2}\b/g, /\b(?:19|20)\d{2}-\d{2}-\d{2}\b/g, /\b[A-Z]?\d{8,9}\b/g, /\b9\d{2}[- ]\d{2}[- ]\d{4}\b/g, /\b[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b/g,
  /\b\d{3}[ -]?\d{3}[ -]?\d{4}\b/g, /\b[2-9]\d{3}[ -]?\d{4}[ -]?\d{4}\b/g, /\b[A-Z]{5}\d{4}[A-Z]\b/g, /\b(?:bc1|[13])[a-zA-HJ-NP-Z0-9]{25,59}\b/g, /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/g,
  /\bgh[pousr]_[A-Za-z0-9]{36,}\b/g, /\bsk-[A-Za-z0-9_-]{20,}\b/g, /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/g, /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]{20,8000}?-----END/g, /\b\d{1,5}\s(?:[A-Z][a-z]+\s){1,3}(?:St|Street|Ave|Road|Rd|Lane|Dr)\b/g,
]

const { values: flags } = parseArgs({ options: { data: { type: 'string' }, peers: { type: 'boolean', default: true } }, allowNegative: true })

async function plainPatterns(): Promise<readonly RegExp[]> {
  const file = flags.data === undefined ? '' : path.resolve(flags.data, 'patterns.mjs')
  if (!existsSync(file)) return PLAIN
  const { RX } = (await import(file)) as { RX: Record<string, RegExp> }
  return Object.values(RX)
}

function messages(): readonly string[] {
  const file = flags.data === undefined ? '' : path.resolve(flags.data, 'dev.jsonl')
  const texts = existsSync(file)
    ? readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as { kind: string; text: string }).filter(({ kind }) => kind !== 'evasion').map(({ text }) => text)
    : FAMILIES.flatMap((family) => family.recognisers.flatMap((one) => [...one.examples.map((example) => readExample(example).text), ...one.counterExamples, 'and then some plain words of the kind that most messages are made of']))
  const all: string[] = []
  for (let turn = 0, message = ''; turn < 8; turn++)
    for (let i = 0; i < texts.length; i++) {
      message += `${texts[(i * (2 * turn + 1)) % texts.length]}\n`
      if (message.length < 2000) continue
      all.push(message)
      message = ''
    }
  return all
}

interface Row {
  readonly name: string
  readonly run: (text: string) => unknown
  best: number
}

/** Rounds are interleaved, so that all rows see the same machine. */
function measure(rows: readonly Row[], texts: readonly string[]): void {
  for (let round = 0; round < ROUNDS; round++)
    for (const row of rows) {
      const since = performance.now()
      for (const text of texts) row.run(text)
      row.best = Math.min(row.best, performance.now() - since)
    }
}

function maskWith(masker: Masker): (text: string) => unknown {
  const options = optionsFor('text')
  return (text) => masker.mask(text, options)
}

/** Peers by how they are called; each is measured as its documentation shows it. */
const PEERS: readonly { readonly spec: string; readonly make: (load: (name: string) => unknown) => (text: string) => unknown }[] = [
  { spec: 'redact-pii@3.4.0', make: (load) => { const { SyncRedactor } = load('redact-pii') as { SyncRedactor: new () => { redact(text: string): string } }; const one = new SyncRedactor(); return (text) => one.redact(text) } },
  { spec: '@openai/guardrails@0.2.1', make: (load) => { const { pii, PIIConfig } = load('@openai/guardrails') as { pii: (context: object, text: string, config: unknown) => Promise<unknown>; PIIConfig: { parse(options: object): unknown } }; const config = PIIConfig.parse({}); return (text) => pii({}, text, config) } },
  { spec: '@redactpii/node@1.0.17', make: (load) => { const { Redactor } = load('@redactpii/node') as { Redactor: new () => { redact(text: string): unknown } }; const one = new Redactor(); return (text) => one.redact(text) } },
  { spec: 'redactum@1.1.0', make: (load) => { const { redactum } = load('redactum') as { redactum: (text: string) => unknown }; return (text) => redactum(text) } },
  // It takes neither lookarounds nor long repetitions: those of the plain expressions that have them are left out.
  { spec: 're2js@2.10.0', make: (load) => { const { RE2JS } = load('re2js') as { RE2JS: { compile(source: string): { matcher(text: string): { find(): boolean } } } }; const all = PLAIN.filter(({ source }) => !/\(\?[<!=]|\{\d+,\d{4}/.test(source)).map(({ source }) => RE2JS.compile(source)); return (text) => { for (const one of all) { const matcher = one.matcher(text); while (matcher.find()); } } } },
]

function peers(): Row[] {
  const folder = path.join(ROOT, '.cache/bench')
  mkdirSync(folder, { recursive: true })
  if (!existsSync(path.join(folder, 'package.json'))) writeFileSync(path.join(folder, 'package.json'), '{"private":true}\n')
  const rows: Row[] = []
  for (const { spec, make } of PEERS) {
    try {
      execFileSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', spec], { cwd: folder, stdio: 'ignore', timeout: 120_000 })
      const load = createRequire(path.join(folder, 'package.json'))
      rows.push({ name: spec, run: make((name) => load(name) as unknown), best: Infinity })
    } catch (error) {
      console.log(`${spec}: not measured (${error instanceof Error ? error.name : 'failed'})`)
    }
  }
  return rows
}

const texts = messages()
const megabytes = Buffer.byteLength(texts.join('')) / 1e6
const patterns = await plainPatterns()
const structured = createMasker({ ...KEYS, families: FAMILIES.map((family) => ({ ...family, recognisers: family.recognisers.filter((one) => !NAMELIKE.has(one.type)) })) })
const everything = createMasker(KEYS)
const named = createMasker({ ...KEYS, tagger: createNameTagger() })
const base: Row = {
  name: `${patterns.length} plain expressions`,
  run: (text) => { for (const one of patterns) { one.lastIndex = 0; while (one.exec(text) !== null); } },
  best: Infinity,
}
const rows: Row[] = [
  base,
  { name: 'structured and secrets', run: maskWith(structured), best: Infinity },
  { name: 'with addresses and statements', run: maskWith(everything), best: Infinity },
  { name: 'with names', run: maskWith(named), best: Infinity },
  ...(flags.peers ? peers() : []),
]
measure(rows, texts)
console.log(`${texts.length} messages, ${megabytes.toFixed(2)} MB, best of ${ROUNDS}\n`)
for (const { name, best } of rows) console.log(`${name.padEnd(32)}${(megabytes / (best / 1000)).toFixed(1).padStart(8)} MB/s${(base.best / best).toFixed(2).padStart(8)} ×`)
linear('structured', structured, texts.join(''))
linear('with names', named, texts.join(''))
nasty(named)
await ready()
holdBack(named, texts.slice(0, 40))
await addedWait(named, texts.join(''))
