/** Names of accounts, where a word or a key says so. */
import type { Family } from './recogniser.ts'
import { ACCOUNT_NAMES } from './secretWords.ts'

const WORDS = String.raw`\buser ?names?|\buser[ _-]?id|\blogin(?: name| id)?|\bscreen ?name|\bnick ?name|\bhandle|\bwechat|\bweixin|微信号?|QQ号?|\bskype|\btelegram|\bdiscord|\binstagram|\btwitter|\bsnapchat|\btiktok|\bgithub|用户名|账户名|\bbenutzername|\busuario|\butilisateur|\bkullanıcı adı`

/** In Markdown, in the cells of a table, behind a dash or an arrow. Not all of it that sets off other labels: many a variable is called a handle, and a union of types has bars. */
const MARKED = String.raw`[*_\x60]{0,3}[ \t]?(?::[*_]{0,2}|\||[-=]{1,2}>|→|\.{3,8}| -{1,2})[ \t]{0,2}[*_\x60"'“«]{0,2} ?`

export const USERNAME: Family = {
  name: 'username',
  recognisers: [
    {
      type: 'USERNAME',
      name: 'username',
      version: 4,
      window: 'word',
      gate: { minLength: 3 },
      pattern: /(?<=^|^\*\*|^_|[:=：])@?[\p{L}\d](?=[\w.@-]*[\p{L}\d_])[\p{L}\d._-]{2,39}(?=\*{0,2}$)/u,
      valid: (value) => !/^(?:the|and|is|are|was|or|for|with|not|null|none|true|false|string|required|optional|undefined|user|admin|root|name|field|password|email|account|page|button|form|your|my|this|can|will|should|must|also|please|username)$/i.test(value) && !/\.(?:user_?names?|user_?id|login|handle)$/i.test(value) && !/^\d{1,4}$/.test(value) && !/\.(?:com|org|json|md|py|ts)$/i.test(value),
      certainty: 'context',
      context: {
        left: new RegExp(`(?:${WORDS})(?:[:=]\\s?|["']\\s?(?:[:=]|[-=]>)\\s?["']?| ?:= ?["']?|${MARKED}|[,;>]["']?| is:? | name is )@?["']?$`, 'i'),
        key: /(?:^|[._])(?:user_?names?|login(?:_?name)?|screen_?name|nick_?name|(?:user|social|twitter|github|discord|instagram|telegram)_?handle|wechat|userid)$|(?:^|\.)handle$/i,
        required: true,
      },
      hold: 48,
      examples: ['username: «ada_lovelace»', 'WeChat: «my-name-123»', '我的微信：«zhangsan_2024»', 'QQ：«987654321»', 'QQ:«10001»', 'Telegram: «@ada_l»', '**Username:** `«ada_l»`', '| User name | «ada_l» |'],
      counterExamples: ['username: required', 'QQ:1234', 'login page', 'username: this.username,', 'login: Please try again', 'only when username is also given', 'the username field', 'github: https://x.example', 'const handle = await open()', "provider: 'github' | 'gitlab'", '* GitHub\n* Markdown'],
    },
    {
      // What forms say behind these labels is words of their language; names of accounts have other letters, or a mark.
      type: 'USERNAME',
      name: 'username-labelled',
      version: 1,
      window: 'word',
      gate: { minLength: 3 },
      pattern: /(?<=^|^\*\*|^_|[:=：])@?[A-Za-z][\w.-]{2,39}(?=\*{0,2}$)/,
      valid: (value, _window, left) => (/[\d_.@-]\w/.test(value) || /[Ͱ-ᷟ⺀-￿]/.test(left.slice(-16))) && !/\.(?:com|org|net|ru|me|json|md|py|ts)$/i.test(value),
      certainty: 'context',
      context: { left: new RegExp(`(?:${ACCOUNT_NAMES})(?: ?[:=：] ?["'«]?|${MARKED}| )@?$`, 'i'), required: true },
      hold: 48,
      examples: ['Логин: «ivan»', 'ID 5, Логин: «ivan_petrov82»', 'логин «ivan.p»', 'Όνομα χρήστη: «ivan82»', 'nazwa użytkownika: «jan_k»', 'اسم المستخدم: «ivan82»', '아이디: «ivan82»', 'ユーザー名：«ivan82»', '**Логин:** «ivan»'],
      counterExamples: ['nazwa użytkownika: wymagana', 'Логин: обязателен', 'gebruikersnaam: verplicht', 'логинов 12', 'техник: ivan', 'brukernavn og passord', 'телеграм: t.me'],
    },
    {
      type: 'USERNAME',
      name: 'username-cjk',
      version: 1,
      window: 'cjk',
      gate: { minLength: 6 },
      pattern: /(?:微信|QQ)号?(?:是|为)?(?<value>[A-Za-z][\w-]{5,19}|[1-9]\d{4,10})(?!\w)/,
      certainty: 'context',
      hold: 64,
      examples: ['加微信«zhangsan2024»', 'QQ号«10001234»吧'],
      counterExamples: ['微信号123abc', '微信支付'],
    },
  ],
}
