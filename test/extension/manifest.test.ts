import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { listFiles, PackageManager } from '@vscode/vsce'

const ROOT = path.resolve(import.meta.dirname, '../..')
const L10N: string = '../../.config/l10n.mjs'
const { sentencesOfCode, sentencesOfViews, BUNDLE } = (await import(L10N)) as { sentencesOfCode: () => string[]; sentencesOfViews: () => Promise<string[]>; BUNDLE: string }
const text = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8')
const json = (file: string): unknown => JSON.parse(text(file))

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { command: string; category: string; title: string }[]
    readonly configuration: { readonly properties: Readonly<Record<string, { scope: string; default: unknown }>> }
    readonly walkthroughs: readonly { readonly steps: readonly { media: { svg: string } }[] }[]
  }
  readonly capabilities: { readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] } }
}
const manifest = json('package.json') as Manifest

describe('the manifest', () => {
  test('names only words that package.nls.json has, and package.nls.json has no other', () => {
    const used = [...new Set([...text('package.json').matchAll(/"%([\w.]+)%"/g)].map((match) => match[1] ?? ''))].sort()
    assert.deepEqual(Object.keys(json('package.nls.json') as object).sort(), used)
  })

  test('has every command under one category, registered in the code, and none that approves', () => {
    const code = text('src/extension/commands.ts')
    for (const { command, category } of manifest.contributes.commands) {
      assert.equal(category, 'Countersign')
      assert.match(code, new RegExp(`command\\('${command.replace('countersign.', '')}'`), command)
      assert.doesNotMatch(command, /approve|acknowledge|decide/i)
    }
  })

  test('S49: lets no workspace set anything: every setting has application scope and is restricted', () => {
    const settings = Object.entries(manifest.contributes.configuration.properties)
    for (const [name, { scope }] of settings) assert.equal(scope, 'application', name)
    assert.deepEqual(settings.map(([name]) => name).sort(), [...manifest.capabilities.untrustedWorkspaces.restrictedConfigurations].sort())
  })

  test('S6: no webview loads a page: nothing in the views may frame, navigate or submit', () => {
    const html = text('src/extension/views/html.ts')
    assert.match(html, /default-src 'none'/)
    assert.doesNotMatch(html, /unsafe-inline|unsafe-eval|frame-src|connect-src/)
    for (const file of globSync('webview/**/*.ts', { cwd: ROOT })) assert.doesNotMatch(text(file), /<iframe|href=["'`]command:|window\.open/, file)
  })
})

test('what is packaged is exactly this', { timeout: 180_000 }, async () => {
  // Asked through its interface: the command would build first.
  const options = { cwd: ROOT, packageManager: PackageManager.None, readmePath: 'media/extension/README.md' }
  const listed = [...(await listFiles(options))].sort()
  const built = listed.filter((file) => file.startsWith('dist/'))
  assert.deepEqual(listed.filter((file) => !built.includes(file)), [
    'CHANGELOG.md', 'LICENSE', 'l10n/bundle.l10n.json', 'media/countersign-dark.svg', 'media/countersign-light.svg', 'media/countersign.svg', 'media/extension/README.md', 'media/icon.png',
    'media/walkthrough/hub.svg', 'media/walkthrough/run.svg', 'media/walkthrough/sign-in.svg', 'media/walkthrough/watch.svg', 'package.json', 'package.nls.json',
  ])
  const bundles = [
    'dist/agent.cjs', 'dist/cli-lite.cjs', 'dist/extension.cjs', 'dist/launch/hosts.json', 'dist/launch/preload.cjs', 'dist/launch/python/countersign.py', 'dist/launch/python/countersign_kernel.py', 'dist/launch/python/sitecustomize.py',
    'dist/webview/sidebar.css', 'dist/webview/sidebar.js', 'dist/webview/timeline.css', 'dist/webview/timeline.js',
  ]
  assert.deepEqual(built.filter((file) => !bundles.includes(file)), [])
})

test('translators get every sentence: run `node .config/l10n.mjs` after changing words', async () => {
  const bundle = Object.keys(JSON.parse(readFileSync(BUNDLE, 'utf8')) as object).sort()
  assert.deepEqual(bundle, [...new Set([...sentencesOfCode(), ...(await sentencesOfViews())])].sort())
})
