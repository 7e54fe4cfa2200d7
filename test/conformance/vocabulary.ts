/** OpenAIEmbeddings loads its vocabulary from the network; here it finds the same bytes in its cache. */
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import ranks from 'js-tiktoken/ranks/cl100k_base'
import { ROOT } from '../fakes/trial.ts'

const VOCABULARY = 'https://openaipublic.blob.core.windows.net/encodings/cl100k_base.tiktoken'

/** @returns the folder, for TIKTOKEN_CACHE_DIR */
export function vocabularyCache(): string {
  const folder = path.join(ROOT, '.cache/tiktoken')
  mkdirSync(folder, { recursive: true })
  const lines = ranks.bpe_ranks.split('\n').filter(Boolean).flatMap((line) => {
    const [, offset = '', ...tokens] = line.split(' ')
    return tokens.map((token, i) => `${token} ${Number(offset) + i}\n`)
  })
  writeFileSync(path.join(folder, createHash('sha1').update(VOCABULARY).digest('hex')), lines.join(''))
  return folder
}
