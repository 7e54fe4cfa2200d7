/** People whose identity provider lets them write anything into their name, and reasons of theirs: whoever reads about them reads text. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { PEOPLE } from '../../src/sandbox/people.ts'
import { startPerson, type AnotherPerson } from '../../src/sandbox/person.ts'
import { CookieJar, walk } from '../../src/sandbox/signIn.ts'
import type { Sandbox } from '../../src/sandbox/start.ts'
import { COUNTERSIGN, run, startTrial, until } from '../fakes/trial.ts'

/** A line end, a carriage return, terminal codes, the other direction, what hides; markup, a link of the editor, a placeholder. */
const HOSTILE = 'X\n2026-11-29 forged\r\u001b[2J\u001b]0;t\u0007\u202egnp.exe\u200b<img src=x onerror=alert(1)>[y](command:z){0}${1}%s'

/** Something of it is left that does more than stand there: a control or format character, or a line of its own. */
const isActive = (text: string): boolean => text.includes('\n2026-11-29 forged') || /[^\P{C}\n\t]/u.test(text)

let trial: Sandbox
let grace: AnotherPerson
before(async () => {
  const people = PEOPLE.map((one) => (['ada', 'grace'].includes(one.login) ? { ...one, name: `${one.login} ${HOSTILE}` } : one))
  trial = await startTrial({ idp: { people } })
  grace = await startPerson(trial, COUNTERSIGN, 'grace')
  await until(async () => (await grace.control.request('approvals.list', {})).relay === 'here' || undefined, 'a line to the hub')
})
after(async () => {
  await grace.close()
  await trial.close()
})

describe('hostile names and reasons', () => {
  test('reach the requester\'s program as text that moves no terminal', async () => {
    const reply = fetch(`${trial.line.agent}/openai/v1/chat/completions`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${trial.line.key}` }, body: JSON.stringify({ model: 'simulated-1', messages: [{ role: 'user', content: 'Charge 4111 1111 1111 1111.' }] }) })
    const { ap, digest } = await until(async () => (await grace.control.request('approvals.list', {})).requests.find((one) => one.state === 'pending'), 'the request')
    await trial.control.request('approval.reason', { ap, reason: HOSTILE })
    await grace.control.request('approval.review', { ap, digest, verdict: 'deny', reason: HOSTILE })
    const { error } = (await (await reply).json()) as { error: { message: string } }
    const told = error.message
    assert.match(told, /grace X.*denied/)
    assert.ok(!isActive(told) && !told.includes('\n'), JSON.stringify(told))
  })

  test('are listed as one line each by the command line, on both machines', async () => {
    for (const home of [trial.home, grace.home]) {
      const { code, out, err } = await run([...COUNTERSIGN, 'records', home])
      assert.equal(code, 0, err)
      assert.match(out, /X\\u\{a\}2026-11-29 forged/)
      for (const text of [out, err, await readFile(path.join(home, 'agent.log'), 'utf8')]) assert.ok(!isActive(text), JSON.stringify(text))
    }
  })

  test('stand on the hub\'s pages without markup', async () => {
    await trial.control.request('sync.now', {})
    const sam = trial.idp.people.find(({ login }) => login === 'sam')
    assert.ok(sam)
    const jar = new CookieJar()
    for (const route of ['/', '/records', '/sessions', '/access', '/people']) {
      const { status, text } = await walk(trial.line.hub + route, sam, jar)
      assert.equal(status, 200, route)
      assert.doesNotMatch(text, /<img/, route)
      assert.ok(!isActive(text), route)
    }
    assert.match((await walk(`${trial.line.hub}/people`, sam, jar)).text, /ada X/)
  })
})
