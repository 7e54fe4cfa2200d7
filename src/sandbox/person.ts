/** Another person of a trial, on a machine of their own as far as Countersign can tell: a home, an agent, a sign-in. */
import path from 'node:path'
import { connectControl, type ControlClient } from '../platform/controlClient.ts'
import { startProcess, type Started } from './processes.ts'
import { registerKey, signIn, type Sandbox } from './start.ts'

export interface AnotherPerson {
  readonly home: string
  readonly agent: Started
  readonly control: ControlClient
  /** Base URL of this person's agent, and a session key of theirs. */
  readonly url: string
  readonly key: string
  close(): Promise<void>
}

/** @param command how to run `countersign` @param login one of the sample people */
export async function startPerson(sandbox: Sandbox, command: readonly string[], login: string): Promise<AnotherPerson> {
  const home = path.join(sandbox.line.dir, login)
  const agent = await startProcess([...command, 'agent', '--home', home, '--hub', sandbox.line.hub, '--port', '0', '--with-parent', '--json'], { name: `The agent of ${login}` })
  try {
    const control = await connectControl(home, { client: 'countersign sandbox' })
    await signIn(control, sandbox.idp, login)
    return {
      home,
      agent,
      control,
      url: String(agent.ready['url']),
      key: await registerKey(control),
      async close() {
        control.close()
        await agent.stop()
      },
    }
  } catch (error) {
    await agent.stop()
    throw error
  }
}
