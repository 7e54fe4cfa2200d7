/** Entry of the approvals view. */
import '../jitless.ts'
import '../countersign.css'
import { registerToolkit } from '../toolkit.ts'
import './app.ts'

registerToolkit()
document.body.append(document.createElement('cs-sidebar'))
