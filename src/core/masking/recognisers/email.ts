/** E-mail addresses, also spelled out ("ada at example dot com"). */
import type { Family } from './recogniser.ts'

const LABEL = String.raw`[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?`

export const EMAIL: Family = {
  name: 'email',
  recognisers: [
    {
      type: 'EMAIL',
      name: 'email',
      version: 1,
      window: 'word',
      gate: { has: '@.', minLength: 6 },
      pattern: new RegExp(String.raw`(?<![\p{L}\p{N}._%+-])[\p{L}\p{N}_][\p{L}\p{N}._%+-]{0,63}@(?:${LABEL}\.)+\p{L}[\p{L}\p{N}-]{0,22}[\p{L}\p{N}]`, 'u'),
      valid: (value) => !value.includes('..') && !value.includes('.@'),
      certainty: 'prefix',
      hold: 320,
      examples: ['write to «ada.lovelace@example.com» now', '"email": "«grace+navy@mail.example.org»"', 'mailto:«x_1@example.co.uk»?subject=a'],
      counterExamples: ['npm install @scope/pack.age', 'git@github:org/repo', 'user@localhost', 'a @ b.com', 'price 5@3.5'],
    },
  ],
}
