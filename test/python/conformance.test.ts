import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, test } from 'node:test'
import ranks from 'js-tiktoken/ranks/cl100k_base'
import { ensurePython } from '../../src/sandbox/python.ts'
import type { Sandbox } from '../../src/sandbox/start.ts'
import { isGreen, startProviders, tableOf, tryClasses } from '../conformance/table.ts'
import { ROOT } from '../fakes/trial.ts'

const VOCABULARY = 'https://openaipublic.blob.core.windows.net/encodings/cl100k_base.tiktoken'

let trial: Sandbox
let python: string
before(async () => {
  const found = await ensurePython(path.join(ROOT, '.cache/python-conformance'), path.join(ROOT, 'test/python/requirements-conformance.txt'), (line) => { process.stderr.write(`${line}\n`) })
  assert.ok('python' in found, 'missing' in found ? `${found.missing}: ${found.command}` : '')
  python = found.python
  trial = await startProviders()
}, { timeout: 900_000 })
after(() => trial.close())

/** OpenAIEmbeddings loads its vocabulary from the network; here it finds the same bytes in its cache. */
function vocabularyCache(): string {
  const folder = path.join(ROOT, '.cache/tiktoken')
  mkdirSync(folder, { recursive: true })
  const lines = ranks.bpe_ranks.split('\n').filter(Boolean).flatMap((line) => {
    const [, offset = '', ...tokens] = line.split(' ')
    return tokens.map((token, i) => `${token} ${Number(offset) + i}\n`)
  })
  writeFileSync(path.join(folder, createHash('sha1').update(VOCABULARY).digest('hex')), lines.join(''))
  return folder
}

test('every class of LangChain for Python goes through the agent, with no word about it in the program', { timeout: 300_000 }, async (t) => {
  const lines = await tryClasses(trial, [python, path.join(ROOT, 'test/conformance/classes.py')], { TIKTOKEN_CACHE_DIR: vocabularyCache() })
  t.diagnostic(`\n${tableOf(lines)}`)
  assert.ok(lines.length >= 110, `${lines.length} lines`)
  assert.deepEqual(lines.filter(({ verdict }) => !isGreen(verdict)), [])
})
