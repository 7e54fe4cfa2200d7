/** The environment of Python that has every LangChain class and the providers' SDKs. */
import assert from 'node:assert/strict'
import path from 'node:path'
import { ensurePython } from '../../src/sandbox/python.ts'
import { ROOT } from '../fakes/trial.ts'

/** @returns its interpreter */
export async function conformancePython(): Promise<string> {
  const found = await ensurePython(path.join(ROOT, '.cache/python-conformance'), path.join(ROOT, 'test/python/requirements-conformance.txt'), (line) => { process.stderr.write(`${line}\n`) })
  assert.ok('python' in found, 'missing' in found ? `${found.missing}: ${found.command}` : '')
  return found.python
}
