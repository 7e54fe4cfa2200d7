// Classes of LangChain for JavaScript that are held for minutes. Their clock is a fake one, moved on by the lines of standard input
// (milliseconds), each answered with `t`. It is not node:test's, whose timers do not refresh: fetch's limits would never come. Prints a line of JSON for each class.
/* global setImmediate */
import { createInterface } from 'node:readline'
import { ChatAnthropic } from '@langchain/anthropic'
import { ChatBedrockConverse } from '@langchain/aws'
import { ChatGoogle } from '@langchain/google'
import { ChatGoogleGenerativeAI } from '@langchain/google-genai'
import { ChatGroq } from '@langchain/groq'
import { ChatMistralAI } from '@langchain/mistralai'
import { ChatOpenAI } from '@langchain/openai'
import FakeTimers from '@sinonjs/fake-timers'

const model = 'simulated-1'
const CLASSES = {
  'ChatOpenAI': () => new ChatOpenAI({ model }),
  'ChatOpenAI (Responses)': () => new ChatOpenAI({ model, useResponsesApi: true }),
  'ChatAnthropic': () => new ChatAnthropic({ model }),
  'ChatGoogleGenerativeAI': () => new ChatGoogleGenerativeAI({ model }),
  'ChatGoogle': () => new ChatGoogle({ model }),
  'ChatMistralAI': () => new ChatMistralAI({ model }),
  'ChatGroq': () => new ChatGroq({ model }),
  'ChatBedrockConverse': () => new ChatBedrockConverse({ model, region: 'us-east-1' }),
}
const say = (line) => { process.stdout.write(`${JSON.stringify(line)}\n`) }

async function answerOf(chat, prompt, streamed) {
  if (!streamed) return (await chat.invoke(prompt)).text
  let text = ''
  for await (const chunk of await chat.stream(prompt)) text += chunk.text
  return text
}

/** As a person does it: what says that it is still pending is run again. */
async function hold(name, make, streamed) {
  const own = `${name}, ${streamed ? 'streamed' : 'whole'}`
  const began = Date.now()
  const runs = []
  try {
    const chat = make()
    for (;;) {
      try {
        const text = await answerOf(chat, `I am ${own}. Charge 4111 1111 1111 1111.`, streamed)
        const seconds = Math.round((Date.now() - began) / 1000)
        // On the same connection: nothing of the held call may be left over.
        const next = await answerOf(chat, `I am ${own}, and this is the next call.`, streamed)
        say({ name: own, runs, seconds, ok: text.includes(`I am ${own}.`) && next.includes(`I am ${own}, and this is the next call.`), why: `${text} / ${next}` })
        return
      } catch (error) {
        runs.push(Math.round((Date.now() - began) / 1000))
        if (!/Run it again to wait on/.test(String(error?.message)) || runs.length > 30) throw error
      }
    }
  } catch (error) {
    say({ name: own, runs, seconds: Math.round((Date.now() - began) / 1000), ok: false, why: `${error?.constructor?.name}: ${String(error?.message).slice(0, 400)} ${String(error?.cause?.code ?? '')}` })
  }
}

/** What a client without anything to keep it alive makes of the same silence: it shows that this clock counts for it. */
async function silence(url) {
  const began = Date.now()
  await fetch(url, { method: 'POST', headers: { 'x-api-key': 'right' }, body: JSON.stringify({ model: 'simulated-silent', messages: [] }) }).catch((error) => {
    say({ name: 'fetch, in silence', runs: [], seconds: Math.round((Date.now() - began) / 1000), ok: error.cause?.code === 'UND_ERR_HEADERS_TIMEOUT', why: String(error.cause?.code) })
  })
}

const clock = FakeTimers.install({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] })
createInterface({ input: process.stdin }).on('line', (line) => {
  // What the agent sent before this line is read first.
  setImmediate(() => setImmediate(() => {
    clock.tick(Number(line))
    process.stdout.write('t\n')
  }))
})
const held = Object.entries(CLASSES).flatMap(([name, make]) => [hold(name, make, false), hold(name, make, true)])
await Promise.all([...held, silence(process.argv[2])])
process.exit(0)
