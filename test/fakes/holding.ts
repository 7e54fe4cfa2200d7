/** The proxy with every route, a real desk and the simulated model, in this process, on a clock that a test moves on: minutes pass in a moment. */
import { mock } from 'node:test'
import { Desk } from '../../src/agent/approval/desk.ts'
import { openProxy } from '../../src/agent/proxy/server.ts'
import { ROUTES } from '../../src/core/provider/registry.ts'
import { startSimulatedModel, type SimulatedModel } from '../../src/sandbox/simulatedModel.ts'
import { parsePolicy } from '../../src/core/policy/parse.ts'
import type { Provider } from '../../src/core/provider/provider.ts'
import { CALLER, fakeWorld } from './exchange.ts'

/** Below the simulated model's origin; `/v1` for the others. */
const BELOW: Readonly<Record<string, string>> = { anthropic: '', azure: '', bedrock: '', cohere: '', gemini: '', ollama: '', mistral: '/mistral/v1' }
const UPSTREAMS = ['openai', 'anthropic', 'azure', 'bedrock', 'cohere', 'gemini', 'groq', 'huggingface', 'mistral', 'ollama']

export interface Holding {
  readonly url: string
  readonly model: SimulatedModel
  /** Clients that wait at this moment. */
  readonly held: number
  /** Requests that the desk opened, a re-run that joined counted once. */
  readonly opened: number
  /** Lets milliseconds pass for the desk and for what keeps clients alive. */
  advance(ms: number): void
  /** By the requester: under this policy every held call waits for that. */
  acknowledgeAll(): void
  close(): Promise<void>
}

/** Text with a card number is held; everything else passes. */
export async function startHolding(): Promise<Holding> {
  const model = await startSimulatedModel({ key: 'right' })
  const urls = UPSTREAMS.map((name) => `  ${name}: { url: "${model.url}${BELOW[name] ?? '/v1'}", outside: true }`)
  const policy = parsePolicy(`version: 1
default: deny
upstreams:
${urls.join('\n')}
rules:
  - { id: cards, when: { prompt: { finds: [CREDIT_CARD] } }, effect: hold, approval: { reviewers: self, requesterReason: none, wait: 30m } }
  - { id: rest, when: {}, effect: allow }
`)
  const clock = virtualTimers()
  mock.timers.enable({ apis: ['setInterval'] })
  const world = fakeWorld()
  let held = 0
  const opened = new Set<string>()
  const desk = new Desk({ hub: () => undefined, record: () => Promise.resolve(), onChange: () => { for (const { ap } of desk.acknowledgeable) opened.add(ap) }, log: () => undefined, timer: clock.timer })
  const routes = ROUTES.map(({ prefix, upstream, create }) => ({ prefix, upstream, provider: create() }))
  const proxy = await openProxy({
    ports: [0], routes, fallback: routes.find(({ upstream }) => upstream === 'openai')?.provider as Provider, log: () => undefined, bodyLimit: () => 1 << 20,
    uid: undefined, peerUid: () => Promise.resolve(undefined), authenticate: () => CALLER,
    exchange: {
      ...world.ports,
      desk: {
        async hold(request, signal) {
          held++
          try {
            return await desk.hold(request, signal)
          } finally {
            held--
          }
        },
      },
      policy: { current: () => ({ document: policy, version: 1, digest: 'd', source: 'hub', expiresAt: undefined }) },
      upstream: {
        async send(clearance, request, signal) {
          clearance.spend(request.digest)
          const reply = await fetch(request.url, { method: request.method, headers: { ...request.headers, 'x-api-key': model.key }, signal, ...(request.method === 'POST' ? { body: Buffer.from(request.body) } : {}) })
          return { status: reply.status, headers: Object.fromEntries(reply.headers), body: reply.body as unknown as AsyncIterable<Uint8Array> }
        },
      },
    },
  })
  return {
    url: proxy.url,
    model,
    get held() { return held },
    get opened() { return opened.size },
    advance(ms) {
      clock.advance(ms)
      mock.timers.tick(ms)
    },
    acknowledgeAll() {
      for (const { ap, digest } of desk.acknowledgeable) desk.acknowledge({ ap, digest, verdict: 'approve', reason: '' })
    },
    async close() {
      await proxy.close()
      await model.close()
      mock.timers.reset()
    },
  }
}

/** Timers of the desk, which takes them as an argument. */
function virtualTimers(): { readonly timer: (ms: number, run: () => void) => () => void; advance(ms: number): void } {
  const waiting = new Set<{ readonly at: number; readonly run: () => void }>()
  let now = 0
  return {
    timer(ms, run) {
      const one = { at: now + ms, run }
      waiting.add(one)
      return () => { waiting.delete(one) }
    },
    advance(ms) {
      now += ms
      for (const one of [...waiting].filter(({ at }) => at <= now).sort((a, b) => a.at - b.at)) {
        waiting.delete(one)
        one.run()
      }
    },
  }
}
