/** Private keys in blocks of lines, and secrets inside web addresses, headers and command lines. */
import { isPlaceholder, isRandom } from '../checks/secret.ts'
import type { Family } from './recogniser.ts'

const harmlessLogin = /^(?:user(?:name)?|login|name|test|admin|foo|me|u|\$\w+|<[^>]*>|\{\w+\}):(?:pass(?:word|wd)?|pwd|test|token|secret|bar|p|changeme|\$\w+|<[^>]*>|\{\w+\}|\*+)$/i

function isLogin(value: string): boolean {
  const login = value.replace(/^['"]|['"]$/g, '')
  const password = login.slice(login.indexOf(':') + 1)
  return !harmlessLogin.test(login) && !isPlaceholder(login) && !/^[$<{%*]/.test(password) && !/^\$/.test(login) && password.length > 0
}

/** A key put together when it is read: what checks a package for secrets finds none in the bundles. */
const lines = (...all: readonly string[]): string => all.join('\n')

/** Marks that end a word, as a character class has them; what stands between them in a password, and what may stand before its colon. */
const ENDS = String.raw` "'\x60,;|()[\]{}<>`
const LOGIN_PART = String.raw`[^\s@"'\x60,;|()[\]{}<>]{1,64}`
const LOGIN_USER = String.raw`[^\s:@/?#"'\x60,;|()[\]{}<>]{0,64}`

const SEED_WORDS = '«abandon ability able about above absent absorb abstract absurd abuse access accident»'

/** Words with a capital each, as a class is named. */
const NAME_IN_CODE = /^(?:[a-z_]+\.)*(?:[A-Z][a-z]{2,}){2,}$/

export const SECRET_BLOCKS: Family = {
  name: 'secret-blocks',
  recognisers: [
    {
      type: 'SECRET',
      name: 'private-key',
      version: 1,
      window: 'block',
      starts: ['-----BEGIN'],
      pattern: /-----BEGIN[ A-Z0-9_-]{0,100}PRIVATE KEY(?: BLOCK)?-----[\s\S]{20,}?(?:-----END[ A-Z0-9_-]{0,100}?-----|$)/,
      certainty: 'prefix',
      early: {
        opening: /^-----BEGIN[ A-Z0-9_-]{0,100}PRIVATE KEY(?: BLOCK)?-----(?:[\s\\nr]|[A-Za-z-]{3,20}: ?[^\n]{0,60}\n){1,12}[A-Za-z0-9+/=]{24}/,
        until: /-----END[ A-Z0-9_-]{0,100}?-----/,
        untilLength: 120,
      },
      hold: 320,
      examples: [
        lines('«-----BEGIN PRIVATE KEY-----', 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDAC4AWkdwKYSd8', '-----END PRIVATE KEY-----»'),
        'key:\n«-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ\n-----END OPENSSH PRIVATE KEY-----» end',
      ],
      counterExamples: ['-----BEGIN PRIVATE KEY-----\nanything\n-----END PRIVATE KEY-----', '-----BEGIN CERTIFICATE-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcw\n-----END CERTIFICATE-----'],
    },
    {
      type: 'SECRET',
      name: 'putty-key',
      version: 2,
      window: 'block',
      starts: ['PuTTY-User-Key-File-'],
      pattern: /PuTTY-User-Key-File-\d: [\s\S]{20,}?(?:Private-(?:MAC|Hash): ?[0-9a-f]{40,64}|$)/,
      certainty: 'prefix',
      early: {
        opening: /^PuTTY-User-Key-File-\d: [\w-]{3,30}[\s\\rn]{1,4}Encryption: [\w-]{3,20}[\s\\rn]{1,4}(?:Comment: [^\n\\]{0,80}[\s\\rn]{1,4})?P(?:ublic|rivate)-Lines: \d{1,3}[\s\\rn]{1,4}[A-Za-z0-9+/]{24}/,
        // What follows it says that the shorter one is over.
        until: /Private-(?:MAC|Hash): ?(?:[0-9a-f]{64}|[0-9a-f]{40,63}(?=[^0-9a-f]))/,
        untilLength: 90,
      },
      hold: 320,
      examples: [lines('«PuTTY-User-Key-File-3: ssh-ed25519', 'Encryption: none', 'Private-Lines: 1', 'q7Zk2Vd9Xw4Lm8Rt3Yc6Hs1Pf5Jn0GbTq7Zk2Vd9Xw4L', 'Private-MAC: 8f3a1c9e5b7d20468f3a1c9e5b7d20468f3a1c9e»')],
      counterExamples: ['A PuTTY-User-Key-File-3: header says how the file is encrypted'],
    },
    {
      type: 'SECRET',
      name: 'url-login',
      version: 2,
      window: 'word',
      gate: { has: ':/@', minLength: 12 },
      starts: ['://'],
      // The password is read decoded: what would end it may be part of it. No number of a port, nor the path of a drive; what stands between two
      // at-signs is its own where it is no host with a path.
      pattern: /[a-z][a-z0-9+.-]{1,20}:\/\/(?<value>[^\s:@/?#[]{0,100}(?:@[^\s:@/?#]{1,100})?:(?!\/|\d{1,5}[/?#])[^@]{1,200}(?:@[^@/?#]{0,100}(?=@)|@[^@.:=]{0,60}(?=@[\w-]{1,63}(?:\.[\w-]{1,63}){0,5}(?:\.[a-z]{2}|:\d))){0,3})@[\w.[-]/i,
      valid: isLogin,
      certainty: 'prefix',
      hold: 320,
      examples: ['postgres://«ada:s3cr3t»@db.example:5432/app', 'https://«cafebabe:deadbeef»@gems.example.com/', 'redis://«:p4ssw0rd»@cache', 'postgres://«etl:K9%23mX2zQ»@db.example:5432/crm', 'redis://«:K9%2FmX%3FzQ»@cache:6379', 'postgres://«ada:K9#m/X2»@db.example/app', 'mongodb://«ada:p%40ss%2Fw%23d»@c0.example.net/x', 'amqp://«ada%40corp:p%40ss»@mq', 'https://«ada:s3cr3t»@host/pkg@v2'],
      counterExamples: ['postgres://user:password@localhost/db', 'postgres://$USER:$PASS@db/x', 'https://example.com:8080/@scope', 'mysql://root:<password>@h', 'https://example.com:8080/a?b=c@d.com', 'http://[::1]:8080/@scope', 'file://c:/ada@home', 'https://example.com:8080%2F@scope'],
    },
    {
      // What ends a word may stand encoded in a password.
      type: 'SECRET',
      name: 'url-login-parted',
      version: 1,
      window: 'phrase',
      opens: { words: ['postgres', 'postgresql', 'mysql', 'mariadb', 'redis', 'rediss', 'mongodb', 'amqp', 'amqps', 'smtp', 'smtps', 'ftp', 'sftp', 'ldap', 'ldaps', 'mssql', 'clickhouse'] },
      grow: new RegExp(`^[a-z]{3,10}(?:\\+[a-z]{0,12})?(?::(?:/(?:/(?:${LOGIN_USER}(?::(?!\\d{1,5}$)(?:${LOGIN_PART}(?:[${ENDS}]${LOGIN_PART}){0,3})?)?)?)?)?)?$`, 'i'),
      pattern: new RegExp(`^[a-z]{3,10}(?:\\+[a-z]{1,12})?://(?<value>${LOGIN_USER}:(?!\\d{1,5}[${ENDS}/?#])${LOGIN_PART}(?:[${ENDS}]{1,2}${LOGIN_PART}){1,3})@\\w`, 'i'),
      valid: isLogin,
      certainty: 'prefix',
      hold: 240,
      examples: ['postgres://«etl:K9%20mX2zQ»@db.example:5432/crm', 'redis://«:K9%22mX%3BzQ»@cache:6379', 'mongodb+srv://«ada:K9%5Bm%23X2zQ»@c0.example.net'],
      counterExamples: ['redis://cache:6379, ada@example.com', 'see https://example.com: the page of ada@example.com', 'https://example.com:8080 by ada@example.com', '{"a":"redis://cache:main","b":"ada@example.com"}', 'mysql://root:<password>@h'],
    },
    {
      // The words of a wallet.
      type: 'SECRET',
      name: 'seed-phrase',
      version: 1,
      window: 'phrase',
      opens: { words: ['phrase', 'mnemonic', 'mnemonics'], after: true, heldFrom: /[a-z]/ },
      grow: /^(?: (?:phrase|words|is))*["'`*_]{0,3}\s?[:=|]?[\s"'`*_|]{0,4}(?:[a-z]{3,8}(?:, ?|\s)){0,24}[a-z]{0,8}$/,
      pattern: /^(?: (?:phrase|words|is))*["'`*_]{0,3}\s?[:=|]?[\s"'`*_|]{1,4}(?<value>(?:[a-z]{3,8}(?:, ?|\s)){11,23}[a-z]{3,8})(?![a-z])/,
      certainty: 'context',
      context: { left: /(?:(?:seed|recovery|backup|mnemonic|wallet)[ _-]?phrase|mnemonics?)[^a-z]{0,8}(?:(?:phrase|words|is)[^a-z]{0,8}){0,2}$/i, required: true },
      hold: 240,
      examples: [`seed phrase: ${SEED_WORDS}`, `MNEMONIC="${SEED_WORDS}"`, `your recovery phrase is «abandon, ability, able, about, above, absent, absorb, abstract, absurd, abuse, access, accident».`, `| Mnemonic phrase | ${SEED_WORDS} |`],
      counterExamples: ['seed phrase: twelve words', 'a phrase: abandon ability able about above absent absorb abstract absurd abuse access accident', 'a mnemonic is a word that helps with the names of the stars in our sky tonight'],
    },
    {
      type: 'SECRET',
      name: 'seed-phrase-field',
      version: 1,
      window: 'field',
      pattern: /^(?:[a-z]{3,8} ){11,23}[a-z]{3,8}$/,
      certainty: 'context',
      context: { key: /mnemonic|(?:seed|recovery|backup)_?(?:phrase|words)/i, required: true },
      hold: 96,
      examples: [`INSERT INTO t (id, mnemonic) VALUES (1, '${SEED_WORDS}')`],
      counterExamples: [`id,note\n1,abandon ability able about above absent absorb abstract absurd abuse access accident\n`, 'id,mnemonic\n1,push ebp\n'],
    },
    {
      type: 'SECRET',
      name: 'auth-header',
      version: 3,
      window: 'word',
      gate: { minLength: 8 },
      pattern: /[\w.~+/=-]{8,}/,
      valid: (value) => !isPlaceholder(value) && (/\d/.test(value) || /[A-Z].*[a-z].*[A-Z]/.test(value)) && !NAME_IN_CODE.test(value) && !/^(?:bearer|basic|token)$/i.test(value),
      certainty: 'context',
      context: {
        left: /(?:authorization|x-api-key|x-auth-token|x-access-token|private-token|api-key|x-vault-token|x-goog-api-key)["']?\s{0,2}[:=]\s{0,2}["']?(?:(?:basic|bearer|token(?:\stoken=)?|apikey|api-key|apitoken|aws4-hmac-sha256|digest|key|splunk|geniekey|ssws|oauth)\s{0,2})?$|\b(?:bearer|basic)\s$/i,
        required: true,
      },
      hold: 512,
      examples: ['Authorization: Bearer «q7Zk2Vd9Xw4Lm8Rt3Yc6»', '-H "X-Api-Key: «8f3a1c9e5b7d2046»"', 'Authorization: Basic «YWRhOmxvdmVsYWNlMTg0Mw==»', 'authorization: SSWS «00Zk2Vd9Xw4Lm8Rt3Yc6Hs»'],
      counterExamples: ['Authorization: Bearer <token>', 'Authorization: Token **********', 'a bearer instrument', 'basic functionality', 'a basic ProxyAgent', 'binary_authorization: vendor_settings.BinaryAuthorization', 'Authorization: Bearer $TOKEN'],
    },
    {
      type: 'SECRET',
      name: 'curl-login',
      version: 1,
      window: 'phrase',
      opens: { words: ['curl'], heldFrom: /(?<=\s)--?u/ },
      grow: /^curl(?:[^\n\\]|\\[\s\S])*\\?$/i,
      pattern: /\s(?:-u|--user)[ =]?(?<value>'[^':\n]{1,80}:[^'\n]{1,120}'|"[^":\n]{1,80}:[^"\n]{1,120}"|[^\s'":]{1,80}:[^\s'"]{1,120})/,
      valid: isLogin,
      certainty: 'prefix',
      hold: 240,
      examples: ["curl -s --user «'api:d2LkV78zLx!t'» https://api.example.net/", 'curl -u «ada:s3cr3t-v4lue» https://x.example'],
      counterExamples: ['curl -u <user:password> https://x.example', "curl -i -u 'test:test'", 'curl -u username:token', 'curl -sL --user "$1:$2" "$3"', 'curl https://x.example/a:b'],
    },
    {
      type: 'SECRET',
      name: 'bundler-login',
      version: 1,
      window: 'word',
      gate: { has: ':', minLength: 9 },
      pattern: /(?<=^|=)[\w.-]{4,60}:[\w.-]{4,60}$/,
      valid: isLogin,
      certainty: 'context',
      context: { left: /\bBUNDLE_\w{2,60}__[A-Z]{2,6}["']?[=:]\s?["']?$/, required: true },
      hold: 128,
      examples: ['BUNDLE_GEMS__EXAMPLE__COM: «5f0ad3c1:9be7d204»', 'export BUNDLE_GEMS__EXAMPLE__COM="«5f0ad3c1:9be7d204»"'],
      counterExamples: ['BUNDLE_PATH: vendor:bundle', 'BUNDLE_GEMS__EXAMPLE__COM: user:password'],
    },
    {
      type: 'SECRET',
      name: 'kubernetes-secret',
      version: 1,
      window: 'phrase',
      opens: { words: ['data'], heldFrom: /(?<=:[ \t]{0,4})\n/ },
      grow: /^data(?::(?:[ \t]{0,4}(?:\n\s{0,8}(?:#[^\n]{0,80}|[\w.-]{1,60}(?::(?: ["']?[\w+/=]{0,120}["']?)?)?)?){0,4})?)?$/,
      pattern: /\n\s*(?<value>[\w.-]{1,60}: ["']?[A-Za-z0-9+/]{8,120}={0,2}["']?)(?=\s|$)/,
      valid: (value) => isBase64Text(value.replace(/^[\w.-]+: ["']?|["']$/g, '')),
      certainty: 'context',
      hold: 240,
      examples: ['data:\n  «password: UyFCXCpkJHpEc2I9»\n  user: YWRtaW4=\nkind: Secret'],
      counterExamples: ['data:\n  key: default\n  name: mysecret\n', 'data: 12345678'],
    },
    {
      type: 'SECRET',
      name: 'facebook-app-token',
      version: 1,
      window: 'word',
      gate: { digits: 1, minLength: 27 },
      pattern: /^[\w-]{27,40}$/,
      certainty: 'prefix',
      context: { left: /(?<!\d)\d{15,16}(?:\||%7C)$/, required: true },
      hold: 64,
      examples: ['facebook 1477036645700765|«wRPf2v3mt2JfMqCLK8n7oltrEmc»'],
      counterExamples: ['12345|wRPf2v3mt2JfMqCLK8n7oltrEmc'],
    },
  ],
}

/** Base64 of the length that four characters per three bytes make, and not a plain word. */
function isBase64Text(value: string): boolean {
  return value.length % 4 === 0 && (value.endsWith('=') || isRandom(value))
}
