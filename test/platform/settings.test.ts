import assert from 'node:assert/strict'
import { mkdtempSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { keyFromFile } from '../../src/platform/settings.ts'

const folder = mkdtempSync(path.join(os.tmpdir(), 'countersign-settings-'))
const keyIn = (content: string): string => {
  const file = path.join(folder, 'key')
  writeFileSync(file, content)
  return keyFromFile(`bedrock=@${file}`)[1]
}

test('a key is one word in a file, or the JSON that a cloud hands out, over as many lines as it has', () => {
  assert.equal(keyIn('sk-word\n'), 'sk-word')
  assert.equal(keyIn('{\n  "AccessKeyId": "A",\n  "private_key": "-----BEGIN PRIVATE KEY-----\\nx"\n}\n'), '{"AccessKeyId":"A","private_key":"-----BEGIN PRIVATE KEY-----\\nx"}')
  for (const content of ['', 'two words', 'two\nlines', '{"half": ', 'ключ']) assert.throws(() => keyIn(content), { code: 'CS_SETTING', message: /must hold the key alone/ })
})
