/**
 * How much of held calls the hub keeps to show. A preview is words of whoever asked, every reviewer's line begins with all of them,
 * and a line that is too long is none: one person's calls must not take the others' away. Pure.
 */
import { CountersignError } from '../../protocol/errors.ts'
import type { OpenRequest } from '../../protocol/approval.ts'
import type { Held } from '../../core/approval/settle.ts'
import { samePerson } from '../access/person.ts'

/** Requests one person may have waiting, and what they may show together, in characters of their JSON. */
const MOST_WAITING = 250
const MOST_WAITING_SHOWN = 2 * 1024 * 1024
/** Of all people's requests that ended. What was decided about them is in the log; these are only shown for a while. */
const MOST_ENDED = 300
const MOST_ENDED_SHOWN = 4 * 1024 * 1024

const lengths = new WeakMap<OpenRequest, number>()

function lengthOf({ request }: Held): number {
  const length = lengths.get(request) ?? JSON.stringify(request).length
  lengths.set(request, length)
  return length
}

/** @param all those that are kept @param next about to be one of them @throws CountersignError CS_BUSY */
export function checkRoom(all: Iterable<Held>, next: Held): void {
  const waiting = [...all].filter((one) => !one.ending && samePerson(one.requester, next.requester))
  const shown = waiting.reduce((sum, one) => sum + lengthOf(one), lengthOf(next))
  if (waiting.length >= MOST_WAITING || shown > MOST_WAITING_SHOWN) throw new CountersignError('CS_BUSY', `${waiting.length} of your calls wait for a decision already. Let some of them end first.`)
}

/** @returns the requests that ended and for which there is no room any more, oldest first. An approval that may still be used is not among them */
export function withoutRoom(all: Iterable<Held>, now: number): string[] {
  let [count, shown] = [0, 0]
  const ended = [...all].filter((one) => one.ending && !(one.ending.state === 'approved' && one.usedBy === undefined && now < one.expiresAt))
  const newestFirst = ended.sort((a, b) => (b.ending?.at ?? 0) - (a.ending?.at ?? 0))
  return newestFirst
    .filter((one) => {
      shown += lengthOf(one)
      return ++count > MOST_ENDED || shown > MOST_ENDED_SHOWN
    })
    .map(({ ap }) => ap)
    .reverse()
}
