/** Values that the name before them calls a token, a key or a password: `api_token = "…"`, `DB_PASSWORD: …`, `<fooToken> … </fooToken>`. */
import { isChosenPassword, isDrawnWord, isKeyedSecret, isPasswordLiteral, isPlaceholder, isRandom } from '../checks/secret.ts'
import { FIELD_JOINT, JOINT, SEPARATOR } from './labels.ts'
import type { Family } from './recogniser.ts'
import { CODES, IS_ELSEWHERE, LOOSE_PASSWORDS, PASSWORDS, PIN_CODE } from './secretWords.ts'
import { POINT } from './shapes.ts'

/** Between name and value, also of an attribute of its own (`key="Password" value="…"`): `=`, `:=`, `=>`, `: `, `::=`, `?=`, `.=`, `>`, `||`, `, ` and a type word, with or without a colon before it. */
const OPERATOR = String.raw`["'\`\])]{0,2}(?::?\s{0,3}(?:&(?:'static )?)?(?:string|str|String|SecretStr)\??)?\s{0,3}(?:[:?.|]{0,3}=>?|:{1,2}|=>|>|\|\||,|<-|value\s?=)\s{0,12}[bfnru]?["'\`([]{0,2}(?:base64:|<!\[cdata\[)?`
/** Or as in a text. */
/** Name and value as two fields of one entry: `name: DB_PASSWORD`, and below it `value: …`. */
const ENTRY = String.raw`["']{0,2}(?:,\s{0,24}|\s{1,24})["']?value["']?\s?[:=]\s{0,4}["']?`
const BETWEEN = `(?:${OPERATOR}|;["']?|${ENTRY}|${SEPARATOR})`
/** The same in a sentence: `my token is …`. */
const SAID = String.raw`\s(?:is|was)[\s:]{1,2}["'\`]?`
const FLAG = String.raw`\s["'\`]?`
const NOT_VALUE = String.raw`(?!s?[_-]?(?:type|count|limit|name|url|uri|path|file|dir|endpoint|expir|length|len|size|budget|usage|store|manager|class|field|regex|pattern|prefix|header|param|ttl|scope|policy|rotation|version|ize|izer|sper|level|hint|ring|board|frame|word(?!\w*=)))`
const NAMES = String.raw`token|secret|passw(?:or)?d|passphrase|(?:^|[^a-z])pwd|(?:api|app|application|access|auth|account|private|secret|shared|encryption|signing|hmac|master|license|deploy|service|subscription|sdk)[ ._-]?key|priv[_-]?key|credentials?|creds|_pat(?![a-z])|(?:^|[^a-z])_auth(?![a-z])|session[_-]?(?:id|key)|sessid|cookie:\s(?:[\w.-]{1,24}=[\w.-]{0,24};\s){0,2}|x-honeycomb-team|webhook[_-]?secret|client[_-]?id|access[_-]?id|密钥|密码|口令`
const DUMMY = String.raw`(?:non_?matching|not_?matching|fake|dummy|mock|placeholder|sample)[\w.-]{0,24}`

/** Of an object that says whose key it is, as settings of .NET have it: `"Jwt":{"Key":"…"}`. */
const KEPT_IN = String.raw`(?:jwt|bearer|auth|encryption|signing)\w{0,16}`
const KEPT = '(?:signing|secret|private)?_?(?:key|secret)'

const LEFT = new RegExp(`(?:${NAMES})${NOT_VALUE}(?:[\\w.-]{0,24}${BETWEEN}|${SAID})$|-{1,2}[\\w-]{0,20}(?:secret|token|password|key)${FLAG}$|["']_?auth["']\\s?:\\s?["']$|["']${KEPT_IN}["']\\s?:\\s?\\{[^{}]{0,40}["']${KEPT}["']\\s?:\\s?["']$`, 'i')
const KEY = /(?:^|\.)(?:jwt|bearer|auth|encryption|signing)\w{0,16}\.(?:signing|secret|private)?_?key$|token(?!s$|_?(?:type|count|limit|expires))|secret(?!_?name)|passw(?:or)?d|passphrase|(?:^|[._])pwd|(?:api|app|application|access|auth|account|private|shared|encryption|signing|hmac|master|license|service|subscription)[_-]?key|credential|(?:^|[._])_?(?:auth|pat)$/i
const NOT = new RegExp(`(?:${DUMMY}|public[_-]?key|(?:max|min|num|total|prompt|completion|input|output|csrf|authenticity|next|page|continuation|stop|pad|eos|bos|sep|cls|mask|unk)[_-]?tokens?(?:[_-]?ids?)?)${BETWEEN}$`, 'i')

/** Vendors whose keys carry no marker; what follows the name and an operator is the key when it looks drawn by a machine. */
const VENDORS =
  'adafruit|adobe|airtable|algolia|alibaba|aliyun|asana|atlassian|jira|confluence|bitbucket|bittrex|meraki|codecov|cohere|coinbase|confluent|contentful|datadog|discord|droneci|dropbox|etsy|facebook|fastly|finicity|finnhub|flickr|freshbooks|gitter|gocardless|heroku|hubspot|intercom|jfrog|kraken|kucoin|launchdarkly|linear|linkedin|looker|mailchimp|mailgun|mattermost|messagebird|netlify|newrelic|new-relic|nytimes|okta|plaid|privateai|rapidapi|sendbird|sentry|snyk|sonar|squarespace|sumo|travis|twilio|twitch|twitter|typeform|yandex|zendesk|cloudflare|auth0|pagerduty|segment|mixpanel|amplitude|openweather|mapbox|pinecone|elastic|splunk|vercel|hetzner|trello|mistral|deepgram|wandb|snyk|tavily|opsgenie|honeycomb|rollbar|linode|vultr|paypal|braintree|postmark|lokalise'
/** `Pinecone("…")`, `algoliasearch("app", "…")`. */
const CALL = String.raw`\(\s?(?:["'\`][\w.-]{1,40}["'\`],\s?)?["'\`]`
const VENDOR_LEFT = new RegExp(`(?:^|[^A-Za-z])(?:${VENDORS})(?:[\\w. -]{0,20}(?:${BETWEEN}|${CALL})|\\s(?:login|auth)\\s)$`, 'i')

const PASSWORD = String.raw`passw(?:or)?[dt]|passphrase|(?:^|[^a-z])pwd|kennwort|(?<=con)trase(?:ñ|n)a|mot de passe|senha|wachtwoord|密码|口令`
const WHICH = '(?:[_-]?(?:is|was|1|2|new|old))?'
const IS = String.raw`\s?(?: is| was| ist| es| est| è| é|是|为|：):?\s?["'\x60]?| (?:was |has been |is )?(?:changed|reset|set|updated) to:?\s["'\x60]?|\s["'\x60]?`
// What is short stands in lists of what passed and what did not: there a bar or a dash behind it says nothing.
const SHORT = '(?:^|[^a-z])(?:pass|pw)(?![a-z])'
const PASSWORD_LEFT = new RegExp(`(?:(?:${PASSWORD})${WHICH}${BETWEEN}|(?:${PASSWORD}|${SHORT})${WHICH}(?:${OPERATOR}|${IS}))$`, 'i')

/** Apart from those above, which come by more often and are asked for with less. */
const ELSEWHERE = String.raw`(?:${OPERATOR}|${SEPARATOR}|\s?(?: (?:${IS_ELSEWHERE})|是|為|：|は、?|는|은|คือ):?\s?["'\x60]?|\s["'\x60]?)$`
const ELSEWHERE_LEFT = new RegExp(`(?:${PASSWORDS}|${LOOSE_PASSWORDS})${ELSEWHERE}`, 'i')
const LOOSE_LEFT = new RegExp(`(?:${LOOSE_PASSWORDS})${ELSEWHERE}`, 'i')

/** Names of fields in which a password may be a word. */
const WORD_KEY = /(?:^|[._])(?:(?:user|admin|login|db|root|smtp|old|new|current)_?)?(?:password|passwd|pwd|passwort|contrase(?:ñ|n)a|senha|mot_de_passe|wachtwoord)$/i
const PASSWORD_KEY = /passw(?:or)?[dt]\d?$|passphrase$|(?:^|[._])(?:pwd|pw|pass|passcode|wifi_?key)$|(?:db|user|admin|root|smtp|login)_?pass$|kennwort$|contrase(?:ñ|n)a$|senha$|mot_de_passe$|wachtwoord$|lösenord$|hasło$|heslo$|salasana$|adgangskode$|jelszó$|parol[ăa]$|passord$|kodeord$|lozinka$|zaporka$|geslo$|[şs]ifre$|пароль$|парола$|лозинка$|密碼$|密码$|パスワード$|비밀번호$/i

/** Another parameter in a signature, a number in a condition. */
const PARAMETER = /^[A-Za-z_$][\w$]*\?:$|^\d{1,5}:$/

/** Eight characters at least, with digits, and capitals or symbols among small letters: no word of a sentence. */
function isMixed(value: string): boolean {
  return value.length >= 8 && /\d/.test(value) && /[a-z]/.test(value) && (/[A-Z]/.test(value) || /[!@#$%^&*+~?]/.test(value)) && !/^[*&]|[._:/]/.test(value)
}

/** With nothing but a blank before it more must speak for a password than behind an operator or a flag. */
function isPasswordBehind(value: string, _window: string, left: string): boolean {
  if (/(?:^|[a-z\s])passw(?:or)?d (?:is|was):?\s$/.test(left) && /^[A-Z]/.test(value) && isPasswordLiteral(value)) return true
  if (PARAMETER.test(value) || !(isChosenPassword(value) || isDrawnWord(value))) return false
  if (LOOSE_LEFT.test(left)) return isMixed(value)
  return !/[a-z]\s["'`]?$/i.test(left) || /(?: is| was| ist| es| est|(?:^|\s)-{1,2}[\w-]{0,24}password)\s["'`]?$/i.test(left) || isMixed(value)
}

const PASSWORD_VALUE = /(?<=^|^\*\*|[=:>])(?!\*\*)[^\s=:\\](?:[^\s\\]{3,}(?:[^\s\\*]|\*(?!\*?$)|(?<!\*)\*$)|[^\s\\]{4,})/

export const SECRET_KEYED: Family = {
  name: 'secret-keyed',
  recognisers: [
    {
      type: 'SECRET',
      name: 'secret-keyed',
      version: 5,
      window: 'word',
      gate: { digits: 1, minLength: 10 },
      pattern: /(?<=^|^\*\*|[=:>]|\\[ntr])[A-Za-z0-9_+/~](?:[\w.+/=~!@$%^&*-]{8,}(?:[\w.+/=~!@$%^&-]|\*(?!\*?$)|(?<!\*)\*$)|[\w.+/=~!@$%^&*-]{9,})/,
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
        'const authToken: string = "«9bl5y2duihz0ets73mhb»"',
        "let hmac_key: &'static str = \"«b3f998ff3c497ea1f7c3c0f1»\";",
        'APP_KEY=base64:«q7Zk2Vd9Xw4Lm8Rt3Yc6Hs1Pf5Jn0GbT=»',
        'my api key is «q7Zk2Vd9Xw4Lm8Rt3Yc6»',
        '<add key="ApiKey" value="«q7Zk2Vd9Xw4Lm8Rt3Yc6»" />',
        'AZURE_PAT=«k3v9x2m7q4w8t1z6r5p0c7h2j9f4d8s3»',
        'Ocp-Apim-Subscription-Key: «q7Zk2Vd9Xw4Lm8Rt»',
        'Set-Cookie: session=«8f3a1c9e5b7d20468f3a1c9e5b7d2046»; Path=/',
        'Cookie: theme=dark; sid=«8f3a1c9e5b7d20468f3a1c9e5b7d2046»',
        '{"registry.example":{"auth":"«YWRhOmxvdmVsYWNlMTg0Mw==»"}}',
        '- name: API_TOKEN\n          value: "«8f3a1c9e5b7d20468f3a1c9e»"',
        '"Jwt": {\n    "Issuer": "acme",\n    "Key": "«q7Zk2Vd9Xw4Lm8Rt3Yc6Hs1Pf5Jn0GbT»"',
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
        'path: q7Zk2Vd9Xw4Lm8Rt3Yc6',
        'the token was issued2 yesterday',
      ],
    },
    {
      type: 'SECRET',
      name: 'secret-vendor',
      version: 4,
      window: 'word',
      gate: { digits: 1, minLength: 16 },
      pattern: /(?<=^|^\*\*|[=:>])[A-Za-z0-9][\w=-]{15,}/,
      valid: (value) => isKeyedSecret(value) && !/^\d+$/.test(value) && value.length <= 128,
      certainty: 'context',
      context: { left: VENDOR_LEFT, required: true, not: NOT },
      hold: 512,
      examples: ['adobeClient := "«e64726a07aa88287a905618ab2d9d4fa»"', 'kraken: «7mzv94lyagsltzbza367fz438nupwgtm»', 'cohere.Client("«q7Zk2Vd9Xw4Lm8Rt3Yc6»")', 'wandb login «8f3a1c9e5b7d20468f3a1c9e»', "algoliasearch('B1G2GM9NG0', '«8f3a1c9e5b7d20468f3a1c9e»')"],
      counterExamples: ['discord=00000000000000000000000000000000', 'linear: gradientBackgroundImage', 'segment: 12'],
    },
    {
      type: 'SECRET',
      name: 'facebook-app-id',
      version: 2,
      window: 'group',
      gate: { digits: 15, minLength: 15 },
      pattern: /(?<![\w.-])\d{15,16}(?!\w)/,
      certainty: 'context',
      context: { left: new RegExp(`facebook[\\w -]{0,16}${JOINT}$`, 'i'), required: true },
      hold: 24,
      examples: ['facebook «1477036645700765»|x'],
      counterExamples: ['1477036645700765'],
    },
    {
      type: 'SECRET',
      name: 'password-keyed',
      version: 8,
      window: 'word',
      gate: { minLength: 5 },
      pattern: PASSWORD_VALUE,
      valid: isPasswordBehind,
      certainty: 'context',
      context: {
        left: PASSWORD_LEFT,
        key: PASSWORD_KEY,
        required: true,
        not: new RegExp(`${DUMMY}${BETWEEN}$`, 'i'),
      },
      hold: 512,
      examples: ['password: «hunter2!»', "DB_PASSWORD='«s3cr3tPa55»'", 'my password is «Tr0ub4dor&3»', 'la password è «Zima2024!»', 'imagePullSecret.password=«7bo1uun1duw5»', 'DB_PASS=«Summer2024!»', '<add key="ClearTextPassword" value="«Summer-2024»" />', 'Passwort: «Sommer-2024»', 'contraseña: «C4minante!»', 'mot de passe : «B0njour-la»', 'const password: string = "«hunter2!»"', 'machine git.example login ci password «o0TwoWhgyi76hC6M»', 'user ada / password «Sommer2025!»', 'the password is: «hunter2!»', 'password was changed to «Hunter22»', '<password><![CDATA[«hunter2!»]]></password>', '- name: POSTGRES_PASSWORD\n          value: «tideWater31»', '{ "name": "DB_PASSWORD", "value": "«tideWater31»" }', '{"Key":"DB_PASSWORD","Value":"«tideWater31»"}', 'password: «qZkVdXwLmRtYcHsP»', 'the password is «Password1»', 'my password is «Summer!»', 'New-Login -Password «Tide31»', 'password: «MyPassw0rd»', 'password = "«changeme1»"'],
      counterExamples: ['password: required', 'password = ${DB_PASSWORD}', 'password: string', 'ClearTextPassword" value="hal+9ooo_da!sY"', 'password=process.env.PASS1', 'password: <your-password1>', 'type="password"', 'password = "arn:aws:iam::210987654321:role/reader"', 'password = @Value("${x}")', 'Passwort: vergessen?', 'the password field2', 'password SHA256', 'password policy-2024', 'password was changed to SHA256', 'password reset to unsafe-default2', 'password v2.1.0', 'setPassword(password: string, signal?: AbortSignal)', 'if len(password) > 1023:', 'name: PASSWORD_MIN\n  value: 12345', 'password 12345678', 'password /etc/shadow1', 'SRP_user_pwd *SRP_VBASE_get1_by_user', 'password: getUserPasswordHash', 'the password is Invalid!', 'Password is Sunflower', 'self.cleaned_data["password"] = password1', 'login -Password $cred1'],
    },
    {
      type: 'SECRET',
      name: 'password-elsewhere',
      version: 1,
      window: 'word',
      gate: { minLength: 5 },
      pattern: PASSWORD_VALUE,
      valid: isPasswordBehind,
      certainty: 'context',
      context: { left: ELSEWHERE_LEFT, required: true },
      hold: 512,
      examples: [
        'Пароль: «Zima2024!»', 'ID 5, ПАРОЛЬ: «Zima2024!»', 'пароль это «zima24»', 'Лозинка: «Zima2024!»', 'Heslo: «zima24»', 'heslo je «Zima2024!»', 'jelszó: «Zima2024!»', 'Şifrem «Zima2024!»', 'lösenordet är «Zima2024!»', 'Palavra-passe: «Zima2024!»', 'κωδικός πρόσβασης: «Zima2024!»', 'ID 5, Κωδικός: «Zima2024!»', 'كلمة المرور: «Zima2024!»', 'סיסמה: «Zima2024!»', 'पासवर्ड है «Zima2024!»', 'รหัสผ่านคือ «Zima2024!»', 'Mật khẩu: «Zima2024!»', '비밀번호는 «Zima2024!»', 'パスワードは «Zima2024!»', '密碼：«Zima2024!»', 'mdp : «Zima2024!»',
      ],
      counterExamples: [
        'Пароль: не менее 8', 'парольная фраза zima24', 'Κωδικός: 12345', 'palabras clave: python3', 'clave: id_2', 'رمز 12345', 'heslo nezadáno', 'parola chiave: python3', '암호: SHA256',
      ],
    },
    {
      // In JSON and in columns a word alone is a password; in other texts it is what is said about one. Of a column that is known at the end of its cell too.
      type: 'SECRET',
      name: 'password-word',
      version: 3,
      window: 'word',
      gate: { minLength: 6, letters: true },
      pattern: /^[a-z]{6,32}$/,
      valid: (value) => isPasswordLiteral(value),
      certainty: 'context',
      context: { left: /"(?:(?:user|admin|login|root|old|new|current)_?)?(?:password|passwd|pwd)"\s?:\s?"$/i, key: WORD_KEY, required: true },
      hold: 512,
      examples: ['{"password":"«sunshine»"}', '{"user":"ada","new_password": "«letmein»"}', '   id   password\n0   1  «sunflower»\n'],
      counterExamples: ['{"password":"required"}', '{"password":"string"}', 'password: sunshine', '{"password":"getPassword"}', '{"password":"passwort"}'],
    },
    {
      // The same in a cell that is known where it begins, with dashes, marks or capitals.
      type: 'SECRET',
      name: 'password-field',
      version: 1,
      window: 'field',
      pattern: /^\S{6,72}$/,
      valid: (value) => isPasswordLiteral(value),
      certainty: 'context',
      context: { key: WORD_KEY, required: true },
      hold: 96,
      examples: ['<table><tr><th>id<th>password<tr><td>1<td>«sunshine»</table>', "INSERT INTO t (id, password) VALUES (1, '«correct-horse-battery»')", "INSERT INTO t (id, password) VALUES (1, '«K9.mX2.zQ»')"],
      counterExamples: ['id,password\n1,required\n', 'id,password\n1,getPassword\n', 'password: sunshine', 'id,password\n1,is set\n'],
    },
    {
      type: 'SECRET',
      name: 'password-whole',
      version: 1,
      window: 'field',
      // Marks that end a word, of which each password may have some.
      pattern: /^(?=[\s\S]*[\s"'\\,;<>(){}|`[\]])(?=[\s\S]*[A-Za-z])(?=[\s\S]*[\d!@#$%^&*+~?])\S+(?: \S+)?$/,
      valid: (value) => value.length >= 6 && !isPlaceholder(value) && !/\$\{|\{\{|^<[\w -]+>$|=>|^[\w.]+\([\w.'", ]*\)$|^[A-Z][a-z]+ (?:[a-z]+|\d+)\W?$|:\s/.test(value),
      certainty: 'prefix',
      context: { key: PASSWORD_KEY, required: true },
      hold: 96,
      examples: ['<table><tr><th>id<th>password<tr><td>1<td>«P@ss;w0rd!2024»</table>', "INSERT INTO t (id, password) VALUES (1, '«Kq2,vT7(x9»')", "INSERT INTO t (id, password) VALUES (1, '«tide;Water31»')"],
      counterExamples: ['id,password\n1,"${DB_PASSWORD, 1}"\n', 'id,password\n1,"getPassword(user1)"\n', 'id|password\n1|Forgot password?\n', 'P@ss;w0rd!2024'],
    },
    {
      // Commas and semicolons end a word; at the end of a line of settings they are the password's.
      type: 'SECRET',
      name: 'password-line',
      version: 1,
      window: 'phrase',
      opens: { words: ['password', 'passwd', 'pwd', 'passwort', 'pass'], after: true, heldFrom: /[^\s:=]/ },
      grow: /^(?:=|: ?)?[^\s"'`(){}[\]<>$=:]*$/,
      pattern: /^(?:=|: ?)(?<value>[^\s"'`(){}[\]<>$=:,;|]{1,40}(?:[,;|][^\s"'`(){}[\]<>$=:,;|]{1,40}){1,4})(?=[\r\n]|$)/,
      valid: (value) => isChosenPassword(value),
      certainty: 'context',
      hold: 96,
      examples: ['DB_PASSWORD=«tide,Water31»\n', 'password: «P@ss;w0rd!2024»\nuser: ada', 'pwd=«a1b2|c3»'],
      counterExamples: ['password=abc1,user=x\n', 'Password=tide1;\n', 'password: one,two\n', 'password: abc1,def2 and more', 'f(password=a1,b2)'],
    },
    {
      type: 'SECRET',
      name: 'password-behind-address',
      version: 1,
      window: 'word',
      gate: { has: '@:', digits: 1, minLength: 16, letters: true },
      // As lists of accounts have them.
      pattern: /(?<=^[^\s@:/]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,4}\.[A-Za-z]{2,24}:)[^\s@:/]{8,64}$/,
      valid: isMixed,
      certainty: 'context',
      hold: 512,
      examples: ['ada@example.com:«tideWater31»', 'ada.l@mail.example.co.uk:«hunter2!x»'],
      counterExamples: ['git@git.example:team2/Repo.git', 'root@host.example:8080', 'ada@example.com:22', 'ada@example.com:directory'],
    },
    {
      type: 'SECRET',
      name: 'key-parameter',
      version: 1,
      window: 'word',
      gate: { minLength: 43, letters: true },
      // The private members of a JSON Web Key: only a key name of one or two letters tells them from the public ones.
      pattern: /^[\w-]{43,}$/,
      valid: (value) => isRandom(value),
      certainty: 'context',
      context: { left: /"kty"[^\n]{0,60}"(?:d|p|q|dp|dq|qi)"\s?:\s?"$/, key: /(?:^|\.)(?:d|p|q|dp|dq|qi)$/, required: true },
      hold: 512,
      examples: ['{"kty":"EC","d":"«0W-6rfTuBiqtfxgkH28VcJ5iCqov0T1l8dmDPuz0kaU»"}'],
      counterExamples: ['{"kty":"EC","x":"0W-6rfTuBiqtfxgkH28VcJ5iCqov0T1l8dmDPuz0kaU"}', '{"d":"M10 20 L30 40"}'],
    },
    {
      type: 'SECRET',
      name: 'pin-code',
      version: 5,
      window: 'group',
      gate: { digits: 4 },
      pattern: new RegExp(String.raw`(?<![A-Za-z0-9.-]|\w_)(?:\d{4,8}|\d{3}[ -]\d{3})(?![A-Za-z0-9-]|_\w|${POINT}\w)`),
      certainty: 'context',
      context: {
        left: new RegExp(`(?:\\bpin(?:[ -]?(?:code|number|no\\.?|${PIN_CODE}))?|\\botp|one[- ]time (?:code|password)|passcode|(?:verification|login|log-in|sign-?in|authenticat(?:ion|or)|2fa|mfa|two-factor) code|security pin|验证码|密码|${CODES})(?: is| (?:${IS_ELSEWHERE})|是|为|為|は|는|은)?${FIELD_JOINT}$`, 'i'),
        key: /(?:^|[._])(?:pin|puk|otp|passcode)(?:_?(?:code|number|no))?$|(?:verification|mfa|2fa|two_?factor|auth|recovery|backup)_?code$/i,
        required: true,
      },
      hold: 12,
      examples: ['PIN: «4821»', 'your verification code is «493021»', 'OTP «1234»', 'Your login code: «839201»', 'verification code «482 913»', 'PIN-код: «4821»', 'ID 5, ПИН-код «4821»', 'Код подтверждения: «482913»', 'ID 5, код из СМС «482 913»', 'PIN kódja: 1, PIN kód: «4821»', '暗証番号は «4821»', 'код из СМС «482 913»', '인증번호 «482913»', 'kod PIN: «4821»', 'رمز التحقق: «4821»'],
      counterExamples: ['pin 4 of the connector', '4821', 'spin 4821', 'спин 4821', 'код товара 482913', 'pin codes 2024-12-01'],
    },
  ],
}
