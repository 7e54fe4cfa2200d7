/** The view without requests: what is protected, and what today held; or signed out, signing in, starting. */
import { html, nothing, type TemplateResult } from 'lit'
import type { SidebarModel } from '../../src/protocol/panel.ts'
import { linkButton, rich } from '../element.ts'
import { clock, number } from '../format.ts'
import { post } from '../host.ts'
import { icon, spinner } from '../icons.ts'
import { button } from '../toolkit.ts'
import { say, sayCount, sentence } from '../words.ts'

export function signedOut(model: SidebarModel, primary: boolean): TemplateResult {
  return html`<div class="welcome">
    <h2 tabindex="-1" data-landing>${icon('shield-off')} ${say('out.title')}</h2>
    ${model.over === undefined ? nothing : html`<p>${rich('{text}', { text: model.over })}</p>`}
    <p>${say(model.over === undefined ? 'out.text' : 'out.over')}</p>
    ${button({ text: say('out.signIn'), primary, press: () => { post({ type: 'signIn', how: 'browser' }) } })}
    <div class="links">
      ${model.deviceSignIn ? linkButton(say('out.device'), () => { post({ type: 'signIn', how: 'device' }) }) : nothing}
      ${linkButton(say('out.what'), () => { post({ type: 'whatIsRecorded' }) })}
    </div>
  </div>`
}

export function signingIn({ device }: SidebarModel): TemplateResult {
  return html`<div class="welcome">
    <h2 tabindex="-1" data-landing>${icon('shield-off')} ${say('out.title')}</h2>
    <p class="busy">${spinner()}<span>${say(device ? 'in.device' : 'in.waiting')}</span></p>
    ${device
      ? html`<p class="code"><code>${device.code}</code> ${linkButton(say('in.copy'), () => { post({ type: 'copyCode' }) })}</p>
          <p>${rich(sentence('in.where'), { page: device.page, origin: device.origin })}</p>
          <p class="quiet small">${say('in.until', { time: clock(device.expiresAt) })} ${say('in.never')}</p>`
      : nothing}
    ${button({ text: say('in.cancel'), press: () => { post({ type: 'cancelSignIn' }) } })}
    <div class="links">${linkButton(say(device ? 'in.open' : 'in.reopen'), () => { post({ type: 'signIn', how: 'browser' }) })}</div>
  </div>`
}

/** Whose keys the calls go out with: a person's own are nobody else's to count or to take back. */
function keysLine({ keys }: SidebarModel): unknown {
  if (!keys || keys.upstreams.length === 0) return nothing
  const n = number(keys.upstreams.length)
  return html`<p class="quiet small">${rich(say(`keys.${keys.held}`, { keys: sayCount('keys.count', keys.upstreams.length, { n }), names: '{names}' }), { names: keys.upstreams.join(', ') })}</p>`
}

export function starting(): TemplateResult {
  return html`<p class="cs-group" role="status">${spinner()} ${say('starting')}</p>`
}

export function noneWaiting(model: SidebarModel): TemplateResult {
  const { calls, held, masked } = model.today
  const today = say('empty.today', { calls: sayCount('empty.calls', calls, { n: number(calls) }), held: number(held), masked: sayCount('empty.values', masked, { n: number(masked) }) })
  return html`<div class="welcome">
    <h2 tabindex="-1" data-landing>${icon('shield-ok', 'ok')} ${say('empty.title')}</h2>
    ${model.person ? html`<p>${rich(sentence('empty.text'), { name: model.person.name })}</p>` : nothing}
    ${calls > 0 ? html`<p class="quiet small">${today}</p>` : html`<p>${say('empty.first')}</p><p class="quiet small">${say('empty.later')}</p>`}
    ${model.policy?.source === 'local' ? html`<p class="quiet small">${say('empty.local')}</p>` : nothing}
    ${keysLine(model)}
    <div class="links">
      ${calls > 0 ? nothing : linkButton(say('open.terminal'), () => { post({ type: 'openTerminal' }) })}
      ${linkButton(say('open.timeline'), () => { post({ type: 'openTimeline' }) })}
    </div>
  </div>`
}
