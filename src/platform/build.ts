/** Version of this build, in one place. */
import manifest from '../../package.json' with { type: 'json' }

export const BUILD: string = manifest.version
