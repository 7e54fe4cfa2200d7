/**
 * The text of verify.mjs: `offline.ts` and all it needs in one file, for Node 18 and newer. The build puts it into the command's
 * bundle (`__OFFLINE_VERIFIER__`); from source it is bundled when it is asked for. The same source gives the same bytes.
 */
import path from 'node:path'
import type * as Esbuild from 'esbuild'
import { CountersignError } from '../../protocol/errors.ts'

declare const __OFFLINE_VERIFIER__: string | undefined

export async function offlineVerifier(): Promise<string> {
  if (typeof __OFFLINE_VERIFIER__ === 'string') return __OFFLINE_VERIFIER__
  return bundleVerifier(path.resolve(import.meta.dirname, '../../..'))
}

/** @param root of the clone */
export async function bundleVerifier(root: string): Promise<string> {
  const { build } = await bundler()
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['src/cli/evidence/offline.ts'],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node18',
    legalComments: 'none',
    charset: 'utf8',
    logLevel: 'warning',
    banner: { js: '// Verifies the report in this folder: node verify.mjs [--hub-key VKEY] [--issuer-keys FILE]. Needs Node 18.3 or newer and nothing else; opens no connection.' },
  })
  return outputFiles[0]?.text ?? ''
}

/** There to develop with. Named in a variable, so that a bundle of this file does not carry a bundler. */
async function bundler(): Promise<typeof Esbuild> {
  const name = 'esbuild'
  try {
    return (await import(name)) as typeof Esbuild
  } catch (cause) {
    throw new CountersignError('CS_STATE', 'this build of Countersign does not carry the verifier for reports. Install it anew, or build it with npm run build.', { cause })
  }
}
