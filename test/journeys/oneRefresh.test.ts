import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { connectControl, type ControlClient } from '../../src/platform/controlClient.ts'
import type { Sandbox } from '../../src/sandbox/start.ts'
import { startTrial, until } from '../fakes/trial.ts'

/** Seconds. A token is renewed when it has less than 30 left. */
const TOKEN_S = 34

let trial: Sandbox
let second: ControlClient
let command: ControlClient
let signedInAt = 0
before(async () => {
  trial = await startTrial({ idp: { accessTokenTtl: TOKEN_S } })
  signedInAt = Date.now()
  second = await connectControl(trial.home, { client: 'another window' })
  command = await connectControl(trial.home, { client: 'countersign run' })
})
after(async () => {
  second.close()
  command.close()
  await trial.close()
})

test('S12 a hundred simultaneous needs of a fresh token, from two windows and the command line, are one refresh and no sign-out', async () => {
  let rotations = 0
  trial.control.onSignInKept(() => { rotations++ })
  const before = (await trial.control.request('signIn.keep', {})).refreshToken
  await until(() => Date.now() - signedInAt > (TOKEN_S - 30) * 1000 || undefined, 'a token that has to be renewed')
  const windows = [trial.control, second, command]
  await Promise.all(Array.from({ length: 100 }, (_, i) => windows[i % 3]!.request('policy.refresh', {})))
  assert.equal(rotations, 1)
  assert.notEqual((await trial.control.request('signIn.keep', {})).refreshToken, before)
  assert.equal((await second.request('status', {})).session?.subject, 'ada')
  assert.deepEqual(trial.idp.log.filter((line) => line.startsWith('grant.revoked') || line.startsWith('grant.error')), [])
})
