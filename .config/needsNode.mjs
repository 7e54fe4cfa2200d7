/**
 * What the command's bundle begins with: an older Node says in a sentence what is needed, in place of a stack trace of the first
 * thing it does not have. As old a JavaScript as Node runs, because it comes before anything is known.
 * @param {string} engines of package.json, `>=24`
 */
export function needsNode(engines) {
  const least = Number(/^>=(\d+)$/.exec(engines)?.[1])
  if (!(least > 0)) throw new Error(`engines.node is "${engines}"; the bundle's first line reads it as >=N`)
  return `if(parseInt(process.versions.node,10)<${least}){process.stderr.write('countersign needs Node ${least} or newer, and this is Node '+process.versions.node+'. Install it from https://nodejs.org, then run this again.\\n');process.exit(2)}`
}
