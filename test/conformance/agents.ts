/** An agent of LangGraph in either language, through Countersign's, with a call that is held in the midst. */
import assert from 'node:assert/strict'
import { launchEnvironment, launchFolder, withPreloads } from '../../src/platform/launchEnv.ts'
import { startHolding } from '../fakes/holding.ts'
import { run, until } from '../fakes/trial.ts'

export async function runsUnchanged(command: readonly string[]): Promise<void> {
  const agent = await startHolding()
  try {
    const running = run(command, { ...launchEnvironment(agent.url, 'cs_key'), ...withPreloads({}, launchFolder()) })
    // It ends by itself only when something went wrong: a held call waits.
    await Promise.race([until(() => agent.held === 1 || undefined, 'one branch is held', 90_000), running])
    await until(() => agent.model.received.length >= 3 || undefined, 'the other branch goes on meanwhile')
    assert.equal(agent.model.received.length, 3, 'the plan, its answer to the tools, and the branch that is not held')
    agent.acknowledgeAll()
    const { code, out, err } = await running
    assert.equal(code, 0, err)
    const said = JSON.parse(out) as { asked: string; nodes: string[]; results: string[]; last: string }
    assert.equal(said.asked, 'May I refund?')
    assert.deepEqual(said.results.toSorted(), ['found Please help Mira.', 'refund: yes'])
    assert.deepEqual(said.nodes.filter((name) => ['summary', 'risk', 'join'].includes(name)), ['summary', 'risk', 'join'])
    assert.match(said.last, /You said: Is 4111 1111 1111 1111 at risk\? \| .*You said: Sum it up\./)
    assert.equal(agent.model.received.length, 4)
  } finally {
    await agent.close()
  }
}
