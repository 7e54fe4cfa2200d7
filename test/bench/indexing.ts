/** Indexing through OpenAIEmbeddings: 10,000 chunks of 1 KB, straight to the simulated model and through the agent, in turn. */
import { OpenAIEmbeddings } from '@langchain/openai'

const CHUNKS = 10_000
const WORDS = 'the order of the customer was sent on Monday and came back because nobody had signed for it at the door of the warehouse in the north '

export interface Place {
  readonly url: string
  readonly key: string
}

/** @param waits milliseconds that the model takes for a request @returns a table */
export async function measureIndexing(direct: Place, agent: Place, waits: readonly number[], rounds: number): Promise<string> {
  const texts = Array.from({ length: CHUNKS }, (_, i) => `${i} ${WORDS.repeat(8)}`.slice(0, 1024))
  const rows = ['the model takes   direct s   agent s   ratio   (medians)']
  for (const wait of waits) {
    const took: { direct: number[]; agent: number[] } = { direct: [], agent: [] }
    for (let round = 0; round < rounds; round++) {
      took.direct.push(await index(direct, wait, texts))
      took.agent.push(await index(agent, wait, texts))
    }
    const [plain, ours] = [median(took.direct), median(took.agent)]
    rows.push(`${`${wait} ms`.padEnd(17)} ${(plain / 1000).toFixed(2).padStart(8)} ${(ours / 1000).toFixed(2).padStart(9)} ${(ours / plain).toFixed(2).padStart(7)}`)
  }
  return rows.join('\n')
}

async function index({ url, key }: Place, wait: number, texts: string[]): Promise<number> {
  const embeddings = new OpenAIEmbeddings({ model: wait === 0 ? 'simulated-1' : `simulated-wait-${wait}`, apiKey: key, maxRetries: 0, maxConcurrency: 4, configuration: { baseURL: url } })
  const start = performance.now()
  const vectors = await embeddings.embedDocuments(texts)
  if (vectors.length !== texts.length) throw new Error(`${vectors.length} vectors came back`)
  return performance.now() - start
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
