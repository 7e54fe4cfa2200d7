/** Calls whose key, session or agent ends while they wait or while their answer comes: over real sockets, with the real sessions and desk. */
import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { describe, test, type TestContext } from 'node:test'
import { Desk } from '../../../src/agent/approval/desk.ts'
import { NOTHING_KEPT } from '../../../src/agent/identity/keptSessions.ts'
import { Sessions } from '../../../src/agent/identity/sessions.ts'
import { mintSessionKey, sessionKeyHash } from '../../../src/protocol/sessionKey.ts'
import { memoryStore } from '../../fakes/memoryStore.ts'
import { through, type Passed, type Through } from '../../fakes/through.ts'

const CHAT = { model: 'gpt-4o', stream: true, messages: [{ role: 'user', content: 'hi' }] }
const EVENT = `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta: { content: 'The first sentence of several. ' }, finish_reason: null }] })}\n\n`
const HOLD = '[{ id: ask, when: {}, effect: hold, approval: { reviewers: self, wait: 1m } }]'
const ENDS = [
  ['its launch is revoked', ({ sessions, launch }: World) => { sessions.revokeLaunch(launch) }, /session key of this program was revoked/],
  ['its person signs out', ({ sessions }: World) => { sessions.end('signed out') }, /whoever made it signed out/],
  ['somebody else signs in', ({ sessions }: World) => { sessions.start({ ...ADA, subject: 'grace' }) }, /whoever made it signed out/],
  ['the agent stops', ({ agent }: World) => { void agent.stop() }, /the agent is stopping/],
] as const
const ADA = { issuer: 'https://id.example', subject: 'ada', groups: [], authTime: 1 }

interface World {
  readonly sessions: Sessions
  readonly launch: string
  readonly agent: Through
  readonly desk: Desk
  call(): Promise<Passed>
  /** Resolves when a call is held. */
  readonly held: Promise<void>
}

async function open(t: TestContext, rules?: string): Promise<World> {
  let ids = 0
  let onHeld: () => void = () => undefined
  const held = new Promise<void>((resolve) => { onHeld = resolve })
  const sessions: Sessions = new Sessions({ now: Date.now, limits: () => ({ idle: 3_600_000, absolute: 3_600_000 }), newSessionId: () => `se_${++ids}`, newLaunchId: () => `la_${++ids}`, kept: memoryStore(NOTHING_KEPT), onNotKept: (error) => { throw error as Error }, onEnded: () => undefined })
  const desk = new Desk({ hub: () => undefined, record: () => Promise.resolve(), onChange: () => { onHeld() }, log: () => undefined, timer: () => () => undefined })
  sessions.start(ADA)
  const key = mintSessionKey(Buffer.alloc(32, 7))
  const launch = sessions.register(sessionKeyHash(key), 'run', 'test').id
  const agent = await through(t, { desk, ...(rules === undefined ? {} : { rules }), authenticate: (given) => sessions.authenticate(given), underWay: (given) => sessions.underWay(given) })
  return { sessions, launch, agent, desk, held, call: () => agent.call('/openai/v1/chat/completions', CHAT, { key }) }
}

describe('a call under way', () => {
  for (const [when, end, words] of ENDS) {
    test(`ends before its answer comes when ${when}, and the record says why`, async (t) => {
      const world = await open(t)
      const asked = new Promise<void>((resolve) => { world.agent.answerWith(() => { resolve() }) })
      const passing = world.call()
      await asked
      end(world)
      const { status, answer, leaves } = await passing
      assert.ok(status >= 400)
      assert.match(answer, words)
      assert.match(leaves, words)
      assert.doesNotMatch(answer + leaves, /client stopped/)
    })

    test(`stops in the middle of its answer when ${when}, and the provider is told`, async (t) => {
      const world = await open(t)
      const reply = new Promise<ServerResponse>((resolve) => {
        world.agent.answerWith((_request, response) => {
          response.writeHead(200, { 'content-type': 'text/event-stream' }).write(EVENT.repeat(8), () => { resolve(response) })
        })
      })
      const passing = world.call()
      const response = await reply
      const gone = new Promise<void>((resolve) => { response.once('close', () => { resolve() }) })
      // Once something of it is on its way to the client: only then is it the middle.
      while (!world.agent.heard().includes('first sentence')) await new Promise(setImmediate)
      end(world)
      const { answer, leaves } = await passing
      await gone
      assert.match(answer, words)
      assert.doesNotMatch(answer, /\[DONE\]/)
      assert.match(leaves, /"type":"exchange\.failed"/)
    })
  }

  test('that waits for a person is withdrawn when its launch is revoked, and an acknowledgement comes too late', async (t) => {
    const world = await open(t, HOLD)
    const passing = world.call()
    await world.held
    const [request] = world.desk.acknowledgeable
    assert.ok(request)
    world.sessions.revokeLaunch(world.launch)
    const { status, sent, leaves } = await passing
    assert.equal(status, 403)
    assert.deepEqual(sent, [])
    assert.match(leaves, /"type":"approval\.settled".*"state":"withdrawn","cause":"withdrawn"/)
    assert.throws(() => { world.desk.acknowledge({ ap: request.ap, digest: request.digest, verdict: 'approve', reason: '' }) }, { code: 'CS_REVIEW_OVER' })
  })
})
