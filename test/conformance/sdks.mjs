// Streaming programs of our own over each provider's SDK, written as a person writes them: nothing is said of addresses or keys.
// The model behind the agent cuts its bytes as its name says. Prints a line of JSON for each SDK and operation.
/* global Response, TextDecoder */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { Anthropic } from '@anthropic-ai/sdk'
import { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand, InvokeModelWithResponseStreamCommand } from '@aws-sdk/client-bedrock-runtime'
import { GoogleGenAI } from '@google/genai'
import { Mistral } from '@mistralai/mistralai'
import { CohereClientV2 } from 'cohere-ai'
import { Groq } from 'groq-sdk'
import { Ollama } from 'ollama'
import { OpenAI } from 'openai'

const TAIL = 'café 😀 naïve'
const PROMPT = `Please write to mira.castellanos@example.com about ${TAIL}`
const CUTS = ['', '-cut-1', '-cut-7', '-cut-64']
const SCHEMA = { type: 'object', properties: { query: { type: 'string' } }, required: ['query'], additionalProperties: false }
const MESSAGES = [{ role: 'user', content: PROMPT }]
const FUNCTION = { type: 'function', function: { name: 'look_up', description: 'Looks an order up', parameters: SCHEMA } }

async function all(stream) {
  const parts = []
  for await (const part of await stream) parts.push(part)
  assert.ok(parts.length >= 3, `it came in ${parts.length} parts`)
  return parts
}

const openai = new OpenAI({ maxRetries: 0 })
const anthropic = new Anthropic({ maxRetries: 0 })
// The key of this SDK has no variable of its own in every release; LangChain hands it over in the same way.
const gemini = new GoogleGenAI({ apiKey: process.env.GOOGLE_API_KEY })
const bedrock = new BedrockRuntimeClient({ region: 'us-east-1', maxAttempts: 1 })
const ask = (cut, kind = '1') => ({ model: `simulated-${kind}${cut}`, messages: MESSAGES })
const anthropicAsk = (cut, kind) => ({ ...ask(cut, kind), max_tokens: 500 })
const anthropicTool = { name: 'look_up', description: 'Looks an order up', input_schema: SCHEMA }
const bedrockAsk = (cut, kind = '1') => ({ modelId: `simulated-${kind}${cut}`, messages: [{ role: 'user', content: [{ text: PROMPT }] }] })
const geminiAsk = (cut, kind = '1') => ({ model: `simulated-${kind}${cut}`, contents: PROMPT })

/** By SDK and operation: gives the text that the SDK's own parser put together. */
const PROGRAMS = {
  openai: {
    async 'chat create'(cut) {
      const chunks = await all(openai.chat.completions.create({ ...ask(cut), stream: true, stream_options: { include_usage: true } }))
      assert.ok(chunks.at(-1).usage.completion_tokens > 0)
      return chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')
    },
    async 'no usage unasked'(cut) {
      const chunks = await all(openai.chat.completions.create({ ...ask(cut), stream: true }))
      assert.ok(chunks.every((chunk) => chunk.choices.length > 0 && !chunk.usage), 'a chunk that nobody asked for')
      return chunks.map((chunk) => chunk.choices[0].delta.content ?? '').join('')
    },
    async 'chat helper'(cut) {
      let seen = ''
      const stream = openai.chat.completions.stream(ask(cut)).on('content', (delta) => { seen += delta })
      const { choices } = await stream.finalChatCompletion()
      assert.equal(seen, choices[0].message.content)
      return seen
    },
    async 'chat tools'(cut) {
      const stream = openai.chat.completions.stream({ ...ask(cut, 'tools'), tools: [FUNCTION] })
      const [call] = (await stream.finalChatCompletion()).choices[0].message.tool_calls
      return JSON.parse(call.function.arguments).query
    },
    async 'chat run tools'(cut) {
      let given
      const run = (args) => {
        given = args.query
        return `found ${args.query}`
      }
      const runner = openai.chat.completions.runTools({ ...ask(cut, 'tools'), stream: true, tools: [{ type: 'function', function: { ...FUNCTION.function, function: run, parse: JSON.parse } }] })
      const text = await runner.finalContent()
      assert.match(given, /\[EMAIL\]/)
      return text
    },
    async 'chat web stream'(cut) {
      const stream = await openai.chat.completions.create({ ...ask(cut), stream: true })
      const lines = (await new Response(stream.toReadableStream()).text()).trim().split('\n').map((line) => JSON.parse(line))
      return lines.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')
    },
    async 'responses events'(cut) {
      const events = await all(openai.responses.create({ model: `simulated-thinking${cut}`, input: PROMPT, stream: true }))
      assert.deepEqual(events.map((event) => event.sequence_number), events.map((_, i) => i))
      const [deltas, done, last] = [events.filter(({ type }) => type === 'response.output_text.delta').map(({ delta }) => delta).join(''), events.find(({ type }) => type === 'response.output_text.done').text, events.at(-1)]
      assert.equal(last.type, 'response.completed')
      assert.deepEqual([done, last.response.output.at(-1).content[0].text], [deltas, deltas])
      const thought = events.filter(({ type }) => type === 'response.reasoning_summary_text.delta').map(({ delta }) => delta).join('')
      assert.equal(last.response.output[0].summary[0].text, thought)
      return thought + deltas
    },
    async 'responses helper'(cut) {
      let seen = ''
      const stream = openai.responses.stream({ model: `simulated-1${cut}`, input: PROMPT }).on('response.output_text.delta', ({ delta }) => { seen += delta })
      const response = await stream.finalResponse()
      assert.equal(response.output_text, seen)
      return seen
    },
    async 'responses tools'(cut) {
      const stream = openai.responses.stream({ model: `simulated-tools${cut}`, input: PROMPT, tools: [{ type: 'function', strict: false, ...FUNCTION.function }] })
      const [call] = (await stream.finalResponse()).output
      return JSON.parse(call.arguments).query
    },
  },
  '@anthropic-ai/sdk': {
    async 'messages create'(cut) {
      const events = await all(anthropic.messages.create({ ...anthropicAsk(cut, 'thinking'), stream: true }))
      assert.deepEqual([events[0].type, events.at(-1).type], ['message_start', 'message_stop'])
      return events.map(({ delta }) => delta?.text ?? delta?.thinking ?? '').join('')
    },
    async 'messages helper'(cut) {
      let [seen, thought] = ['', '']
      const stream = anthropic.messages.stream(anthropicAsk(cut, 'thinking')).on('text', (delta) => { seen += delta }).on('thinking', (delta) => { thought += delta })
      const { content, usage } = await stream.finalMessage()
      assert.deepEqual(content.map(({ type }) => type), ['thinking', 'text'])
      assert.deepEqual([content[0].thinking, content[1].text], [thought, seen])
      assert.ok(content[0].signature !== '' && usage.output_tokens > 0)
      return seen
    },
    async 'messages tools'(cut) {
      let json = ''
      const stream = anthropic.messages.stream({ ...anthropicAsk(cut, 'tools'), tools: [anthropicTool] }).on('inputJson', (delta) => { json += delta })
      const [block] = (await stream.finalMessage()).content
      assert.deepEqual(JSON.parse(json), block.input)
      return block.input.query
    },
    async 'tool runner'(cut) {
      let given
      const run = (input) => {
        given = input.query
        return `found ${input.query}`
      }
      const runner = anthropic.beta.messages.toolRunner({ ...anthropicAsk(cut, 'tools'), stream: true, tools: [{ type: 'custom', ...anthropicTool, run, parse: (input) => input }] })
      let last
      for await (const stream of runner) last = await stream.finalMessage()
      assert.match(given, /\[EMAIL\]/)
      return last.content[0].text
    },
  },
  '@google/genai': {
    async 'content stream'(cut) {
      const chunks = await all(gemini.models.generateContentStream(geminiAsk(cut)))
      assert.ok(chunks.at(-1).usageMetadata.totalTokenCount > 0)
      return chunks.map(({ text }) => text ?? '').join('')
    },
    async 'content thoughts'(cut) {
      const chunks = await all(gemini.models.generateContentStream(geminiAsk(cut, 'thinking')))
      const parts = chunks.flatMap(({ candidates }) => candidates[0].content.parts)
      assert.ok(parts.some(({ thought }) => thought) && parts.some(({ thoughtSignature }) => thoughtSignature), 'no thought, or no signature')
      return parts.map(({ text }) => text ?? '').join('')
    },
    async 'content tools'(cut) {
      const tools = [{ functionDeclarations: [{ name: 'look_up', parametersJsonSchema: SCHEMA }] }]
      const stream = await gemini.models.generateContentStream({ ...geminiAsk(cut, 'tools'), config: { tools } })
      const calls = []
      for await (const chunk of stream) calls.push(...(chunk.functionCalls ?? []))
      return calls[0].args.query
    },
    async 'chat stream'(cut) {
      const chat = gemini.chats.create({ model: `simulated-1${cut}` })
      const chunks = await all(chat.sendMessageStream({ message: PROMPT }))
      const said = chunks.map(({ text }) => text ?? '').join('')
      // What the SDK will send back in the next turn.
      const kept = chat.getHistory().filter(({ role }) => role === 'model').flatMap(({ parts }) => parts.map(({ text }) => text ?? '')).join('')
      assert.equal(kept, said)
      return said
    },
  },
  '@aws-sdk/client-bedrock-runtime': {
    async 'converse'(cut) {
      return (await bedrock.send(new ConverseCommand(bedrockAsk(cut)))).output.message.content[0].text
    },
    async 'converse stream'(cut) {
      const events = await all((await bedrock.send(new ConverseStreamCommand(bedrockAsk(cut, 'thinking')))).stream)
      assert.ok(events.at(-1).metadata.usage.totalTokens > 0)
      return events.map(({ contentBlockDelta }) => contentBlockDelta?.delta.text ?? contentBlockDelta?.delta.reasoningContent?.text ?? '').join('')
    },
    async 'converse tools'(cut) {
      const toolConfig = { tools: [{ toolSpec: { name: 'look_up', inputSchema: { json: SCHEMA } } }] }
      const events = await all((await bedrock.send(new ConverseStreamCommand({ ...bedrockAsk(cut, 'tools'), toolConfig }))).stream)
      return JSON.parse(events.map(({ contentBlockDelta }) => contentBlockDelta?.delta.toolUse?.input ?? '').join('')).query
    },
    async 'invoke stream'(cut) {
      const body = JSON.stringify({ anthropic_version: 'bedrock-2023-05-31', max_tokens: 500, messages: MESSAGES })
      const reply = await bedrock.send(new InvokeModelWithResponseStreamCommand({ modelId: `simulated-1${cut}`, contentType: 'application/json', body }))
      const events = (await all(reply.body)).map(({ chunk }) => JSON.parse(new TextDecoder().decode(chunk.bytes)))
      return events.map(({ delta }) => delta?.text ?? '').join('')
    },
  },
  '@mistralai/mistralai': {
    async 'chat stream'(cut) {
      const mistral = new Mistral({ apiKey: process.env.MISTRAL_API_KEY, retryConfig: { strategy: 'none' } })
      const events = await all(mistral.chat.stream(ask(cut)))
      return events.map(({ data }) => data.choices[0]?.delta.content ?? '').join('')
    },
  },
  'cohere-ai': {
    async 'chat stream'(cut) {
      const cohere = new CohereClientV2({ token: process.env.COHERE_API_KEY, maxRetries: 0 })
      const events = await all(cohere.chatStream(ask(cut)))
      assert.equal(events.at(-1).type, 'message-end')
      return events.map((event) => event.delta?.message?.content?.text ?? '').join('')
    },
  },
  'groq-sdk': {
    async 'chat create'(cut) {
      const chunks = await all(new Groq({ maxRetries: 0 }).chat.completions.create({ ...ask(cut), stream: true }))
      return chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')
    },
  },
  ollama: {
    async 'chat stream'(cut) {
      const lines = await all(new Ollama({ host: process.env.OLLAMA_HOST }).chat({ ...ask(cut), stream: true }))
      assert.ok(lines.at(-1).done)
      return lines.map(({ message }) => message.content).join('')
    },
  },
}

/** Masked, whole to its last letter, and the same however it was cut. */
function verdictOf(texts) {
  const [first = '', ...others] = texts
  if (texts.some((text) => text.includes('castellanos@'))) return 'the address came back unmasked'
  if (!first.includes('[EMAIL]') || !first.includes(TAIL)) return `not what was said: ${first.slice(0, 200)}`
  const other = others.findIndex((text) => text !== first)
  return other < 0 ? 'ok' : `another text under ${CUTS[other + 1]}: ${others[other].slice(0, 200)}`
}

function versionOf(name) {
  return JSON.parse(readFileSync(path.join(import.meta.dirname, 'node_modules', name, 'package.json'), 'utf8')).version
}

async function attempt(program) {
  const late = new Promise((_resolve, reject) => { setTimeout(() => { reject(new Error('no answer in 60 s')) }, 60_000).unref() })
  try {
    const texts = []
    for (const cut of CUTS) texts.push(await Promise.race([program(cut), late]))
    return verdictOf(texts)
  } catch (error) {
    return `${error?.constructor?.name}: ${String(error?.stack ?? error).slice(0, 600)}`
  }
}

const wanted = process.argv.slice(2)
for (const [name, operations] of Object.entries(PROGRAMS))
  for (const [operation, program] of Object.entries(operations))
    if (wanted.length === 0 || wanted.includes(name)) process.stdout.write(`${JSON.stringify({ name, operation, verdict: await attempt(program), version: versionOf(name) })}\n`)
process.exit(0)
