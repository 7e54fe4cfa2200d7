import assert from 'node:assert/strict'
import path from 'node:path'
import { describe, test } from 'node:test'
import { openDeviceKeys } from '../../../src/agent/identity/device.ts'
import { HubClient } from '../../../src/agent/identity/hubClient.ts'
import { openJournal } from '../../../src/agent/journal/journal.ts'
import { HubPolicy, keptPolicy } from '../../../src/agent/policy/source.ts'
import { openStore } from '../../../src/agent/state/store.ts'
import { HubLink } from '../../../src/agent/sync/hubLink.ts'
import { nodeFiles } from '../../../src/platform/files.ts'
import { startHubWorld } from '../../fakes/hub.ts'

describe('the agent\'s link to its hub', () => {
  test('ends the session, its keys and its leases with the next look at the policy after its person was offboarded', async (t) => {
    const world = await startHubWorld(t)
    const files = nodeFiles()
    const keys = openDeviceKeys(world.dir)
    const client = await HubClient.open(world.url, keys, path.join(world.dir, 'enrolment.json'))
    const journal = await openJournal({ files, folder: path.join(world.dir, 'journal'), deviceKey: keys.signing, dataKey: keys.data, device: keys.publicKey })
    const policy = new HubPolicy(await openStore(path.join(world.dir, 'policy.json'), keptPolicy, { envelope: null, version: 0 }), { now: Date.now, record: (event) => journal.append(event), onChange: () => undefined })
    const token = await world.tokenOf('ada')
    // Only the look at the policy is let run, and only when the test says so.
    let look: (() => void) | undefined
    const removed = Promise.withResolvers<string>()
    const looked = Promise.withResolvers<undefined>()
    const logged: string[] = []
    const link: HubLink = new HubLink({
      client,
      policy,
      journal,
      files,
      deviceName: 'ada-laptop',
      accessToken: () => Promise.resolve(token),
      onChange: () => undefined,
      onRefused: () => undefined,
      onRemoved: (why) => {
        link.signedOut()
        removed.resolve(why)
        return looked.promise
      },
      log: (line) => logged.push(line),
      timer: (ms, run) => {
        if (ms === 30_000) look = run
        return () => undefined
      },
      random: () => 0,
    })
    t.after(async () => {
      await link.stop()
      await journal.close()
    })
    await link.start()
    await link.signedIn()
    assert.equal(link.key('openai'), 'sk-the-provider-key')
    // Kim uses this machine too, so the machine itself stays admitted.
    await client.enrol(await world.tokenOf('kim'), 'ada-laptop')
    await world.running.hub.removals.setPerson({ issuer: world.idp.issuer, subject: 'ada' }, true, { person: { issuer: world.idp.issuer, subject: 'kim', groups: ['security-leads'], authTime: 0, name: undefined }, reason: 'left' })
    const run = look
    look = undefined
    run?.()
    assert.match(await removed.promise, /you were removed from this hub/)
    assert.match(logged.at(-1) ?? '', /you were removed from this hub.* is not asked for a policy again until somebody signs in/)
    looked.resolve(undefined)
    assert.equal(link.key('openai'), undefined)
    await assert.rejects(link.leaseKeys(), /you were removed from this hub/)
    assert.equal(typeof look, 'undefined', 'the hub is not asked again')
    await world.running.hub.removals.setPerson({ issuer: world.idp.issuer, subject: 'ada' }, false, { person: { issuer: world.idp.issuer, subject: 'kim', groups: ['security-leads'], authTime: 0, name: undefined }, reason: 'back' })
    await link.signedIn()
    assert.equal(typeof look, 'function', 'until somebody signs in')
  })
})
