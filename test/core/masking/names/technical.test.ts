/** Words of programs that look like names, and names that look like words of programs. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { maskerWith, optionsFor } from '../masker.ts'

const { named } = maskerWith()
const valuesIn = (text: string): readonly string[] => named.mask(text, optionsFor('text')).spans.map(({ start, end }) => text.slice(start, end))

const PLAIN = [
  'Use Perl, Haskell, Erlang or Clojure with Tomcat and Jetty.',
  'We store vectors in Weaviate, Milvus and Qdrant, tables in BigQuery and Trino.',
  'jax==0.4.1\nflax==0.8.2\npandas==2.2.0',
  'Qwen and Llama run in Ollama on Fedora and Debian Bookworm.',
  'Filesystem     1K-blocks      Used Available Use% Mounted on\ntmpfs 1 0 1 0% /dev/shm',
  '-rw-r--r-- 1 root root 441 Nov 19 12:30 file.txt\n-rw-r--r-- 1 root root 441 Apr 19 12:30 file.txt',
  'drwxr-xr-x  2 root root 4096 Aug  3  2025 src\ndrwxr-xr-x  2 root root 4096 Oct  3  2025 src',
  'Date: Thu Nov 2 10:00:00 2026\nDate: Fri Nov 12 10:00:00 2026',
  'min      1.0\n50%      3.0\nmax     15.2',
  'from typing import Callable, Dict, Iterable, Optional, Tuple, Union\n\nclass Parser:\n    @classmethod\n    def of(cls, val: Dict[str, int]) -> Iterator[Tuple]:\n        if len(val) == 0:\n            return False\n        elif len(val) > 1:\n            return True',
  'Additionally, the Formatter takes Unicode. Otherwise the Logger says False.',
  'EBITDA in EMEA and APAC grew; the SSO plan is Enterprise.',
  'Medications: Metformin 500 mg, Lisinopril 10 mg, Atorvastatin 20 mg.',
  'AIX, a LAN and IANA; conn and char are theirs: char conn; WASI and ReLU',
  'df.groupby("x").agg(["min","max","mean"])',
]

describe('words of programs', () => {
  for (const text of PLAIN) test(`leaves ${JSON.stringify(text.slice(0, 40))} alone`, () => { assert.deepEqual(valuesIn(text), []); })

  test('masks the same words in the names of people', () => {
    for (const name of ['Max', 'Len', 'Val', 'Jax']) assert.deepEqual(valuesIn(`Please ask ${name} about it.`), [name])
    assert.deepEqual(valuesIn('Jan Kowalski wrote to Max Weber.'), ['Jan Kowalski', 'Max Weber'])
    assert.deepEqual(valuesIn('Dear Ivar,'), ['Ivar'])
    for (const name of ['Elif', 'Relu', 'Wasi', 'Spinner']) assert.ok(valuesIn(`${name} is my doctor.`).includes(name), name)
    for (const text of ['Mr. Haskell called', 'Ask Frau Spinner.', 'Contact Dr. Joule at noon']) assert.match(valuesIn(text).join(), /Haskell|Spinner|Joule/, text)
    assert.deepEqual(valuesIn('I live in Aix.'), ['Aix'])
    assert.deepEqual(valuesIn('my name is max (34)'), ['max'])
    assert.deepEqual(valuesIn('Dr. Perl Svensson called.'), ['Dr.', 'Perl Svensson'])
    assert.ok(valuesIn('Jan met Julia in Oslo.').includes('Jan'))
  })

  test('masks a first name in a column, also one that is a month', () => {
    assert.ok(valuesIn('   name   age\n0  Jan    32\n1  Julia  45').includes('Jan'))
  })
})
