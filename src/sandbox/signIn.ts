/** Walks a real sign-in without a browser: redirects followed, forms filled in, cookies kept, as a person would do it. */
import { CountersignError } from '../protocol/errors.ts'
import type { SamplePerson } from './people.ts'

const MOST_STEPS = 15

/**
 * @param authorizeUrl page of the identity provider that the person's browser would open
 * @returns the text of the page the walk ended at: the agent's, or the hub's
 * @throws CountersignError CS_SIGN_IN_FAILED when the provider says no
 */
export async function completeSignIn(authorizeUrl: string, person: Pick<SamplePerson, 'login' | 'password'>): Promise<string> {
  return (await walk(authorizeUrl, person, new CookieJar())).text
}

/** The same, in a browser of its own that keeps its cookies: for pages behind sign-in. */
export async function walk(start: string, person: Pick<SamplePerson, 'login' | 'password'>, jar: CookieJar): Promise<{ url: string; status: number; text: string }> {
  let url = start
  let form: URLSearchParams | undefined
  for (let step = 0; step < MOST_STEPS; step++) {
    const reply = await fetch(url, { redirect: 'manual', ...(form ? { method: 'POST', body: form } : {}), headers: { cookie: jar.header(url) } })
    form = undefined
    jar.take(url, reply.headers.getSetCookie())
    const location = reply.headers.get('location')
    if (location !== null && reply.status >= 300 && reply.status < 400) {
      await reply.body?.cancel()
      url = new URL(location, url).href
      continue
    }
    const text = await reply.text()
    const action = /<form method="post" action="(\/interaction\/[^"]+)"/.exec(text)?.[1]
    if (action === undefined || reply.status !== 200) {
      if (new URL(url).pathname.startsWith('/interaction/') || new URL(url).pathname.startsWith('/auth?')) throw new CountersignError('CS_SIGN_IN_FAILED', `the sample provider refused the sign-in of ${person.login}.`, { detail: text.slice(0, 500) })
      return { url, status: reply.status, text }
    }
    url = new URL(action.replace(/&#(\d+);/g, (_all, code: string) => String.fromCharCode(Number(code))), url).href
    form = new URLSearchParams(text.includes('name="password"') ? { login: person.login, password: person.password } : {})
  }
  throw new CountersignError('CS_SIGN_IN_FAILED', 'the sign-in went round in circles.')
}

/** Cookies by host and port: two servers of a trial share the host. */
export class CookieJar {
  readonly #cookies = new Map<string, Map<string, string>>()

  header(url: string): string {
    return [...(this.#cookies.get(new URL(url).host) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  take(url: string, lines: readonly string[]): void {
    const { host } = new URL(url)
    const known = this.#cookies.get(host) ?? new Map<string, string>()
    for (const line of lines) {
      const [pair = ''] = line.split(';')
      const cut = pair.indexOf('=')
      const value = pair.slice(cut + 1)
      if (value === '' || /max-age=0|expires=thu, 01 jan 1970/i.test(line)) known.delete(pair.slice(0, cut))
      else known.set(pair.slice(0, cut), value)
    }
    this.#cookies.set(host, known)
  }
}
