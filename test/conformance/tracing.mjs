// A program of somebody who traces with LangSmith: one call of a model, traced; then it says what the tracer said.
import { Client } from 'langsmith'
import { LangChainTracer } from '@langchain/core/tracers/tracer_langchain'
import { ChatOpenAI } from '@langchain/openai'

const client = new Client()
const model = new ChatOpenAI({ model: 'simulated-1', maxRetries: 0 })
const answer = await model.invoke('Please write to mira.castellanos@example.com about her order.', { callbacks: [new LangChainTracer({ client })] })
await client.awaitPendingTraceBatches()
process.stdout.write(`${JSON.stringify({ answer: answer.text })}\n`)
process.exit(0)
