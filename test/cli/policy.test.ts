import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, describe, test } from 'node:test'
import { findAll } from '../../src/core/masking/findAll.ts'
import { customFamily } from '../../src/core/masking/recognisers/custom.ts'
import { parsePolicy } from '../../src/core/policy/parse.ts'
import { completeSignIn } from '../../src/sandbox/signIn.ts'
import { POLICY, startHubWorld } from '../fakes/hub.ts'

const GOOD = `version: 1
default: deny
upstreams:
  openai: { url: https://api.openai.com/v1, outside: true }
rules:
  - id: team
    when: { groups: [data-eng] }
    effect: allow
tests:
  - name: the team may
    call: { groups: [data-eng] }
    expect: { effect: allow, rule: team }
`

let dir = ''

before(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'countersign-policy-'))
})
after(async () => {
  await rm(dir, { recursive: true, force: true })
})

interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** The command alone, as a program: the whole one would load what these tests do not ask about. */
async function policy(args: readonly string[], onLine: (line: string) => void = () => undefined, input: string | Uint8Array = ''): Promise<Ran> {
  const source = path.resolve(import.meta.dirname, '../../src/cli')
  const main = path.join(dir, 'policy.mjs')
  await writeFile(main, `import { policyCommand } from ${JSON.stringify(`${source}/policy.ts`)}\nimport { runProgram } from ${JSON.stringify(`${source}/program.ts`)}\nawait runProgram([policyCommand])\n`)
  // No PATH: there is no browser to open, the printed page is enough.
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, 'policy', ...args], { env: {}, stdio: ['pipe', 'pipe', 'pipe'] })
  child.stdin.end(input)
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => { out += chunk })
  createInterface({ input: child.stderr }).on('line', (line) => {
    err += `${line}\n`
    onLine(line)
  })
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { code, out, err }
}

async function fileOf(text: string): Promise<string> {
  const file = path.join(dir, 'policy.yaml')
  await writeFile(file, text)
  return file
}

describe('countersign policy', () => {
  test('check says yes with exit code 0, no with 1 and every place, and 2 when there is no such file', async () => {
    const yes = await policy(['check', await fileOf(GOOD)])
    assert.deepEqual([yes.code, yes.err], [0, ''])
    assert.match(yes.out, /is a valid policy: 1 rule; what no rule speaks of is denied/)
    const no = await policy(['check', await fileOf(GOOD.replace('effect: allow\n', 'effect: alow\n').replace('default: deny', 'default: ask'))])
    assert.equal(no.code, 1)
    assert.match(no.err, /2 problems/)
    assert.match(no.err, /line 8, column 13/)
    assert.match(no.err, /line 2, column 10/)
    assert.equal((await policy(['check', path.join(dir, 'not-there.yaml')])).code, 2)
  })

  test('check warns of rules that never decide, of types that nothing names and of tests that fail', async () => {
    const warnings = async (text: string): Promise<string[]> => {
      const file = path.join(dir, 'doubtful.yaml')
      await writeFile(file, text)
      const { code, out } = await policy(['check', file])
      assert.equal(code, 0)
      return [...out.matchAll(/^Warning: (.*)$/gm)].map(([, one]) => one!)
    }
    const after = (rule: string): string => GOOD.replace('tests:', `${rule}\ntests:`)
    assert.deepEqual(await warnings(GOOD), [])
    const [hidden] = await warnings(GOOD.replace('{ groups: [data-eng] }', '{ groups: [data-eng], model: ["*"] }').replace('tests:', '  - { id: not-mini, when: { groups: [data-eng], model: ["gpt-*-mini"] }, effect: deny }\ntests:'))
    assert.match(hidden ?? '', /^rule "not-mini" never decides: rule "team" stands before it/)
    assert.deepEqual(await warnings(after('  - { id: others, when: { groups: [sales] }, effect: deny }')), [])
    const held = `  - { id: cards, when: { groups: [sales], prompt: { finds: [CREDIT_CARD] } }, effect: hold, approval: { reviewers: self }MORE }\nmask: { prompt: { CREDIT_CARD: refuse } }`
    assert.match((await warnings(after(held.replace('MORE', '')))).join(), /^rule "cards" holds nothing: it asks for CREDIT_CARD/)
    assert.deepEqual(await warnings(after(held.replace('MORE', ', mask: { prompt: { CREDIT_CARD: redact } }'))), [])
    assert.match((await warnings(after('types: { CUSTOM_X: { pattern: "XX-[0-9]{4}" } }'))).join(), /^CUSTOM_X is defined, and neither mask nor a rule names it/)
    assert.match((await warnings(GOOD.replace('effect: allow, rule', 'effect: deny, rule'))).join(), /^tests of its own that fail: 1 of 1\. It cannot be published so; /)
  })

  test('check warns of operations that go through unread by a wildcard alone', async () => {
    const wide = GOOD.replace('outside: true }', 'outside: true, uninspected: ["POST /*", "GET /*/*", "POST /files", "GET /files/*"] }')
    const { code, out } = await policy(['check', await fileOf(wide)])
    assert.equal(code, 0)
    assert.deepEqual([...out.matchAll(/^Warning: upstreams\.openai\.uninspected: "([^"]+)" is only a wildcard: /gm)].map(([, what]) => what), ['POST /*', 'GET /*/*'])
  })

  test('reads UTF-8 alone: in UTF-16 or Latin-1 a name would be another, and found nowhere', async () => {
    const file = path.join(dir, 'written-elsewhere.yaml')
    const text = GOOD.replace('[data-eng]', '[Prüfer]')
    for (const bytes of [Buffer.from(text, 'latin1'), Buffer.from(`\ufeff${text}`, 'utf16le'), Buffer.from(GOOD, 'utf16le')]) {
      await writeFile(file, bytes)
      const { code, err } = await policy(['check', file])
      assert.deepEqual([code, /written-elsewhere\.yaml is no text in UTF-8\. Save it as UTF-8/.test(err)], [2, true], err)
    }
    await writeFile(file, `\ufeff${text}`)
    assert.equal((await policy(['check', file])).code, 0)
    const { code, out, err } = await policy(['hash'], undefined, Buffer.from('Falcon\nÆther\n', 'latin1'))
    assert.deepEqual([code, out, err.includes('no text in UTF-8')], [2, '', true], err)
  })

  test('explain tells each rule in one sentence, then the default', async () => {
    const { code, out } = await policy(['explain', await fileOf(GOOD)])
    assert.equal(code, 0)
    assert.equal(out, '1. team: Allows calls by people of data-eng.\nDenies everything else.\n')
    const masked = await policy(['explain', await fileOf(`${GOOD}mask: { prompt: { US_SSN: refuse, EMAIL: hash }, answer: { PASSPORT: refuse } }\n`)])
    assert.deepEqual(masked.out.split('\n').slice(2), ['In prompts it refuses US_SSN: a call with one is not sent, unless a rule says otherwise.', 'In prompts it masks EMAIL (hash), unless a rule says otherwise.', 'In answers it refuses PASSPORT: an answer ends before one, unless a rule says otherwise.', ''])
    const own = await policy(['explain', await fileOf(GOOD.replace('effect: allow\n', 'effect: allow\n    mask: { prompt: { EMAIL: pseudonym } }\n'))])
    assert.match(own.out, /data-eng\. It masks in its own way in prompts EMAIL \(pseudonym\)\.\n/)
  })

  test('test runs the cases: 0 when all hold, 1 when one does not or there are none', async () => {
    assert.match((await policy(['test', await fileOf(GOOD)])).out, /All 1 tests hold/)
    const failed = await policy(['test', await fileOf(GOOD.replace('expect: { effect: allow, rule: team }', 'expect: { effect: deny }'))])
    assert.equal(failed.code, 1)
    assert.match(failed.err, /FAILS {2}the team may: expected deny, decided allow by rule "team"/)
    assert.equal((await policy(['test', await fileOf(GOOD.slice(0, GOOD.indexOf('tests:')))])).code, 1)
  })

  test('schema prints a JSON Schema', async () => {
    const { code, out } = await policy(['schema'])
    assert.equal(code, 0)
    assert.equal((JSON.parse(out) as { type: string }).type, 'object')
  })

  test('hash prints what goes below a type, of which the masker finds the values and nobody reads them', async () => {
    const first = await policy(['hash'], undefined, 'Falcon\nACME-Nord\n')
    assert.deepEqual([first.code, first.err], [0, ''])
    assert.doesNotMatch(first.out, /falcon|acme/i)
    const { types } = parsePolicy(`${GOOD}types:\n  CUSTOM_CODENAME:\n${first.out}`)
    const text = 'we call it falcon, they ACME-NORD'
    assert.deepEqual(findAll(text, [customFamily(types!)]).map(({ start, end }) => text.slice(start, end)), ['falcon', 'ACME-NORD'])
    const { key } = types![0]!.values!
    const again = await policy(['hash', '--key', key], undefined, 'acme-nord\nFalcon\n')
    assert.equal(again.out, first.out)
    const other = await policy(['hash'], undefined, 'Falcon\nACME-Nord\n')
    assert.notEqual(other.out, first.out)
    const wrong = await policy(['hash'], undefined, 'fine\n"not" fine\n')
    assert.deepEqual([wrong.code, wrong.out], [2, ''])
    assert.match(wrong.err, /1 of 2 values cannot be found in a text \(line 2\)/)
    assert.match((await policy(['hash', '--key', 'short'], undefined, 'fine\n')).err, /--key has 16 to 200 characters/)
  })

  test('publish signs its author in for it: in force when it tightens, waiting for a second person when it loosens, refused without the role', async (t) => {
    const world = await startHubWorld(t)
    const publish = async (login: string, text: string): Promise<Ran> =>
      policy(['publish', await fileOf(text), '--reason', 'from the command line', '--hub', world.url], (line) => {
        const url = /^ {2}(http\S+)$/.exec(line)?.[1]
        if (url !== undefined) completeSignIn(url, world.idp.people.find((one) => one.login === login)!).catch(() => undefined)
      })
    const tighter = POLICY.replace('wait: 4m', 'wait: 2m')
    const ada = await publish('ada', tighter)
    assert.equal(ada.code, 2)
    assert.match(ada.err, /publishing a policy needs the group security-leads/)
    const kim = await publish('kim', tighter)
    assert.equal(kim.code, 0, kim.err)
    assert.match(kim.out, /Published as version 2/)
    const looser = await publish('kim', POLICY)
    assert.equal(looser.code, 0, looser.err)
    assert.match(looser.out, /waits for a second person:\n {2}.*wait longer/)
    assert.ok(looser.out.includes(`${world.url}/policies/proposals/${world.running.hub.policies.proposals[0]!.id}`))
    assert.equal(world.running.hub.policies.current?.version, 2)
    assert.equal(world.idp.log.filter((line) => line.startsWith('server_error')).length, 0)
  })

  test('publish refuses a wrong policy before anybody signs in', async () => {
    const wrong = await policy(['publish', await fileOf(GOOD.replace('version: 1', 'version: 3')), '--reason', 'oops', '--hub', 'http://127.0.0.1:9'])
    assert.equal(wrong.code, 2)
    assert.match(wrong.err, /line 1, column 10: version: write version: 1/)
    const away = await policy(['publish', await fileOf(GOOD), '--reason', 'oops', '--hub', 'http://127.0.0.1:9'])
    assert.match(away.err, /the hub http:\/\/127\.0\.0\.1:9 cannot be reached/)
    const clear = await policy(['publish', await fileOf(GOOD), '--reason', 'oops', '--hub', 'http://hub.example'])
    assert.match(clear.err, /must be https/)
  })
})
