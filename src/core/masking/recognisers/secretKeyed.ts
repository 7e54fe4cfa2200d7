/** Values that the name before them calls a token, a key or a password: `api_token = "…"`, `DB_PASSWORD: …`, `<fooToken> … </fooToken>`. */
import { isChosenPassword, isKeyedSecret } from '../checks/secret.ts'
import type { Family } from './recogniser.ts'

/** Between name and value: `=`, `:=`, `=>`, `: `, `::=`, `?=`, `.=`, `>`, `||`, `, ` and a type word. */
const OPERATOR = String.raw`["'\`\])]{0,2}(?:\s{1,3}(?:string|str|String|&str))?\s{0,3}(?:[:?.|]{0,3}=>?|:{1,2}|=>|>|\|\||,|<-)\s{0,12}(?:b|r|u|f)?["'\`([]{0,2}`
const FLAG = String.raw`\s["'\`]?`
const NOT_VALUE = String.raw`(?!s?[_-]?(?:type|count|limit|name|url|uri|path|file|dir|endpoint|expir|length|len|size|budget|usage|store|manager|class|field|regex|pattern|prefix|header|param|ttl|scope|policy|rotation|version|ize|izer|sper|level|hint|ring|board|frame|word(?!\w*=)))`
const NAMES = String.raw`token|secret|passw(?:or)?d|passphrase|(?:^|[^a-z])pwd|api[_-]?key|app[_-]?key|access[_-]?key|auth[_-]?key|account[_-]?key|private[_-]?key|secret[_-]?key|shared[_-]?key|encryption[_-]?key|signing[_-]?key|master[_-]?key|license[_-]?key|deploy[_-]?key|service[_-]?key|credentials?|creds|session[_-]?(?:id|key)|sessionid|webhook[_-]?secret|client[_-]?id|access[_-]?id|密钥|密码|口令`
const DUMMY = String.raw`(?:non_?matching|not_?matching|fake|dummy|mock|placeholder|sample)[\w.-]{0,24}`

const LEFT = new RegExp(`(?:${NAMES})${NOT_VALUE}[\\w.-]{0,24}${OPERATOR}$|-{1,2}[\\w-]{0,20}(?:secret|token|password|key)${FLAG}$`, 'i')
const KEY = /token(?!s$|_?(?:type|count|limit|expires))|secret(?!_?name)|passw(?:or)?d|passphrase|(?:^|_)pwd|api_?key|access_?key|auth_?key|private_?key|credential/i
const NOT = new RegExp(`(?:${DUMMY}|public[_-]?key|(?:max|min|num|total|prompt|completion|input|output|csrf|authenticity|next|page|continuation|stop|pad|eos|bos|sep|cls|mask|unk)[_-]?tokens?(?:[_-]?ids?)?)${OPERATOR}$`, 'i')

/** Vendors whose keys carry no marker; what follows the name and an operator is the key when it looks drawn by a machine. */
const VENDORS =
  'adafruit|adobe|airtable|algolia|alibaba|aliyun|asana|atlassian|jira|confluence|bitbucket|bittrex|meraki|codecov|cohere|coinbase|confluent|contentful|datadog|discord|droneci|dropbox|etsy|facebook|fastly|finicity|finnhub|flickr|freshbooks|gitter|gocardless|heroku|hubspot|intercom|jfrog|kraken|kucoin|launchdarkly|linear|linkedin|looker|mailchimp|mailgun|mattermost|messagebird|netlify|newrelic|new-relic|nytimes|okta|plaid|privateai|rapidapi|sendbird|sentry|snyk|sonar|squarespace|sumo|travis|twilio|twitch|twitter|typeform|yandex|zendesk|cloudflare|auth0|pagerduty|segment|mixpanel|amplitude|openweather|mapbox|pinecone|elastic|splunk'
const VENDOR_LEFT = new RegExp(`(?:^|[^A-Za-z])(?:${VENDORS})[\\w. -]{0,20}${OPERATOR}$`, 'i')

export const SECRET_KEYED: Family = {
  name: 'secret-keyed',
  recognisers: [
    {
      type: 'SECRET',
      name: 'secret-keyed',
      version: 1,
      window: 'word',
      gate: { digits: 1, minLength: 10 },
      pattern: /(?<=^|[=:>]|\\[ntr])[A-Za-z0-9_+/][\w.+/=~!@$%^&*-]{9,}/,
      valid: (value) => isKeyedSecret(value) && !/^(?:https?|file):|\.(?:json|ya?ml|ts|js|py|png|svg|html?|com|org|io)$/i.test(value),
      certainty: 'context',
      context: { left: LEFT, key: KEY, required: true, not: NOT },
      hold: 512,
      examples: [
        'netlifyToken = "«s-hwa8voag586pkhfiu_dcervu7gjbkur7p3vaft»"',
        'FASTLY_TOKEN ::= "«jbk_o8x=d0qrux3y87ohfglfbgh0o8_1»"',
        '<nyTimesToken>\n    «p8f9pwgmuw4bx2dxp0zscnw16iwjp88u»\n</nyTimesToken>',
        'System.setProperty("OC_TOKEN", "«9bl5y2duihz0ets73mhb»")',
        'var looker_secret string = "«fxjlq43itsjsc1eak7b0snma»"',
        '"config.ini": "API_TOKEN=«b3f998ff3c497ea1f7c3c0f1»\\nBACKUP=true"',
        'discord_token: «30763445101275846389749209501108»',
      ],
      counterExamples: [
        'token = getTokenFromRequest2()',
        'max_tokens: 40961234567890',
        'API_KEY=xxxxxxxxxxxxxxxxxxxxxx1',
        'tokenizer = "cl100k_base_v2_final"',
        'secret_name: my-app-secret-v12',
        'name="authenticity_token" value="7SWa-Fo1_hsC6oovfBsJFLGPUl2EhkSWPbJhWANwgaJW"',
        'const fakeToken = "s-hwa8voag586pkhfiu"',
        'token: ${TOKEN_VALUE_123456}',
        'password = process.env.DB_PASSWORD_2',
      ],
    },
    {
      type: 'SECRET',
      name: 'secret-vendor',
      version: 1,
      window: 'word',
      gate: { digits: 1, minLength: 16 },
      pattern: /(?<=^|[=:>])[A-Za-z0-9][\w=-]{15,}/,
      valid: (value) => isKeyedSecret(value) && !/^\d+$/.test(value) && value.length <= 128,
      certainty: 'context',
      context: { left: VENDOR_LEFT, required: true, not: NOT },
      hold: 512,
      examples: ['adobeClient := "«e64726a07aa88287a905618ab2d9d4fa»"', 'kraken: «7mzv94lyagsltzbza367fz438nupwgtm»'],
      counterExamples: ['discord=00000000000000000000000000000000', 'linear: gradientBackgroundImage', 'segment: 12'],
    },
    {
      type: 'SECRET',
      name: 'facebook-app-id',
      version: 1,
      window: 'group',
      gate: { digits: 15, minLength: 15 },
      pattern: /(?<![\w.-])\d{15,16}(?!\w)/,
      certainty: 'context',
      context: { left: /facebook[\w -]{0,16}[\s:="'`|]{1,4}$/i, required: true },
      hold: 24,
      examples: ['facebook «1477036645700765»|x'],
      counterExamples: ['1477036645700765'],
    },
    {
      type: 'SECRET',
      name: 'password-keyed',
      version: 1,
      window: 'word',
      gate: { minLength: 5 },
      pattern: /(?<=^|[=:>])[^\s=:\\]{1}[^\s\\]{4,}/,
      valid: (value) => isChosenPassword(value),
      certainty: 'context',
      context: {
        left: new RegExp(`(?:passw(?:or)?d|passphrase|passwd|(?:^|[^a-z])pass(?![a-z])|(?:^|[^a-z])pwd|密码|口令)(?:[_-]?(?:is|was|1|2|new|old))?(?:${OPERATOR}|\\s?(?: is| was|是|为|：)\\s?["'\`]?)$`, 'i'),
        key: /passw(?:or)?d$|passphrase$|(?:^|_)pwd$/i,
        required: true,
        not: new RegExp(`${DUMMY}${OPERATOR}$`, 'i'),
      },
      hold: 512,
      examples: ['password: «hunter2!»', "DB_PASSWORD='«s3cr3tPa55»'", 'my password is «Tr0ub4dor&3»', 'imagePullSecret.password=«7bo1uun1duw5»', 'DB_PASS=«Summer2024!»'],
      counterExamples: ['password: required', 'password = ${DB_PASSWORD}', 'password: string', 'ClearTextPassword" value="hal+9ooo_da!sY"', 'password=process.env.PASS1', 'password: <your-password1>', 'type="password"'],
    },
    {
      type: 'SECRET',
      name: 'pin-code',
      version: 1,
      window: 'group',
      gate: { digits: 4 },
      pattern: /(?<![\w.-])\d{4,8}(?![\w.-])/,
      certainty: 'context',
      context: {
        left: /(?:\bpin(?: ?(?:code|number|no\.?))?|\botp|one[- ]time (?:code|password)|passcode|verification code|security pin|2fa code|验证码|密码)(?: is|是|为)?["']?[\s:=：]{1,3}["']?$/i,
        key: /(?:^|_)(?:pin|otp|passcode)(?:_?code)?$|verification_?code/i,
        required: true,
      },
      hold: 12,
      examples: ['PIN: «4821»', 'your verification code is «493021»', 'OTP «1234»'],
      counterExamples: ['pin 4 of the connector', '4821', 'spin 4821'],
    },
  ],
}
