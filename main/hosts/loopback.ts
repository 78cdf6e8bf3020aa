/**
 * The loopback server: the window's files and one WebSocket, on 127.0.0.1 only. Every request must name this exact host (a rebound DNS name doesn't), every one that does
 * something must come from this exact origin, and the socket must carry a session's secret. There is no CORS header, so a foreign page can read nothing.
 */
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { WebSocket } from 'ws'
import type { EventName } from '../../preload/contract'
import { EVENT_NAMES, toFault } from '../../preload/requests'
import { PROTOCOL, SECRET_PREFIX, decode, encode } from '../../preload/wire'
import type { ServerMessage } from '../../preload/wire'
import type { Lab } from '../lab/lab-types'
import { dispatch } from './dispatch'
import { SECURITY_HEADERS } from './headers'
import { createSessions } from './sessions'
import type { Sessions } from './sessions'
import type { StaticFiles } from './static-files'

export const MAX_EXCHANGE_BYTES = 1_024
/** Policies and pasted machine files come this way; a few MB at most. */
export const MAX_MESSAGE_BYTES = 16 * 1_024 * 1_024

/** Requests of one window under way; more than a window ever has. */
export const MAX_UNDER_WAY = 1_000
/** What a window hasn't read yet. One that reads nothing (suspended, held in a debugger) is cut off, and asks anew when it goes on. */
export const MAX_UNREAD_BYTES = 128 * 1_024 * 1_024
/** A connection has so long to say what it wants, or makes room for another. */
const PATIENCE_MS = 5_000

export interface LoopbackOptions {
  readonly lab: Lab
  readonly files: StaticFiles
  /** 0 lets the system choose. */
  readonly port: number
  /** Monotonic ms; tests give their own. */
  now?(): number
  readonly patienceMs?: number
  /** A page came with a code that is no good; a person may need a new address. */
  onStaleCode?(): void
  /** A window is connected. */
  onConnected?(): void
}

export interface Loopback {
  readonly port: number
  readonly origin: string
  /** An address that opens one session, within 60 s. */
  freshAddress(): string
  close(): Promise<void>
}

interface Context extends LoopbackOptions { readonly sessions: Sessions; readonly host: string; readonly origin: string }

export async function serveLoopback(options: LoopbackOptions): Promise<Loopback> {
  const { patienceMs = PATIENCE_MS } = options
  const server = createServer({ maxHeaderSize: 16_384, headersTimeout: patienceMs, requestTimeout: patienceMs, connectionsCheckingInterval: patienceMs / 5 })
  server.maxConnections = 64
  const port = await listen(server, options.port)
  const context: Context = { ...options, sessions: createSessions(options.now ?? (() => performance.now())), host: `127.0.0.1:${port}`, origin: `http://127.0.0.1:${port}` }
  const sockets = acceptSockets(server, context)
  server.on('request', (request, response) => answer(request, response, context))
  const stopEvents = forwardEvents(options.lab, sockets)
  return {
    port,
    origin: context.origin,
    freshAddress: () => `${context.origin}/#code=${context.sessions.issueCode()}`,
    async close() {
      stopEvents()
      for (const socket of sockets.clients) socket.terminate()
      sockets.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => resolve((server.address() as AddressInfo).port))
  })
}

// ---- HTTP -----------------------------------------------------------------------------------------------------------

function answer(request: IncomingMessage, response: ServerResponse, context: Context): void {
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value)
  if (!isOurHost(request, context)) return end(response, 403)
  if (request.headers.origin !== undefined && request.headers.origin !== context.origin) return end(response, 403)
  if (request.url === '/session') return exchange(request, response, context)
  const file = context.files.get(request.url ?? '')
  if (file === undefined) return end(response, 404)
  if (request.method !== 'GET' && request.method !== 'HEAD') return end(response, 405)
  response.writeHead(200, { 'content-type': file.type, 'content-length': file.body.length })
  response.end(request.method === 'HEAD' ? undefined : file.body)
}

function end(response: ServerResponse, status: number): void {
  // What may still come of the request is not read.
  response.writeHead(status, { 'content-length': 0, connection: 'close' }).end()
}

function isOurHost(request: IncomingMessage, context: Context): boolean {
  const named = request.headersDistinct['host']
  return named?.length === 1 && named[0] === context.host
}

/** A code for a secret. JSON only: a foreign page would have to ask first (preflight), and is never answered. */
function exchange(request: IncomingMessage, response: ServerResponse, context: Context): void {
  if (request.method !== 'POST') return end(response, 405)
  if (request.headers.origin !== context.origin) return end(response, 403)
  if (request.headers['content-type'] !== 'application/json') return end(response, 415)
  readBody(request, MAX_EXCHANGE_BYTES, (body) => {
    if (body === undefined) return end(response, 413)
    const secret = context.sessions.exchange(codeOf(body))
    if (secret === undefined) {
      context.onStaleCode?.()
      return end(response, 403)
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ secret }))
  })
}

function readBody(request: IncomingMessage, limit: number, done: (body: string | undefined) => void): void {
  const parts: Buffer[] = []
  let size = 0
  if (Number(request.headers['content-length'] ?? 0) > limit) return done(undefined)
  const onData = (part: Buffer): void => {
    size += part.length
    parts.push(part)
    if (size <= limit) return
    request.off('data', onData).off('end', onEnd)
    done(undefined)
  }
  const onEnd = (): void => done(Buffer.concat(parts).toString('utf8'))
  request.on('data', onData).on('end', onEnd).on('error', () => undefined)
}

function codeOf(body: string): string {
  try {
    const parsed: unknown = JSON.parse(body)
    if (typeof parsed === 'object' && parsed !== null && 'code' in parsed && typeof parsed.code === 'string') return parsed.code
  } catch {
    // Not JSON: no code.
  }
  return ''
}

// ---- WebSocket ------------------------------------------------------------------------------------------------------

function acceptSockets(server: Server, context: Context): WebSocketServer {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false, handleProtocols: () => PROTOCOL })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    if (!mayConnect(request, context)) return refuseUpgrade(socket as Socket)
    sockets.handleUpgrade(request, socket, head, (accepted) => {
      context.onConnected?.()
      converse(accepted, context.lab)
    })
  })
  return sockets
}

function mayConnect(request: IncomingMessage, context: Context): boolean {
  if (!isOurHost(request, context) || request.headers.origin !== context.origin || request.url !== '/lab') return false
  const protocols = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((part) => part.trim())
  const secret = protocols.find((part) => part.startsWith(SECRET_PREFIX))?.slice(SECRET_PREFIX.length)
  return protocols.includes(PROTOCOL) && secret !== undefined && context.sessions.isSecret(secret)
}

function refuseUpgrade(socket: Socket): void {
  socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
  socket.destroySoon()
}

function converse(socket: WebSocket, lab: Lab): void {
  let underWay = 0
  socket.on('error', () => socket.terminate())
  socket.on('message', (data, isBinary) => {
    const request = isBinary ? parseRequest(data as Buffer) : undefined
    // A client that doesn't speak the wire's language is none of ours.
    if (request === undefined) return socket.close(1_002)
    if (underWay >= MAX_UNDER_WAY) return send(socket, { type: 'fault', id: request.id, fault: { name: 'RefusedRequest', message: `${MAX_UNDER_WAY} requests are under way already.` } })
    underWay++
    void dispatch(lab, request.name, request.args).then((answer) => {
      underWay--
      if (answer.ok) send(socket, { type: 'answer', id: request.id, value: answer.value })
      else send(socket, { type: 'fault', id: request.id, fault: answer.fault })
    })
  })
}

function parseRequest(data: Buffer): { readonly id: number; readonly name: unknown; readonly args: unknown } | undefined {
  try {
    const message = decode(data)
    if (typeof message !== 'object' || message === null || !('type' in message) || message.type !== 'request') return undefined
    if (!('id' in message) || typeof message.id !== 'number' || !('name' in message) || !('args' in message)) return undefined
    return { id: message.id, name: message.name, args: message.args }
  } catch {
    return undefined
  }
}

/** What can't be encoded is a bug of the lab; the one who asked is told. */
function send(socket: WebSocket, message: ServerMessage): void {
  if (socket.readyState !== socket.OPEN) return
  let bytes: Uint8Array
  try {
    bytes = encode(message)
  } catch (error) {
    if (message.type === 'event') throw error
    bytes = encode({ type: 'fault', id: message.id, fault: toFault(error) })
  }
  if (socket.bufferedAmount > MAX_UNREAD_BYTES) return socket.terminate()
  socket.send(bytes)
}

function forwardEvents(lab: Lab, sockets: WebSocketServer): () => void {
  const stops = EVENT_NAMES.map((name: EventName) => lab.on(name, (payload) => {
    for (const socket of sockets.clients) send(socket, { type: 'event', name, payload })
  }))
  return () => { for (const stop of stops) stop() }
}
