import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { maskerWith, optionsFor, rulesFor } from './masker.ts'

const { masker } = maskerWith()
const EMAIL = 'ada.lovelace@example.com'

describe('pseudonyms', () => {
  test('give back to the person what the person sent, and never what was masked in an answer', () => {
    const session = masker.session('answered')
    const all = rulesFor('pseudonym')
    const prompt = optionsFor('text', { rules: all })
    const answer = optionsFor('text', { direction: 'answer', rules: all })
    masker.mask('I am ada@example.com', prompt, session)
    const stream = session.open(answer)
    const out = ['To [EMAIL_1]: write to grace@example.org, that ', 'is [EMAIL_2] or [EMA', 'IL_2], ok'].map((chunk) => stream.push(chunk)).join('') + stream.flush()
    assert.equal(out, 'To ada@example.com: write to [EMAIL_2], that is [EMAIL_2] or [EMAIL_2], ok')
    // Once the person has sent it, it is theirs.
    masker.mask('no, grace@example.org is right', prompt, session)
    assert.equal(masker.mask('So [EMAIL_2].', answer, session).text, 'So grace@example.org.')
  })

  const rules = rulesFor('pseudonym')
  const answer = optionsFor('text', { direction: 'answer', rules: { EMAIL: 'pseudonym' } })

  test('number values within a session, each always alike', () => {
    const session = masker.session('numbers')
    const { text } = masker.mask(`${EMAIL}, bob@example.org, ${EMAIL}`, optionsFor('text', { rules }), session)
    assert.equal(text, '[EMAIL_1], [EMAIL_2], [EMAIL_1]')
    assert.equal(masker.mask('bob@example.org', optionsFor('text', { rules }), session).text, '[EMAIL_2]')
    assert.equal(masker.mask('bob@example.org', optionsFor('text', { rules }), masker.session('another')).text, '[EMAIL_1]')
  })

  test('become the values again in the answer, wherever a chunk ends', () => {
    const session = masker.session('restore')
    masker.mask(`${EMAIL} wrote`, optionsFor('text', { rules }), session)
    const text = 'Tell [EMAIL_1] that [EMAIL_2] and [x] are unknown, [EMAIL_1]!'
    const wanted = `Tell ${EMAIL} that [EMAIL_2] and [x] are unknown, ${EMAIL}!`
    for (let cut = 0; cut <= text.length; cut++) {
      const stream = session.open(answer)
      assert.equal(stream.push(text.slice(0, cut)) + stream.push(text.slice(cut)) + stream.flush(), wanted, `cut at ${cut}`)
      assert.deepEqual(stream.spans, [], 'what is given back is no masked span')
      assert.equal(stream.recorded, text, 'no value stands in a record')
    }
  })

  test('become the values again as models write them in Markdown or in small letters, wherever a chunk ends', () => {
    const session = masker.session('spelled')
    masker.mask(`${EMAIL} wrote`, optionsFor('text', { rules }), session)
    const text = 'To [EMAIL\\_1], \\[EMAIL\\_1\\], [Email_1] or \\[EMAIL_1]; not [EMAIL\\1], \\[EMAIL_2\\], [EMAIL\\\\_1], \\'
    const wanted = `To ${EMAIL}, ${EMAIL}, ${EMAIL} or \\${EMAIL}; not [EMAIL\\1], \\[EMAIL_2\\], [EMAIL\\\\_1], \\`
    for (let cut = 0; cut <= text.length; cut++) {
      const stream = session.open(answer)
      assert.equal(stream.push(text.slice(0, cut)) + stream.push(text.slice(cut)) + stream.flush(), wanted, `cut at ${cut}`)
      assert.equal(stream.recorded, text)
    }
    const stream = session.open(answer)
    assert.equal(Array.from(text, (char) => stream.push(char)).join('') + stream.flush(), wanted)
  })

  test('leave what stands around them as it is, but for a value of its own', () => {
    const session = masker.session('around')
    masker.mask('password: Tide31Water', optionsFor('text', { rules }), session)
    const back = (text: string, kind: 'text' | 'json' = 'text'): string => masker.mask(text, optionsFor(kind, { direction: 'answer', rules }), session).text
    assert.equal(back('curl -u ada:[SECRET_1] x'), 'curl -u ada:Tide31Water x')
    assert.equal(back('curl -u "ada:[SECRET_1]" x'), 'curl -u "ada:Tide31Water" x')
    assert.equal(back('{"cmd":"curl -u ada:[SECRET_1] x","password":"[SECRET_1]!"}', 'json'), '{"cmd":"curl -u ada:Tide31Water x","password":"Tide31Water!"}')
    assert.match(back('password=Qz7Lm2Xv9Rt4Wk8Y[SECRET_1]'), /^password=\[SECRET_2\]Tide31Water$/)
    for (const value of ['grace@example.org', 'AKIAQ4Z7WX2LM6NP3RST', '219-09-9998']) assert.ok(!back(`curl -u ${value}:[SECRET_1] https://h`).includes(value), value)
    assert.ok(!back('password = "[SECRET_1]geheim!"').includes('geheim'))
  })

  test('become the values again inside JSON, escaped', () => {
    const session = masker.session('restore-json')
    masker.mask('password: "pa\\ss\\"w0rd!7"', optionsFor('text', { rules }), session)
    const value = 'O"Brien@example.com'
    masker.mask(JSON.stringify({ email: EMAIL }), optionsFor('json', { rules }), session)
    const out = masker.mask('{"sql":"select * from t where mail = \'[EMAIL_1]\'"}', optionsFor('json', { direction: 'answer', rules: {} }), session).text
    assert.deepEqual(JSON.parse(out), { sql: `select * from t where mail = '${EMAIL}'` })
    assert.ok(value.length > 0)
  })

  test('are masked otherwise in the answer where policy says so', () => {
    const session = masker.session('otherwise')
    masker.mask(EMAIL, optionsFor('text', { rules }), session)
    assert.equal(masker.mask('to [EMAIL_1]', optionsFor('text', { direction: 'answer', rules: { EMAIL: 'partial' } }), session).text, 'to ··@example.com')
  })

  test('never take a number that stands in what a person sends: it was given out by a session that is over, or typed', () => {
    const session = masker.session('later')
    const prompt = optionsFor('text', { rules })
    const { text } = masker.mask('As [EMAIL_1] said before; now write to ada@example.com about [EMAIL_3]', prompt, session)
    assert.equal(text, 'As [EMAIL_1] said before; now write to [EMAIL_4] about [EMAIL_3]')
    assert.equal(masker.mask(text, { ...answer, rules }, session).text, 'As [EMAIL_1] said before; now write to ada@example.com about [EMAIL_3]')
    assert.equal(masker.mask('ada@example.com, bob@example.org', prompt, session).text, '[EMAIL_4], [EMAIL_5]')
    assert.equal(masker.mask('[EMAIL_999999999] carl@example.org', prompt, session).text, '[EMAIL_999999999] [EMAIL_6]')
  })

  test('mean nothing in another session', () => {
    masker.mask(EMAIL, optionsFor('text', { rules }), masker.session('mine'))
    assert.equal(masker.mask('to [EMAIL_1]', answer, masker.session('yours')).text, 'to [EMAIL_1]')
  })
})
