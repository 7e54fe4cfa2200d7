// `node .config/l10n.mjs`: writes l10n/bundle.l10n.json, every English sentence of extension and views, for translators. A test
// holds that nothing is missing from it; the editor itself needs no bundle for English.
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { ROOT } from './bootstrap.mjs'

const CALL = /\bt\(\s*'((?:[^'\\]|\\.)*)'/g

/** Sentences of the extension's own code: the first argument of each `t('…')`. */
export function sentencesOfCode() {
  const found = new Set()
  for (const file of globSync('src/extension/**/*.ts', { cwd: ROOT })) {
    for (const [, text = ''] of readFileSync(path.join(ROOT, file), 'utf8').matchAll(CALL)) found.add(text.replace(/\\(.)/g, '$1'))
  }
  return [...found].sort()
}

/** Sentences of the views: the values of their word lists. */
export async function sentencesOfViews() {
  const found = new Set()
  for (const name of ['words', 'wordsSidebar', 'wordsTimeline']) {
    const module = await import(path.join(ROOT, 'webview', `${name}.ts`))
    for (const value of Object.values(module)) {
      if (typeof value !== 'object' || value === null) continue
      // Where a number decides, a word has two forms.
      for (const word of Object.values(value)) for (const text of typeof word === 'string' ? [word] : Object.values(word ?? {})) if (typeof text === 'string') found.add(text)
    }
  }
  return [...found].sort()
}

export const BUNDLE = path.join(ROOT, 'l10n', 'bundle.l10n.json')

if (process.argv[1] === import.meta.filename) {
  const sentences = [...new Set([...sentencesOfCode(), ...(await sentencesOfViews())])].sort()
  writeFileSync(BUNDLE, `${JSON.stringify(Object.fromEntries(sentences.map((text) => [text, text])), undefined, 2)}\n`)
}
