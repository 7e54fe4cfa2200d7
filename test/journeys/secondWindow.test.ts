import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { connectControl, type ControlClient } from '../../src/platform/controlClient.ts'
import { signIn, type Sandbox } from '../../src/sandbox/start.ts'
import { startTrial } from '../fakes/trial.ts'

let trial: Sandbox
let second: ControlClient
before(async () => {
  trial = await startTrial()
  second = await connectControl(trial.home, { client: 'another window' })
})
after(async () => {
  second.close()
  await trial.close()
})

test('a window that acted for the person before ends nothing of the next one, is told what to do, and ends it with what the editor kept', async () => {
  const kept = async (): Promise<string> => String((await trial.control.request('signIn.keep', {})).refreshToken)
  await second.request('signIn.restore', { refreshToken: await kept() })
  await second.request('signIn.keep', {})

  await signIn(trial.control, trial.idp, 'grace')
  await assert.rejects(second.request('signOut', {}), { code: 'CS_SIGN_IN_FAILED', message: /only from where somebody signed in, which was not here\. Sign in from here first, or do it there/ })
  assert.equal((await second.request('status', {})).session?.subject, 'grace')

  // What the editor does by itself before it signs out: its windows share what was kept.
  await second.request('signIn.restore', { refreshToken: await kept() })
  await second.request('signOut', {})
  assert.equal((await trial.control.request('status', {})).session, null)
})
