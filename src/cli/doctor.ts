/** `countersign doctor`: tests a hub and an identity provider step by step, and says in words what is wrong and what to do. */
import type { Command } from 'commander'
import { openBrowser } from '../platform/browser.ts'
import { checkUrl, setting } from '../platform/settings.ts'
import { examineHub, examinePages } from './doctor/hub.ts'
import type { Finding, Tell } from './doctor/finding.ts'
import { examineProvider, type ProviderSettings } from './doctor/provider.ts'
import { examineSignIn } from './doctor/signIn.ts'

export interface DoctorFlags {
  readonly hub?: string
  readonly issuer?: string
  readonly clientId?: string
  readonly groupsClaim?: string
  readonly signIn?: boolean
  readonly json?: boolean
}

export function doctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('test a hub, or an identity provider, and say in words what is wrong')
    .option('--hub <url>', 'the hub: issuer and client id are read from it')
    .option('--issuer <url>', 'without a hub: the OpenID provider')
    .option('--client-id <id>', 'without a hub: our client id there')
    .option('--groups-claim <name>', 'the claim that carries groups (default: what the hub says, else "groups")')
    .option('--sign-in', 'sign in as well, to see what stands in the tokens')
    .option('--json', 'print one JSON line a finding')
    .action(async (flags: DoctorFlags) => {
      const findings = await examine(flags, (finding) => { process.stdout.write(flags.json ? `${JSON.stringify(finding)}\n` : lineOf(finding)) }, (url) => {
        process.stderr.write(`Sign in with your browser:\n  ${url}\n`)
        openBrowser(url)
        return Promise.resolve()
      })
      const wrong = findings.filter(({ state }) => state === 'wrong').length
      if (!flags.json) process.stdout.write(wrong === 0 ? 'Nothing is wrong.\n' : `${wrong} ${wrong === 1 ? 'thing is' : 'things are'} wrong.\n`)
      process.exitCode = wrong === 0 ? 0 : 1
    })
}

/**
 * @param open shows the provider's page, with --sign-in
 * @throws CountersignError CS_SETTING when it is not said what to look at
 */
export async function examine(flags: DoctorFlags, tell: Tell, open: (url: string) => Promise<unknown>): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  const note: Tell = (finding) => {
    findings.push(finding)
    tell(finding)
  }
  const settings = await settingsOf(flags, note)
  if (settings && (await examineProvider(settings, note)) && flags.signIn) await examineSignIn(settings, note, open)
  if (settings && flags.hub !== undefined) await examinePages(trimmed(flags.hub), note)
  return findings
}

async function settingsOf({ hub, issuer, clientId, groupsClaim }: DoctorFlags, tell: Tell): Promise<ProviderSettings | undefined> {
  if (hub !== undefined) {
    if ((issuer ?? clientId) !== undefined) throw setting('--issuer and --client-id come from the hub. Give either --hub or them.')
    checkUrl('--hub', hub)
    const known = await examineHub(trimmed(hub), tell)
    return known && { issuer: known.issuer, clientId: known.clientId, accessTokens: known.accessTokens, groupsClaim: groupsClaim ?? known.groupsClaim, resource: known.audience }
  }
  if (issuer === undefined || clientId === undefined) throw setting('doctor takes --hub URL, or --issuer URL with --client-id ID.')
  checkUrl('--issuer', issuer)
  return { issuer, clientId, groupsClaim: groupsClaim ?? 'groups', resource: undefined }
}

function trimmed(url: string): string {
  return url.replace(/\/+$/, '')
}

const MARKS = { ok: 'ok     ', warn: 'careful', wrong: 'WRONG  ', unknown: '?      ' } as const

function lineOf({ state, what, says, todo }: Finding): string {
  return `${MARKS[state]} ${what}: ${says}.\n${todo === undefined ? '' : `        → ${todo}\n`}`
}
