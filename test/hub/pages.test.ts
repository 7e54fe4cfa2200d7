import assert from 'node:assert/strict'
import path from 'node:path'
import { describe, test } from 'node:test'
import type { AuditEvent, ExchangeDecided } from '../../src/protocol/audit.ts'
import { CookieJar, walk } from '../../src/sandbox/signIn.ts'
import { openTestLog, startHubWorld, TestDevice, type HubWorld } from '../fakes/hub.ts'
import { callStory, deliver } from '../fakes/journal.ts'

async function visit(world: HubWorld, login: string, route = '/', jar = new CookieJar()): Promise<{ status: number; text: string; url: string; jar: CookieJar }> {
  return { ...(await walk(world.url + route, world.idp.people.find((one) => one.login === login)!, jar)), jar }
}

describe('the pages', () => {
  test('let the auditor in and nobody else, and each look is a record', async (t) => {
    const world = await startHubWorld(t)
    const sam = await visit(world, 'sam')
    assert.equal(sam.status, 200)
    assert.match(sam.text, /<h1>Overview<\/h1>/)
    assert.match(sam.text, /Sam Okafor, auditor, read only/)
    const ada = await visit(world, 'ada')
    assert.equal(ada.status, 403)
    assert.doesNotMatch(ada.text, /Control totals/)
    const looks = world.events('page.viewed')
    assert.deepEqual(looks.map(({ sub, page, status }) => [sub, page, status]), [['sam', '/', 200], ['ada', '/', 403]])
    assert.match(sam.text, new RegExp(`This look is record ${world.running.hub.log.records.findIndex(({ event }) => event === looks[0])} of`))
  })

  test('show a call from the first word to the last, with its proof', async (t) => {
    const world = await startHubWorld(t)
    const device = await TestDevice.enrolled(world)
    const log = await openTestLog(device, path.join(world.dir, 'journal'))
    await log.add(...callStory('ex_01STORY'))
    await deliver(device, log)
    const { jar } = await visit(world, 'sam')
    const page = async (route: string): Promise<{ status: number; text: string }> => visit(world, 'sam', route, jar)
    assert.match((await page('/')).text, /<dt>1 call<\/dt><dd>1 let pass/)
    const list = (await page('/records?decision=allowed')).text
    assert.match(list, /\/exchange\/ex_01STORY/)
    assert.match((await page('/records?text=nothing+like+this')).text, /No record fits/)
    const story = await page('/exchange/ex_01STORY')
    assert.equal(story.status, 200)
    assert.match(story.text, /simulated-1/)
    assert.match(story.text, /answered with 200/)
    assert.doesNotMatch(story.text, /Could not be inspected/)
    await log.add(...callStory('ex_01OPAQUE').map((event) => (event.type === 'exchange.decided' ? { ...event, inspection: { ...event.inspection, opaque: ['image'] } } : event.type === 'exchange.completed' && event.answer ? { ...event, answer: { ...event.answer, opaque: ['thinking'] } } : event)))
    await deliver(device, log)
    const opaque = await page('/exchange/ex_01OPAQUE')
    assert.match(opaque.text, /Could not be inspected in the prompt: an image\./)
    assert.match(opaque.text, /Could not be inspected in the answer: signed thinking\./)
    const record = await page(`/record?stream=${encodeURIComponent(device.stream)}&seq=1`)
    assert.equal(record.status, 200)
    assert.match(record.text, /Verified/)
    assert.match(record.text, /The hub cosigned the root/)
    assert.equal((await page('/exchange/ex_UNKNOWN')).status, 404)
    assert.equal((await page(`/record?stream=${encodeURIComponent(device.stream)}&seq=99`)).status, 404)
    await log.writer.close()
  })

  test('say of a call that waits that it waits, of an answer that policy stopped that it was stopped, and how much was masked where the evidence is too long for the record', async (t) => {
    const world = await startHubWorld(t)
    const device = await TestDevice.enrolled(world)
    const log = await openTestLog(device, path.join(world.dir, 'journal'))
    const { endpoint, actor, policy } = callStory('ex')[1] as ExchangeDecided
    const held: AuditEvent = { type: 'approval.requested', ex: 'ex_01HELD', actor, endpoint, rule: 'cards', policy, found: { CREDIT_CARD: 2, [`CUSTOM_${'X'.repeat(60)}`]: 1, ...Object.fromEntries(Array.from({ length: 39 }, (_, i) => [`CUSTOM_OF_A_LONG_NAME_${i}`, 1])), VIN: 1 }, digest: 'q' }
    await log.add(held)
    await log.add(...callStory('ex_01LONG').map((event) => (event.type === 'exchange.decided' ? { ...event, inspection: { ...event.inspection, found: { EMAIL: 120 } }, maskedApart: { EMAIL: 120 } } : event.type === 'exchange.completed' ? { ...event, restored: { EMAIL: 2 } } : event)))
    await log.add(...callStory('ex_01MORE').map((event) => (event.type === 'exchange.decided' ? { ...event, maskedApart: { EMAIL: 1 } } : event.type === 'exchange.completed' ? { ...event, masked: [] } : event)))
    await log.add({ ...(callStory('ex_01DENIED')[1] as ExchangeDecided), maskedApart: { EMAIL: 3 }, decision: { effect: 'deny', rule: null, why: 'no rule allows it.' } })
    await log.add(...callStory('ex_01STOP').map((event): AuditEvent => (event.type === 'exchange.completed' ? { ...event, type: 'exchange.failed', status: 403, code: 'CS_DENIED', reason: 'the policy refuses answers that contain passport numbers.' } : event)))
    await deliver(device, log)
    const { jar } = await visit(world, 'sam')
    const page = async (route: string): Promise<string> => (await visit(world, 'sam', route, jar)).text
    const waiting = await page('/exchange/ex_01HELD')
    assert.match(waiting, /asked simulated-1 at 127\.0\.0\.1:9\. The call was held by rule &#34;cards&#34; and waits for a decision, as far as its records are here\. Nothing was sent\./)
    assert.doesNotMatch(waiting, /refused/)
    assert.match(waiting, /1 VIN/, 'the last of a long list')
    assert.match(await page('/exchange/ex_01LONG'), /<td class="w"><code>EMAIL<\/code><\/td><td class="r">120<\/td><td class="r">120<\/td><td class="r">1<\/td><td class="r">2</)
    assert.match(await page('/records?text=ex_01LONG'), /found 120 EMAIL; masked 120 EMAIL/)
    assert.doesNotMatch(await page('/exchange/ex_01LONG'), /More is masked/)
    assert.match(await page('/exchange/ex_01MORE'), /More is masked of a type than was found of it/)
    assert.match(await page('/'), /Answer stopped, because policy refuses what was in it/)
    assert.doesNotMatch(await page('/'), /Call failed after/)
    assert.match(await page('/'), /<dt>126 masked<\/dt><dd>121 in prompts that were sent \+ 3 in prompts that were denied \+ 2 in answers/)
    const stopped = await page('/exchange/ex_01STOP')
    assert.match(stopped, /Its answer was stopped: the policy refuses answers that contain passport numbers\.</)
    assert.match(stopped, /call failed with 403, 2048 bytes, 12 \+ 34 tokens in 120 ms: the policy refuses answers that contain passport numbers; masked 1 EMAIL/)
    await log.writer.close()
  })

  test('say of a call that was held who let it go, and of one that its requester acknowledged that it was they', async (t) => {
    const world = await startHubWorld(t)
    const device = await TestDevice.enrolled(world)
    const log = await openTestLog(device, path.join(world.dir, 'journal'))
    const { endpoint, actor, policy } = callStory('ex')[1] as ExchangeDecided
    const grace = { issuer: world.idp.issuer, subject: 'grace', groups: ['security-reviewers'], authTime: 1_790_000_000, verdict: 'approve' as const, at: 1_790_000_001_000 }
    const story = (ex: string, end: Partial<Extract<AuditEvent, { type: 'approval.settled' }>>): AuditEvent[] => {
      const [first, decided, last] = callStory(ex)
      const held = [
        { type: 'approval.requested', ex, actor, endpoint, rule: 'cards', policy, found: {}, digest: 'q' },
        { type: 'approval.settled', ex, actor, ap: null, state: 'approved', cause: 'reviewer', reviewers: [], digest: 'q', rule: 'cards', policy, found: {}, decision: null, ms: 2000, sd: [], ...end },
      ] as const
      return [first!, ...held, decided!, last!]
    }
    await log.add(...story('ex_01SEEN', { reviewers: [grace] }), ...story('ex_01OWN', { state: 'acknowledged' }), ...story('ex_01GONE', { state: 'denied', cause: 'no_reviewer' }))
    await deliver(device, log)
    const { jar } = await visit(world, 'sam')
    const sentence = async (ex: string): Promise<string> => /<p class="hub-sentence">(.*?)<\/p>/s.exec((await visit(world, 'sam', `/exchange/${ex}`, jar)).text)?.[1] ?? ''
    assert.match(await sentence('ex_01SEEN'), / grace approved it\.$/)
    assert.match(await sentence('ex_01OWN'), / The requester acknowledged that themselves\.$/)
    assert.match(await sentence('ex_01GONE'), / Nobody who may decide could be reached\.$/)
    const { text } = await visit(world, 'sam', '/exchange/ex_01OWN', jar)
    assert.match(text, /acknowledged by the requester after 2\.0 s/)
    assert.doesNotMatch(text, /second person|review acknowledged/)
    await log.writer.close()
  })

  test('show words of others as text, never as markup (S51)', async (t) => {
    const world = await startHubWorld(t)
    const device = await TestDevice.enrolled(world)
    const log = await openTestLog(device, path.join(world.dir, 'journal'))
    const evil = '<img src=x onerror=alert(1)>\u202Egpj.exe'
    await log.add(...callStory('ex_01EVIL', evil))
    await deliver(device, log)
    const { jar } = await visit(world, 'sam')
    for (const route of ['/', '/records', '/exchange/ex_01EVIL', `/record?stream=${encodeURIComponent(device.stream)}&seq=1`, `/records?text=${encodeURIComponent('"><script>alert(1)</script>')}`]) {
      const { text } = await visit(world, 'sam', route, jar)
      assert.doesNotMatch(text, /<img|<script|\u202e/i, route)
    }
    await log.writer.close()
  })

  test('show what a device signed and nobody can read as such, and all other records as ever', async (t) => {
    const world = await startHubWorld(t)
    const device = await TestDevice.enrolled(world)
    const log = await openTestLog(device, path.join(world.dir, 'journal'))
    await log.add(...callStory('ex_01STORY'))
    const [started, decided, completed] = callStory('ex_01BAD') as unknown as Record<string, unknown>[]
    const nonsense = [
      { type: 'exchange.decided', ex: 'ex_01BAD' },
      { ...decided, decision: null },
      { ...decided, endpoint: { ...(decided!['endpoint'] as object), url: 'no address' } },
      { ...decided, actor: { iss: 1, sub: {}, groups: 'all', authTime: 1e300, session: [] } },
      { ...decided, masked: { length: 3 } },
      { ...started, endsAt: 12 },
      { ...completed, timing: null, masked: 'x' },
      { type: 'approval.settled', ex: 'ex_01BAD', reviewers: [null], state: '__proto__' },
      { type: 'approval.ended', ap: 'ap_1' },
      { type: 'policy.published' },
      { type: 'something.new', ex: 7, actor: 'ada' },
    ]
    await log.add(...(nonsense as unknown as AuditEvent[]))
    await deliver(device, log)
    const { jar } = await visit(world, 'sam')
    const last = log.writer.signedSize - 1
    for (const route of ['/', '/records', '/records?text=simulated&person=x', '/sessions', '/people', '/evidence', '/access', '/exchange/ex_01STORY', ...Array.from({ length: last + 1 }, (_, seq) => `/record?stream=${encodeURIComponent(device.stream)}&seq=${seq}`)]) assert.equal((await visit(world, 'sam', route, jar)).status, 200, route)
    const { text } = await visit(world, 'sam', '/records', jar)
    assert.equal(text.match(/a record that cannot be read: its device signed something else than what/g)?.length, nonsense.length)
    assert.match(text, /answered with 200/)
    const record = (await visit(world, 'sam', `/record?stream=${encodeURIComponent(device.stream)}&seq=${last}`, jar)).text
    assert.match(record, /Verified/)
    assert.match(record, /something\.new/)
    assert.match((await visit(world, 'sam', '/', jar)).text, /<dt>1 call<\/dt><dd>1 let pass/)
    await world.restart()
    const again = await visit(world, 'sam')
    assert.match(again.text, /<dt>1 call<\/dt><dd>1 let pass/, 'read from disk, they are the same records')
    assert.equal((await visit(world, 'sam', '/records', again.jar)).text.match(/a record that cannot be read/g)?.length, nonsense.length)
    await log.writer.close()
  })

  test('name records that a device signed in the name of somebody who never signed in there', async (t) => {
    const world = await startHubWorld(t)
    const device = await TestDevice.enrolled(world)
    const log = await openTestLog(device, path.join(world.dir, 'journal'))
    for (const sub of ['ada', 'grace']) for (const event of callStory(`ex_${sub}`)) if ('actor' in event) await log.add({ ...event, actor: { ...event.actor, iss: world.idp.issuer, sub } } as AuditEvent)
    await deliver(device, log)
    await log.writer.close()
    const told = />Records in the name of somebody who never signed in to this hub on that device<\/a><\/td><td class="r">3</
    const { text, jar } = await visit(world, 'sam')
    assert.match(text, told)
    await device.enrol(await world.tokenOf('grace'))
    assert.doesNotMatch((await visit(world, 'sam', '/', jar)).text, /in the name of somebody/)
  })

  test('run no script and take no style but their own', async (t) => {
    const world = await startHubWorld(t)
    const { jar, text } = await visit(world, 'sam')
    const reply = await fetch(`${world.url}/`, { headers: { cookie: jar.header(world.url) } })
    assert.equal(reply.headers.get('content-security-policy'), "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
    assert.doesNotMatch(text, /<script| style="| on\w+="/)
    for (const [, asset] of text.matchAll(/href="(\/assets\/[^"]+)"/g)) assert.equal((await fetch(world.url + asset!)).status, 200, asset)
    assert.equal((await fetch(`${world.url}/assets/../hub.css`)).status, 404)
  })

  test('keep a session in a cookie no script can read, new at each sign-in, gone after sign-out (S58)', async (t) => {
    let skew = 0
    const world = await startHubWorld(t, { now: () => Date.now() + skew })
    const jar = new CookieJar()
    jar.take(world.url, ['countersign-session=planted'])
    const first = await visit(world, 'sam', '/', jar)
    const cookie = jar.header(world.url)
    assert.doesNotMatch(cookie, /planted/)
    const [, token = ''] = /name="token" value="([^"]+)"/.exec(first.text) ?? []
    const get = async (): Promise<number> => (await fetch(`${world.url}/`, { headers: { cookie }, redirect: 'manual' })).status
    assert.equal(await get(), 200)
    const signOut = async (headers: Record<string, string>, body: string): Promise<number> =>
      (await fetch(`${world.url}/auth/sign-out`, { method: 'POST', headers: { cookie, 'content-type': 'application/x-www-form-urlencoded', ...headers }, body })).status
    assert.equal(await signOut({}, `token=${token}`), 403, 'no Origin')
    assert.equal(await signOut({ origin: 'https://evil.example' }, `token=${token}`), 403, 'another Origin')
    assert.equal(await signOut({ origin: world.url }, 'token=guessed'), 403, 'another token')
    assert.equal(await get(), 200)
    skew = 10 * 60_000 + 1
    assert.equal(await get(), 303, 'older than ten minutes, however much it is used')
    skew = 0
    const again = await visit(world, 'sam', '/', jar)
    const renewed = jar.header(world.url)
    assert.notEqual(renewed, cookie)
    const [, fresh = ''] = /name="token" value="([^"]+)"/.exec(again.text) ?? []
    const out = await fetch(`${world.url}/auth/sign-out`, { method: 'POST', headers: { cookie: renewed, origin: world.url, 'content-type': 'application/x-www-form-urlencoded' }, body: `token=${fresh}` })
    assert.equal(out.status, 200)
    assert.equal((await fetch(`${world.url}/`, { headers: { cookie: renewed }, redirect: 'manual' })).status, 303)
  })

  test('ask the identity provider again after ten minutes: who is in the group goes on without a word, who is not any more sees and takes nothing (S14)', async (t) => {
    let skew = 0
    const world = await startHubWorld(t, { now: () => Date.now() + skew })
    const { jar, text } = await visit(world, 'sam', '/evidence')
    const [, token = ''] = /name="token" value="([^"]+)"/.exec(text) ?? []
    skew = 11 * 60_000
    const on = await walk(`${world.url}/records?decision=allowed`, { login: 'sam', password: 'is not asked for' }, jar)
    assert.deepEqual([on.url, on.status], [`${world.url}/records?decision=allowed`, 200])
    const sam = world.idp.people.findIndex(({ login }) => login === 'sam')
    world.idp.people[sam] = { ...world.idp.people[sam]!, groups: [] }
    skew = 22 * 60_000
    const taken = await fetch(`${world.url}/evidence`, { method: 'POST', redirect: 'manual', headers: { cookie: jar.header(world.url), origin: world.url }, body: new URLSearchParams({ token, from: '2026-11-01', to: '2026-11-29' }) })
    assert.equal(taken.status, 401)
    assert.match(await taken.text(), /more than ten minutes ago\. Open the page again/)
    const again = await visit(world, 'sam', '/', jar)
    assert.equal(again.status, 403)
    assert.doesNotMatch(again.text, /Control totals/)
  })

  test('finish a sign-in only in the browser that began it, and send nobody elsewhere (S2)', async (t) => {
    const world = await startHubWorld(t)
    const begun = await fetch(`${world.url}/auth/sign-in?to=https://evil.example/`, { redirect: 'manual' })
    const authorize = new URL(begun.headers.get('location')!)
    assert.equal(authorize.searchParams.get('code_challenge_method'), 'S256')
    const [setCookie = ''] = begun.headers.getSetCookie()
    assert.match(setCookie, /HttpOnly/)
    assert.match(setCookie, /SameSite=Lax/)
    const elsewhere = await fetch(`${world.url}/auth/callback?code=x&state=${authorize.searchParams.get('state')!}`, { redirect: 'manual' })
    assert.equal(elsewhere.status, 401)
    for (const to of ['https://evil.example/', '//evil.example/', '/\\evil.example/', '/.//evil.example/', '/x/..//evil.example/', '/./\\evil.example/', '/\t/evil.example/', '/\t/[', '/\n//evil.example/', '/auth/sign-in', '/./auth/sign-in', 'javascript:alert(1)', '@evil.example']) {
      const { url } = await visit(world, 'sam', `/auth/sign-in?to=${encodeURIComponent(to)}`)
      assert.equal(url, `${world.url}/`, to)
    }
    assert.equal((await visit(world, 'sam', `/auth/sign-in?to=${encodeURIComponent('/records?type=call.refused')}`)).url, `${world.url}/records?type=call.refused`)
  })

  test('finish a sign-in whatever others begin meanwhile: as many as one address can push none of them out', async (t) => {
    let later = 0
    const world = await startHubWorld(t, { now: () => Date.now() + later })
    const real = globalThis.fetch
    t.mock.method(globalThis, 'fetch', async (input: string | URL | Request, init?: RequestInit) => {
      if (new URL(input instanceof Request ? input.url : input).pathname === '/auth/callback')
        for (let i = 0; i < 1100; i++) {
          later += 20
          const { status } = await real(`${world.url}/auth/sign-in?to=${encodeURIComponent(`/${'x'.repeat(3000)}`)}`, { redirect: 'manual' })
          assert.equal(status, 303)
        }
      return real(input, init)
    })
    assert.equal((await visit(world, 'sam')).status, 200)
  })

  test('take what the provider sent back once, also of many sent at once and later again (S3)', async (t) => {
    const world = await startHubWorld(t)
    const real = globalThis.fetch
    let again: (() => Promise<Response>) | undefined
    let statuses: number[] = []
    t.mock.method(globalThis, 'fetch', async (input: string | URL | Request, init?: RequestInit) => {
      if (new URL(input instanceof Request ? input.url : input).pathname !== '/auth/callback') return real(input, init)
      again = () => real(input, init)
      const replies = await Promise.all(Array.from({ length: 10 }, again))
      statuses = replies.map(({ status }) => status)
      return replies.find(({ status }) => status === 303) ?? replies[0]!
    })
    assert.equal((await visit(world, 'sam')).status, 200)
    assert.deepEqual(statuses.toSorted(), [303, ...Array.from({ length: 9 }, () => 401)])
    const later = await again!()
    assert.equal(later.status, 401)
    assert.match(await later.text(), /was not begun in this browser, or too long ago/)
  })
})
