import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { after, describe, test } from 'node:test'
import { launchFolder, withPreloads } from '../../src/platform/launchEnv.ts'
import { run, type Ran } from '../fakes/trial.ts'

const root = mkdtempSync(path.join(os.tmpdir(), 'cs preload '))
after(() => { rmSync(root, { recursive: true }) })

const launch = launchFolder()
// Nothing is sent in these tests: where a call would go is what they look at.
const env = { COUNTERSIGN_URL: 'http://127.0.0.1:9', COUNTERSIGN_KEY: 'cs_key', ...withPreloads({}, launch) }
const PYTHON = ['python3', 'python'].find((name) => spawnSync(name, ['--version']).status === 0)

/** The standard library is enough: what stands for httpx here is a module of that name with the two classes that are patched. */
describe('the preload of Python programs', () => {
  const python = (code: string, more: Record<string, string> = {}): Promise<Ran> => run([PYTHON ?? '', '-c', code], { ...env, ...more })

  test('runs before the program, and loads the sitecustomize that it hides', async () => {
    const own = path.join(root, 'own')
    mkdirSync(own)
    writeFileSync(path.join(own, 'sitecustomize.py'), 'import builtins\nbuiltins.own_ran = True\n')
    const ran = await python('import sys, builtins, os; print("countersign" in sys.modules, builtins.own_ran, os.environ["MISTRAL_API_KEY"])', { ...withPreloads({ PYTHONPATH: own }, launch) })
    assert.equal(ran.out.trim(), 'True True cs_key', ran.err)
  })

  test('does not let the editor\'s separator make the working folder importable', async () => {
    const folder = path.join(root, 'working')
    mkdirSync(folder)
    writeFileSync(path.join(folder, 'planted.py'), '')
    const script = path.join(root, 'script.py')
    writeFileSync(script, 'import importlib.util, os; print(importlib.util.find_spec("planted"), os.environ["PYTHONPATH"].endswith(os.pathsep))')
    const first = withPreloads({}, launch)['PYTHONPATH'] ?? ''
    const ran = await run([PYTHON ?? '', script], { ...env, PYTHONPATH: first + path.delimiter }, { cwd: folder })
    assert.equal(ran.out.trim(), 'None False', ran.err)
  })

  test('rewrites the address and the credentials of a library that is imported later', async () => {
    const lib = path.join(root, 'lib')
    mkdirSync(lib)
    writeFileSync(path.join(lib, 'requests.py'), 'class Session:\n    def send(self, request, **options):\n        print(request.url, dict(request.headers), options)\n')
    const code = [
      'import requests, types',
      's = requests.Session()',
      's.send(types.SimpleNamespace(url="https://api.cohere.com/v1/chat?key=real&a=1", headers={"Authorization": "Bearer real", "X-Api-Key": "real", "Accept": "x"}))',
      's.send(types.SimpleNamespace(url="https://example.com/x", headers={"Authorization": "Bearer mine"}))',
    ].join('\n')
    const ran = await python(code, withPreloads({ PYTHONPATH: lib }, launch))
    const [routed = '', left = ''] = ran.out.trim().split('\n')
    assert.match(routed, /^http:\/\/127\.0\.0\.1:\d+\/cohere\/v1\/chat\?a=1 /, ran.err)
    assert.match(routed, /'Authorization': 'Bearer cs_key'/)
    assert.doesNotMatch(routed, /real/)
    assert.match(left, /^https:\/\/example\.com\/x .*'Bearer mine'/)
  })

  test('ends gRPC to a model host in words', async () => {
    const lib = path.join(root, 'grpclib')
    mkdirSync(lib)
    writeFileSync(path.join(lib, 'grpc.py'), 'def secure_channel(target, *rest):\n    return target\n')
    const ran = await python('import grpc; print(grpc.secure_channel("example.com:443")); grpc.secure_channel("us-central1-aiplatform.googleapis.com:443")', withPreloads({ PYTHONPATH: lib }, launch))
    assert.equal(ran.out.trim(), 'example.com:443')
    assert.match(ran.err, /over gRPC cannot be inspected.*transport='rest'.*Nothing was sent/)
  })

  test('tells a call to the agent by the name of its program, without folder and arguments', async () => {
    const lib = path.join(root, 'placelib')
    mkdirSync(lib)
    writeFileSync(path.join(lib, 'requests.py'), 'class Session:\n    def send(self, request, **options):\n        print(request.headers.get("X-Countersign-Place"))\n')
    const script = path.join(root, 'ask me.py')
    writeFileSync(script, 'import requests, types\nfor url in ("http://127.0.0.1:9/openai/v1/x", "https://api.cohere.com/v1/x", "https://example.com/"):\n    requests.Session().send(types.SimpleNamespace(url=url, headers={}))\n')
    const ran = await run([PYTHON ?? '', script, 'secret.csv'], { ...env, ...withPreloads({ PYTHONPATH: lib }, launch) })
    assert.deepEqual(ran.out.trim().split('\n'), ['kind=script&file=ask+me.py', 'kind=script&file=ask+me.py', 'None'], ran.err)
    const debugged = await run([PYTHON ?? '', script], { ...env, ...withPreloads({ PYTHONPATH: lib }, launch), COUNTERSIGN_LAUNCH: 'debug' })
    assert.match(debugged.out, /^kind=debug&file=ask\+me\.py/)
  })

  test('does nothing without an agent; a notebook that asks is told what to do', async () => {
    const ran = await run([PYTHON ?? '', '-c', 'import os, countersign; countersign.load_ipython_extension(None); print("OPENAI_API_KEY" in os.environ)'], withPreloads({}, launch))
    assert.match(ran.out, /no agent is known to this kernel[^]*False/)
    assert.equal(ran.err, '')
  })
})
