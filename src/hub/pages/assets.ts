/** Files that pages link to, from the package's own folder: two style sheets and an icon. */
import { existsSync } from 'node:fs'
import path from 'node:path'
import { CountersignError } from '../../protocol/errors.ts'

/** Name and media type of each; nothing else is served. */
export const ASSETS = { 'themes.css': 'text/css; charset=utf-8', 'hub.css': 'text/css; charset=utf-8', 'icon.svg': 'image/svg+xml' } as const

const FOLDER = path.join('media', 'hub')

/** From source three folders up, from a bundle one: the nearest folder above that has them. */
export function assetFile(name: string): string {
  let folder = import.meta.dirname
  while (!existsSync(path.join(folder, FOLDER, 'hub.css'))) {
    const above = path.dirname(folder)
    if (above === folder) throw new CountersignError('CS_STATE', 'the style sheets of the pages are missing from this installation. Install Countersign again.')
    folder = above
  }
  return path.join(folder, FOLDER, name)
}
