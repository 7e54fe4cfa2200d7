// Asks a model about the sample customers with LangChain. No provider key and no address stand here or in the environment's
// settings: a governed terminal carries both. `node ask.mjs payments.csv` asks about cards and SSNs instead.
import { readFileSync } from 'node:fs'
import { ChatOpenAI } from '@langchain/openai'

const file = process.argv[2] ?? 'customers.csv'
const records = readFileSync(new URL(file, import.meta.url), 'utf8')

const model = new ChatOpenAI({ model: 'simulated-1', streaming: true })
try {
  const stream = await model.stream([
    ['system', 'You answer questions about customer records.'],
    ['human', `Whom should we call first, and how do we reach them?\n\n${records}`],
  ])
  for await (const chunk of stream) process.stdout.write(chunk.text)
  process.stdout.write('\n')
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}
