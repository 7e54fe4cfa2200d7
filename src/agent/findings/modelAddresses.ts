/** Addresses of model hosts, looked up now and then: what a connection of the operating system is compared with. */

/** Where local model servers listen when nobody says otherwise: Ollama, LM Studio. */
const LOCAL: readonly (readonly [address: string, host: string])[] = [['127.0.0.1:11434', 'localhost:11434'], ['127.0.0.1:1234', 'localhost:1234']]
const STALE_MS = 600_000

export interface ModelAddressesOptions {
  /** Hosts of providers and of the policy's upstreams. */
  readonly hosts: () => readonly string[]
  /** Every address of a host; rejects where it is not known. */
  readonly resolve: (host: string) => Promise<readonly string[]>
  readonly now: () => number
}

export class ModelAddresses {
  readonly #options: ModelAddressesOptions
  #hosts = new Map<string, string>()
  #asked: string | undefined
  #at = 0

  constructor(options: ModelAddressesOptions) {
    this.#options = options
  }

  /** @param address without port @returns the host; some of these addresses serve other hosts too, so it is a hint */
  hostOf(address: string, port: number): string | undefined {
    return this.#hosts.get(`${address}:${port}`) ?? this.#hosts.get(address)
  }

  /** Looks everything up again where that was long ago or the hosts changed. A host that cannot be looked up is left out. */
  async refresh(): Promise<void> {
    const hosts = this.#options.hosts()
    const now = this.#options.now()
    if (this.#asked === hosts.join(' ') && now - this.#at < STALE_MS) return
    this.#asked = hosts.join(' ')
    this.#at = now
    const found = await Promise.allSettled(hosts.map(async (host) => (await this.#options.resolve(host)).map((address) => [address, host] as const)))
    this.#hosts = new Map([...LOCAL, ...found.flatMap((one) => (one.status === 'fulfilled' ? one.value : []))])
  }
}
