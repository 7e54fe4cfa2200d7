import { test } from 'node:test'
import { runsUnchanged } from './agents.ts'
import { ensureProgram } from './install.ts'

test('a LangGraph agent in JavaScript runs unchanged, with tools, an interrupt and parallel branches, one of which is held', { timeout: 300_000 }, async () => runsUnchanged([process.execPath, await ensureProgram('agents.mjs')]))
