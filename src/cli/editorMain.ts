#!/usr/bin/env node
/** The `countersign` command as the extension carries it: what a person in a terminal of the editor needs, and no servers. */
import { maskCommand } from './mask.ts'
import { policyCommand } from './policy.ts'
import { runProgram } from './program.ts'
import { runCommand } from './run.ts'
import { verifyCommand } from './verify.ts'

// It made the editor's own runtime behave as Node for this process alone; what is run from here must not inherit it.
delete process.env['ELECTRON_RUN_AS_NODE']

void runProgram([runCommand, verifyCommand, policyCommand, maskCommand])
