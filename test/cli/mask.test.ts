import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, describe, test } from 'node:test'
import { LONGEST_HOLD } from '../../src/core/masking/names/runs.ts'
import { FAMILIES } from '../../src/core/masking/recognisers/families.ts'
import { ENTITY_WORDS } from '../../src/core/policy/entityTypes.ts'

let dir = ''

before(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'countersign-mask-'))
  const source = path.resolve(import.meta.dirname, '../../src/cli')
  await writeFile(path.join(dir, 'mask.mjs'), `import { maskCommand } from ${JSON.stringify(`${source}/mask.ts`)}\nimport { runProgram } from ${JSON.stringify(`${source}/program.ts`)}\nawait runProgram([maskCommand])\n`)
})
after(async () => {
  await rm(dir, { recursive: true, force: true })
})

async function fileOf(content: string, name = 'text.txt'): Promise<string> {
  const file = path.join(dir, name)
  await writeFile(file, content)
  return file
}

/** The command alone, as a program: the whole one would load what these tests do not ask about. */
function start(args: readonly string[]): ChildProcess & { stdin: NodeJS.WritableStream; stdout: NodeJS.ReadableStream & { destroy: () => void }; stderr: NodeJS.ReadableStream } {
  return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', path.join(dir, 'mask.mjs'), 'mask', ...args], { env: {}, stdio: ['pipe', 'pipe', 'pipe'] })
}

interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

async function mask(args: readonly string[], input: string | Buffer = ''): Promise<Ran> {
  const child = start(args)
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve))
  child.stdin.end(input)
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), closed])
  return { code, out, err }
}

describe('countersign mask', () => {
  test('takes the file wherever it stands among the flags', async () => {
    const file = await fileOf('Mira Castellanos wrote from ada@example.com\n')
    for (const args of [['--without', 'names', file], [file, '--without', 'names']]) {
      const { code, out, err } = await mask(args)
      assert.deepEqual([code, err], [0, ''])
      assert.equal(out, 'Mira Castellanos wrote from [EMAIL]\n')
    }
    const wrong = await mask(['--without', 'emails', file])
    assert.equal(wrong.code, 2)
    assert.match(wrong.err, /no part "emails" to leave out/)
  })

  test('says what it cannot read, and what to do', async () => {
    const folder = await mask([dir])
    assert.deepEqual([folder.code, folder.out, folder.err], [2, '', `countersign: ${dir} is a folder. Name a file in it.\n`])
    const missing = await mask([path.join(dir, 'not-there.txt')])
    assert.deepEqual([missing.code, missing.err], [2, `countersign: there is no file ${path.join(dir, 'not-there.txt')}. Check its name.\n`])
  })

  test('lets nothing of a text out that is not in UTF-8, where it would not see the values, and says what to do', async () => {
    const text = 'Müller wrote from ada@example.com'
    for (const bytes of [Buffer.from(`\uFEFF${text}`, 'utf16le'), Buffer.from(text, 'utf16le'), Buffer.from('write to ada@example.com', 'utf16le'), Buffer.from(text, 'latin1'), Buffer.from([...Buffer.from('cut '), 0xe2, 0x82])]) {
      await writeFile(path.join(dir, 'other.txt'), bytes)
      for (const ran of [await mask([path.join(dir, 'other.txt')]), await mask([], bytes), await mask(['--jsonl'], bytes)]) {
        assert.equal(ran.code, 2)
        assert.doesNotMatch(ran.out, /a\0?d\0?a|M/)
        assert.match(ran.err, /^countersign: this is no text in UTF-8, .*convert it: iconv/)
      }
    }
    assert.equal((await mask([], '\uFEFFfrom ada@example.com')).out, 'from [EMAIL]', 'less the mark that the test\'s own reader takes away')
  })

  test('ends quietly when its reader does', async () => {
    const child = start([await fileOf('write to ada@example.com now\n'.repeat(50_000), 'long.txt')])
    const closed = new Promise<number | null>((resolve) => child.once('exit', resolve))
    child.stdout.once('data', () => { child.stdout.destroy() })
    const [err, code] = await Promise.all([text(child.stderr), closed])
    assert.deepEqual([code, err], [0, ''])
  })
})

describe('countersign mask --types', () => {
  test('lists every entity type on a line of its own, with what is held back for it and its other names', async () => {
    const { code, out } = await mask(['--types'])
    assert.equal(code, 0)
    const lines = new Map([...out.matchAll(/^([A-Z_]+) +(\d+) {2}(.+)$/gm)].map(([, type, hold, rest]) => [type!, { hold: Number(hold), rest: rest! }]))
    assert.deepEqual([...lines.keys()], Object.keys(ENTITY_WORDS).toSorted())
    for (const family of FAMILIES) for (const one of family.recognisers) assert.ok(lines.get(one.type)!.hold >= one.hold, one.name)
    for (const [type, { hold }] of lines) assert.ok(hold > 0, type)
    for (const type of ['PERSON', 'LOCATION', 'ORGANIZATION']) assert.equal(lines.get(type)?.hold, LONGEST_HOLD)
    assert.match(out, /^CUSTOM_… +4256 {2}a type that a policy defines under types$/m)
    assert.deepEqual(lines.get('EMAIL'), { hold: 320, rest: 'e-mail address; EMAIL_ADDRESS' })
  })
})

describe('countersign mask --policy', () => {
  const POLICY = `version: 1
default: deny
upstreams: {}
mask:
  prompt: { CUSTOM_PROJECT: hash, EMAIL: keep }
  answer: { PERSON: redact, CUSTOM_PROJECT: redact }
types:
  CUSTOM_PROJECT: { pattern: "PRJ-[0-9]{4}" }
rules:
  - id: careful
    when: { groups: [guests] }
    effect: allow
    mask: { prompt: { EMAIL: redact } }
`
  const TEXT = 'Mira Castellanos writes from ada@example.com on PRJ-1234.\n'

  test('masks what the policy masks and nothing else, with its own types, in either direction and as one of its rules has it', async () => {
    const file = await fileOf(POLICY, 'policy.yaml')
    const prompt = await mask(['--policy', file], TEXT)
    assert.equal(prompt.code, 0, prompt.err)
    assert.match(prompt.out, /^Mira Castellanos writes from ada@example\.com on \[CUSTOM_PROJECT:[0-9a-f]{12}\]\.\n$/)
    assert.match(prompt.err, /masked otherwise, which --rule ID shows: careful\.\n$/)
    const answer = await mask(['--policy', file, '--direction', 'answer'], TEXT)
    assert.deepEqual([answer.out, answer.err], ['[PERSON] writes from ada@example.com on [CUSTOM_PROJECT].\n', ''])
    const rule = await mask(['--policy', file, '--rule', 'careful', '--jsonl'], JSON.stringify({ id: 1, text: TEXT }))
    assert.equal(rule.err, '')
    const refusing = await mask(['--policy', await fileOf(POLICY.replace('EMAIL: keep', 'EMAIL: refuse'), 'refusing.yaml'), '--rule', 'careful'], TEXT)
    assert.equal(refusing.err, '')
    const refused = await mask(['--policy', await fileOf(POLICY.replace('EMAIL: redact', 'EMAIL: refuse'), 'refused.yaml'), '--rule', 'careful'], TEXT)
    assert.match(refused.err, /A call that contains any of these is refused as a whole: EMAIL\.\n$/)
    const worded = await fileOf(POLICY.replace('{ pattern:', '{ words: [project code, project codes], pattern:'), 'worded.yaml')
    assert.match((await mask(['--policy', worded, '--explain'], TEXT)).err, /: project code, because the policy's pattern/)
    assert.match((await mask(['--policy', worded, '--jsonl', '--explain'], JSON.stringify({ id: 1, text: TEXT }))).out, /: project code, because the policy's pattern/)
    assert.match(rule.out, /"masked":"Mira Castellanos writes from \[EMAIL\] on \[CUSTOM_PROJECT:/)
  })

  test('says what is wrong with the policy or with what was asked of it', async () => {
    const file = await fileOf(POLICY, 'policy.yaml')
    const wrong: readonly (readonly [args: readonly string[], message: RegExp])[] = [
      [['--policy', await fileOf(POLICY.replace('EMAIL: keep', 'EMIAL: keep'), 'wrong.yaml')], /line 5, column 42: .*did you mean EMAIL\?/],
      [['--policy', path.join(dir, 'not-there.yaml')], /there is no file .*not-there\.yaml\. Check its name\./],
      [['--policy', file, '--rule', 'carefull'], /no rule "carefull"\. It has: careful\./],
      [['--policy', file, '--direction', 'reply'], /no direction "reply"\. Known: prompt, answer\./],
      [['--policy', file, '--transform', 'hash'], /cannot be used with/],
      [['--direction', 'answer'], /go with --policy FILE/],
    ]
    for (const [args, message] of wrong) {
      const { code, out, err } = await mask(args, TEXT)
      assert.deepEqual([code, out], [2, ''])
      assert.match(err, message)
    }
  })
})

describe('countersign mask --jsonl', () => {
  test('answers the lines before a wrong one, then names that', async () => {
    const good = '{"id":1,"text":"to ada@example.com"}\n'
    for (const [line, message] of [['no json', 'line 3 is no JSON.'], ['{"id":2}', 'line 3 is neither {id, text} nor {id, chunks}.']] as const) {
      const { code, out, err } = await mask(['--jsonl'], `${good}\n${line}\n${good}`)
      assert.deepEqual([code, err], [2, `countersign: ${message}\n`])
      assert.equal(out, '{"id":1,"masked":"to [EMAIL]","spans":[{"start":3,"end":18,"type":"EMAIL"}]}\n')
    }
  })

  test('reads what begins with a byte order mark, and a last line without an end', async () => {
    const { code, out, err } = await mask(['--jsonl'], '\uFEFF{"id":"a","chunks":["ada@exam","ple.com"]}\n{"id":"b","text":"x"}')
    assert.deepEqual([code, err], [0, ''])
    assert.deepEqual(out.trim().split('\n').map((one) => JSON.parse(one) as unknown), [{ id: 'a', out: ['', '', '[EMAIL]'] }, { id: 'b', masked: 'x', spans: [] }])
  })
})
