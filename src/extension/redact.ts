/**
 * What the output channel and error messages may not carry: keys, tokens, codes in addresses, and what looks like personal
 * data. The extension never logs a prompt or an answer; this is the net below that, for texts of others (errors, addresses).
 */
const RULES: readonly (readonly [RegExp, string])[] = [
  [/\bcs_[\w-]{20,}/g, '[session key]'],
  [/\b(?:sk|pk|rk|xai|gsk|hf)[-_][\w-]{10,}/g, '[key]'],
  [/\bAIza[\w-]{20,}/g, '[key]'],
  [/\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?/g, '[token]'],
  [/\b(bearer|basic|dpop)\s+[\w.~+/=-]{6,}/gi, '$1 [token]'],
  [/([?&#;](?:code|state|nonce|key|token|[a-z_]*token|secret|password|code_challenge|code_verifier|session_state|login_hint)=)[^&#\s"']+/gi, '$1[hidden]'],
  [/("(?:[a-z_]*token|[a-z_]*key|code|password|secret|authorization)"\s*:\s*")[^"]*(")/gi, '$1[hidden]$2'],
  [/\/t\/[^/\s]+\//g, '/t/[session key]/'],
  [/\b[\w.%+-]+@[\w-]+(?:\.[\w-]+)+\b/g, '[e-mail]'],
  [/\b(?:\d[ -]?){13,19}\b/g, '[number]'],
  [/\b\d{3}-\d{2}-\d{4}\b/g, '[number]'],
]

const LONGEST = 4000

export function redact(text: string): string {
  let result = text.slice(0, LONGEST)
  for (const [pattern, replacement] of RULES) result = result.replace(pattern, replacement)
  return result
}
