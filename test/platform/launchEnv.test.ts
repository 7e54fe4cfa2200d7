import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { launchEnvironment, launchFolder, preloads, withPreloads } from '../../src/platform/launchEnv.ts'
import { AWS_CREDENTIALS_PATH } from '../../src/agent/proxy/awsCredentials.ts'
import { ROUTES } from '../../src/core/provider/registry.ts'

const URL_OF_AGENT = 'http://127.0.0.1:41999'
const env = launchEnvironment(URL_OF_AGENT, 'cs_key')

describe('the environment of a governed launch', () => {
  test('leaves OPENAI_API_BASE alone, with which AzureChatOpenAI does not start', () => {
    assert.ok(!('OPENAI_API_BASE' in env))
  })

  test('leaves HF_TOKEN alone, which opens downloads too', () => {
    assert.ok(!('HF_TOKEN' in env))
  })

  test('points every address at a route the agent has, or to a refusal on purpose', () => {
    const addresses = Object.entries(env).filter(([name, value]) => value.startsWith(`${URL_OF_AGENT}/`) && name !== 'COUNTERSIGN_URL')
    assert.ok(addresses.length > 15)
    for (const [name, value] of addresses) {
      const below = value.slice(URL_OF_AGENT.length).replace(/^\/t\/[^/]+/, '')
      const known = ROUTES.some(({ prefix }) => below === prefix || prefix.startsWith(`${below}/`))
      assert.ok(known || below === AWS_CREDENTIALS_PATH, `${name} leads to ${below}`)
    }
  })

  test('carries one key under every name, and no other', () => {
    for (const [name, value] of Object.entries(env)) if (/_(?:KEY|TOKEN|TOKEN_BEDROCK)$/.test(name)) assert.equal(value.replace(/^hf_/, ''), 'cs_key', name)
  })

  test('hands out access keys of its own where the machine has no others to hand out', () => {
    const vendor = '/sys/devices/virtual/dmi/id/sys_vendor'
    const handed = !(existsSync(vendor) && readFileSync(vendor, 'utf8').startsWith('Amazon'))
    assert.deepEqual([env['AWS_CONTAINER_CREDENTIALS_FULL_URI'], env['AWS_CONTAINER_AUTHORIZATION_TOKEN']], handed ? [URL_OF_AGENT + AWS_CREDENTIALS_PATH, 'cs_key'] : [undefined, undefined])
    process.env['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'] = '/v2/credentials/x'
    try {
      assert.equal(launchEnvironment('http://127.0.0.1:1', 'cs_key')['AWS_CONTAINER_CREDENTIALS_FULL_URI'], undefined)
    } finally {
      delete process.env['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI']
    }
  })

  test('leads traces to the agent, the copies too, and loopback off proxies', () => {
    for (const name of ['LANGSMITH_ENDPOINT', 'LANGCHAIN_ENDPOINT']) assert.match(env[name] ?? '', /\/langsmith$/)
    for (const name of ['LANGSMITH_RUNS_ENDPOINTS', 'LANGCHAIN_RUNS_ENDPOINTS']) assert.equal(env[name], '')
    assert.deepEqual([env['LANGSMITH_TRACING_MODE'], env['LANGSMITH_OTEL_ENABLED']], ['langsmith', 'false'])
    assert.match(env['NO_PROXY'] ?? '', /127\.0\.0\.1,localhost/)
  })
})

describe('what runs before a program', () => {
  const [node, python] = preloads('/a b/launch')

  test('is put in front of the person\'s own, once', () => {
    assert.ok(node && python)
    const first = withPreloads({ NODE_OPTIONS: '--max-old-space-size=4096', PYTHONPATH: '/mine' }, '/a b/launch')
    assert.equal(first['NODE_OPTIONS'], `${node.value} --max-old-space-size=4096`)
    assert.equal(first['PYTHONPATH'], `${python.value}${path.delimiter}/mine`)
    assert.deepEqual(withPreloads(first, '/a b/launch'), first)
    assert.equal(withPreloads({}, '/a b/launch')['PYTHONPATH'], python.value)
  })

  test('is found beside the sources', () => {
    for (const file of ['preload.cjs', 'hosts.json', 'python/sitecustomize.py', 'python/countersign.py']) assert.ok(existsSync(path.join(launchFolder(), file)), file)
  })
})
