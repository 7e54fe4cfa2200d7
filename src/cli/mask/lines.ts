/** `countersign mask --jsonl`: one JSON object a line in, one out, for programs that score or mask many texts. */
import { z } from 'zod'
import { CountersignError } from '../../protocol/errors.ts'
import type { SpanEvidence } from '../../protocol/masking.ts'
import { write } from './output.ts'
import { Sniffing, type Open } from './sniffing.ts'

/** A masked span in one sentence. */
export type Explain = (span: SpanEvidence) => string

const line = z.union([
  z.object({ id: z.union([z.string(), z.number()]), text: z.string() }),
  z.object({ id: z.union([z.string(), z.number()]), chunks: z.array(z.string()) }),
])

/** Each answer is written before the next line is read: a wrong line takes nothing from those before it. @throws CountersignError CS_MALFORMED that names the line */
export async function answerLines(input: AsyncIterable<string>, open: Open, explain: Explain | undefined): Promise<void> {
  let rest = ''
  let number = 0
  const take = async (one: string): Promise<void> => {
    number++
    if (one.trim() !== '') await write(`${answer(one, number, new Sniffing(open), explain)}\n`)
  }
  for await (const chunk of input) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const one of lines) await take(one)
  }
  await take(rest)
}

function answer(source: string, number: number, stream: Sniffing, explain: Explain | undefined): string {
  const parsed = line.safeParse(parseJson(source, number))
  if (!parsed.success) throw new CountersignError('CS_MALFORMED', `line ${number} is neither {id, text} nor {id, chunks}.`)
  const { data } = parsed
  if ('chunks' in data) {
    const out = data.chunks.map((chunk) => stream.push(chunk))
    out.push(stream.flush())
    return JSON.stringify({ id: data.id, out })
  }
  const head = stream.push(data.text)
  const masked = head + stream.flush()
  const spans = stream.spans.map((span) => ({
    start: span.start,
    end: span.end,
    type: span.type,
    ...(explain ? { detector: span.detector, certainty: span.certainty, why: explain(span) } : {}),
  }))
  return JSON.stringify({ id: data.id, masked, spans })
}

function parseJson(source: string, number: number): unknown {
  try {
    // Some editors and exports put a byte order mark before what they write.
    return JSON.parse(source.replace(/^\uFEFF/, ''))
  } catch (cause) {
    throw new CountersignError('CS_MALFORMED', `line ${number} is no JSON.`, { cause })
  }
}
