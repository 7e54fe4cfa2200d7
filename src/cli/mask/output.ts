/** Standard output of a command that may write more than its reader wants. */
import { once } from 'node:events'

/** Whoever reads may stop (`| head`): that is an end and no error. What else goes wrong is said, and nothing more is written. */
export function endWithReader(): void {
  process.stdout.once('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    process.stderr.write(`countersign: the output cannot be written (${error.code ?? error.name}).\n`)
    process.exit(2)
  })
}

/** @returns when there is room for more */
export async function write(text: string): Promise<void> {
  if (text !== '' && !process.stdout.write(text)) await once(process.stdout, 'drain')
}
