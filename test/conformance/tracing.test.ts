import { test } from 'node:test'
import { ensureProgram } from './install.ts'
import { tracesArriveMasked, tracesStayQuietly } from './tracing.ts'

const command = async (): Promise<string[]> => [process.execPath, await ensureProgram('tracing.mjs')]

test('traces of LangChain for JavaScript arrive masked where the policy names LangSmith', { timeout: 300_000 }, async () => tracesArriveMasked(await command()))

test('traces of LangChain for JavaScript stay where the policy does not name it, and the program does not notice', { timeout: 300_000 }, async () => tracesStayQuietly(await command()))
