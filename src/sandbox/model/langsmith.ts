/** LangSmith's ingest, as far as tracing clients use it: it takes what it is given, and says that it could take it compressed. */
export const INFO = JSON.stringify({ version: '0.12.0', instance_flags: { gzip_body_enabled: true, zstd_compression_enabled: true, payments_enabled: false }, batch_ingest_config: { use_multipart_endpoint: true, size_limit: 100, size_limit_bytes: 20_971_520, scale_up_nthreads_limit: 16, scale_up_qsize_trigger: 1000, scale_down_nempty_trigger: 4 } })

const INGEST = /^(?:POST \/(?:runs(?:\/(?:batch|multipart))?|feedback|otel\/v1\/traces)|PATCH \/runs\/[0-9a-f-]{36})$/

/** @returns status and body, undefined for what is not LangSmith's */
export function langSmith(method: string, path: string): { readonly status: number; readonly body: string } | undefined {
  if (method === 'GET' && path === '/info') return { status: 200, body: INFO }
  return INGEST.test(`${method} ${path}`) ? { status: 202, body: '{"message":"Runs batch ingested"}' } : undefined
}
