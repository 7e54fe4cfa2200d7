/** Somebody with another device: opens the provider's page, types the code, says that it is theirs and signs in. */
import assert from 'node:assert/strict'
import { CookieJar, walk } from '../../src/sandbox/signIn.ts'

/** @param page as shown, without a code in it @returns text of the page that it ended at */
export async function enterCode(page: string, code: string, person: { readonly login: string; readonly password: string }): Promise<string> {
  const jar = new CookieJar()
  const send = async (form?: URLSearchParams): Promise<Response> => {
    const reply = await fetch(page, { redirect: 'manual', headers: { cookie: jar.header(page) }, ...(form ? { method: 'POST', body: form } : {}) })
    jar.take(page, reply.headers.getSetCookie())
    return reply
  }
  const fields = (html: string): URLSearchParams => new URLSearchParams([...html.matchAll(/name="(\w+)" value="([^"]*)"/g)].map(([, name = '', value = '']): [string, string] => [name, value]))
  const typed = fields(await (await send()).text())
  typed.set('user_code', code)
  const asked = await send(typed)
  assert.equal(asked.status, 200)
  const confirmed = fields(await asked.text())
  confirmed.set('confirm', 'yes')
  confirmed.set('user_code', code)
  const reply = await send(confirmed)
  assert.ok(reply.status >= 300 && reply.status < 400, `status ${reply.status}`)
  return (await walk(new URL(reply.headers.get('location') ?? '', page).href, person, jar)).text
}
