/** Records as an agent writes them, and the agent's own uploader to bring them to a hub. */
import type { AuditEvent } from '../../src/protocol/audit.ts'
import { deviceToken } from '../../src/agent/identity/hubClient.ts'
import { Uploader } from '../../src/agent/sync/uploader.ts'
import { parseVkey } from '../../src/core/log/note.ts'
import { nodeFiles } from '../../src/platform/files.ts'
import { timer } from '../../src/platform/stamp.ts'
import { post, type TestDevice, type TestLog } from './hub.ts'

const ACTOR = { iss: 'https://id.example', sub: 'ada', groups: ['data-eng'], authTime: 1_795_000_000, session: 'se_01TEST', launch: 'la_01TEST' }

/** An allowed call and its answer. */
export function callStory(ex: string, model = 'simulated-1'): AuditEvent[] {
  const endpoint = { provider: 'openai', operation: 'chat.completions', upstream: 'openai', url: 'http://127.0.0.1:9/v1/chat/completions', model, stream: true }
  const span = { path: '/choices/0/delta/content', start: 0, end: 17, type: 'EMAIL', detector: 'email@1', certainty: 0.99, transform: 'redact' as const, token: '[EMAIL]', commitment: 'AAAAAAAAAAAAAAAAAAAAAA' }
  return [
    { type: 'session.started', actor: ACTOR, endsAt: '2026-11-24T20:00:00.000Z', sd: [] },
    {
      type: 'exchange.decided',
      ex,
      actor: ACTOR,
      endpoint,
      params: { temperature: 0 },
      digest: { received: 'r'.repeat(43), sent: 's'.repeat(43) },
      bytes: { received: 512, sent: 512 },
      inspection: { status: 'ok', found: {}, opaque: [] },
      masked: [],
      decision: { effect: 'allow', rule: 'data-team-may-use-models', why: 'rule "data-team-may-use-models" allows this call.' },
      policy: { version: 1, digest: 'p'.repeat(43), source: 'hub' },
      sd: ['d'.repeat(43)],
    },
    {
      type: 'exchange.completed',
      ex,
      actor: ACTOR,
      status: 200,
      answer: { model, id: 'c1', finish: ['stop'], usage: { inputTokens: 12, outputTokens: 34 } },
      returned: { digest: 'a'.repeat(43), bytes: 2048 },
      masked: [span],
      found: { EMAIL: 1 },
      timing: { decided: 3, firstByte: 40, total: 120 },
      sd: ['e'.repeat(43)],
    },
  ]
}

/** Until the hub's receipt covers everything; throws what the uploader would only tell. */
export async function deliver(device: TestDevice, log: TestLog, folder = log.folder): Promise<Uploader> {
  await log.writer.checkpoint()
  const troubles: string[] = []
  const uploader = await Uploader.open({
    files: nodeFiles(),
    log: { stream: log.stream, folder, tree: log.writer.tree, get signedSize() { return log.writer.signedSize }, appendQuietly: (event) => log.writer.append(event, true) },
    cosigner: parseVkey(device.world.running.hub.known.cosigner),
    request: async (method, path, body) => {
      const reply = await post(device.world.url + path, body, { authorization: `Countersign ${await deviceToken({ key: device.key, device: device.id, audience: device.world.url, method, path, body: JSON.stringify(body) })}` })
      return { status: reply.status, body: (await reply.json()) }
    },
    timer,
    random: () => 0,
    onTrouble: (what) => troubles.push(what),
  })
  uploader.wake()
  await uploader.settled()
  await uploader.stop()
  if (troubles.length > 0) throw new Error(troubles.join('; '))
  return uploader
}
