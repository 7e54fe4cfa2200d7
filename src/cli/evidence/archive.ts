/** The report of a period over everything a hub holds, as one archive: what the hub hands to an auditor. */
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { ZipFile } from 'yazl'
import { CountersignError } from '../../protocol/errors.ts'
import type { MadeEvidence, MakeEvidence } from '../../hub/evidence/exports.ts'
import { findJournal } from '../journalFolder.ts'
import { makeReport, periodOf } from '../report.ts'
import { walk } from './verifyPack.ts'

/** A hub writes while it is read: a line that was half written then is whole a moment later. */
const ATTEMPTS = 3

export const makeEvidence: MakeEvidence = async (home, period, folder) => {
  for (let attempt = 1; ; attempt++)
    try {
      return await make(home, period, path.join(folder, String(attempt)), path.join(folder, 'evidence.zip'))
    } catch (error) {
      if (!(error instanceof CountersignError) || error.code !== 'CS_STATE') throw error
      // Where the hub's folder lies is its operator's business, not the auditor's.
      if (attempt === ATTEMPTS) throw new CountersignError(error.code, error.message.replaceAll(`${home}${path.sep}`, ''), { cause: error })
    }
}

async function make(home: string, period: { readonly from: string; readonly to: string }, out: string, file: string): Promise<MadeEvidence> {
  const { logs } = await makeReport(findJournal(home), { out, period: periodOf(period), receipt: [], isLive: true })
  const zip = new ZipFile()
  // The same records give the same bytes: no time and no right of this machine is in it.
  for (const name of await walk(out)) zip.addFile(path.join(out, name), `countersign-evidence/${name}`, { mtime: new Date(Date.UTC(2000, 0, 1)), mode: 0o100644, forceDosTimestamp: true })
  zip.end()
  await pipeline(zip.outputStream, createWriteStream(file, { mode: 0o600 }))
  const digest = createHash('sha256')
  let bytes = 0
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    digest.update(chunk)
    bytes += chunk.length
  }
  return { file, bytes, digest: digest.digest('base64url'), logs: logs.length, records: logs.reduce((sum, { first, size }) => sum + size - first, 0) }
}
