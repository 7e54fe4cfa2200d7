// `npm run build [-- NAME …]`: bundles into dist/. Each bundle is one file without lazy requires, because the editor deletes the
// folder of an updated extension while an agent still runs. The extension's bundle knows the hashes of what it will start.
import { build } from 'esbuild'
import { createHash } from 'node:crypto'
import { chmodSync, cpSync, existsSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { ROOT } from './bootstrap.mjs'
import { needsNode } from './needsNode.mjs'

const ENGINES = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')).engines.node
const dist = path.join(ROOT, 'dist')
const common = { bundle: true, minify: true, legalComments: 'none', logLevel: 'warning', absWorkingDir: ROOT, sourcemap: false }
// Libraries tell their classes apart by name (the sample identity provider its models), so names outlive minifying.
const node = { ...common, platform: 'node', format: 'cjs', target: 'node22.19', keepNames: true }

function nodeBundle(entry, name, more = {}) {
  return build({
    ...node,
    // Sources ask for their own place as modules do; in a bundle that is the bundle's.
    define: { 'import.meta.url': '__bundleUrl', 'import.meta.dirname': '__dirname', 'import.meta.filename': '__filename', ...more.define },
    banner: { js: `${more.first ?? ''}const __loadedAt=process.threadCpuUsage?.();const __bundleUrl=require('node:url').pathToFileURL(__filename).href;` },
    entryPoints: [entry],
    outfile: path.join(dist, name),
    ...(more.external ? { external: more.external } : {}),
  })
}

const hashOf = (name) => createHash('sha256').update(readFileSync(path.join(dist, name))).digest('base64url')

/** What runs before programs that call models, as it is written. */
const LAUNCH = ['launch/hosts.json', 'launch/preload.cjs', 'launch/python/countersign.py', 'launch/python/countersign_kernel.py', 'launch/python/sitecustomize.py']

const BUNDLES = {
  launch() {
    for (const name of LAUNCH) cpSync(path.join(ROOT, 'media', name), path.join(dist, name))
  },
  agent: () => nodeBundle('src/cli/agentMain.ts', 'agent.cjs'),
  lite: () => nodeBundle('src/cli/editorMain.ts', 'cli-lite.cjs'),
  /** Carries the verifier that goes into every report, so that a report needs no bundler. */
  async cli() {
    const { bundleVerifier } = await import('../src/cli/evidence/verifier.ts')
    await nodeBundle('src/cli/main.ts', 'cli.cjs', { first: needsNode(ENGINES), define: { __OFFLINE_VERIFIER__: JSON.stringify(await bundleVerifier(ROOT)) } })
    chmodSync(path.join(dist, 'cli.cjs'), 0o755)
  },
  async webview() {
    const entryPoints = ['sidebar', 'timeline'].map((name) => `webview/${name}/main.ts`).filter((file) => existsSync(path.join(ROOT, file)))
    await build({ ...common, platform: 'browser', format: 'iife', target: 'es2022', entryPoints, outdir: path.join(dist, 'webview'), entryNames: '[dir]', outbase: 'webview' })
  },
  /** After what it will start or hand out: their hashes are part of it. The extension host warns whoever asks for `navigator`, as zod does. */
  async extension() {
    const hashes = Object.fromEntries(['agent.cjs', 'cli-lite.cjs', ...LAUNCH].map((name) => [name, hashOf(name)]))
    await nodeBundle('src/extension/main.ts', 'extension.cjs', { external: ['vscode'], define: { __BUNDLE_HASHES__: JSON.stringify(hashes), navigator: 'undefined' } })
  },
}

const wanted = process.argv.slice(2)
for (const name of wanted) if (!(name in BUNDLES)) throw new Error(`there is no bundle "${name}"; bundles: ${Object.keys(BUNDLES).join(', ')}`)
if (wanted.length === 0) rmSync(dist, { recursive: true, force: true })
for (const [name, make] of Object.entries(BUNDLES)) if (wanted.length === 0 || wanted.includes(name)) await make()
