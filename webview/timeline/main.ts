/** Entry of the session timeline. */
import '../jitless.ts'
import '../countersign.css'
import './timeline.css'
import { registerToolkit } from '../toolkit.ts'
import './app.ts'

registerToolkit()
document.body.append(document.createElement('cs-timeline'))
