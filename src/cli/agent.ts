/** `countersign agent`: the enforcement agent in the foreground. */
import type { Command } from 'commander'
import { agentConfig, type AgentFlags } from '../agent/config.ts'
import { runAgent } from '../agent/main.ts'

export function agentCommand(program: Command): void {
  program
    .command('agent')
    .description('run the local enforcement agent in the foreground')
    .option('--home <folder>', 'state folder (default: COUNTERSIGN_HOME, else the platform\'s state folder)')
    .option('--hub <url>', 'the hub: everything else is read from it')
    .option('--policy <file>', 'without a hub: a policy file on this machine (shown as "unmanaged")')
    .option('--issuer <url>', 'without a hub: the OpenID provider')
    .option('--client-id <id>', 'without a hub: our client id there')
    .option('--groups-claim <name>', 'without a hub: the claim that carries groups', 'groups')
    .option('--upstream-key <name=@file>', 'without a hub: provider key of an upstream, read from a file (repeatable)', collect, [])
    .option('--port <number>', 'port to listen on (default: derived from the user id, then kept)')
    .option('--headless', 'no person: the program\'s platform vouches for it (needs --hub, and --workload-token or --workload-client)')
    .option('--workload-token <file|url|github>', 'its platform\'s OpenID token: a projected file, a URL that gives one, or GitHub Actions')
    .option('--workload-bearer <@file>', 'what such a URL asks for, read from a file')
    .option('--workload-client <id>', 'in place of a token: the program\'s own client at an identity provider (client credentials)')
    .option('--workload-key <file>', 'the private key of that client, PEM (private_key_jwt)')
    .option('--workload-key-id <kid>', 'the key\'s id there, where the provider asks for one')
    .option('--workload-issuer <url>', 'that identity provider (default: the one that signs people in at the hub)')
    .option('--on-behalf-of <name>', 'who started it (e-mail or user name): on record, and never a reviewer of its calls')
    .option('--linger', 'end by itself some minutes after the last window and launch (limits.agentLinger)')
    .option('--with-parent', 'end when standard input ends, as it does when the starting process dies')
    .option('--json', 'print one JSON line when ready')
    .action(async (flags: AgentFlags) => {
      await runAgent(agentConfig(flags))
    })
}

export function collect(value: string, previous: readonly string[]): string[] {
  return [...previous, value]
}
