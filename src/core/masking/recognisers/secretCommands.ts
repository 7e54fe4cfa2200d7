/** Secrets that stand where a command or a call wants them: behind a flag, as the second argument, in a quoted setting with marks of any kind. */
import { madeOf } from '../checks/made.ts'
import { isChosenPassword, isKeyedSecret, isPasswordLiteral, isPlaceholder } from '../checks/secret.ts'
import { JOINT } from './labels.ts'
import type { Family } from './recogniser.ts'

/** Up to the flag, on the same command. */
const ARGUMENTS = String.raw`\b[^\n|;]{0,48}\s`
/** Where nothing but a password stands: a word will do. */
const NOTHING_ELSE = [
  `(?:mysql\\w{0,8}|mariadb|mysql-dump|7z[arz]?|(?:un)?rar)${ARGUMENTS}-p["']?`,
  `(?:sshpass|mongo(?:sh|dump|restore|export|import)?|(?:docker|podman|helm registry|nerdctl|az|oc) login|sqlcmd|bcp|zip|unzip|cqlsh|ldapsearch|htpasswd -b|mosquitto_(?:pub|sub))${ARGUMENTS}(?:-p|-w|--pass)[\\s=]["']?`,
  `redis-cli${ARGUMENTS}-a\\s["']?`,
  `-(?:src|dest|new)?(?:store|key)pass\\s(?:pass:)?["']?`,
  `openssl${ARGUMENTS}(?:-k\\s|-pass(?:in|out)?\\s["']?pass:)["']?`,
  `rabbitmqctl (?:add_user|change_password)\\s[\\w.-]{1,30}\\s["']?`,
  `net use[^\\n]{0,48}/user:[\\w.\\\\-]{1,30}\\s["']?`,
  `convertto-securestring(?: -string)?\\s["']`,
  `identified (?:with [\\w"']{3,30} )?by\\s["']`,
  `(?:alter|create) (?:user|role|login)[^\\n;]{0,40}password\\s?=?\\s?["']`,
  `htpasswd -(?:\\w{0,3}(?:bn|nb)\\w{0,3}|\\w{0,4}b\\w{0,4} [\\w./-]{1,30}) [\\w.@-]{1,30} ["']?`,
  `\\bgpg2?${ARGUMENTS}--passphrase[\\s=]["']?`,
  `(?:xfreerdp|wfreerdp)${ARGUMENTS}/p:["']?`,
  `\\bnmcli [^\\n]{0,48}\\spassword\\s["']?`,
  `\\bwpa_passphrase\\s["']?[\\w.-]{1,32}["']?\\s["']?`,
  `(?:sudo [\\w-]{0,16}S[\\w -]{0,24}|\\bpasswd [\\w.-]{1,30}|\\bcryptsetup [^\\n]{0,40}|chpasswd)\\s<<<\\s?["']?`,
  `(?:host|user|username|dbname)=[^\\n"',]{1,40}\\spassword=`,
]
/** Commands by the flag that a password follows. */
const FLAGS = [
  ...NOTHING_ELSE,
  `aws configure set aws_(?:secret_access_key|session_token)\\s["']?`,
  `(?:cargo|snyk|supabase) (?:login|auth)(?: --registry[ =][\\w.-]{1,30})?\\s["']?`,
  `net user\\s[\\w.-]{1,30}\\s["']?`,
  `gh secret set[^\\n|;]{0,40}\\s(?:--body|-b)[\\s=]["']?`,
  `snmp-server community\\s`,
  `(?:username [\\w.-]{1,30}|enable)(?: privilege \\d\\d?)? (?:password|secret) \\d\\s`,
  `passw(?:or)?d["']\\s["']`,
  `;\\s?(?:pwd|password)=\\{`,
  `\\bpsk["']?\\s?=?\\s?["']`,
  `new pdo\\([^\\n]{0,56},\\s{0,3}["']`,
  `psexec(?:64)?(?:\\.exe)?${ARGUMENTS}-p\\s["']?`,
  `(?:requirepass|masterauth)\\s["']?`,
  `pre-shared-key(?: (?:address [\\d.]{7,15}|local|remote|ascii-text))?(?: \\d)?\\s["']?`,
  `(?:tacacs|radius)-server[^\\n]{0,40}\\skey(?: \\d)?\\s`,
  `crypto isakmp key(?: \\d)?\\s`,
]
/** Places of a password that may be a word: between quotes, where programs and settings hold nothing else. What is most common in them is written in pieces: the rest of it is listened for. */
const ARGUMENT = [
  `passw(?:or)?d["']\\s?\\{[^{}]{0,48}\\bdef[a]ult\\s{0,8}=\\s{0,4}["']`,
  `\\bset_?(?:password|passwd|passphrase)\\((?:[\\w.]{1,24},\\s?)?["'\`]`,
  `(?:\\bauth=|\\bauth = |(?:basicauth|digestauth|usernamepasswordcredentials|passwordauthentication|networkcredential|plainauth))\\(["'][^"'\\n]{1,30}["'],\\s{0,3}["']`,
  `(?:getconnection\\([^\\n]{1,32}|jdbc:[\\w:@/.?=&-]{4,40}["']),\\s{0,3}["'][\\w.-]{1,30}["'],\\s{0,3}["']`,
  `\\bdefine\\(\\s?["'](?:\\w{1,20}_)?passw(?:or)?d["'],\\s{0,3}["']`,
  `\\b(?:sequelize|mysqli(?:_connect)?)\\((?:["'][^"'\\n]{1,20}["'],\\s?){2}["']`,
  `\\s-{1,2}u(?:ser(?:name)?)?[\\s=](?!and|or)["']?[\\w.@-]{2,30}["']?\\s--password\\s["']?`,
]
/** Calls that take a key, and settings whose name is too short to say so elsewhere. */
const CALLS = [
  `jwt\\.(?:sign|verify|encode|decode)\\([^\\n]{0,44},\\s{0,3}b?["'\`]`,
  `hmac\\.new\\(\\s?b?["']`,
  `createhmac\\(["'\`][\\w-]{2,12}["'\`],\\s{0,3}["'\`]`,
  `bearer_?(?:auth|token)\\(["'\`]`,
  `::add-mask::`,
  `\\bencrypt["']?\\s?[=:]\\s?["']`,
  `\\{s?(?:sha|md5|crypt)\\d{0,3}\\}`,
  `unseal key(?: \\d)?:\\s`,
  `\\b(?:secret(?:_token|_key|_key_base|_access_key)?|api_key)\\s["']`,
]
const behind = (all: readonly string[]): RegExp => new RegExp(`(?:${all.join('|')})$`, 'i')

const standsAlone = behind(NOTHING_ELSE)

/** A name that says so, and what may stand between it and a value in quotes. */
const NAMED = /(?:secret|auth|logged_in|nonce|encryption|signing|session|jwt|cookie|hmac|api|private)[_-]?(?:key|salt)|secret|passw(?:or)?d|passphrase|pwd/.source
const OPERATOR = String.raw`[\\"'\])]{0,3}\s{0,12}(?:=>?|:=?|,)\s{0,12}`
const TO_VALUE = String.raw`${OPERATOR}(?:default\s?=\s?)?[bnr]?(?:\\?["']){1,2}`

/** What stands in quotes and is code, markup or a sentence. */
const CODE = /^[A-Za-z_.]+[([{]|^[a-z]\w*(?::[^|]*)?\||^[a-z]+:[a-z]|\w\([\w.]*\)|\]\.|\b\w{9,}\b.*\b\w{9,}\b.*\b\w{9,}\b|=>|<\/?\w+>|^\$?\{|^\w+:\/\/|^<\w/

/** With a mark that ends a word elsewhere, or the rest of the value is left to the patterns of words. */
function isMarked(value: string): boolean {
  if (!/[()[\]{}<>|;,`]/.test(value) || !/\d/.test(value)) return false
  const bits = madeOf(value).entropy
  // As many different characters in so long a value are neither a stand-in nor code, whatever it begins with.
  return (value.length >= 40 && bits >= 4.6) || (!isPlaceholder(value) && bits >= (value.length < 24 ? 3 : 3.6) && !CODE.test(value))
}

/** Also of letters alone, when capitals stand inside. */
function isPassword(value: string): boolean {
  return (isChosenPassword(value) || /^(?=(?:[^A-Z]*[A-Z]){3})(?=(?:[^a-z]*[a-z]){3})[A-Za-z]{10,}$/.test(value)) && !/^\d+$|^-/.test(value)
}

export const SECRET_COMMANDS: Family = {
  name: 'secret-commands',
  recognisers: [
    {
      type: 'SECRET',
      name: 'command-password',
      version: 3,
      window: 'word',
      gate: { minLength: 6 },
      pattern: /(?<=^(?:-p|\/p:|password=|(?:pass:)?))[^\s\\-][^\s\\]{5,}/,
      // A small p has unzip write to its output.
      valid: (value, _, left) => (isPassword(value) || (isPasswordLiteral(value) && standsAlone.test(left))) && !/\b(?:un)?zip\b[^\n]* -p\s["']?$/.test(left),
      certainty: 'context',
      context: { left: behind(FLAGS), required: true },
      hold: 512,
      examples: [
        'mysql -u root -p«tideWater31» shop < dump.sql',
        "mysqldump -h db1 -p'«tideWater31»' shop",
        "sshpass -p '«tideWater31!»' ssh deploy@host1",
        'redis-cli -h cache1 -a «q7Zk2Vd9Xw4L» ping',
        'keytool -genkey -storepass «q7Zk2Vd9»',
        'openssl rsa -in key.pem -passin pass:«q7Zk2Vd9»',
        'cargo login «cioq7Zk2Vd9Xw4Lm8Rt3Yc6Hs1Pf5Jn0»',
        "CREATE USER app IDENTIFIED BY '«tideWater31»'",
        'docker login registry.example -u ci -p «q7Zk2Vd9Xw4L»',
        'rabbitmqctl add_user app «q7Zk2Vd9Xw4L»',
        'dotnet user-secrets set "Smtp:Password" "«tideWater31!»"',
        'htpasswd -b .htpasswd ada «tideWater31»',
        'htpasswd -nbB ada «tideWater31»',
        'psexec \\\\host1 -u admin -p «Tide31Water» cmd',
        'redis-server --requirepass «geheim99»',
        'crypto ikev2 keyring\n pre-shared-key «Tide31Water»',
        'tacacs-server key «Tide31Water»',
        'mysql -uroot -p«sunflower» shop',
        'unrar x -p«Sunflower7!» a.rar',
        "sshpass -p '«sunflower»' ssh ada@host1",
        "ALTER USER ada WITH PASSWORD '«sunflower»';",
        'xfreerdp /u:ada /p:«Sunflower7!» /v:host1',
        'psql "host=db1 user=ada password=«sunflower»"',
        'gpg --batch --passphrase «sunflower» -d a.gpg',
        'nmcli dev wifi connect Home password «sunflower»',
        'sudo -S apt update <<< «sunflower»',
      ],
      counterExamples: ['mysql -u root -p shop2024', 'mysql -P3306 -h db1', 'docker run -p 8080:80 nginx', 'docker login -u ci -p $TOKEN1', 'identified by the id 1234567', 'net user deploy1 /active:yes2', 'redis-cli -p 6379', 'cargo login --registry my-registry2', 'unzip -p release-2024.zip a2.json', 'the password 5 characters2 long', 'htpasswd -b .htpasswd ada $PASS12', 'requirepass required', 'a server key Tide31Water', 'mysql -u root -p shopping', 'sqlcmd -S db1 -P password', "identified by 'password'", 'docker login -u ada -p <password>', 'unzip -p sunflower.zip', 'connect(host=h, user=u, password=dbpass)'],
    },
    {
      type: 'SECRET',
      name: 'argument-password',
      version: 1,
      window: 'word',
      gate: { minLength: 5 },
      pattern: /^[^\s\\]{5,72}$/,
      valid: isPasswordLiteral,
      certainty: 'context',
      context: { left: behind(ARGUMENT), required: true },
      hold: 512,
      examples: ['variable "db_password" {\n  type = string\n  default = "«sunflower»"\n}', 'config.setPassword("«Tide31»")', "make_user.set_password('«tiger99»')", "requests.get(u, auth=('ada', '«sunflower»'))", 'new NetworkCredential("ada", "«Sunflower»")', 'getConnection(url, "scott", "«tiger99»")', '"jdbc:oracle:thin:@db1:1521/xe", "scott", "«tiger»"', 'mycli --user root --password «sunflower» shop', "define('DB_PASSWORD', '«moonlight»');", 'new mysqli("db1", "etl", "«moonlight»")'],
      counterExamples: ['variable "db_password" {\n  description = "sunflower"', 'setPassword("password")', 'setPassword(sunflower)', 'auth=("user", "password")', 'auth=(ada, "sunflower")', 'getConnection("sunflower")', 'give --user and --password together', '--user NAME --password PASSWORD'],
    },
    {
      type: 'SECRET',
      name: 'login-password',
      version: 1,
      window: 'word',
      gate: { minLength: 5 },
      pattern: /(?<=^[\w.@$#-]{1,30}[/:%])[^\s/:@]{5,64}(?=@|$)/,
      valid: isPasswordLiteral,
      certainty: 'context',
      context: { left: /\b(?:(?:sqlplus|sqlldr|expdp|impdp|rman target)(?: -\w{1,8}){0,3} ["']?[\w$#]{1,30}\/|(?:h[t]tps?(?: -a | --auth[ =])|ab -A )["']?[\w.@-]{1,30}:|(?:smbclient|rpcclient)[^\n]{0,32} -U ["']?[\w.-]{1,30}%)$/i, required: true },
      hold: 512,
      examples: ['sqlplus scott/«Tide31Water»@ora1', 'sqlplus -s scott/«tiger»@ora1', 'http -a ada:«tideWater31» https://x.example', 'smbclient //host1/share -U ada%«Sunflower7!»', 'ab -A ada:«Sunflower7!» https://x.example/'],
      counterExamples: ['sqlplus /nolog', 'sqlplus $ORA_USER/$ORA_PASS@ora1', 'http://a:sunflower'],
    },
    {
      type: 'SECRET',
      name: 'login-pair',
      version: 1,
      window: 'word',
      gate: { digits: 1, minLength: 6, letters: true },
      pattern: /^[^\s/:]{6,64}$/,
      valid: isChosenPassword,
      certainty: 'context',
      context: { left: /\b(?:creds?|credentials|logins?|account|zugang(?:sdaten)?)\s?:\s["'(]?[\w.@-]{2,30} \/ $/i, required: true },
      hold: 512,
      examples: ['creds: ada / «Tide31Water»', 'Login: ada@example.com / «tideWater31»'],
      counterExamples: ['account: sales / marketing', 'login: 2024 / 202531', 'creds / Tide31Water'],
    },
    {
      type: 'SECRET',
      name: 'pgpass-line',
      version: 1,
      window: 'word',
      gate: { minLength: 16, twice: ':' },
      // host:port:database:user:password
      pattern: /(?<=^(?:[A-Za-z][\w.-]{0,63}|(?:\d{1,3}\.){3}\d{1,3}|\*):(?:\d{4,5}|\*):[\w*-]{1,63}:[\w.*-]{1,63}:)[^\s:]{5,64}$/,
      valid: (value, window) => (/^[^:]+:(?:5432|6432|\*):/.test(window) ? isPasswordLiteral(value) : isChosenPassword(value) && /[A-Za-z]/.test(value)),
      certainty: 'context',
      hold: 512,
      examples: ['db.example:5432:crm:ada:«tideWater31»', 'localhost:5432:*:postgres:«sunflower»', '*:*:*:postgres:«tideWater31»'],
      counterExamples: ['main.c:1204:5:error:unused', 'host:port:db:user:password', '10:20:30:40:50a', 'arn:aws:iam:x:role2'],
    },
    {
      type: 'SECRET',
      name: 'piped-password',
      version: 1,
      window: 'phrase',
      opens: { words: ['echo', 'printf'], after: true, heldFrom: /[^\s"'-]/ },
      grow: /^ (?:-\w |["']){0,2}[^\s"'`$|]{0,64}["']?(?: \|(?: [^\n|;]{0,40})?)?$/,
      pattern: /^ (?:-\w |["']){0,2}(?:[\w-]{1,30}:)?(?<value>[^\s"'`$|:]{5,64})["']? \| (?:sudo -\w{0,4}S|sudo chpasswd|chpasswd|(?:sudo )?(?:docker|podman|helm|oras|crane|skopeo|gh|az) [^\n|;]{0,40}-{1,2}(?:password-stdin|with-token))/,
      valid: isPasswordLiteral,
      certainty: 'context',
      hold: 128,
      examples: ['echo «tideWater31» | sudo -S apt update', 'echo "«sunflower»" | docker login -u ada --password-stdin', "echo 'ada:«tideWater31»' | chpasswd"],
      counterExamples: ['echo sunflower | sudo tee /etc/motd', 'echo $PASS | sudo -S ls', 'echo "y" | sudo -S ls', 'echo sunflower && sudo -S ls'],
    },
    {
      type: 'SECRET',
      name: 'call-key',
      version: 2,
      window: 'word',
      gate: { digits: 1, minLength: 10 },
      pattern: /(?<=^|::add-mask::)[A-Za-z0-9_+/][\w.+/=~!@$%^&*-]{9,}/,
      valid: (value) => isKeyedSecret(value),
      certainty: 'context',
      context: { left: behind(CALLS), required: true },
      hold: 512,
      examples: ["jwt.sign({ id }, '«q7Zk2Vd9Xw4Lm8Rt3Yc6»')", "hmac.new(b'«q7Zk2Vd9Xw4Lm8Rt3Yc6»', text)", "secret_token '«8f3a1c9e5b7d2046f8a3»'", 'Unseal Key 1: «q7Zk2Vd9Xw4Lm8Rt3Yc6Hs1Pf5Jn0GbT=»', '::add-mask::«q7Zk2Vd9Xw4Lm8Rt3Yc6»', 'bearer_auth("«q7Zk2Vd9Xw4Lm8Rt3Yc6»")', "SECRET_ACCESS_KEY '«wJalrXUtnFEMI1K7MDENG9bPxRfiCYz2hK4dQ8sT»'"],
      counterExamples: ["jwt.sign({ id }, 'HS256')", "createHmac('sha256', 'utf8')", 'unseal key 1: none', "encrypt: 'aes-256-gcm'"],
    },
    {
      type: 'SECRET',
      name: 'second-argument',
      version: 1,
      window: 'word',
      gate: { digits: 1, minLength: 32 },
      pattern: /^[0-9a-f]{32}$/,
      certainty: 'context',
      context: { left: /\bac[0-9a-f]{32}["'`],\s{0,3}["'`]$/i, required: true },
      hold: 64,
      examples: ['Client("AC8f3a1c9e5b7d20468f3a1c9e5b7d2046", "«0a9b8c7d6e5f40312233445566778899»")'],
      counterExamples: ['Client("ac", "0a9b8c7d6e5f40312233445566778899")'],
    },
    {
      type: 'SECRET',
      name: 'application-password',
      version: 2,
      window: 'word',
      gate: { minLength: 19, has: '-' },
      pattern: /^[a-z]{4}(?:-[a-z]{4}){3}$/,
      certainty: 'context',
      context: { left: new RegExp(`\\bapp(?:lication)?[- ](?:specific )?password["']?(?: is)?${JOINT}$`, 'i'), required: true },
      hold: 32,
      examples: ['app-specific password: «rwcw-mcre-hlba-tozg»'],
      counterExamples: ['password: rwcw-mcre-hlba-tozg-else', 'rwcw-mcre-hlba-tozg'],
    },
    {
      type: 'SECRET',
      name: 'quoted-secret',
      version: 2,
      window: 'phrase',
      opens: {
        words: ['key', 'salt', 'secret', 'password', 'passwd', 'pwd', 'clientsecret', 'secretkey'],
        after: true,
        next: new RegExp(`^${TO_VALUE}[^"'\\s]{1,100}$|^${OPERATOR}[bdnr]$`, 'i'),
        heldFrom: /(?<=[=:,>]\s{0,12}[bnr]?(?:\\?["']){1,2})[^\s"'\\]/i,
      },
      grow: new RegExp(`^${TO_VALUE}[^"'\\s\\\\]{0,110}$|^${OPERATOR}(?:default|[bnr])$`, 'i'),
      pattern: new RegExp(`^${TO_VALUE}(?<value>[^"'\\s\\\\]{8,110})\\\\?["']`, 'i'),
      valid: isMarked,
      certainty: 'prefix',
      context: { left: new RegExp(`(?:${NAMED})${TO_VALUE}$`, 'i'), required: true },
      hold: 160,
      examples: ['SECRET_KEY = "\\"«k3v9)x2m(q4w8!t1z]6r5p0c7#h2j9f4&d8s3»\\""', 'SECRET_KEY = &quot;«k3v9)x2m(q4w8!t1z]6r5p0c7#h2j9f4&d8s3»&quot;', "password: '&quot;«31)tide[Water!»&quot;'", 'SECRET_KEY = "«k3v9)x2m(q4w8!t1z]6r5p0c7#h2j9f4&d8s3»"\nDEBUG', 'os.environ.get("SECRET_KEY", "«k3v9)x2m(q4w8!t1z]6r5p0c7#h2j9f4&d8s3»")', 'password: "«31)tide[Water!»"', "SECRET_KEY = '«$q=w(=^7b3)p^dkhx4py8g!pa_n0rl)yk+ei$$2iiaan)nkksu»'"],
      counterExamples: ['SECRET_KEY = "get(1)"', 'key = "k3v9)x2m(q4w8!t1z]6r5p0c7#h2j9f4&d8s3"', 'password = "{user[1].password}"', "password: 'required|min:8|max:72'"],
    },
  ],
}
