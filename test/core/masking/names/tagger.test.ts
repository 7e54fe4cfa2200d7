import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { LONGEST_HOLD } from '../../../../src/core/masking/names/runs.ts'
import { createNameTagger } from '../../../../src/core/masking/names/tagger.ts'
import type { NameSpan } from '../../../../src/core/masking/names/types.ts'

const tagger = createNameTagger()

function tag(chunks: Iterable<string>): readonly NameSpan[] {
  const stream = tagger.open()
  const spans: NameSpan[] = []
  for (const chunk of chunks) {
    stream.push(chunk)
    spans.push(...stream.take())
  }
  stream.end()
  return [...spans, ...stream.take()]
}

function found(text: string): string[] {
  return tag([text]).map(({ start, end, type }) => `${type} ${text.slice(start, end)}`)
}

const EXAMPLES: readonly (readonly [text: string, names: readonly string[]])[] = [
  ['My name is Franz Kafka.', ['PERSON Franz Kafka']],
  ['My name is Ingrid Halvorsen and I need help.', ['PERSON Ingrid Halvorsen']],
  ['Please ask Dr. Okonkwo to call me back.', ['PERSON Dr. Okonkwo']],
  ['We moved from Gdańsk to Portugal last year.', ['LOCATION Gdańsk', 'LOCATION Portugal']],
  ['{"name": "María José Fernández", "city": "Sevilla"}', ['PERSON María José Fernández', 'LOCATION Sevilla']],
  ['id,first_name,last_name\n1,Piotr,Kowalski\n', ['PERSON Piotr', 'PERSON Kowalski']],
  ['thanks, see you on Monday!\nKind regards,\nPriya Raman', ['PERSON Priya Raman']],
  ['The parcel goes to Bergslia 40, not to Sevilla 2024.', ['ADDRESS Bergslia 40', 'LOCATION Sevilla']],
  ['Flights to London 40 minutes late, and in Germany 80 million people.', ['LOCATION London', 'LOCATION Germany']],
  ['Human: I am Tom Becker.\nAI: Hello Tom!', ['PERSON Tom Becker', 'PERSON Tom']],
  ['user \x1b[31mTom Becker\x1b[0m lives in \x1b[1;32mSevilla\x1b[0m', ['PERSON Tom Becker', 'LOCATION Sevilla']],
]

const NAMELESS: readonly string[] = [
  'Jenkins, Grafana\nKafka, Redis, Postgres\nJSON, YAML and TOML\nDeploy to Kubernetes, then ISO 27001, BTC 63482, USD 48213 and TTL 86400.\nKontonummer\n',
  'The quick brown fox jumps over the lazy dog. Nothing else happened.',
  'export class SessionFactory extends BaseManager implements Disposable {\n  readonly handler: RequestHandler\n}',
  'SELECT COUNT(*) FROM orders WHERE status = "Open" GROUP BY region ORDER BY total DESC;',
  '| Option | Type | Description |\n|---|---|---|\n| `timeout` | Number | The time to wait. |',
  'Traceback (most recent call last):\n  File "run.py", line 3, in <module>\nValueError: Invalid literal',
  '// Returns the Promise of the next Request, see Buffer and TextDecoder.\n@param {String} value the Value\n@returns {Boolean}',
]

const PIECES = ['Anna', '\x1b', '[', '\x1b[31m', ' ', 'Novák', '. ', 'the', '\n', 'in ', 'Paris', ',', '"', ': ', '@', 'O’', '-', 'McDonald', ' Inc', '12', '😀', '\ud83d', 'é', '  ', 'of', ' and ', '__init__', 'x'.repeat(40), 'Mr', '=']
const text = fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }).map((pieces) => pieces.join(''))

describe('the name tagger', () => {
  test('finds names where people and programs write them', () => {
    for (const [sentence, names] of EXAMPLES) {
      const all = found(sentence)
      for (const name of names) assert.ok(all.includes(name), `${name} in ${JSON.stringify(all)}`)
    }
  })

  test('finds none in prose, code and tables without one', () => {
    for (const sentence of NAMELESS) assert.deepEqual(found(sentence), [], sentence)
  })

  test('masks a word that may as well be a name as not, except where it is written as code is', () => {
    assert.equal(found('The order of Knight is late.').length, 1)
    assert.equal(found('The invoice for Golden Helix is open.').length, 1)
    for (const code of ['iban', 'import { TextDecoder } from "util"', 'the len of knight']) assert.deepEqual(found(code), [], code)
  })

  test('finds a handle, and neither an e-mail address nor a decorator', () => {
    assert.deepEqual(found('RT @ingrid_h: so true'), ['PERSON ingrid_h'])
    assert.deepEqual(found('write to sales@acme.example or use @override'), [])
  })

  test('remembers for the length of a stream who was named in full', () => {
    assert.deepEqual(found('A picture of Stone.'), [])
    assert.deepEqual(found('My name is Joakim Stone. A picture of Stone.'), ['PERSON Joakim Stone', 'PERSON Stone'])
  })

  test('knows nothing of the streams before, whether they ended once, twice or not at all', () => {
    const name = 'My name is Joakim Stone.\n'
    const film = 'A picture of Stone.\n'
    for (let ends = 0; ends <= 2; ends++) {
      const stream = tagger.open()
      stream.push(name)
      for (let i = 0; i < ends; i++) stream.end()
      for (const next of [tagger.open(), tagger.open(), tagger.open()]) {
        // Neither what it said before nor what it says after its end.
        stream.push(name)
        next.push(film)
        assert.deepEqual(next.take(), [], `${ends} ends`)
        next.push(name)
      }
    }
  })

  test('gives the same spans for every two-way cut of every example', () => {
    for (const sentence of [...EXAMPLES.map(([sentence]) => sentence), ...NAMELESS]) {
      const whole = tag([sentence])
      for (let cut = 0; cut <= sentence.length; cut++) assert.deepEqual(tag([sentence.slice(0, cut), sentence.slice(cut)]), whole, `cut at ${cut}`)
      assert.deepEqual(tag(sentence.split('')), whole)
    }
  })

  test('gives the same spans for any chunking of any text', () => {
    fc.assert(
      fc.property(text, fc.array(fc.nat(200), { maxLength: 12 }), (whole, cuts) => {
        const offsets = cuts.map((cut) => Math.min(cut, whole.length)).sort((a, b) => a - b)
        assert.deepEqual(tag([0, ...offsets].map((from, i) => whole.slice(from, offsets[i] ?? whole.length))), tag([whole]))
      }),
      { numRuns: 500 },
    )
  })

  test('holds a bounded number of characters, never takes back what is settled, and its spans never overlap', () => {
    fc.assert(
      fc.property(text, (whole) => {
        const stream = tagger.open()
        let settled = 0
        let last = 0
        const check = (at: number): void => {
          assert.ok(stream.settled >= settled && stream.settled <= at, `settled ${stream.settled} of ${at}`)
          assert.ok(at - stream.settled <= LONGEST_HOLD, `holds ${at - stream.settled}`)
          for (const span of stream.take()) {
            assert.ok(span.start >= settled && span.start >= last && span.end > span.start && span.end <= stream.settled, JSON.stringify(span))
            last = span.end
          }
          settled = stream.settled
        }
        for (let i = 0; i < whole.length; i++) {
          stream.push(whole.charAt(i))
          check(i + 1)
        }
        stream.end()
        check(whole.length)
        assert.equal(stream.settled, whole.length)
      }),
      { numRuns: 300 },
    )
  })

  test('holds no more for names without end', () => {
    for (const endless of ['Anna ', 'A', 'Mary-', 'of ', "O'", 'Anna, ', 'é', '@a ', 'x ']) {
      const stream = tagger.open()
      for (let i = 0; i < 400; i++) {
        stream.push(endless)
        const held = (i + 1) * endless.length - stream.settled
        assert.ok(held <= LONGEST_HOLD, `${endless} holds ${held}`)
      }
    }
  })

  test('keeps two streams apart', () => {
    const sentence = 'I am Quillon Vantreese. Ask Vantreese.'
    const a = tagger.open()
    const b = tagger.open()
    const fromB: NameSpan[] = []
    for (const char of sentence) {
      a.push(char)
      b.push('Nothing here. ')
      fromB.push(...b.take())
    }
    a.end()
    assert.deepEqual(a.take(), tag([sentence]))
    assert.deepEqual(fromB, [])
  })

  test('is sure of a name between one half and certainty', () => {
    for (const [sentence] of EXAMPLES) for (const span of tag([sentence])) assert.ok(span.certainty > 0 && span.certainty < 1, String(span.certainty))
  })
})
