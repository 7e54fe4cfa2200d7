/** Conditions that can never hold, or ask for nothing: a rule with one reads like more than it does, and what it was to stop goes out. */
import { ROUTES } from '../provider/registry.ts'
import { nearestName } from './nearestName.ts'
import { bytes, type WrittenPolicy } from './schema.ts'

type When = WrittenPolicy['rules'][number]['when']

interface Wrong {
  /** Below `when`. */
  readonly path: readonly (string | number)[]
  readonly message: string
}

/** Lists whose entries are compared as they are. */
const EXACT = ['principal', 'groups'] as const
/** Lists in whose entries `*` stands for any characters. */
const GLOBS = ['model', 'operation', 'project', 'tools'] as const
/** What people write who expect a regular expression, or a "not". */
const OTHER_PATTERN = /^!|[\^$()|[\]\\]/

export function conditionProblems(when: When): Wrong[] {
  return [...EXACT.flatMap((name) => exact(when, name)), ...GLOBS.flatMap((name) => globs(when, name)), ...providers(when), ...asksNothing(when), ...neverHolds(when)]
}

function exact(when: When, name: (typeof EXACT)[number]): Wrong[] {
  return (when[name] ?? []).flatMap((entry, at) => (entry.includes('*') ? [{ path: [name, at], message: `* stands for itself in ${name}, so "${entry}" fits nobody; name each, or leave ${name} out for everybody` }] : []))
}

function globs(when: When, name: (typeof GLOBS)[number]): Wrong[] {
  return (when[name] ?? []).flatMap((entry, at) => (OTHER_PATTERN.test(entry) ? [{ path: [name, at], message: `"${entry}" fits nothing: in ${name} only * stands for other characters, everything else is itself` }] : []))
}

function providers({ provider = [] }: When): Wrong[] {
  const known = new Set(ROUTES.map(({ create }) => create().name))
  return provider.flatMap((name, at) => {
    if (known.has(name)) return []
    const near = nearestName(name, [...known].map((one) => one.toUpperCase()))
    return [{ path: ['provider', at], message: `there is no provider "${name}"; ${near === undefined ? `there are ${[...known].sort().join(', ')}` : `did you mean ${near.toLowerCase()}?`}` }]
  })
}

function asksNothing({ prompt, history, size, time }: When): Wrong[] {
  const given = Object.entries({ prompt, history, size, time: time && { days: time.days, from: time.from, to: time.to } })
  return given.flatMap(([name, one]) => (one !== undefined && Object.values(one).every((part) => part === undefined) ? [{ path: [name], message: `${name} asks for nothing here, so every call fits; say what it asks for, or leave it out` }] : []))
}

function neverHolds({ size, time }: When): Wrong[] {
  return [
    ...(size?.over !== undefined && size.under !== undefined && bytes(size.under) - bytes(size.over) < 2 ? [{ path: ['size'], message: `no call is over ${size.over} and under ${size.under}` }] : []),
    ...(time?.from !== undefined && time.from === time.to ? [{ path: ['time'], message: `from and to are both ${time.from}, so no call fits; leave them out for the whole day` }] : []),
  ]
}
