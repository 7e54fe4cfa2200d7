#!/usr/bin/env node
/** The `countersign` command as the npm package carries it: everything. */
import { agentCommand } from './agent.ts'
import { doctorCommand } from './doctor.ts'
import { hubCommand } from './hub.ts'
import { maskCommand } from './mask.ts'
import { policyCommand } from './policy.ts'
import { runProgram } from './program.ts'
import { recordsCommand } from './records.ts'
import { reportCommand } from './report.ts'
import { runCommand } from './run.ts'
import { sandboxCommand } from './sandbox.ts'
import { verifyCommand } from './verify.ts'

void runProgram([agentCommand, hubCommand, doctorCommand, policyCommand, maskCommand, verifyCommand, recordsCommand, reportCommand, runCommand, sandboxCommand])
