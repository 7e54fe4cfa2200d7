/** Addresses of crypto currencies, told from other base58 and hex by their check sums. */
import { isBase58Check, isBech32, isEthereumAddress, isRippleAddress } from '../checks/cryptoAddress.ts'
import { WORD_BEGIN, WORD_FINISH, near } from './shapes.ts'
import type { Family, Recogniser } from './recogniser.ts'

const WORDS = String.raw`wallet|bitcoin|\bbtc\b|\beth\b|ethereum|crypto|address|\bsol\b|solana|monero|\bxmr\b|litecoin|ripple|\bxrp\b|tron|usdt|doge`
const address = (name: string, source: string, rest: Pick<Recogniser, 'examples' | 'counterExamples'> & Partial<Recogniser>): Recogniser => ({
  type: 'CRYPTO',
  name,
  version: 2,
  window: 'word',
  pattern: new RegExp(WORD_BEGIN + source + WORD_FINISH),
  certainty: 'checksum',
  hold: 112,
  ...rest,
})

export const CRYPTO_ADDRESS: Family = {
  name: 'crypto-address',
  recognisers: [
    address('crypto-base58', String.raw`[13LMD9AtT][1-9A-HJ-NP-Za-km-z]{25,34}`, {
      gate: { digits: 1, minLength: 26, letters: true },
      valid: (value) => isBase58Check(value),
      examples: ['wallet «16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyZ»', '«3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy»', 'tron «TJRabPrwbZy45sbavfcjinPJC18kjpRTv8»'],
      counterExamples: ['16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyZ2', '16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyY'],
    }),
    address('crypto-bech32', String.raw`(?:bc1|tb1|ltc1|addr1|cosmos1|osmo1|BC1)[a-zA-Z0-9]{20,110}`, {
      starts: ['bc1', 'tb1', 'ltc1', 'addr1', 'cosmos1', 'osmo1', 'BC1'],
      gate: { minLength: 24 },
      valid: (value) => isBech32(value),
      examples: ['pay «bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq»', '«bc1p5d7rjq7g6rdk2yhzks9smlaqtedr4dekq08ge8ztwac72sfr9rusxg3297»'],
      counterExamples: ['bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdp', 'abc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq'],
    }),
    address('crypto-ethereum', String.raw`0x[0-9a-fA-F]{40}`, {
      starts: ['0x'],
      gate: { minLength: 42 },
      valid: (value) => isEthereumAddress(value),
      certainty: 'prefix',
      examples: ['send to «0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed»', '«0xde709f2102306220921060314715629080e2fb77»'],
      counterExamples: ['0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD', '0xdeadbeef', 'commit 0xde709f2102306220921060314715629080e2fb7700'],
    }),
    address('crypto-ripple', String.raw`r[1-9A-HJ-NP-Za-km-z]{24,34}`, {
      gate: { digits: 1, minLength: 25, letters: true },
      valid: (value) => isRippleAddress(value),
      examples: ['xrp «rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh»'],
      counterExamples: ['rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTi', 'requireAllTheThings1234567890'],
    }),
    // What moves the coins, not where they go.
    address('crypto-private-key', String.raw`(?:5[1-9A-HJ-NP-Za-km-z]{50}|[KL][1-9A-HJ-NP-Za-km-z]{51})`, {
      type: 'SECRET',
      gate: { digits: 1, minLength: 51, letters: true },
      valid: (value) => isBase58Check(value),
      examples: ['import «KwDiBf89QgGbjEhKnhXJuH7LrciVrZi3qYjgd9M7rFU73sVHnoWn» first'],
      counterExamples: ['KwDiBf89QgGbjEhKnhXJuH7LrciVrZi3qYjgd9M7rFU73sVHnoWm'],
    }),
    address('crypto-called', String.raw`(?:[48][1-9A-HJ-NP-Za-km-z]{94}|[1-9A-HJ-NP-Za-km-z]{32,44})`, {
      gate: { digits: 1, minLength: 32, letters: true },
      certainty: 'context',
      context: { left: near(WORDS, 24), key: /wallet|(?:btc|eth|sol|xmr|crypto)_?addr/i, required: true, not: /(?:e-?mail|ip|mac|street) address[^\n]{0,24}$/i },
      valid: (value) => /\d/.test(value) && /[a-z]/.test(value) && /[A-Z]/.test(value),
      examples: ['solana wallet: «7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU»'],
      counterExamples: ['hash 7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU', 'wallet: 5af3107a4000abcdef5af3107a4000abcdef'],
    }),
  ],
}
