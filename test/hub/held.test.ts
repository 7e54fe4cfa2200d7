import assert from 'node:assert/strict'
import { readdir, readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { describe, test } from 'node:test'
import { verifyLog } from '../../src/core/log/verify.ts'
import { folderSource } from '../../src/platform/logSource.ts'
import { CookieJar, walk } from '../../src/sandbox/signIn.ts'
import { heldRequest, viewerOf } from '../fakes/held.ts'
import { openTestLog, startHubWorld, TestDevice, type HubWorld } from '../fakes/hub.ts'
import { callStory, deliver } from '../fakes/journal.ts'

async function story(world: HubWorld): Promise<string> {
  const sam = world.idp.people.find((one) => one.login === 'sam')
  assert.ok(sam)
  return (await walk(`${world.url}/exchange/ex_01HELD`, sam, new CookieJar())).text
}

describe('a held call at the hub', () => {
  test('waits on over a restart with its reason, and is decided after it', async (t) => {
    const world = await startHubWorld(t)
    const [ada, grace] = [await viewerOf(world, 'ada'), await viewerOf(world, 'grace')]
    world.running.hub.approvals.connected(grace, () => undefined)
    const { ap } = await world.running.hub.approvals.open(ada, heldRequest(world))
    await world.running.hub.approvals.giveReason(ap, ada, 'For my mother, Mira Example.')
    await world.restart()
    const { approvals } = world.running.hub
    assert.deepEqual(approvals.visible(grace).map((one) => [one.ap, one.state, one.requesterReason]), [[ap, 'pending', 'For my mother, Mira Example.']])
    await approvals.review(ap, grace, { digest: 'd'.repeat(43), verdict: 'deny', reason: 'Ask her yourself.' })
    await world.restart()
    const [shown] = world.running.hub.approvals.visible(ada)
    assert.deepEqual([shown?.state, shown?.requesterReason, shown?.reviews.map((one) => [one.subject, one.reason])], ['denied', 'For my mother, Mira Example.', [['grace', 'Ask her yourself.']]])
    assert.ok(shown?.decision !== undefined, 'signed anew for the device that has not heard it')
  })

  test('has both reasons beside the log: an auditor reads them until they are erased, and the log verifies before and after', async (t) => {
    const world = await startHubWorld(t)
    const [ada, grace] = [await viewerOf(world, 'ada'), await viewerOf(world, 'grace')]
    const device = await TestDevice.enrolled(world)
    const log = await openTestLog(device, path.join(world.dir, 'journal'))
    await log.add(...callStory('ex_01HELD'))
    await deliver(device, log)
    await log.writer.close()
    world.running.hub.approvals.connected(grace, () => undefined)
    const { ap } = await world.running.hub.approvals.open(ada, heldRequest(world))
    await world.running.hub.approvals.review(ap, grace, { digest: 'd'.repeat(43), verdict: 'deny', reason: '<b>Ask her yourself.</b>' })
    assert.match(await story(world), /<h2>Approval [\s\S]*Grace Lindqvist[\s\S]*denied; groups then: security-reviewers[\s\S]*“&#60;b&#62;Ask her yourself\.&#60;\/b&#62;”/)
    const folder = path.join(world.dir, 'hub', 'log')
    for (const name of (await readdir(folder)).filter((one) => one.endsWith('.jsonl'))) assert.doesNotMatch(await readFile(path.join(folder, name), 'utf8'), /Ask her|my mother/, name)
    await rm(path.join(folder, 'disclosure-keys.jsonl'))
    assert.match(await story(world), /denied; groups then[\s\S]*<span class="quiet">erased<\/span>/)
    assert.doesNotMatch(await story(world), /Ask her yourself/)
    await world.stop()
    assert.deepEqual((await verifyLog({ source: folderSource(), folder, expect: {} })).integrity.problems, [])
  })
})
