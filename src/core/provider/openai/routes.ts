/**
 * What OpenAI's API offers, below `/v1`. Listed is what can be inspected; a known operation that cannot be (uploads, stored
 * context, reads that return text nobody masked, sound and pictures, long-lived channels, administration) is denied by name.
 * Paths are compared as they are spelled: whatever needs decoding first is unknown.
 */
import type { Operation } from '../provider.ts'

const OPERATIONS: readonly Operation[] = [
  { name: 'chat.completions', method: 'POST', path: '/chat/completions' },
  { name: 'responses', method: 'POST', path: '/responses' },
  { name: 'completions', method: 'POST', path: '/completions' },
  { name: 'embeddings', method: 'POST', path: '/embeddings' },
  { name: 'moderations', method: 'POST', path: '/moderations' },
  { name: 'models.list', method: 'GET', path: '/models' },
]

const DENIED = new Set([
  'assistants', 'audio', 'batches', 'chat', 'completions', 'containers', 'conversations', 'embeddings', 'evals', 'files', 'fine_tuning', 'images', 'models',
  'moderations', 'organization', 'projects', 'realtime', 'responses', 'skills', 'threads', 'uploads', 'vector_stores', 'videos',
])

export function routeOpenAi(method: string, path: string): Operation | 'denied' | undefined {
  const operation = OPERATIONS.find((one) => one.method === method && one.path === path)
  if (operation) return operation
  const [, first] = /^\/([a-z_]+)(?:\/[\w./-]*)?$/.exec(path) ?? []
  return first !== undefined && DENIED.has(first) && !path.includes('//') && !path.includes('..') ? 'denied' : undefined
}
