/** Numbers that programs, shops and couriers give out: their sums and lengths are some card's or some country's id by chance. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { maskerWith, optionsFor } from './masker.ts'

const { masker } = maskerWith()
const typesIn = (text: string, kind: 'text' | 'json' = 'text'): readonly string[] => masker.mask(text, optionsFor(kind)).spans.map(({ type }) => type)

/** A Chinese mobile number, Indian, Polish and British ids, an IMEI: each is masked where it stands by itself. */
const BY_CHANCE = ['13912345678', '399876543211', '44051401359', '4010232137', '490154203237518']
const NAMES = ['run_id', 'workflow_id', 'project_number', 'job_id', 'order_id', 'orderNumber', 'message_id', 'workflowRunId', 'checkSuiteId', 'tracking_number', 'sku', 'offset', 'random_state', 'size']

/** How they come: in prose, settings, JSON, addresses of pages. */
const WRITTEN: Readonly<Record<string, (name: string, value: string) => string>> = {
  'in a log': (name, value) => `done, ${name}: ${value} after 3 tries`,
  'as a setting': (name, value) => `${name}=${value}\n`,
  'as a number in printed JSON': (name, value) => `got {"a":1,"${name}": ${value}}`,
  'as a string in printed JSON': (name, value) => `got {"a":1,"${name}": "${value}"}`,
  'in a dictionary of Python': (name, value) => `{'a': 1, '${name}': ${value}}`,
}

describe('numbers of programs', () => {
  for (const value of BY_CHANCE) {
    test(`${value} is masked where nothing says what it is, and behind the name of a person's number`, () => {
      assert.equal(typesIn(`see ${value} there`).length, 1)
      assert.equal(typesIn(`{"value": "${value}"}`, 'json').length, 1)
      assert.equal(typesIn(`{"customer": ${value}}`, 'json').length, 1)
    })
    for (const [form, write] of Object.entries(WRITTEN))
      test(`${value} stays where a program says ${form} that it is its own`, () => {
        for (const name of NAMES) assert.deepEqual(typesIn(write(name, value)), [], write(name, value))
      })
    test(`${value} stays under such a name in JSON, whatever stands above it`, () => {
      for (const name of NAMES) {
        assert.deepEqual(typesIn(`{"${name}":${value}}`, 'json'), [], name)
        assert.deepEqual(typesIn(`{"a":{"${name}":"${value}"}}`, 'json'), [], name)
        assert.deepEqual(typesIn(`{"a":[{"${name}":[${value}]}]}`, 'json'), [], name)
      }
    })
    test(`${value} stays in addresses of pages and names of the cloud`, () => {
      for (const text of [`https://github.com/o/r/actions/runs/${value}/job/${value}`, `projects/${value}/locations/europe-west1`, `arn:aws:iam::${value}:role/reader`, `https://sqs.us-east-1.amazonaws.com/${value}/queue`, `order ${value} has shipped`, `the run id ${value} failed`])
        assert.deepEqual(typesIn(text), [], text)
    })
  }

  test('the id of a row is no telephone number', () => {
    assert.deepEqual(typesIn('{"workflow_runs":[{"id":13912345678,"name":"ci"}],"ids":[13912345678,13912345679]}', 'json'), [])
    assert.deepEqual(typesIn('{"id": 13912345678}'), [])
    assert.deepEqual(typesIn('id=13912345678'), [])
  })

  test('who signs in and who is written to may be called by a telephone number', () => {
    for (const text of ['WeChat ID: 13912345678', '微信ID：13912345678', 'login_id=13912345678', '"wa_id": "14155552671"', '{"statuses":[{"recipient_id":"14155552671"}]}', 'customer-id: 13912345678']) assert.deepEqual(typesIn(text), ['PHONE'], text)
    assert.deepEqual(typesIn('{"statuses":[{"recipient_id":"14155552671"}]}', 'json'), ['PHONE'])
  })

  test('talks go by telephone numbers, and so does a row whose id is a text', () => {
    for (const text of ['{"id":"13912345678"}', '{"sender":{"id":"13912345678"}}', '{"thread_id":"13912345678"}', '{"sessionId":"13912345678"}', '{"channel":{"id":"13912345678"}}']) {
      assert.deepEqual(typesIn(text, 'json'), ['PHONE'], text)
      assert.deepEqual(typesIn(text), ['PHONE'], text)
    }
    assert.deepEqual(typesIn('thread_id=13912345678'), ['PHONE'])
  })

  test('a word that ends in the name of a thing is another one', () => {
    for (const text of ['Border ID 44051401359', 'recorder no. 44051401359', 'disorder id: 44051401359']) assert.deepEqual(typesIn(text), ['NATIONAL_ID'], text)
    assert.deepEqual(typesIn('workflowRunId: 44051401359'), [])
  })

  test('what begins with a nought is dialled', () => {
    for (const text of ['Order 07700900123', 'job: 07700900123', 'id: 09012345678', 'x.example/order/05359876543', '{"customer":{"id":"07700900123"}}']) assert.deepEqual(typesIn(text), ['PHONE'], text)
  })

  test('the name of another column says nothing', () => {
    assert.deepEqual(typesIn('Kontakt,Job\n13912345678,Koch'), ['PHONE'])
    assert.deepEqual(typesIn('Ada\tsession\t13912345678'), ['PHONE'])
    assert.deepEqual(typesIn('size\n\n13912345678\n'), ['PHONE'])
  })

  test('a photo ID is a paper', () => {
    assert.deepEqual(typesIn('Photo ID: 399876543211'), ['NATIONAL_ID'])
  })

  test('but the number of a paper may be called id', () => {
    assert.deepEqual(typesIn('{"id":44051401359}', 'json'), ['NATIONAL_ID'])
    assert.deepEqual(typesIn('id: 44051401359'), ['NATIONAL_ID'])
  })

  test('numbers in groups are written for people, whatever stands before them', () => {
    assert.deepEqual(typesIn('order 457-55-5462'), ['US_SSN'])
    assert.deepEqual(typesIn('run_id: 138-1234-5678'), ['PHONE'])
    assert.deepEqual(typesIn('project 3998 7654 3211'), ['NATIONAL_ID'])
    assert.deepEqual(typesIn('{"order_id":"457-55-5462"}', 'json'), ['US_SSN'])
  })

  test('product codes are no cards, cards under their name are', () => {
    assert.deepEqual(typesIn('4006381333931 costs'), [])
    const card = '4222222222222'
    assert.deepEqual(typesIn(`see ${card}`), ['CREDIT_CARD'])
    for (const name of ['EAN', 'GTIN:', 'EAN-13', 'barcode']) assert.deepEqual(typesIn(`${name} ${card}`), [], name)
    assert.deepEqual(typesIn(`{"ean":"${card}"}`, 'json'), [])
    assert.deepEqual(typesIn('EAN 4111111111111111'), ['CREDIT_CARD'])
    assert.deepEqual(typesIn('{"order_id":"4111111111111111"}', 'json'), ['CREDIT_CARD'])
    assert.deepEqual(typesIn(`card, EAN ${card}`), ['CREDIT_CARD'])
  })

  test('what speaks for a value says more than the name of a program for it', () => {
    assert.deepEqual(typesIn('NHS number, order 4010232137'), ['HEALTH_ID'])
    assert.deepEqual(typesIn('call 13912345678 on run 3'), ['PHONE'])
    assert.deepEqual(typesIn('{"phone":{"id":13912345678}}', 'json'), ['PHONE'])
    assert.deepEqual(typesIn('{"pesel":{"order_id":44051401359}}', 'json'), ['NATIONAL_ID'])
  })

  test('a name is told however the text is cut', () => {
    const text = 'run_id: 13912345678, 13912345678; arn:aws:iam::399876543211:role/x; {"order_id": 4010232137}'
    const whole = masker.mask(text, optionsFor('text')).text
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 6 }), (cuts) => {
        const stream = masker.session('s').open(optionsFor('text'))
        const places = [0, ...cuts.toSorted((a, b) => a - b), text.length]
        const out = places.slice(1).map((to, i) => stream.push(text.slice(places[i], to)))
        assert.equal(out.join('') + stream.flush(), whole)
      }),
      { numRuns: 200 },
    )
  })
})
