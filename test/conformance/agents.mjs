// A graph of LangGraph as a person writes it: a model that calls two tools at once, one of which interrupts; then two branches side by
// side with a provider each, of which one is held. Nothing is said of addresses or keys. Prints a line of JSON.
import { HumanMessage } from '@langchain/core/messages'
import { tool } from '@langchain/core/tools'
import { ChatAnthropic } from '@langchain/anthropic'
import { Annotation, Command, END, interrupt, MemorySaver, messagesStateReducer, START, StateGraph } from '@langchain/langgraph'
import { ToolNode, toolsCondition } from '@langchain/langgraph/prebuilt'
import { ChatOpenAI } from '@langchain/openai'

const schema = { type: 'object', properties: { query: { type: 'string' } }, required: ['query'] }
const lookUp = tool(({ query }) => `found ${query}`, { name: 'look_up', description: 'Looks an order up', schema })
const refund = tool(() => `refund: ${interrupt('May I refund?')}`, { name: 'refund', description: 'Pays an order back', schema })
const planner = new ChatOpenAI({ model: 'simulated-every' }).bindTools([lookUp, refund])
const [summary, risk] = [new ChatOpenAI({ model: 'simulated-1' }), new ChatAnthropic({ model: 'simulated-1', streaming: true })]
const State = Annotation.Root({ messages: Annotation({ reducer: messagesStateReducer, default: () => [] }), notes: Annotation({ reducer: (a, b) => [...a, ...b], default: () => [] }) })

const graph = new StateGraph(State)
  .addNode('plan', async ({ messages }) => ({ messages: [await planner.invoke(messages)] }))
  .addNode('tools', new ToolNode([lookUp, refund]))
  .addNode('fork', () => ({}))
  .addNode('summary', async () => ({ notes: [(await summary.invoke('Sum it up.')).text] }))
  .addNode('risk', async () => ({ notes: [(await risk.invoke('Is 4111 1111 1111 1111 at risk?')).text] }))
  .addNode('join', ({ notes }) => ({ messages: [new HumanMessage(notes.toSorted().join(' | '))] }))
  .addEdge(START, 'plan')
  .addConditionalEdges('plan', toolsCondition, { tools: 'tools', [END]: 'fork' })
  .addEdge('tools', 'plan')
  .addEdge('fork', 'summary')
  .addEdge('fork', 'risk')
  .addEdge(['summary', 'risk'], 'join')
  .addEdge('join', END)
  .compile({ checkpointer: new MemorySaver() })

const config = { configurable: { thread_id: 'one' } }
const first = await graph.invoke({ messages: [new HumanMessage('Please help Mira.')] }, config)
const [{ value: asked }] = first.__interrupt__
const nodes = []
for await (const update of await graph.stream(new Command({ resume: 'yes' }), { ...config, streamMode: 'updates' })) nodes.push(...Object.keys(update))
const { values } = await graph.getState(config)
const results = values.messages.filter((message) => message.getType() === 'tool').map(({ content }) => content)
process.stdout.write(`${JSON.stringify({ asked, nodes, results, last: values.messages.at(-1).content })}\n`)
process.exit(0)
