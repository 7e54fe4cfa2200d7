/**
 * What a person who waits for an answer would notice of the masking engine, beside its speed: nasty texts, long texts, the time until it is
 * ready, memory, text held back, and what another stream waits while a large prompt is inspected.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { build } from 'esbuild'
import type { Masker } from '../../src/core/masking/masker.ts'
import { optionsFor } from '../core/masking/masker.ts'

const ROOT = path.resolve(import.meta.dirname, '../..')
/** Rows of numbers, each grouped and parted in another way: nothing that is remembered of forms is of any use. */
function rowsOfNoFormTwice(): string {
  let seed = 7
  const draw = (below: number): number => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0
    return (seed >>> 8) % below
  }
  let text = ''
  while (text.length < 100_000) {
    for (let groups = 16; groups > 0; groups--) text += '1234567890'.slice(draw(4), 4 + draw(6)) + '- ./'.charAt(draw(4))
    text += 'x;\n\n'
  }
  return text
}

const NASTY: Readonly<Record<string, string>> = {
  'one letter': 'a', 'one digit': '7', 'digits and spaces': '12 ', 'single digits': '7 ', 'groups of three': '555 ', 'groups of four': '4111 ', 'ten digits': '1234567890 ', phones: '+1 415 555 2671 ', SSNs: '123-45-6789 ', IBANs: 'GB29 NWBK 6016 1331 9268 19 ',
  'ids with spaces': 'AB 12 34 56 C ', 'capitals and digits': 'AB 12 ', 'mixed run': 'aB3', dots: 'a.', 'at signs': 'a@', 'at and dots': 'a@b.', 'e-mail addresses': 'ada@example.com ', slashes: '/a', colons: 'a:', dashes: '-', 'open brackets': '[', keys: 'password=',
  capitals: 'Main St ', addresses: '12 Main ', dates: '12 March 1999 ', names: 'John Smith ', CJK: '中', 'CJK addresses': '北京市朝阳区建国路12号', 'full-width digits': '１２３ ', 'zero width': '\u200b', escapes: '\\u0041', percent: '%41', entities: '&#65;', 'PEM openings': '-----BEGIN ',
  'no form twice': rowsOfNoFormTwice(),
  base64: 'QUJDREVGR0g', 'base64 words': 'QUJDREVGR0hJSktM ', hexadecimal: '0xdeadbeef', 'IPv4 addresses': '10.0.0.1 ', quotes: '"a":"', triggers: 'lives at the ', fields: 'member_id: 1\n', lists: '"pin": [4829, ', cells: '<table><td>',
  'two scripts': '+1е', 'commands in two scripts': 'curl -u а&', 'addresses in two scripts': '12 Mainаof ', 'keys in two scripts': '- a: ４>-----BEGIN а|', 'base64 and invisible': 'QUJDREVGfe80::curl -u \u202e', 'Cyrillic words': 'обсудить новое расписание, ', rows: '["id","pin"],[1,4829],',
}

/** @param atMost milliseconds for each text, as the design states it */
export function nasty(masker: Masker, atMost = 50, size = 100_000): void {
  const options = optionsFor('text')
  const over: string[] = []
  console.log('\n100 kB of nasty text, ms (best of 4):')
  for (const [name, piece] of Object.entries(NASTY)) {
    const text = piece.repeat(Math.ceil(size / piece.length))
    let best = Infinity
    for (let round = 0; round < 4; round++) {
      const since = performance.now()
      masker.mask(text, options)
      best = Math.min(best, performance.now() - since)
    }
    if (best > atMost) over.push(name)
    console.log(`  ${name.padEnd(20)}${best.toFixed(1).padStart(9)}${best > atMost ? `  over ${atMost}` : ''}`)
  }
  console.log(`  ${over.length} of ${Object.keys(NASTY).length} over ${atMost} ms`)
}

export function linear(name: string, masker: Masker, text: string): void {
  const options = optionsFor('text')
  console.log(`\nlinear in length (${name}), MB/s:`)
  for (const size of [1_000, 10_000, 100_000, 1_000_000, 10_000_000]) {
    const whole = text.repeat(Math.ceil((size + 1_000_000) / text.length))
    const times = Math.max(1, Math.round(1_000_000 / size))
    const since = performance.now()
    // Pieces side by side: together they are the same megabyte at every size.
    for (let i = 0; i < times; i++) masker.mask(whole.slice(i * size, (i + 1) * size), options)
    console.log(`  ${String(size).padStart(9)} ${((size * times) / 1e3 / (performance.now() - since)).toFixed(1).padStart(7)}`)
  }
}

/** A message of 2 kB in which most kinds of values occur: what was left for the first use is paid here. */
const MESSAGE = 'Dear team, Ada Lovelace (ada@example.com, +44 20 7946 0958) lives at 12 Main Street, Springfield, IL 62704. Card 4111 1111 1111 1111, IBAN GB29 NWBK 6016 1331 9268 19, 10.0.0.1, born on 12 March 1999. Please write to John Smith at Acme Corp in Berlin about it.\n'
  .repeat(8)
  .slice(0, 2000)

const PROBE = `
const before = process.memoryUsage()
const since = performance.now()
const began = process.cpuUsage()
const { createMasker, createNameTagger } = await import(process.argv[2])
const imported = performance.now() - since
const masker = createMasker({ commit: () => '', keyedHash: () => '', tagger: createNameTagger() })
const options = { direction: 'answer', path: '/x', kind: 'text', rules: { default: 'redact' } }
masker.mask('Write to ada@example.com or call 415-555-2671', options)
const ready = performance.now() - since - imported
const used = process.cpuUsage(began)
const work = (used.user + used.system) / 1000
masker.mask(${JSON.stringify(MESSAGE)}, options)
const message = performance.now() - since - imported - ready
globalThis.gc()
const after = process.memoryUsage()
console.log(JSON.stringify({ imported, ready, work, message, memory: (after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers) / 1e6 }))
`

type Probed = 'imported' | 'ready' | 'work' | 'message' | 'memory'

/** From the import to the first masked text, in processes of their own: bundled as in the agent, and from source. */
export async function ready(): Promise<void> {
  const folder = path.join(ROOT, '.cache/bench')
  mkdirSync(folder, { recursive: true })
  const entry = "export { createMasker } from './src/core/masking/createMasker.ts'\nexport { createNameTagger } from './src/core/masking/names/tagger.ts'\n"
  const bundle = path.join(folder, 'masker.mjs')
  const probe = path.join(folder, 'probe.mjs')
  await build({ stdin: { contents: entry, resolveDir: ROOT, loader: 'ts' }, bundle: true, platform: 'node', format: 'esm', outfile: bundle, logLevel: 'error' })
  const source = path.join(ROOT, '.cache/bench/source.mts')
  writeFileSync(probe, PROBE)
  writeFileSync(source, entry.replaceAll('./src', '../../src'))
  console.log('\nimported; after that ready, with a short text masked (and processor time of all threads for both); a first message of 2 kB after that; memory kept; best of 5:')
  for (const [name, file] of [['bundled', bundle], ['from source', source]] as const) {
    const all = Array.from({ length: 5 }, () => JSON.parse(execFileSync(process.execPath, ['--disable-warning=ExperimentalWarning', '--expose-gc', probe, file], { encoding: 'utf8' })) as Record<Probed, number>)
    const best = (figure: Probed): number => Math.min(...all.map((one) => one[figure]))
    const [imported, first, work, message] = (['imported', 'ready', 'work', 'message'] as const).map((figure) => best(figure).toFixed(0))
    console.log(`  ${name.padEnd(14)} imported ${imported} ms, ready ${first} ms (${work} ms), message ${message} ms, ${best('memory').toFixed(1)} MB`)
  }
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

/** Characters received and not yet released, after each chunk of four. A value that is being swallowed counts as held. */
export function holdBack(masker: Masker, texts: readonly string[]): void {
  const held: number[] = []
  for (const text of texts) {
    const stream = masker.session('held').open(optionsFor('text'))
    let released = 0
    let shown = 0
    for (let i = 0; i < text.length; i += 4) {
      shown += stream.push(text.slice(i, i + 4)).length
      const spans = stream.spans.reduce((sum, { start, end, token }) => sum + (end === Infinity ? 0 : end - start - token.length), 0)
      released = Math.max(released, shown + spans)
      held.push(Math.max(0, Math.min(text.length, i + 4) - released))
    }
    stream.flush()
  }
  held.sort((a, b) => a - b)
  const mean = held.reduce((sum, one) => sum + one, 0) / held.length
  console.log(`\nheld back, characters (chunks of 4): median ${at(held, 0.5)}, mean ${mean.toFixed(1)}, p99 ${at(held, 0.99)}, most ${at(held, 1)}`)
}

/** How much later another stream's chunks come while something else goes on, against a stretch in which nothing does. */
export async function addedWait(masker: Masker, text: string): Promise<void> {
  const large = text.repeat(Math.ceil(10_000_000 / text.length)).slice(0, 10_000_000)
  const waits = async (until: Promise<unknown>): Promise<number[]> => {
    const stream = masker.session('beside').open(optionsFor('text'))
    const late: number[] = []
    const state = { isOver: false }
    void until.finally(() => (state.isOver = true))
    for (let i = 0; !state.isOver; i = (i + 12) % 100_000) {
      const since = performance.now()
      await new Promise((resolve) => setTimeout(resolve, 5))
      stream.push(text.slice(i, i + 12))
      late.push(performance.now() - since - 5)
    }
    return late.sort((a, b) => a - b)
  }
  const calm = await waits(new Promise((resolve) => setTimeout(resolve, 2000)))
  const since = performance.now()
  const busy = await waits(masker.inspect([{ path: '/x', text: large, kind: 'text' } as Parameters<Masker['inspect']>[0][number]], []))
  console.log(`\n10 MB inspected in ${((performance.now() - since) / 1000).toFixed(1)} s; a chunk of another stream waits, ms: p50 ${at(busy, 0.5).toFixed(1)}, p99 ${at(busy, 0.99).toFixed(1)} (without it p50 ${at(calm, 0.5).toFixed(1)}, p99 ${at(calm, 0.99).toFixed(1)})`)
}
