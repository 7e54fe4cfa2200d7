/** What is asked of tracing clients of any language: their traces arrive masked where the policy wants them, and are kept quietly where not. */
import assert from 'node:assert/strict'
import { launchEnvironment, launchFolder, withPreloads } from '../../src/platform/launchEnv.ts'
import type { Sandbox } from '../../src/sandbox/start.ts'
import { eventsOf, run, startTrial, until } from '../fakes/trial.ts'

const POLICY = `version: 1
default: deny
upstreams: {}
mask: { prompt: { EMAIL: redact }, answer: {} }
rules:
  - { id: every-provider, when: {}, effect: allow }
`

/** @param command a program that traces one call */
export async function tracesArriveMasked(command: readonly string[]): Promise<void> {
  const trial = await startTrial({ policy: POLICY, simulated: ['langsmith'] })
  try {
    const said = await traced(trial, command)
    const traces = await until(() => {
      const own = trial.model.received.filter(({ path }) => path.startsWith('/runs'))
      return own.length > 0 && eventsOf(trial.home, 'exchange.completed').length >= 3 ? own : undefined
    }, 'a trace arrives')
    const text = traces.map(({ body }) => body.toString('utf8')).join('\n')
    assert.match(text, /about her order/, 'the trace holds what was asked')
    assert.match(text, /I am a simulated model/, 'and what was answered')
    assert.match(text, /\[EMAIL\]/)
    assert.doesNotMatch(text, /castellanos@/)
    for (const { headers } of traces) assert.equal(headers['x-api-key'], trial.model.key, 'under the key of the agent')
    assert.equal(said, '', 'the tracer has nothing to complain of')
    const decided = eventsOf(trial.home, 'exchange.decided').filter(({ endpoint }) => endpoint.operation.startsWith('runs.'))
    assert.ok(decided.length > 0 && decided.some(({ masked }) => masked.some(({ type }) => type === 'EMAIL')))
  } finally {
    await trial.close()
  }
}

/** @param command a program that traces with OpenTelemetry alone */
export async function spansArriveMasked(command: readonly string[]): Promise<void> {
  const trial = await startTrial({ policy: POLICY, simulated: ['langsmith'] })
  try {
    const ran = await run(command, launchEnvironment(trial.line.agent, trial.line.key))
    assert.deepEqual([ran.out.trim(), ran.code], ['sent', 0], ran.err)
    assert.equal(ran.err, '', 'the exporter has nothing to complain of')
    const traces = trial.model.received.filter(({ path }) => path === '/otel/v1/traces')
    assert.equal(traces.length, 2)
    for (const { headers, body } of traces) {
      assert.match(body.toString('utf8'), /\[EMAIL\]/)
      assert.doesNotMatch(body.toString('utf8'), /castellanos/)
      assert.deepEqual([headers['content-type'], headers['x-api-key'], headers['langsmith-project']], ['application/json', trial.model.key, 'orders'])
    }
  } finally {
    await trial.close()
  }
}

/** @param command the same program, under a policy that names no place for traces */
export async function tracesStayQuietly(command: readonly string[]): Promise<void> {
  const trial = await startTrial({ policy: POLICY })
  try {
    assert.equal(await traced(trial, command), '', 'the tracer has nothing to complain of')
    const refused = await until(() => {
      const own = eventsOf(trial.home, 'call.refused').filter(({ route }) => route.startsWith('langsmith runs.'))
      return own.length > 0 ? own : undefined
    }, 'the trace is on record')
    assert.ok(refused.every(({ code }) => code === 'CS_UPSTREAM_UNKNOWN'))
    assert.ok(trial.model.received.every(({ path }) => !path.startsWith('/runs')))
  } finally {
    await trial.close()
  }
}

/** @returns what the program wrote to its error output */
async function traced(trial: Sandbox, command: readonly string[]): Promise<string> {
  const ran = await run(command, { ...launchEnvironment(trial.line.agent, trial.line.key), ...withPreloads({}, launchFolder()), LANGSMITH_TRACING: 'true' })
  assert.equal(ran.code, 0, ran.err.slice(-2000))
  assert.match(ran.out, /simulated model/)
  return ran.err
}
