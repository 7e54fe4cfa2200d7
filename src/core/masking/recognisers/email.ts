/** E-mail addresses; spelled out (`ada at example dot com`) where a word before them announces one. */
import type { Family } from './recogniser.ts'

const LABEL = String.raw`[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?`

// Spelled out, the local part looks like any word, and holding back every word until `at` may follow would hold back most of a text. Behind
// `e-mail` it is worth it.
const FILLERS = 'is|me|us|him|her|them|to|at|address|id|my|your|the'
const FILL = String.raw`(?:[\s:="'(*|-]{1,5}(?:${FILLERS}))*`
const GAP = String.raw`[\s:="'*|-]{1,6}`
// No filler: where text is held must not depend on how much of it has come.
const LOCAL = String.raw`(?!(?:${FILLERS})(?![\w.+-]))[A-Za-z0-9_](?:[A-Za-z0-9_+-]|\.(?=\w)| [Dd][Oo][Tt] (?=\w)){0,63}?`
const AT = '[Aa][Tt]'
const DOT = '[Dd][Oo][Tt]'
const AT_WORD = ` ${AT} `
const AT_BRACKETS = String.raw` ?[([{<] ?(?:${AT}|@) ?[)\]}>] ?`
const DOT_WORD = String.raw`(?: ${DOT} | ?[([{<] ?(?:${DOT}|\.) ?[)\]}>] ?)`
const HOST = String.raw`[A-Za-z0-9][A-Za-z0-9-]{0,40}`
const TOP = String.raw`[A-Za-z]{2,12}(?![\w-])`
const SPELLED = `${LOCAL}(?:${AT_WORD}(?:${HOST}${DOT_WORD}){1,3}|${AT_BRACKETS}(?:${HOST}(?:${DOT_WORD}|\\.)){1,3})${TOP}`

export const EMAIL: Family = {
  name: 'email',
  recognisers: [
    {
      type: 'EMAIL',
      name: 'email',
      version: 2,
      window: 'word',
      gate: { has: '@.', minLength: 6 },
      // A mark before it belongs to it only behind a letter or a digit: a line of a patch begins with one.
      pattern: new RegExp(String.raw`(?<![\p{L}\p{N}._]|[\p{L}\p{N}._][%+-]{1,4})[\p{L}\p{N}_][\p{L}\p{N}._%+-]{0,63}@(?:${LABEL}\.)+\p{L}[\p{L}\p{N}-]{0,22}[\p{L}\p{N}]`, 'u'),
      valid: (value) => !value.includes('..') && !value.includes('.@'),
      certainty: 'prefix',
      hold: 320,
      examples: ['write to «ada.lovelace@example.com» now', '"email": "«grace+navy@mail.example.org»"', 'mailto:«x_1@example.co.uk»?subject=a', '+«ada@example.com»', '-«bo.stone@example.com»', '%«ada@example.com»'],
      counterExamples: ['npm install @scope/pack.age', 'git@github:org/repo', 'user@localhost', 'a @ b.com', 'price 5@3.5', 'ada..l@example.com', '.ada@example.com', 'npm i -D+@scope/pack.age'],
    },
    {
      type: 'EMAIL',
      name: 'email-spelled',
      version: 2,
      window: 'phrase',
      opens: { words: ['mail', 'email', 'emails', 'mails', 'mailto'], after: true, heldFrom: new RegExp(String.raw`(?<=[\s:="'(*|-])(?!(?:${FILLERS})(?:[\s:="'(*|-]|$))[A-Za-z0-9_]`) },
      grow: new RegExp(String.raw`^${FILL}(?:${GAP}[A-Za-z0-9_][A-Za-z0-9_.+-]{0,63}(?: ?[ ([{<] ?(?:${AT}|${DOT})(?:$| ?[ )\]}>] ?[A-Za-z0-9-]{1,41})|[.+-][A-Za-z0-9_]{1,41}| ?[([{<][.@][)\]}>] ?[A-Za-z0-9-]{1,41}){0,8})?$`),
      pattern: new RegExp(`^${FILL}${GAP}(?<value>${SPELLED})`),
      certainty: 'context',
      hold: 64,
      examples: ['my email is «ada at example dot com»', 'e-mail: «ada.lovelace [at] example [dot] org».', 'mail me at «grace(at)example.org» today', 'Email «ada at mail dot example dot com»', 'e-mail: «Ada [AT] example [DOT] com»', '**E-mail:** **«ada at example dot com»**', '| E-mail | «ada AT example DOT com» |'],
      counterExamples: ['email me at noon', 'mail the letter at the office', 'email John at example.com', 'e-mail: ada at home'],
    },
  ],
}
