// One program, as a person writes it: every class made with its model's name alone, nothing said of addresses or keys. Prints a
// line of JSON for each class and operation. Started by the conformance test with the environment of a governed launch.
import { tool } from '@langchain/core/tools'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const PROMPT = 'Please write to mira.castellanos@example.com about her order.'
const TOOLS = `${PROMPT} [[simulate: tools]]`
const lookUp = tool(() => 'found', { name: 'look_up', description: 'Looks an order up', schema: { type: 'object', properties: { query: { type: 'string' } }, required: ['query'] } })

/** Class by name: its package, and what a person gives its constructor. */
const CLASSES = {
  ChatOpenAI: ['@langchain/openai', { model: 'simulated-1' }],
  'ChatOpenAI (Responses)': ['@langchain/openai', { model: 'simulated-1', useResponsesApi: true }, 'ChatOpenAI'],
  AzureChatOpenAI: ['@langchain/openai', { model: 'simulated-1', azureOpenAIApiDeploymentName: 'simulated-1', azureOpenAIApiVersion: '2024-10-21' }],
  ChatAnthropic: ['@langchain/anthropic', { model: 'simulated-1' }],
  ChatGoogleGenerativeAI: ['@langchain/google-genai', { model: 'simulated-1' }],
  ChatGoogle: ['@langchain/google', { model: 'simulated-1' }],
  ChatBedrockConverse: ['@langchain/aws', { model: 'simulated-1', region: 'us-east-1' }],
  ChatOllama: ['@langchain/ollama', { model: 'simulated-1' }],
  ChatGroq: ['@langchain/groq', { model: 'simulated-1' }],
  ChatMistralAI: ['@langchain/mistralai', { model: 'simulated-1' }],
  ChatCohere: ['@langchain/cohere', { model: 'simulated-1' }],
  ChatDeepSeek: ['@langchain/deepseek', { model: 'simulated-1' }],
  ChatXAI: ['@langchain/xai', { model: 'simulated-1' }],
  ChatOpenRouter: ['@langchain/openrouter', { model: 'simulated-1' }],
  ChatTogetherAI: ['@langchain/community/chat_models/togetherai', { model: 'simulated-1' }],
  HuggingFaceInference: ['@langchain/community/llms/hf', { model: 'simulated-1' }],
  ChatVertexAI: ['@langchain/google-vertexai', { model: 'gemini-2.5-flash' }],
  // Without a bearer key it fetches access keys from the agent, and signs. Last: its environment has no such key any more.
  'ChatBedrockConverse (access keys)': ['@langchain/aws', { model: 'simulated-1', region: 'us-east-1' }, 'ChatBedrockConverse'],
}

/** Classes that write text on, and call no tools. */
const TEXT_ONLY = new Set(['HuggingFaceInference'])

// Which server has a model is asked of Hugging Face's directory, which is no model; it cannot be reached here, and says this.
const direct = globalThis.fetch
globalThis.fetch = (input, init) =>
  String(input).startsWith('https://huggingface.co/api/models/')
    ? Promise.resolve(globalThis.Response.json({ inferenceProviderMapping: { 'hf-inference': { status: 'live', providerId: 'simulated-1', task: 'text-generation' } } }))
    : direct(input, init)

const textOf = (answer) => (typeof answer === 'string' ? answer : answer.text)

const OPERATIONS = {
  async invoke(model) {
    return textOf(await model.invoke(PROMPT))
  },
  async stream(model) {
    let text = ''
    let chunks = 0
    for await (const chunk of await model.stream(PROMPT)) {
      text += textOf(chunk)
      chunks++
    }
    if (chunks < 3) throw new Error(`it came in ${chunks} chunks`)
    return text
  },
  async tool(model) {
    const answer = await model.bindTools([lookUp]).invoke(TOOLS)
    const [call] = answer.tool_calls ?? []
    if (call?.name !== 'look_up') throw new Error(`no tool was called: ${JSON.stringify(answer.content)}`)
    return JSON.stringify(call.args)
  },
  async 'tool stream'(model) {
    let whole
    for await (const chunk of await model.bindTools([lookUp]).stream(TOOLS)) whole = whole ? whole.concat(chunk) : chunk
    // ChatCohere gives the arguments as an object in a piece, which its own messages do not take for a call.
    const call = whole?.tool_calls?.[0] ?? whole?.tool_call_chunks?.[0]
    if (call?.name !== 'look_up') throw new Error(`no tool was called: ${JSON.stringify(whole?.content)}`)
    return JSON.stringify(call.args)
  },
}

/** [EMAIL] in place of the address: it went through the agent, and came back masked. */
function verdictOf(text) {
  if (text.includes('castellanos@')) return 'the address came back unmasked'
  return text.includes('[EMAIL]') ? 'ok' : `no masked address in: ${text.slice(0, 200)}`
}

const EMBEDDINGS = { OpenAIEmbeddings: '@langchain/openai', OllamaEmbeddings: '@langchain/ollama' }

function say(name, operation, verdict, version) {
  process.stdout.write(`${JSON.stringify({ name, operation, verdict, version })}\n`)
}

function versionOf(from) {
  return require(`${from.split('/').slice(0, 2).join('/')}/package.json`).version
}

async function attempt(name, operation, version, run) {
  const late = new Promise((_resolve, reject) => { setTimeout(() => { reject(new Error('no answer in 60 s')) }, 60_000).unref() })
  try {
    say(name, operation, await Promise.race([run(), late]), version)
  } catch (error) {
    say(name, operation, `${error?.constructor?.name}: ${String(error?.message ?? error).slice(0, 300)}`, version)
  }
}

const only = process.argv.slice(2)
const wanted = (table) => Object.entries(table).filter(([name]) => only.length === 0 || only.includes(name))

for (const [name, [from, options, exported = name]] of wanted(CLASSES)) {
  const version = versionOf(from)
  if (name.endsWith('(access keys)')) delete process.env.AWS_BEARER_TOKEN_BEDROCK
  const made = await import(from).then((module) => new module[exported]({ ...options, maxRetries: 0 })).catch((error) => error)
  for (const [operation, run] of Object.entries(OPERATIONS).filter(([one]) => !TEXT_ONLY.has(name) || !one.startsWith('tool')))
    await attempt(name, operation, version, async () => {
      if (made instanceof Error) throw made
      return verdictOf(await run(made))
    })
}
for (const [name, from] of wanted(EMBEDDINGS))
  await attempt(name, 'embed', versionOf(from), async () => {
    const module = await import(from)
    const vectors = await new module[name]({ model: 'simulated-1', maxRetries: 0 }).embedDocuments([PROMPT, 'another'])
    return vectors.length === 2 && vectors.every((vector) => vector.length > 0) ? 'ok' : JSON.stringify(vectors).slice(0, 200)
  })
process.exit(0)
