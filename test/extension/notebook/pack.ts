/** Packs the stand-in for Jupyter, so that an editor installs it like any extension. */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { createVSIX } from '@vscode/vsce'
import { build } from 'esbuild'
import { ROOT } from '../../fakes/trial.ts'

/** @returns the packed file */
export async function packStandIn(): Promise<string> {
  const folder = path.join(ROOT, 'test-results', 'notebook')
  const from = path.join(ROOT, 'test/extension/notebook')
  mkdirSync(folder, { recursive: true })
  for (const name of ['package.json', 'bridge.py']) cpSync(path.join(from, name), path.join(folder, name))
  writeFileSync(path.join(folder, 'README.md'), 'Stands in for Jupyter in tests.\n')
  await build({ entryPoints: [path.join(from, 'controller.ts')], outfile: path.join(folder, 'controller.cjs'), bundle: true, platform: 'node', format: 'cjs', target: 'node22', external: ['vscode'], logLevel: 'error' })
  const packed = path.join(ROOT, 'test-results', 'stand-in.vsix')
  await createVSIX({ cwd: folder, packagePath: packed, dependencies: false, allowMissingRepository: true, skipLicense: true })
  return packed
}
