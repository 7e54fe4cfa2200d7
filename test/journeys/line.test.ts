import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { ChatOpenAI } from '@langchain/openai'
import { launchEnvironment } from '../../src/platform/launchEnv.ts'
import type { Sandbox } from '../../src/sandbox/start.ts'
import { COUNTERSIGN, eventsOf, recordsOf, ROOT, run, startTrial, transcript } from '../fakes/trial.ts'

let trial: Sandbox
before(async () => { trial = await startTrial() })
after(() => trial.close())

const customers = readFileSync(path.join(ROOT, 'media/sample/customers.csv'), 'utf8')
const payments = readFileSync(path.join(ROOT, 'media/sample/payments.csv'), 'utf8')
const model = (more: Record<string, unknown> = {}): ChatOpenAI =>
  new ChatOpenAI({ model: 'simulated-1', apiKey: trial.line.key, configuration: { baseURL: `${trial.line.agent}/openai/v1` }, maxRetries: 0, ...more })

describe('a LangChain call through every room', () => {
  test('streams an answer in which no e-mail address and no phone number of the customers is left', async () => {
    let text = ''
    let chunks = 0
    for await (const chunk of await model().stream(`Whom should we call first, and how do we reach them?\n\n${customers}`)) {
      text += chunk.text
      chunks++
    }
    assert.ok(chunks > 5, `it came in ${chunks} chunks`)
    assert.match(text, /\[EMAIL\]/)
    assert.match(text, /\[PHONE\]/)
    for (const value of ['mira.castellanos@', 'priya@raman', '555 0132', '7946 0958']) assert.ok(!text.includes(value), `${value} came through`)
  })

  test('answers the same, masked, when it does not stream', async () => {
    const answer = await model().invoke(`Whom should we call first?\n\n${customers}`)
    assert.match(answer.text, /\[EMAIL\]/)
    assert.ok(!answer.text.includes('mira.castellanos@'))
  })

  test('shows the model the agent\'s key and never the session key', () => {
    assert.ok(trial.model.received.length >= 2)
    for (const { headers } of trial.model.received) {
      assert.equal(headers['authorization'], `Bearer ${trial.model.key}`)
      assert.ok(!JSON.stringify(headers).includes(trial.line.key))
    }
  })

  test('sends exactly the bytes whose digest was recorded, with secrets redacted', async () => {
    await model().invoke('Is sk-proj-9fJk2LmN8pQrS4tUvWxYz1234567890abcdefGHIJ a key?')
    const { createHash } = await import('node:crypto')
    const sent = trial.model.received.at(-1)
    assert.ok(sent)
    assert.ok(!Buffer.from(sent.body).includes('sk-proj-9fJk'))
    assert.equal(eventsOf(trial.home, 'exchange.decided').at(-1)?.digest.sent, createHash('sha256').update(sent.body).digest('base64url'))
  })

  test('refuses a call with cards and SSNs in a sentence, in OpenAI\'s shape, with nothing sent', async () => {
    const sent = trial.model.received.length
    await assert.rejects(model().invoke(`Who paid?\n\n${payments}`), (error: Error & { status?: number; code?: string }) => {
      assert.equal(error.status, 403)
      assert.match(error.message, /Countersign: .*no reviewer can be reached.*Nothing was sent\..*\[ex_/s)
      return true
    })
    assert.equal(trial.model.received.length, sent)
  })

  test('runs the sample script as a person would, with neither key nor address in it', async () => {
    const ran = await run([process.execPath, path.join(ROOT, 'media/sample/ask.mjs')], launchEnvironment(trial.line.agent, trial.line.key))
    assert.equal(ran.code, 0, ran.err)
    assert.match(ran.out, /\[EMAIL\]/)
  })

  test('records who, when, which endpoint, with what, what was decided and what came back (golden)', () => {
    const events = recordsOf(trial.home).map(({ event }) => event)
    const own = transcript(events).filter((line) => !/^(?:sync|log|agent)\./.test(line))
    assert.deepEqual(own, [
      'policy 1 in force from the hub',
      'session.started ada',
      'launch sandbox sandbox',
      'decided allow data-team-may-use-models simulated-1 streamed found EMAIL×4 PHONE×4 masked -',
      'completed 200 masked EMAIL PHONE EMAIL PHONE EMAIL PHONE EMAIL PHONE',
      'decided allow data-team-may-use-models simulated-1 plain found EMAIL×4 PHONE×4 masked -',
      'completed 200 masked EMAIL PHONE EMAIL PHONE EMAIL PHONE EMAIL PHONE',
      'decided allow data-team-may-use-models simulated-1 plain found SECRET×1 masked SECRET',
      'completed 200 masked -',
      'approval asked by ada under cards-and-ssn-need-a-second-person found CREDIT_CARD×3 US_SSN×2',
      'approval denied (no_reviewer)',
      'decided deny cards-and-ssn-need-a-second-person simulated-1 plain found CREDIT_CARD×3 US_SSN×2 masked -',
      'decided allow data-team-may-use-models simulated-1 streamed found EMAIL×4 PHONE×4 masked -',
      'completed 200 masked EMAIL PHONE EMAIL PHONE EMAIL PHONE EMAIL PHONE',
    ])
    const [decided] = eventsOf(trial.home, 'exchange.decided')
    assert.ok(decided)
    assert.equal(decided.actor.iss, trial.line.issuer)
    assert.equal(decided.actor.sub, 'ada')
    assert.deepEqual(decided.actor.groups, ['data-eng'])
    assert.ok(Math.abs(decided.actor.authTime - Date.now() / 1000) < 300)
    assert.equal(decided.endpoint.url, `${trial.model.url}/v1/chat/completions`)
    assert.equal(decided.policy.version, 1)
    const [completed] = eventsOf(trial.home, 'exchange.completed')
    assert.ok((completed?.answer?.usage.inputTokens ?? 0) > 0, 'usage is recorded')
  })

  test('keeps every value that was masked out of the whole state folder', async () => {
    const { readdir, readFile } = await import('node:fs/promises')
    for (const entry of await readdir(trial.line.dir, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || entry.parentPath.endsWith('settings')) continue
      const bytes = await readFile(path.join(entry.parentPath, entry.name))
      for (const value of ['mira.castellanos@', '4111 1111', '219-09-9999', 'sk-proj-9fJk', trial.model.key, trial.line.key])
        assert.ok(!bytes.includes(value), `${value.slice(0, 8)}… stands in ${entry.name}`)
    }
  })

  test('syncs its records, and countersign verify finds them whole, with the hub\'s receipt', async () => {
    await trial.control.request('sync.now', {})
    const ran = await run([...COUNTERSIGN, 'verify', trial.line.dir, '--hub', trial.line.hub])
    assert.equal(ran.code, 0, ran.out + ran.err)
  })
})
