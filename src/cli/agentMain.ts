/** The agent's own file: what the extension copies into the state folder and spawns. One bundle, nothing loaded later. */
import { agentCommand } from './agent.ts'
import { runProgram } from './program.ts'

void runProgram([agentCommand])
