/** `countersign hub`: the central endpoint in the foreground. */
import type { Command } from 'commander'
import { hubConfig, type HubFlags } from '../hub/config.ts'
import { runHub } from '../hub/main.ts'
import { makeEvidence } from './evidence/archive.ts'

export function hubCommand(program: Command): void {
  program
    .command('hub')
    .description('run the hub: enrolment, signed policies, copies of the journals with receipts, pages for auditors')
    .option('--issuer <url>', 'the OpenID provider that signs people in')
    .option('--saml-metadata <file|url>', 'in place of --issuer: metadata of the SAML provider that signs people in')
    .option('--saml-key <file>', 'RSA key that signs our SAML requests, PEM')
    .option('--saml-cert <file>', 'its certificate, PEM')
    .option('--saml-groups <attribute>', 'the SAML attribute that carries groups (default: groups)')
    .option('--saml-assertion-only', 'the SAML provider signs the assertion alone, not the response (Entra ID by default)')
    .option('--home <folder>', 'state folder of the hub (default: "hub" in the platform\'s state folder)')
    .option('--policy <file>', 'published as version 1 when there is none yet')
    .option('--upstream-key <name=@file>', 'provider key of an upstream, read from a file (repeatable)', (one: string, before: readonly string[]) => [...before, one], [])
    .option('--organisation <name>', 'name of the organisation: signed policies are for it alone')
    .option('--listen <host:port>', 'address to listen on (default: 127.0.0.1, on the port of the last start)')
    .option('--url <url>', 'what agents and browsers know the hub as (default: the address it listens on)')
    .option('--tls-cert <file>', 'certificate chain, PEM; needed on any address but loopback')
    .option('--tls-key <file>', 'its key, PEM')
    .option('--client-id <id>', 'client id of the agents at the provider (default: countersign-desktop)')
    .option('--pages-client-id <id>', 'client id of the hub\'s pages at the provider (default: countersign-hub)')
    .option('--pages-client-secret <@file>', 'its secret, when it has one, read from a file')
    .option('--groups-claim <name>', 'the claim that carries groups', 'groups')
    .option('--access-tokens <profile>', 'how the provider writes access tokens: rfc9068 (typ at+jwt), or okta', 'rfc9068')
    .option('--auditor-group <name>', 'who may read the pages', 'auditors')
    .option('--policy-group <name>', 'who may publish policies', 'security-leads')
    .option('--workloads <file>', 'YAML list of {issuer, subject, groups}: programs that sign in with their platform\'s token')
    .option('--workload-audience <text>', 'audience of those tokens (default: the URL of the hub)')
    .option('--with-parent', 'end when standard input ends, as it does when the starting process dies')
    .option('--json', 'print one JSON line when ready')
    .action(async (flags: HubFlags) => {
      await runHub(hubConfig(flags), makeEvidence)
    })
}
