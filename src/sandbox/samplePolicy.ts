/** The policy that trials begin with: the shape every policy has, over the simulated model or an upstream of one's own. */
import { parseDocument } from 'yaml'

const POLICY = `# What may leave, what waits for a second person, and what is masked. The first rule that matches decides.
version: 1
default: deny
upstreams:
  openai: { url: https://api.openai.com/v1, outside: true }
  anthropic: { url: https://api.anthropic.com, outside: true }
limits: { sessionIdle: 8h, sessionAbsolute: 12h, agentLinger: 10m, body: 32MiB }
mask: # for every call that is let through; a rule may override
  prompt: { SECRET: redact }
  answer: { EMAIL: redact, PHONE: redact, CREDIT_CARD: partial, US_SSN: redact, IBAN: redact, IP: redact, SECRET: redact }
rules:
  - id: no-files
    when: { prompt: { has: [file, image, audio] } }
    effect: deny
    message: Files cannot be inspected yet.
  - id: cards-and-ssn-need-a-second-person
    when: { outside: true, prompt: { finds: [CREDIT_CARD, US_SSN] } }
    effect: hold
    approval: { reviewers: { group: security-reviewers }, count: 1, assurance: session, requesterReason: optional, wait: 4m }
    message: Card numbers and SSNs leave only with a second person's approval.
  - id: data-team-may-use-models
    when: { groups: [data-eng], provider: [openai, anthropic], model: ["gpt-*", "claude-*", "simulated-*"] }
    effect: allow
`

/**
 * @param text a policy, or undefined for the sample
 * @param urls by upstream name: replaces the policy's URLs, comments and order stay
 */
export function withUpstreams(text: string | undefined, urls: Readonly<Record<string, string>>): string {
  const document = parseDocument(text ?? POLICY)
  for (const [name, url] of Object.entries(urls)) {
    if (document.hasIn(['upstreams', name])) document.setIn(['upstreams', name, 'url'], url)
    else document.setIn(['upstreams', name], { url, outside: true })
  }
  return String(document)
}
