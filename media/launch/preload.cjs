/**
 * Loaded before a Node program (NODE_OPTIONS=--require): leads calls that LangChain's classes make to a known model host to
 * Countersign's agent instead, with the session key in place of any other. For classes that read no base URL from the
 * environment: Mistral, Cohere, DeepSeek, xAI, OpenRouter, Together, Hugging Face, Vertex. Calls to the agent also say which
 * program they come from, by its file's name, whichever of Node's ways they take. Every other call is left alone.
 * Hosts stand in hosts.json; a host whose route the agent does not have gets the agent's refusal, not a way around it.
 */
/* global Headers, Request, URL, URLSearchParams, process */
'use strict'

const CREDENTIALS = ['authorization', 'x-api-key', 'api-key', 'x-goog-api-key', 'x-amz-security-token']

/** @returns the agent's URL for one of a model host, undefined for any other */
function routedBy(base, hosts) {
  const patterns = Object.entries(hosts).map(([host, route]) => ({ route, host: new RegExp(`^${host.replaceAll('.', '\\.').replaceAll('*', '[a-z0-9-]+')}$`) }))
  return (url) => {
    const found = /^https?:$/.test(url.protocol) ? patterns.find(({ host }) => host.test(url.hostname)) : undefined
    if (!found) return undefined
    // A version that the route ends with is not said twice: some servers answer with and without it.
    const version = /\/v\d+$/.exec(found.route)?.[0]
    const path = version !== undefined && url.pathname.startsWith(`${version}/`) ? url.pathname.slice(version.length) : url.pathname
    const target = new URL(base + found.route + path + url.search)
    target.searchParams.delete('key')
    return target
  }
}

/** Where a call comes from, for the timeline: a file's name, never its folder and never arguments. */
function place() {
  const file = (process.argv[1] ?? 'node').split(/[\\/]/).at(-1)
  return new URLSearchParams({ kind: process.env.COUNTERSIGN_LAUNCH === 'debug' ? 'debug' : 'script', file: file.slice(0, 120) }).toString()
}

function install(base, key) {
  const routed = routedBy(base, require('./hosts.json'))
  const direct = globalThis.fetch
  globalThis.fetch = function fetch(input, init) {
    const request = input instanceof Request ? input : undefined
    const address = request ? request.url : String(input)
    const target = URL.canParse(address) ? routed(new URL(address)) : undefined
    if (!target && !address.startsWith(`${base}/`)) return direct(input, init)
    const headers = new Headers(init?.headers ?? request?.headers)
    headers.set('x-countersign-place', place())
    if (!target) return direct(input, { ...init, headers })
    for (const name of CREDENTIALS) headers.delete(name)
    headers.set('authorization', `Bearer ${key}`)
    return direct(request ? new Request(target, request) : target, { ...init, headers })
  }
}

/** Amazon's SDK speaks HTTP/2. The module takes longer to load than many a program to run, so it waits until somebody asks for it. */
function markHttp2(origin) {
  const Module = require('node:module')
  const load = Module._load
  Module._load = function (request, ...rest) {
    const loaded = Reflect.apply(load, this, [request, ...rest])
    if (request !== 'http2' && request !== 'node:http2') return loaded
    Module._load = load
    const { connect } = loaded
    loaded.connect = function (authority, ...others) {
      const session = Reflect.apply(connect, this, [authority, ...others])
      if (!URL.canParse(String(authority)) || new URL(String(authority)).origin !== origin) return session
      const ask = session.request
      session.request = function (headers, ...options) {
        return Reflect.apply(ask, this, [{ ...headers, 'x-countersign-place': place() }, ...options])
      }
      return session
    }
    Module.syncBuiltinESMExports()
    return loaded
  }
}

/** Clients over Node's own HTTP. Nodes before 22 do not tell of a request, and its place stays unsaid. */
function markHttp(origin) {
  require('node:diagnostics_channel').subscribe('http.client.request.created', ({ request }) => {
    if (`${request.protocol}//${request.getHeader('host')}` === origin && !request.headersSent) request.setHeader('x-countersign-place', place())
  })
}

const { COUNTERSIGN_URL: url, COUNTERSIGN_KEY: key, COUNTERSIGN_DEBUG: debug } = process.env
if (url && key) {
  install(url, key)
  markHttp2(new URL(url).origin)
  markHttp(new URL(url).origin)
} else if (debug) process.stderr.write('countersign: no agent is known to this program (COUNTERSIGN_URL is not set), so its model calls are left as they are.\n')
