import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import path from 'node:path'
import { test } from 'node:test'
import { openDeviceKeys } from '../../../src/agent/identity/device.ts'
import { HubClient, refusalOf } from '../../../src/agent/identity/hubClient.ts'
import { startHubWorld } from '../../fakes/hub.ts'

test('a refusal of a hub whose clock differs names the clock, how far it is off and to which side; any other stays as the hub said it', async (t) => {
  const world = await startHubWorld(t)
  const keys = openDeviceKeys(world.dir)
  const file = path.join(world.dir, 'enrolment.json')
  await (await HubClient.open(world.url, keys, file)).enrol(await world.tokenOf('ada'), 'ada-laptop')
  let ahead = 0
  let code = 'CS_HUB_REFUSED'
  const server = createServer((_request, response) => {
    response.writeHead(403, { 'content-type': 'application/json', date: new Date(Date.now() + ahead).toUTCString() }).end(JSON.stringify({ error: { code, message: 'this is not for you.' } }))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const address = server.address()
  const client = await HubClient.open(`http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`, keys, file)
  const said = async (): Promise<string> => refusalOf(await client.request('GET', '/v1/policy', undefined), 'the hub gave no policy').message
  assert.equal(await said(), 'the hub gave no policy: this is not for you.')
  ahead = 7 * 60_000
  assert.equal(await said(), "the clock of this machine is about 7 minutes behind your hub's. Set this machine's clock right, then try again.")
  ahead = -65_000
  assert.match(await said(), /is about a minute ahead of your hub's/)
  code = 'CS_NOT_A_REVIEWER'
  assert.equal(await said(), 'the hub gave no policy: this is not for you.', 'what no clock brings about')
})
