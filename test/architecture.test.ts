import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'

const ROOT = path.resolve(import.meta.dirname, '..')
// Plain JavaScript: read through a variable, because the compiler has no types for it.
const RULES: string = '../.config/eslint.config.js'
const { ARROWS } = (await import(RULES)) as { ARROWS: Record<string, string[]> }

interface Import {
  readonly file: string
  readonly target: string
}

const IMPORT = /^(?:import|export)\b[^'"]*?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm

function importsOf(file: string): Import[] {
  const text = readFileSync(path.join(ROOT, file), 'utf8')
  return [...text.matchAll(IMPORT)].map((match) => ({ file, target: match[1] ?? match[2] ?? '' }))
}

function room(file: string): string {
  return file.split('/')[1] ?? ''
}

const sources = globSync('src/**/*.ts', { cwd: ROOT })
const imports = sources.flatMap(importsOf)
const relative = imports
  .filter(({ target }) => target.startsWith('.'))
  .map(({ file, target }) => ({ file, to: path.posix.normalize(path.posix.join(path.posix.dirname(file), target)) }))

describe('the architecture', () => {
  test('has a place for every file of src', () => {
    const lost = sources.filter((file) => !(room(file) in ARROWS))
    assert.deepEqual(lost, [])
  })

  test('lets no folder import another one that src/README.md does not allow', () => {
    const wrong = relative.filter(({ file, to }) => {
      // The version of the build, in one place.
      if (to === 'package.json') return file !== 'src/platform/build.ts'
      const from = room(file)
      const allowed = [from, ...(ARROWS[from] ?? [])]
      return !to.startsWith('src/') || !allowed.includes(room(to))
    })
    assert.deepEqual(wrong, [])
  })

  test('keeps I/O out of core: node:crypto is the only module of Node there', () => {
    const wrong = imports.filter(
      ({ file, target }) => room(file) === 'core' && target.startsWith('node:') && target !== 'node:crypto' && !file.endsWith('/train.ts'),
    )
    assert.deepEqual(wrong, [])
  })

  test('keeps the masking engine free of Node, so that agent, hub and a page can run it', () => {
    const wrong = imports.filter(
      ({ file, target }) => file.startsWith('src/core/masking/') && target.startsWith('node:') && !file.endsWith('/train.ts'),
    )
    assert.deepEqual(wrong, [])
  })

  test('has no barrels, no utils and no helpers', () => {
    const wrong = sources.filter((file) => /\/(?:index|utils?|helpers?|common|misc)(?:\.ts$|\/)/.test(file))
    assert.deepEqual(wrong, [])
  })

  test('lets only the exchange mint a clearance', () => {
    const wrong = sources.filter(
      (file) => file !== 'src/core/exchange/clearance.ts' && /Clearance\.mint|new Clearance\(/.test(readFileSync(path.join(ROOT, file), 'utf8')),
    )
    assert.deepEqual(wrong, [])
  })

  test('has one file that knows the UI toolkit', () => {
    const files = globSync('{src,webview}/**/*.ts', { cwd: ROOT }).filter((file) =>
      importsOf(file).some(({ target }) => target.startsWith('@vscode/webview-ui-toolkit')),
    )
    assert.deepEqual(files.filter((file) => file !== 'webview/toolkit.ts'), [])
  })

  test('reads the environment only where settings are read', () => {
    const allowed = /^src\/(?:cli|sandbox|platform|extension)\/|\/config\.ts$|\/train\.ts$/
    const wrong = sources.filter((file) => !allowed.test(file) && /^(?!.*['`].*process\.env).*process\.env/m.test(readFileSync(path.join(ROOT, file), 'utf8')))
    assert.deepEqual(wrong, [])
  })
})
