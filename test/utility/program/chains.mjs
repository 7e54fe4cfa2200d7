/**
 * A person's own program: LangChain's SQL agent, a retrieval chain and structured output over tables full of personal data. It knows nothing of
 * Countersign; where its calls go is in the environment. One line of JSON for each question.
 */
import { readFileSync } from 'node:fs'
import { SqlToolkit } from '@langchain/classic/agents/toolkits/sql'
import { SqlDatabase } from '@langchain/classic/sql_db'
import { MemoryVectorStore } from '@langchain/classic/vectorstores/memory'
import { Document } from '@langchain/core/documents'
import { StringOutputParser } from '@langchain/core/output_parsers'
import { ChatPromptTemplate } from '@langchain/core/prompts'
import { RunnablePassthrough, RunnableSequence } from '@langchain/core/runnables'
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai'
import { createAgent } from 'langchain'
import { DataSource } from 'typeorm'
import { z } from 'zod'
import { QUESTIONS } from './questions.mjs'

const { people, orders, notes } = JSON.parse(readFileSync(new URL('records.json', import.meta.url), 'utf8'))
const model = new ChatOpenAI({ model: 'gpt-4o-mini', temperature: 0, maxRetries: 0 })

async function openDatabase() {
  const source = new DataSource({ type: 'sqljs' })
  await source.initialize()
  await source.query('CREATE TABLE customers (id INTEGER PRIMARY KEY, full_name TEXT, email TEXT, phone TEXT, ssn TEXT, city TEXT, address TEXT, card TEXT, iban TEXT)')
  await source.query('CREATE TABLE orders (id INTEGER PRIMARY KEY, email TEXT, product TEXT, amount INTEGER, day TEXT)')
  for (const row of people) await source.query(`INSERT INTO customers VALUES (${'?,'.repeat(8)}?)`, [row.id, row.full_name, row.email, row.phone, row.ssn, row.city, row.address, row.card, row.iban])
  for (const row of orders) await source.query('INSERT INTO orders VALUES (?,?,?,?,?)', [row.id, row.email, row.product, row.amount, row.day])
  return SqlDatabase.fromDataSourceParams({ appDataSource: source })
}

/** Runs an agent to its end; asked for messages as they come, it lets the model stream. */
async function lastState(agent, { ask, streaming }) {
  const input = { messages: [{ role: 'user', content: ask }] }
  if (!streaming) return agent.invoke(input)
  let state
  for await (const [mode, value] of await agent.stream(input, { streamMode: ['messages', 'values'] })) if (mode === 'values') state = value
  return state
}

async function sqlAgent() {
  const database = await openDatabase()
  const agent = createAgent({ model, tools: new SqlToolkit(database, model).getTools(), systemPrompt: 'You answer questions by SQL over a SQLite database. Look at the tables first.' })
  return async (question) => (await lastState(agent, question)).messages.at(-1).text
}

async function retrieval() {
  const store = await MemoryVectorStore.fromDocuments(notes.map((pageContent) => new Document({ pageContent })), new OpenAIEmbeddings({ model: 'text-embedding-3-small', maxRetries: 0 }))
  const prompt = ChatPromptTemplate.fromMessages([
    ['system', 'Answer from the context only.\nContext:\n{context}'],
    ['human', '{question}'],
  ])
  const chain = RunnableSequence.from([
    { context: store.asRetriever(3).pipe((documents) => documents.map((one) => one.pageContent).join('\n')), question: new RunnablePassthrough() },
    prompt,
    model,
    new StringOutputParser(),
  ])
  return async ({ ask, streaming }) => {
    if (!streaming) return chain.invoke(ask)
    let text = ''
    for await (const piece of await chain.stream(ask)) text += piece
    return text
  }
}

const FIELDS = {
  full_name: z.string().min(3),
  email: z.email(),
  phone: z.string().regex(/^[+\d() -]{7,}$/),
  ssn: z.string().regex(/^\d{3}-\d{2}-\d{4}$/),
  card: z.string().regex(/^(?:\d{4} ){3}\d{4}$/),
  iban: z.string().regex(/^[A-Z]{2}\d{2}[A-Z\d]{10,30}$/),
  address: z.string().min(8),
}

function structured() {
  return async (question) => {
    const { ask, streaming, method, fields } = question
    const schema = z.object(Object.fromEntries(fields.map((name) => [name, FIELDS[name]])))
    if (method === 'agent') return (await lastState(createAgent({ model, tools: [], responseFormat: schema }), question)).structuredResponse
    const chain = model.withStructuredOutput(schema, { method, name: 'contact' })
    if (!streaming) return chain.invoke(ask)
    let last
    for await (const piece of await chain.stream(ask)) last = piece
    return schema.parse(last)
  }
}

const answerers = { sql: await sqlAgent(), rag: await retrieval(), structured: structured() }
for (const question of QUESTIONS) {
  let line
  try {
    line = { id: question.id, result: await answerers[question.chain](question) }
  } catch (error) {
    line = { id: question.id, error: String(error?.message ?? error).slice(0, 500) }
  }
  process.stdout.write(`${JSON.stringify(line)}\n`)
}
