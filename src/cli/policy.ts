/** `countersign policy`: check, explain, test and publish a policy file, and make the hashes it carries. */
import { randomBytes } from 'node:crypto'
import type { Command } from 'commander'
import { CountersignError } from '../protocol/errors.ts'
import type { PolicyDocument } from '../protocol/policy.ts'
import { hubError, proposedReply, publishReply } from '../protocol/hub.ts'
import { checkCases, runCases } from '../core/policy/cases.ts'
import { dictionaryOf } from '../core/policy/dictionary.ts'
import { explainMask, explainRule } from '../core/policy/explain.ts'
import { parsePolicy } from '../core/policy/parse.ts'
import { policyJsonSchema } from '../core/policy/schema.ts'
import { warningsOf } from '../core/policy/warnings.ts'
import { connectControl } from '../platform/controlClient.ts'
import { defaultHome } from '../platform/home.ts'
import { checkUrl } from '../platform/settings.ts'
import { askHub, signedInAt } from './hubSignIn.ts'
import { charactersOf } from './mask/input.ts'
import { readText } from './textFile.ts'

export function policyCommand(program: Command): void {
  const policy = program.command('policy').description('check, explain, test and publish policies')
  policy
    .command('check')
    .description('say whether a file is a valid policy, name every problem with its line and column, and warn of what it hardly means')
    .argument('<file>')
    .action(async (file: string) => { answer(await asked(file, check)) })
  policy
    .command('explain')
    .description('say in one sentence each what the rules do')
    .argument('<file>')
    .action(async (file: string) => { answer(await asked(file, explain)) })
  policy
    .command('test')
    .description('run the test cases that the policy carries')
    .argument('<file>')
    .action(async (file: string) => { answer(await asked(file, test)) })
  policy
    .command('schema')
    .description('print the JSON Schema of a policy file, for completion in an editor')
    .action(() => { process.stdout.write(`${JSON.stringify(policyJsonSchema(), null, 2)}\n`) })
  policy
    .command('hash')
    .description('make the keyed hashes of a type\'s exact values, to paste into the policy: countersign policy hash < values.txt. The values, one a line, are printed nowhere.')
    .option('--key <key>', 'the key of the dictionary that you add to (default: a new random one)')
    .action(hash)
  policy
    .command('publish')
    .description('sign in with your browser and publish a policy to the hub')
    .argument('<file>')
    .requiredOption('--reason <text>', 'why: it goes on record with your name')
    .option('--hub <url>', 'the hub (default: the one that the agent of --home belongs to)')
    .option('--home <folder>', 'state folder of the agent (default: COUNTERSIGN_HOME, else the platform\'s state folder)')
    .action(publish)
}

interface Said {
  readonly text: string
  readonly yes: boolean
}

function answer({ text, yes }: Said): void {
  ;(yes ? process.stdout : process.stderr).write(`${text}\n`)
  if (!yes) process.exitCode = 1
}

/** A file that is no policy is an answer (exit 1); one that cannot be read is none (exit 2). */
async function asked(file: string, about: (text: string, file: string) => Said): Promise<Said> {
  const text = await readText(file)
  try {
    return about(text, file)
  } catch (error) {
    if (error instanceof CountersignError && error.code === 'CS_POLICY_INVALID') return { text: `${file}: ${error.message}`, yes: false }
    throw error
  }
}

function check(text: string, file: string): Said {
  const document = parsePolicy(text)
  const { rules, default: otherwise } = document
  const said = `${file} is a valid policy: ${rules.length} ${rules.length === 1 ? 'rule' : 'rules'}; what no rule speaks of is ${otherwise === 'deny' ? 'denied' : 'allowed'}.`
  return { text: [said, ...warned(document), ...failing(text, file)].join('\n'), yes: true }
}

function warned(document: PolicyDocument): string[] {
  return warningsOf(document).map((one) => `Warning: ${one}`)
}

function failing(text: string, file: string): string[] {
  const results = runCases(text)
  const failed = results.filter(({ holds }) => !holds).length
  return failed === 0 ? [] : [`Warning: tests of its own that fail: ${failed} of ${results.length}. It cannot be published so; countersign policy test ${file} says which.`]
}

function explain(text: string): Said {
  const { rules, default: otherwise, mask, types } = parsePolicy(text)
  const masked = (['prompt', 'answer'] as const).flatMap((direction) => {
    const [where, so] = direction === 'prompt' ? ['prompts', 'a call with one is not sent'] : ['answers', 'an answer ends before one']
    const [refused, others] = [true, false].map((refuses) => Object.entries(mask[direction]).filter(([, transform]) => (transform === 'refuse') === refuses))
    return [
      ...(refused?.length ? [`In ${where} it refuses ${refused.map(([type]) => type).join(', ')}: ${so}, unless a rule says otherwise.`] : []),
      ...(others?.length ? [`In ${where} it masks ${others.map(([type, transform]) => `${type} (${transform})`).join(', ')}, unless a rule says otherwise.`] : []),
    ]
  })
  const lines = rules.map((rule, index) => [`${index + 1}. ${rule.id}: ${explainRule(rule, types)}`, explainMask(rule)].filter((one) => one !== '').join(' '))
  return { text: [...lines, `${otherwise === 'deny' ? 'Denies' : 'Allows'} everything else.`, ...masked].join('\n'), yes: true }
}

function test(text: string, file: string): Said {
  const results = runCases(text)
  if (results.length === 0) return { text: `${file} carries no tests. Write some under tests: so that a change cannot pass unnoticed.`, yes: false }
  const lines = results.map(({ name, holds, says }) => `${holds ? 'holds ' : 'FAILS '} ${name}: ${says}`)
  const failed = results.filter(({ holds }) => !holds).length
  return { text: [...lines, failed === 0 ? `All ${results.length} tests hold.` : `${failed} of ${results.length} tests fail.`].join('\n'), yes: failed === 0 }
}

/** The key is in the policy, which everybody reads whom it governs: it keeps the values from being looked up in lists of hashes, not from being guessed. */
async function hash({ key = randomBytes(32).toString('base64url') }: { readonly key?: string }): Promise<void> {
  if (key.length < 16 || key.length > 200) throw new CountersignError('CS_SETTING', '--key has 16 to 200 characters. Leave it out for a new one.')
  let values = ''
  for await (const characters of charactersOf(undefined)) values += characters
  const { lengths, hashes } = dictionaryOf(values, key)
  process.stdout.write(['    values:', `      key: ${JSON.stringify(key)}`, `      lengths: [${lengths.join(', ')}]`, '      hashes:', ...hashes.map((one) => `        - ${one}`), ''].join('\n'))
}

async function publish(file: string, flags: { readonly reason: string; readonly hub?: string; readonly home?: string }): Promise<void> {
  const document = await readText(file)
  checkCases(document)
  for (const line of warned(parsePolicy(document))) process.stderr.write(`${line}\n`)
  const hub = await hubUrl(flags)
  process.stdout.write(`${await signedInAt(hub, 'publish as yourself', (token) => send(hub, token, { document, reason: flags.reason }))}\n`)
}

async function hubUrl(flags: { readonly hub?: string; readonly home?: string }): Promise<string> {
  if (flags.hub !== undefined) {
    checkUrl('--hub', flags.hub)
    return flags.hub.replace(/\/+$/, '')
  }
  const control = await connectControl(flags.home ?? defaultHome(), { client: 'countersign policy' })
  try {
    const { hub } = await control.request('status', {})
    if (hub === null) throw new CountersignError('CS_SETTING', 'the agent has no hub to publish to. Name one with --hub.')
    return hub
  } finally {
    control.close()
  }
}

/** @returns what became of it, for the terminal */
async function send(hub: string, token: string, request: { readonly document: string; readonly reason: string }): Promise<string> {
  const reply = await askHub(hub, '/v1/policy', { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` }, body: JSON.stringify(request) })
  const { status } = reply
  const body: unknown = await reply.json().catch(() => undefined)
  const published = publishReply.safeParse(body)
  if (status === 200 && published.success) return `Published as version ${published.data.version} (digest ${published.data.digest}). Agents take it up within half a minute.`
  const proposed = proposedReply.safeParse(body)
  if (status === 202 && proposed.success)
    return ['This policy lets more pass than the one in force, so it waits for a second person:', ...proposed.data.loosens.map((one) => `  ${one}`), `Another security lead approves or rejects it here: ${hub}/policies/proposals/${proposed.data.proposal}`].join('\n')
  const refusal = hubError.safeParse(body)
  throw new CountersignError('CS_HUB_REFUSED', `the hub did not publish this policy: ${refusal.success ? refusal.data.error.message : `status ${status}`}`)
}
