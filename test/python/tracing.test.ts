import assert from 'node:assert/strict'
import path from 'node:path'
import { before, test } from 'node:test'
import { ensurePython } from '../../src/sandbox/python.ts'
import { spansArriveMasked, tracesArriveMasked, tracesStayQuietly } from '../conformance/tracing.ts'
import { ROOT } from '../fakes/trial.ts'

let command: string[]
let spans: string[]
before(async () => {
  const found = await ensurePython(path.join(ROOT, '.cache/python-conformance'), path.join(ROOT, 'test/python/requirements-conformance.txt'), (line) => { process.stderr.write(`${line}\n`) })
  assert.ok('python' in found, 'missing' in found ? `${found.missing}: ${found.command}` : '')
  spans = [found.python, path.join(ROOT, 'test/conformance/spans.py')]
  command = [found.python, path.join(ROOT, 'test/conformance/tracing.py')]
}, { timeout: 900_000 })

test('traces of LangChain for Python arrive masked where the policy names LangSmith', { timeout: 300_000 }, () => tracesArriveMasked(command))

test('traces of LangChain for Python stay where the policy does not name it, and the program does not notice', { timeout: 300_000 }, () => tracesStayQuietly(command))

test("traces of OpenTelemetry's exporter for Python, which knows only its binary form, arrive masked", { timeout: 300_000 }, () => spansArriveMasked(spans))
