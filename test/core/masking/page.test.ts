import assert from 'node:assert/strict'
import path from 'node:path'
import { test } from 'node:test'
import { createContext, runInContext } from 'node:vm'
import { build } from 'esbuild'

const ROOT = path.resolve(import.meta.dirname, '../../..')
const ENTRY = "export { createMasker } from './src/core/masking/createMasker.ts'\nexport { createNameTagger } from './src/core/masking/names/tagger.ts'\n"

/** What any page has beside the language: nothing of Node. */
const PAGE = { setTimeout, performance, TextEncoder, TextDecoder, atob, btoa }

test('the engine runs in a page, also where it gives others their turn', async () => {
  const { outputFiles } = await build({ stdin: { contents: ENTRY, resolveDir: ROOT, loader: 'ts' }, bundle: true, platform: 'browser', format: 'iife', globalName: 'engine', write: false })
  const page = createContext({ ...PAGE })
  const result: unknown = await runInContext(
    `${outputFiles[0]?.text ?? ''}
    ;(async () => {
      const masker = engine.createMasker({ commit: () => '', keyedHash: () => '0'.repeat(12), tagger: engine.createNameTagger() })
      const options = { direction: 'prompt', path: '/x', kind: 'text', rules: { EMAIL: 'redact', PERSON: 'redact' } }
      const text = 'Ada Lovelace wrote from ada@example.com in 1843.\\n'.repeat(4000)
      const { text: out, spans } = await masker.maskLarge(text, options)
      const { status, findings } = await masker.inspect([{ path: '/x', role: 'user', origin: 'prompt', kind: 'text', text }], [])
      return JSON.stringify([out.slice(0, 42), out.includes('@'), spans.length, status, findings.length >= spans.length])
    })()`,
    page,
  )
  assert.equal(result, JSON.stringify(['[PERSON] wrote from [EMAIL] in 1843.\n[PERS', false, 8000, 'ok', true]))
})
