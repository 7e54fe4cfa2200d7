/** The hub's keys: one cosigns devices' checkpoints, one signs policies, one workloads' access tokens, one the hub's own log; one wraps erasable texts. */
import { createPublicKey, type KeyObject } from 'node:crypto'
import type { JWK } from 'jose'
import type { NoteSigner } from '../core/log/note.ts'
import { rawPublicKey } from '../core/log/note.ts'
import { openDataKey, openSigningKey } from '../platform/keyFiles.ts'

export interface HubKeys {
  readonly cosigner: NoteSigner
  readonly policy: KeyObject
  /** Public half of the policy key, members in one order: agents pin its text. */
  readonly policyJwk: JWK
  readonly log: KeyObject
  readonly workload: KeyObject
  /** Wraps the keys of the erasable texts beside the hub's own log. */
  readonly data: Buffer
}

/** @throws CountersignError CS_STATE when a key file is damaged: agents pinned these keys, so no new one is made in its place */
export function openHubKeys(home: string): HubKeys {
  const cosigner = openSigningKey(home, 'cosigner-key.pem')
  const policy = openSigningKey(home, 'policy-key.pem')
  const { x } = createPublicKey(policy).export({ format: 'jwk' })
  return {
    // Named by its key: a hub that moves to another address stays the same cosigner.
    cosigner: { name: `countersign-cosigner/${rawPublicKey(cosigner).toString('base64url')}`, type: 4, key: cosigner },
    policy,
    policyJwk: { kty: 'OKP', crv: 'Ed25519', x: x ?? '', alg: 'EdDSA', use: 'sig' },
    log: openSigningKey(home, 'log-key.pem'),
    workload: openSigningKey(home, 'workload-key.pem'),
    data: openDataKey(home),
  }
}
