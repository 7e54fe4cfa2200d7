import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { once, EventEmitter } from 'node:events'
import { describe, test, type TestContext } from 'node:test'
import { z } from 'zod'
import { startControl, handler, type ControlServer, type Handlers } from '../../src/agent/control/server.ts'
import { CONTROL_METHODS, CONTROL_NOTICES, CONTROL_PROTOCOL, type ControlMethod } from '../../src/protocol/control.ts'
import { connectControl } from '../../src/platform/controlClient.ts'
import { controlPath } from '../../src/platform/home.ts'
import { AgentLink, isOlder, type LinkOptions, type LinkState } from '../../src/extension/agentLink.ts'
import { decided, ended, journalOf } from '../fakes/records.ts'

/** An agent's control channel on a real socket, without what stands behind it. */
class FakeAgent {
  readonly home: string
  readonly asked: ControlMethod[] = []
  build = '1.0.0'
  hub = 'https://hub.a'
  starts = 0
  busy = false
  /** Before each start but the first. */
  onStart: () => void = () => undefined
  #server: ControlServer | undefined

  constructor(home: string) {
    this.home = home
  }

  async start(): Promise<void> {
    if (this.starts > 0) this.onStart()
    this.starts++
    this.#server = await startControl({ address: controlPath(this.home), handlers: this.#handlers(), log: () => undefined })
  }

  tell(notice: string, params: object): void {
    this.#server?.notify(notice, params)
  }

  /** As a killed process: sockets close, the file stays. */
  async die(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    await server?.close()
  }

  #handlers(): Handlers {
    const answer = (method: ControlMethod): unknown => {
      this.asked.push(method)
      if (method === 'hello') return { protocol: CONTROL_PROTOCOL, build: this.build, pid: process.pid, url: 'http://127.0.0.1:1' }
      if (method === 'status') return { hub: this.hub }
      if (method === 'shutdown' && this.busy) return { stopping: false }
      if (method === 'shutdown') setImmediate(() => void this.die())
      return {}
    }
    return Object.fromEntries(Object.keys(CONTROL_METHODS).map((method) => [method, handler(z.looseObject({}), () => answer(method as ControlMethod))])) as unknown as Handlers
  }
}

function setUp(t: TestContext, more: Partial<LinkOptions> = {}): { agent: FakeAgent; link: AgentLink; reached: (kind: LinkState['kind']) => Promise<void> } {
  const home = mkdtempSync(path.join(os.tmpdir(), 'cs-link-'))
  const agent = new FakeAgent(home)
  const link = new AgentLink({
    build: '1.0.0',
    connect: () => connectControl(home, { client: 'test' }),
    spawn: async () => {
      await agent.start()
      return { ended: new Promise(() => undefined) }
    },
    fits: (status) => status.hub === 'https://hub.a',
    onAttached: () => Promise.resolve(),
    log: () => undefined,
    sleep: () => new Promise((resolve) => { setImmediate(resolve) }),
    ...more,
  })
  const states = new EventEmitter()
  link.listen({ state: (state) => states.emit(state.kind) })
  t.after(async () => {
    link.stop()
    await agent.die()
    rmSync(home, { recursive: true, force: true })
  })
  return { agent, link, reached: async (kind) => { if (link.state.kind !== kind) await once(states, kind) } }
}

describe("the window's tie to its agent", () => {
  test('starts an agent when none runs, and attaches to one that does', async (t) => {
    const { agent, link } = setUp(t)
    await link.start()
    assert.deepEqual([link.state.kind, agent.starts], ['attached', 1])
    const other = setUp(t, { connect: () => connectControl(agent.home, { client: 'second window' }), spawn: () => Promise.reject(new Error('a second agent')) })
    await other.link.start()
    assert.equal(other.link.state.kind, 'attached')
  })

  test('starts it again when it goes away, and registers again before anybody is told', async (t) => {
    let attached = 0
    const { agent, link, reached } = setUp(t, { onAttached: () => {
        attached++
        return Promise.resolve()
      } })
    await link.start()
    await agent.die()
    await reached('starting')
    await reached('attached')
    assert.deepEqual([agent.starts, attached], [2, 2])
  })

  test('says why, in the words of the agent, when it cannot be started', async (t) => {
    const { link } = setUp(t, { spawn: () => Promise.resolve({ ended: Promise.resolve('the policy file /x cannot be read.') }) })
    await link.start()
    assert.ok(link.state.kind === 'stopped')
    assert.match(link.state.why, /the policy file \/x cannot be read/)
    assert.throws(() => link.attached, /policy file/)
  })

  test('ends an agent of other settings and starts one of its own', async (t) => {
    const { agent, link } = setUp(t)
    agent.hub = 'https://hub.b'
    await agent.start()
    agent.onStart = () => { agent.hub = 'https://hub.a' }
    await link.start()
    assert.deepEqual([link.state.kind, agent.starts, agent.asked.includes('shutdown')], ['attached', 2, true])
  })

  test('after a change of settings: ends what does not serve them, and leaves what another window started for them', async (t) => {
    const { agent, link } = setUp(t)
    await link.start()
    await link.refit()
    assert.deepEqual([agent.starts, agent.asked.includes('shutdown')], [1, false], 'the same settings')
    const wanted = { hub: 'https://hub.a' }
    const changed = setUp(t, { fits: (status) => status.hub === wanted.hub })
    await changed.link.start()
    wanted.hub = 'https://hub.b'
    changed.agent.onStart = () => { changed.agent.hub = 'https://hub.b' }
    await changed.link.refit()
    assert.ok(changed.link.state.kind === 'attached')
    assert.deepEqual([changed.link.state.status.hub, changed.agent.starts], ['https://hub.b', 2])
  })

  test('S50: says of a renewed sign-in which agent it is from', async (t) => {
    const { agent, link } = setUp(t)
    await link.start()
    const heard = new EventEmitter()
    link.listen({ kept: ({ refreshToken }, by) => heard.emit('kept', refreshToken, by) })
    const told = once(heard, 'kept')
    agent.tell(CONTROL_NOTICES.signInKept, { refreshToken: 'renewed' })
    assert.deepEqual(await told, ['renewed', link.control])
  })

  test('replaces an older build at once when nothing is under way', async (t) => {
    const { agent, link } = setUp(t, { build: '1.1.0' })
    await agent.start()
    agent.onStart = () => { agent.build = '1.1.0' }
    await link.start()
    assert.deepEqual([link.control?.agent.build, agent.starts], ['1.1.0', 2])
  })

  test('leaves a newer build alone', async (t) => {
    const { agent, link } = setUp(t, { build: '0.9.0' })
    await agent.start()
    await link.start()
    assert.deepEqual([link.control?.agent.build, agent.starts], ['1.0.0', 1])
  })

  test('waits with the replacement until no call is under way', async (t) => {
    const { agent, link, reached } = setUp(t, { build: '1.1.0' })
    agent.busy = true
    await agent.start()
    await link.start()
    assert.deepEqual([link.state.kind, link.control?.agent.build], ['attached', '1.0.0'], 'a busy agent goes on')
    agent.busy = false
    agent.build = '1.1.0'
    const [first, second] = journalOf([[0, decided('ex_1')], [9, ended('ex_1')]])
    agent.tell(CONTROL_NOTICES.record, first as object)
    agent.tell(CONTROL_NOTICES.record, second as object)
    await reached('starting')
    await reached('attached')
    assert.deepEqual([agent.starts, link.control?.agent.build], [2, '1.1.0'])
  })

  test('keeps the agent it started, even if that one does not say what was asked for', async (t) => {
    const { agent, link } = setUp(t, { build: '9.9.9', fits: () => false })
    await link.start()
    assert.deepEqual([link.state.kind, agent.starts], ['attached', 1])
  })

  test('passes on records and live notices', async (t) => {
    const { agent, link } = setUp(t)
    await link.start()
    const heard = new EventEmitter()
    link.listen({ record: (entry) => heard.emit('record', entry.record.event.type), live: (notice) => heard.emit('live', notice.what) })
    const [first, second] = journalOf([[0, decided('ex_1')], [9, ended('ex_1')]])
    for (const entry of [first, second]) {
      const told = once(heard, 'record')
      agent.tell(CONTROL_NOTICES.record, entry as object)
      assert.deepEqual(await told, [entry?.record.event.type])
    }
    const told = once(heard, 'live')
    agent.tell(CONTROL_NOTICES.live, { ex: 'ex_1', what: 'sent', at: 1 })
    assert.deepEqual(await told, ['sent'])
  })
})

test('builds are compared by number, and what is no number is left alone', () => {
  assert.equal(isOlder('0.9.10', '0.10.0'), true)
  assert.equal(isOlder('0.10.0', '0.9.10'), false)
  assert.equal(isOlder('1.0.0', '1.0.0'), false)
  assert.equal(isOlder('dev', '1.0.0'), false)
})
