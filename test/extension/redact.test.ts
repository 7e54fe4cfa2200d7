import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mintSessionKey } from '../../src/protocol/sessionKey.ts'
import { redact } from '../../src/extension/redact.ts'

test('S52: keys, tokens, codes in addresses and personal data never reach the output channel', () => {
  const key = mintSessionKey(Buffer.alloc(32, 7))
  const canaries = [
    key,
    'sk-proj-abcdefghijklmnop',
    'sk-ant-api03-abcdefghijklmnop',
    'AIzaSyA1234567890abcdefghijk',
    'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl',
    'mira.castellanos@northfield.example',
    '4111 1111 1111 1111',
    '219-09-9999',
  ]
  for (const canary of canaries) assert.doesNotMatch(redact(`it failed with ${canary} inside`), new RegExp(canary.slice(0, 12).replace(/[.*+?^${}()|[\]\\]/g, '\\$&')), canary)
  const url = redact('http://127.0.0.1:9/callback?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkj&iss=x')
  assert.doesNotMatch(url, /SplxlOBe|af0ifjs/)
  assert.match(url, /iss=x/)
  assert.doesNotMatch(redact(`GET /t/${key}/ollama/api/chat`), /cs_/)
  assert.doesNotMatch(redact('{"refresh_token": "abc123", "ok": true}'), /abc123/)
  assert.doesNotMatch(redact('authorization: Bearer abcdef123456'), /abcdef123456/)
})

test('leaves what helps to mend alone: codes, versions, ports, plain words', () => {
  const line = 'attached to agent 0.1.0, process 4711, http://127.0.0.1:22203 (CS_HUB_REFUSED)'
  assert.equal(redact(line), line)
})
