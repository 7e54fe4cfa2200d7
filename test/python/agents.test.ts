import path from 'node:path'
import { test } from 'node:test'
import { runsUnchanged } from '../conformance/agents.ts'
import { ROOT } from '../fakes/trial.ts'
import { conformancePython } from './environment.ts'

test('a LangGraph agent in Python runs unchanged, with tools, an interrupt and parallel branches, one of which is held', { timeout: 900_000 }, async () => runsUnchanged([await conformancePython(), path.join(ROOT, 'test/conformance/agents.py')]))
