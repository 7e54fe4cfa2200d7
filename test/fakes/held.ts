/** People and held calls as the hub knows them. */
import assert from 'node:assert/strict'
import type { OpenRequest } from '../../src/protocol/approval.ts'
import type { Viewer } from '../../src/hub/approvals/lines.ts'
import { TestDevice, type HubWorld } from './hub.ts'

/** The rule of the sample policy that holds. */
const RULE = 'cards-and-ssn-need-a-second-person'

/** As the hub knows a person from a token of theirs, and their machine from its signature. */
export async function viewerOf(world: HubWorld, login: string): Promise<Viewer> {
  const { id } = await TestDevice.enrolled(world, login)
  const { hub } = world.running
  const device = hub.devices.find(id)
  assert.ok(device)
  return { device, person: await hub.tokens.verify(await world.tokenOf(login)) }
}

export function heldRequest(world: HubWorld): OpenRequest {
  const { current } = world.running.hub.policies
  assert.ok(current)
  const policy = { version: current.version, digest: current.digest }
  const terms = world.running.hub.policies.termsOf(policy, RULE)
  assert.ok(terms && terms.reviewers !== 'self')
  const { reviewers, ...rest } = terms
  return {
    ex: 'ex_01HELD', digest: 'd'.repeat(43), terms: { ...rest, group: reviewers.group }, requesterReason: 'For my mother, Mira.',
    call: { provider: 'openai', operation: 'chat', upstream: 'openai', host: '127.0.0.1', model: 'simulated-1', stream: true, rule: { id: RULE, name: RULE }, policy, findings: [{ type: 'CREDIT_CARD', count: 1, fate: 'asIs' }], parts: [], source: { kind: 'run', file: 'ask.mjs' } },
  }
}
