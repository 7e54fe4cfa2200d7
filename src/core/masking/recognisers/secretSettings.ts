/** Passwords and keys that people chose, where settings, programs and connection strings assign them: told by the name and by a literal that nothing else can be, for they may be plain words. */
import { isChosenKey, isChosenPassword, isPasswordLiteral } from '../checks/secret.ts'
import type { Family } from './recogniser.ts'

/** Tokens that end a name. */
const WORDS = ['password', 'passwd', 'pwd', 'passphrase', 'passwort', 'kennwort', 'pgpassword', 'dbpassword', 'userpassword', 'adminpassword', 'rootpassword', 'masterpassword', 'smtppassword', 'keystorepassword', 'truststorepassword']
const NAMES = 'password|passwd|pwd|passphrase|passwort|kennwort'

/** Names of settings at the left of a value, as far as `=` or `: `. */
const SETTINGS = [
  // `POSTGRES_PASSWORD=`; without a word before it PWD is a directory.
  String.raw`(?:^|[\s"'\x60,;([])(?:[A-Z][A-Z\d]{0,15}_){0,4}(?:[A-Z]{0,8}PASSWORD|PASSWD|PASSPHRASE|(?<=_)(?:PASS|PWD))=`,
  // A line of properties.
  String.raw`(?:^|\n)(?!(?:this|self|window|exports|module|options|opts|params|args|config|cfg|data|req|user)\.)(?:[\w-]{1,24}\.){0,4}(?:[\w-]{0,16}[a-z_-])?[pP]assword=`,
  // `db_password: `, and a name alone beside those of a user or a host.
  String.raw`(?:^|\n)[ \t-]{0,16}(?:[a-z][a-z\d]{0,15}[_-]){1,4}(?:password|passwd|passphrase|pass|pwd):\s`,
  String.raw`(?:^|\n)[ \t-]{0,16}(?:[A-Z][A-Z\d]{0,15}_){0,4}(?:PASSWORD|PASSWD|PASSPHRASE|(?<=_)(?:PASS|PWD)):\s`,
  String.raw`(?:user(?:_?name)?|login|host(?:name)?|port|database|dbname|driver|url)\s?:\s[^\n]{1,32}\n[ \t]{0,12}password:\s`,
]
/** Names that say what is done with a password, or what is the matter with one. */
const ABOUT = String.raw`(?<![A-Za-z])(?:forgot(?:ten)?|reset|change[ds]?|invalid|wrong|incorrect|missing|weak|bad|show|hide|confirm|verify|check|has|uses?|needs?|requires?|required|allow|enable|no|is|err(?:or)?|min|max|type|label|placeholder|hint|title|text|msg|message|dummy|fake|mock)_?`
const NOT = new RegExp(`${ABOUT}(?:the_|your_|user_)?(?:${NAMES})["'\\])]{0,2}\\s?[=:>]\\s{0,4}["']?$`, 'i')

/** From a name to a literal in quotes, which may be escaped: an operator, an attribute of its own, or as in a sentence. */
const TO_QUOTE = String.raw`(?:\\{0,3}["'\])]{0,2}(?:\s?:\s?(?:string|str|String))?\s{0,3}(?::=|=>|[:=])\s{0,4}[bnru]?|["']\s{1,3}value=|\s(?:is|was|ist|es):?\s)`
/** A label beside a label. */
const LABELS = /:\s[A-Z][a-z ]*\n[ \t]*password:\s$/

export const SECRET_SETTINGS: Family = {
  name: 'secret-settings',
  recognisers: [
    {
      type: 'SECRET',
      name: 'password-setting',
      version: 1,
      window: 'phrase',
      opens: { words: [...WORDS, 'pass'], after: true, next: /^(?:=|: )[^\s"'`]{1,4}$/, heldFrom: /[^\s:=]/ },
      grow: /^(?:=|: )\S{0,90}$/,
      // To the end of a line where a blank stands before it: what goes on is a sentence.
      pattern: /^(?:=(?=\S{5,80}(?:\s|$))|: (?=\S{5,80}[ \t]{0,8}(?:[\r\n#]|$)))(?<value>[^\s"'`<>][^\s"'`]{3,71}[^\s"'`;,)}])["'`;,)}]{0,3}(?=\s|$)/,
      valid: (value, _, left) => isPasswordLiteral(value) && !(LABELS.test(left) && /^[A-Z]/.test(value)),
      certainty: 'prefix',
      context: { left: new RegExp(`(?:${SETTINGS.join('|')})$`), required: true, not: NOT },
      hold: 112,
      examples: ['POSTGRES_PASSWORD=«sunflower»', 'ADMIN_PASSWORD=«Winter!»', 'REDIS_PASSWORD: «geheimnis»\n', 'export PGPASSWORD=«correct-horse-battery»\n', 'docker run -e "DB_PASS=«Summer!»" app', 'DB_PASSWORD=«a[K9$mP2]zX7»', 'DB_PASSWORD=«$K9mX2zQ»', 'DB_PASSWORD=«K9mX;2zQ»\n', 'spring.datasource.password=«sunflower»\n', '[client]\npassword=«sunflower»\n', 'db_password: «Sunflower»\n', '  username: etl\n  password: «sunflower»\n', 'DB_PASSWORD=«changeme1»'],
      counterExamples: ['PASSWORD=$PASSWORD', 'DB_PASSWORD=$(cat /run/secrets/db1)', 'DB_PASSWORD=/run/secrets/db1', 'PASSWORD=config["db1"]', 'f(password=sunflower)', '  password=hunter\n', 'this.password=sunflower\n', 'password: sunflower', 'db_password: sunflower is what it was', 'user_password: string\n', 'username: Username\npassword: Lozinke\n', 'FORGOT_PASSWORD=account', 'PWD=/home/ada1', 'DB_PASSWORD=your_password'],
    },
    {
      type: 'SECRET',
      name: 'password-quoted',
      version: 1,
      window: 'phrase',
      opens: { words: [...WORDS, 'pass'], after: true, heldFrom: /(?<=\\{0,3}["'])[^\s"'\\:=,)\]]/ },
      grow: new RegExp(String.raw`^${TO_QUOTE}(?:\\{0,3}(?:"[^"\s\\]{0,80}|'[^'\s\\]{0,80}))?$|^["']\s{1,3}value$|^\s?:\s?(?:string|str|String)$|^\s(?:is|was|ist|es)$`),
      pattern: new RegExp(String.raw`^${TO_QUOTE}\\{0,3}(["'])(?<value>(?:(?!\1)[^\s\\]){5,72})\\{0,3}\1`),
      valid: (value, _, left) => isPasswordLiteral(value) && (!/(?:^|[^a-z])pass["']?\s?[:=]\s?["']$/i.test(left) || /\buser["']?\s?[:=]|(?:db|user|admin|root|smtp|login)_pass\W{1,6}$/i.test(left)),
      certainty: 'prefix',
      // Beside `a ? "password" : "text"`.
      context: { not: new RegExp(String.raw`${NOT.source}|\?\s{0,3}["'][\w-]{0,16}(?:${NAMES})["']\s?:\s?["']$`, 'i') },
      hold: 128,
      examples: ['password = "«sunflower»"', 'connect(host="db", password=\'«sunflower»\')', '{"password":"«Sunflower»"}', '{"user":"ada","new_password": "«letmein»"}', '{\\"password\\":\\"«qZkVdXwLmR»\\"}', '{"password":"«correct-horse-battery»"}', 'password: "«K9.mX2.zQ»"', 'password = \'«P@ss"w0rd!2024»\'', '<property name="password" value="«sunflower»"/>', 'the password is "«sunflower»"', 'auth: { user: "ada", pass: "«sunflower»" }', 'const password: string = "«Summer!»"', "$db_pass = '«moonlight»';"],
      counterExamples: ['"password": "Password"', '"password": "Enter your password"', '"password": "required|string"', '{"password":"passwort"}', '{"password":"getPassword"}', '{"Password": "Passord"}', 'password = "${DB_PASSWORD}"', 'type: isOpen ? "password" : "search"', 'INVALID_PASSWORD = "credentials.wrong"', 'password: "login.form.label"', 'render({ pass: "shadow" })', 'type="password" name="sunflower"', 'password: "form2.title3"', 'password = f"{user}1"'],
    },
    {
      type: 'SECRET',
      name: 'password-element',
      version: 1,
      window: 'phrase',
      opens: { words: WORDS, after: true, next: /^>[^<>\s]$/, heldFrom: /[^>]/ },
      grow: /^>[^<>\s]{0,72}$/,
      pattern: /^>(?<value>[^<>\s]{5,72})(?=<\/)/,
      valid: (value) => isPasswordLiteral(value),
      certainty: 'context',
      context: { left: new RegExp(`<(?:[\\w.:-]{0,24}[_.:-])?(?:${WORDS.join('|')})>$`, 'i'), required: true, not: NOT },
      hold: 96,
      examples: ['<password>«sunflower»</password>', '<db-password>«Sunflower»</db-password>'],
      counterExamples: ['<password>Password</password>', '<password>Please enter it</password>', '<password>sunflower', '<password>${db.password}</password>'],
    },
    {
      type: 'SECRET',
      name: 'password-parameter',
      version: 1,
      window: 'word',
      gate: { has: '=', minLength: 9, letters: true },
      // Of a URL's query, or a flag.
      pattern: /(?<=[^&]&|\?|^&|^--?(?:[A-Za-z]{1,16}-)?|^--from-literal=)(?:(?:[a-z]{1,16}[_-])?(?:password|passwd|pwd))=(?<value>[^&#\s=]{5,72})(?=[&#]|$)/i,
      valid: (value) => isPasswordLiteral(value),
      certainty: 'context',
      hold: 512,
      examples: ['user=ada&password=«sunflower»', 'jdbc:postgresql://db/crm?user=etl&password=«sunflower»&ssl=true', 'mysql --user=root --password=«sunflower» shop', 'kubectl create secret generic db --from-literal=password=«sunflower»'],
      counterExamples: ['grant_type=password&username=ada', 'e&&password=sunflower', 'password=sunflower', '--password=PASSWORD', '?password=string'],
    },
    {
      type: 'SECRET',
      name: 'password-connection',
      version: 1,
      window: 'phrase',
      opens: { words: ['password', 'pwd'], after: true, next: /^\s?=\s?[^\s;"']{1,4}$/, heldFrom: /[^\s=]/ },
      grow: /^\s?=\s?[^\s;"']{0,72}$/,
      pattern: /^\s?=\s?(?<value>[^\s;"']{5,72})(?=[;"']|$)/,
      valid: (value) => isPasswordLiteral(value),
      certainty: 'context',
      // Beside another part of the string, or with a capital as nothing else is assigned to.
      context: { left: /(?:(?:[Uu]ser(?: ?[Ii]d|[Nn]ame|ID)?|[Uu]id|UID|[Ss]erver|SERVER|[Dd]ata [Ss]ource|[Hh]ost|[Dd]atabase|DATABASE|[Ii]nitial [Cc]atalog|[Pp]ort|[Dd]river|DRIVER|[Dd]sn|DSN)\s?=\s?[^;=\n]{1,32};\s?(?:[Pp]assword|[Pp]wd|PWD)\s?|(?:^|["';\s])(?:Password|Pwd))=\s?$/, required: true },
      hold: 96,
      examples: ['Server=db;User Id=sa;Password=«Sunflower»;Encrypt=true', '"Server=db;Uid=sa;Pwd=«Sunflower»;"', 'user=sa;password=«sunflower»', 'Password=«Sunflower»;'],
      counterExamples: ['a=1;password=sunflower;', 'password=sunflower;', 'login.Password=sunflower;', 'Password=getIt();', 'Server=db;Password={0};'],
    },
    {
      type: 'SECRET',
      name: 'chosen-key',
      version: 1,
      window: 'word',
      gate: { digits: 1, minLength: 8, letters: true },
      pattern: /(?<=^|=)[A-Za-z0-9][\w.+/~!@$%^&*-]{6,70}[\w+/~!@$%^&*=-]$/,
      valid: isChosenKey,
      certainty: 'context',
      context: {
        left: /(?:(?:[A-Z][A-Z\d]{0,15}_){1,4}(?:SECRET|TOKEN)|(?:[A-Z][A-Z\d]{0,15}_){0,4}(?:SECRET_KEY(?:_BASE)?|(?:API|AUTH|ENCRYPTION|SIGNING|MASTER)_?KEY))(?:=|\s?=\s|:\s)["']?$|(?<![A-Za-z])(?:api_?key|client_?secret|secret_?key|auth_?token|apiKey|clientSecret|secretKey|authToken)["']?\s?[:=]\s?["']$|(?:^|\n)[ \t-]{0,12}(?:api_key|client_secret|secret_key|auth_token|apiKey|clientSecret|secretKey):\s$|session\(\s?\{[^{}]{0,40}\bsecret\s?:\s?["'\x60]$|jwt\.(?:sign|encode|verify|decode)\([^\n]{0,40},\s{0,3}b?["'\x60]$/,
        key: /(?:^|[._])(?:api_?key|client_?secret|(?:jwt|session|app|cookie|signing)_?secret|secret_?key(?:_?base)?|auth_?token|(?:encryption|signing|master)_?key)$/i,
        required: true,
      },
      hold: 512,
      examples: ['JWT_SECRET=«mysupersecretjwt2024»', "const SESSION_SECRET = '«keyboardcat99»'", 'API_KEY=«abc123def»', 'api_key: «acme-live-4821»\n', '{"client_secret":"«tideWater31»"}', "session({ resave: false, secret: '«keyboardcat99»' })", "jwt.sign(payload, '«keyboardcat99»')"],
      counterExamples: ['API_KEY=test1234', 'TOKEN = "ident4821"', 'API_KEY=your-api-key1', 'SUMO_ACCESS_KEY: AbCeFG123', 'api_key = config.key_2024', 'JWT_SECRET=${JWT_SECRET2}', 'AUTH_TOKEN=next_token2', "jwt.sign(payload, 'HS256')", "{ secret: 'db-creds-2024' }", 'SIGNING_KEY=id_rsa2.pem'],
    },
    {
      // All that stands there is one.
      type: 'SECRET',
      name: 'secret-string-data',
      version: 1,
      window: 'word',
      gate: { digits: 1, minLength: 5 },
      pattern: /^[^\s]{5,72}$/,
      valid: isChosenPassword,
      certainty: 'context',
      context: { left: /stringdata:\s{1,10}(?:[\w.-]{1,24}:\s[^\n]{1,24}\n\s{1,8})?[\w.-]{0,24}(?:token|key|secret|pass|password)[\w.-]{0,8}:\s["']?$/i, required: true },
      hold: 512,
      examples: ['stringData:\n  token: «tideWater31»', 'stringData:\n  user: ada\n  api-token: "«tideWater31»"'],
      counterExamples: ['stringData:\n  host: db1.example', 'token: tideWater31'],
    },
  ],
}
