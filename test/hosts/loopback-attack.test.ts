/** What a hostile page, a rebound name or another program on this machine may try against the loopback host. */
import { once } from 'node:events'
import { request } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import { connect as connectTcp } from 'node:net'
import { networkInterfaces } from 'node:os'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { CONTENT_SECURITY_POLICY } from '../../main/hosts/headers'
import { MAX_EXCHANGE_BYTES, MAX_MESSAGE_BYTES, MAX_UNDER_WAY, MAX_UNREAD_BYTES } from '../../main/hosts/loopback'
import type { Loopback } from '../../main/hosts/loopback'
import { CODE_LIFE_MS } from '../../main/hosts/sessions'
import { decode, encode, PROTOCOL, SECRET_PREFIX } from '../../preload/wire'
import { fakeLab } from './fake-lab'
import { connect, openSocket, secretFor, serve } from './loopback-client'

let server: Loopback
let now = 0
let stale = 0

beforeEach(async () => {
  now = 0
  stale = 0
  server = await serve({ now: () => now, onStaleCode: () => { stale++ } })
})

afterEach(() => server.close())

interface Answer { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: string }

/** Sends exactly this path and these headers, as no fetch would. */
function ask(path: string, { method = 'GET', headers = {}, body }: { method?: string; headers?: Record<string, string>; body?: string } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: server.port, path, method, headers: { host: `127.0.0.1:${server.port}`, ...headers } }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts).toString() }))
    })
    asked.on('error', reject)
    asked.end(body)
  })
}

function exchange(code: string, headers: Record<string, string> = {}): Promise<Answer> {
  return ask('/session', { method: 'POST', headers: { origin: server.origin, 'content-type': 'application/json', ...headers }, body: JSON.stringify({ code }) })
}

function freshCode(): string {
  return server.freshAddress().split('#code=')[1]
}

describe('every answer', () => {
  test.each(['/', '/assets/a.js', '/nothing', '/session'])('%s carries the strict headers and no CORS', async (path) => {
    const { headers } = await ask(path)
    expect(headers['content-security-policy']).toBe(CONTENT_SECURITY_POLICY)
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['cross-origin-opener-policy']).toBe('same-origin')
    expect(headers['cross-origin-resource-policy']).toBe('same-origin')
    expect(headers['cache-control']).toBe('no-store')
    expect(headers['referrer-policy']).toBe('no-referrer')
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([])
    expect(headers['set-cookie']).toBeUndefined()
  })

  test('the policy allows nothing by default, no foreign host, no inline script, no eval', () => {
    const directives = Object.fromEntries(CONTENT_SECURITY_POLICY.split('; ').map((text) => [text.split(' ')[0], text.split(' ').slice(1)]))
    expect(directives['default-src']).toEqual(["'none'"])
    expect(directives['script-src']).toEqual(["'self'"])
    for (const sources of Object.values(directives)) for (const source of sources) expect(["'none'", "'self'", "'unsafe-inline'", 'data:']).toContain(source)
    expect(Object.entries(directives).filter(([, sources]) => sources.includes("'unsafe-inline'")).map(([name]) => name)).toEqual(['style-src'])
  })
})

describe('another host name (DNS rebinding)', () => {
  test.each(['evil.example', 'localhost', '127.0.0.1', '127.0.0.1:1', '[::1]', '0.0.0.0'])('%s gets nothing', async (host) => {
    const name = host.includes(':1') || host === '127.0.0.1' ? host : `${host}:${server.port}`
    expect(await ask('/', { headers: { host: name } })).toMatchObject({ status: 403, body: '' })
    expect((await exchange(freshCode(), { host: name })).status).toBe(403)
  })

  test('a request that names no host, or two, gets nothing', async () => {
    const good = `Host: 127.0.0.1:${server.port}\r\n`
    for (const hosts of ['', 'Host:\r\n', `Host: evil.example\r\n${good}`, `${good}Host: evil.example\r\n`]) expect(await rawStatus(`GET / HTTP/1.1\r\n${hosts}Connection: close\r\n\r\n`)).toMatch(/^HTTP\/1\.1 40[03] /)
    expect(await rawStatus('GET / HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 403 /)
    expect(await rawStatus(`GET / HTTP/1.1\r\n${good}Connection: close\r\n\r\n`)).toMatch(/^HTTP\/1\.1 200 /)
  })

  test('nor does it get a socket, with a good secret and all', async () => {
    const secret = await secretFor(server.freshAddress())
    const socket = new WebSocket(`${server.origin.replace('http', 'ws')}/lab`, [PROTOCOL, SECRET_PREFIX + secret], { origin: server.origin, headers: { host: `evil.example:${server.port}` } })
    expect(await refusal(socket)).toMatch(/403/)
  })
})

describe('another origin', () => {
  const origins = ['http://evil.example', 'null', 'http://localhost', 'https://127.0.0.1', 'http://127.0.0.1', '']
  test.each(origins)('%s gets no file, no session and no socket', async (origin) => {
    expect((await ask('/', { headers: { origin } })).status).toBe(403)
    expect((await exchange(freshCode(), { origin })).status).toBe(403)
    const secret = await secretFor(server.freshAddress())
    expect(await refusal(openSocket(server, secret, origin))).toMatch(/403/)
  })

  test('nor does a request that doesn’t tell its origin get a session or a socket', async () => {
    const code = freshCode()
    expect((await ask('/session', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ code }) })).status).toBe(403)
    const secret = await secretFor(server.freshAddress())
    const socket = new WebSocket(`${server.origin.replace('http', 'ws')}/lab`, [PROTOCOL, SECRET_PREFIX + secret])
    expect(await refusal(socket)).toMatch(/403/)
  })

  test('a refused origin does not spend the code', async () => {
    const code = freshCode()
    await exchange(code, { origin: 'http://evil.example' })
    expect((await exchange(code)).status).toBe(200)
  })

  test('what a form can send without asking first is no exchange', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'application/json; charset=utf-8']) expect((await exchange(freshCode(), { 'content-type': type })).status).toBe(415)
    expect((await ask('/session', { method: 'OPTIONS', headers: { origin: server.origin } })).status).toBe(405)
  })
})

describe('codes and secrets', () => {
  test('a code is spent by its first use', async () => {
    const code = freshCode()
    expect((await exchange(code)).status).toBe(200)
    expect(await exchange(code)).toMatchObject({ status: 403, body: '' })
    expect(stale).toBe(1)
  })

  test('a code runs out', async () => {
    const code = freshCode()
    now += CODE_LIFE_MS
    expect((await exchange(code)).status).toBe(403)
  })

  test.each([['no code', '{}'], ['a number', '{"code":1}'], ['no JSON', 'code'], ['null', 'null'], ['a prototype', '{"__proto__":{"code":"x"}}'], ['nothing', '']])('%s is refused', async (_, body) => {
    expect((await ask('/session', { method: 'POST', headers: { origin: server.origin, 'content-type': 'application/json' }, body })).status).toBe(403)
  })

  test('a socket needs the secret, whole and in its place', async () => {
    const secret = await secretFor(server.freshAddress())
    const code = freshCode()
    const at = `${server.origin.replace('http', 'ws')}/lab`
    const attempts: [string, string[]][] = [
      [at, []], [at, [PROTOCOL]], [at, [SECRET_PREFIX + secret]], [at, [PROTOCOL, SECRET_PREFIX + code]], [at, [PROTOCOL, SECRET_PREFIX]], [at, [PROTOCOL, SECRET_PREFIX + secret.slice(1)]],
      [`${at}?secret=${secret}`, [PROTOCOL]], [`${at}/`, [PROTOCOL, SECRET_PREFIX + secret]], [at.replace('/lab', '/'), [PROTOCOL, SECRET_PREFIX + secret]],
    ]
    for (const [url, protocols] of attempts) expect(await refusal(new WebSocket(url, protocols, { origin: server.origin }))).toMatch(/403/)
  })

  test('the secret is never sent back', async () => {
    const secret = await secretFor(server.freshAddress())
    const socket = openSocket(server, secret)
    const [response] = (await once(socket, 'upgrade')) as [{ readonly headers: IncomingHttpHeaders }]
    expect(JSON.stringify(response.headers)).not.toContain(secret)
    expect(response.headers['sec-websocket-protocol']).toBe(PROTOCOL)
    socket.terminate()
  })
})

describe('paths', () => {
  test.each([
    '/..', '/../package.json', '/assets/../../package.json', '/assets/..%2f..%2fpackage.json', '/%2e%2e/package.json', '//etc/passwd', '/etc/passwd', '/assets/%00a.js', '/assets', '/assets/', '/assets//a.js',
    '/assets/a.js?x', '/assets/a.js/', '/ASSETS/A.JS', '/assets%2fa.js', '/.', '/./', '/\\..\\package.json', '/index.html%20', '/__proto__', '/constructor', '/lab', '/package.json', 'http://127.0.0.1/',
  ])('%s is nothing here', async (path) => {
    expect(await ask(path)).toMatchObject({ status: 404, body: '' })
  })

  test('the files there are come whole, and only for reading', async () => {
    expect(await ask('/assets/a.js')).toMatchObject({ status: 200, body: '1' })
    expect(await ask('/assets/a.js', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' })
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) expect((await ask('/assets/a.js', { method })).status).toBe(405)
  })

  test('the page loads the bridge before the window’s own code', async () => {
    const { body } = await ask('/')
    expect(body.match(/src="([^"]+)"/g)).toEqual(['src="/bridge.js"', 'src="./assets/a.js"'])
    expect((await ask('/bridge.js')).body).toBe('bridge()')
  })
})

describe('too much', () => {
  test('a session body over the limit is refused, announced or not', async () => {
    const big = JSON.stringify({ code: 'x'.repeat(MAX_EXCHANGE_BYTES) })
    const headers = { origin: server.origin, 'content-type': 'application/json' }
    expect((await ask('/session', { method: 'POST', headers: { ...headers, 'content-length': String(big.length) }, body: big })).status).toBe(413)
    expect((await ask('/session', { method: 'POST', headers: { ...headers, 'transfer-encoding': 'chunked' }, body: big })).status).toBe(413)
  })

  test('headers over the limit are refused', async () => {
    expect((await ask('/', { headers: { 'x-much': 'x'.repeat(20_000) } })).status).toBe(431)
  })

  test('a message over the limit ends its socket, and the lab goes on', async () => {
    const secret = await secretFor(server.freshAddress())
    const socket = openSocket(server, secret)
    await once(socket, 'open')
    socket.on('error', () => undefined)
    socket.send(Buffer.alloc(MAX_MESSAGE_BYTES + 1))
    const [code] = (await once(socket, 'close')) as [number]
    expect([1009, 1006]).toContain(code)
    expect((await ask('/')).status).toBe(200)
  })

  test('connections that say nothing, or not all of it, make room for others', async () => {
    const impatient = await serve({ patienceMs: 300 })
    const silent = Array.from({ length: 64 }, (_, i) => {
      const socket = connectTcp({ host: '127.0.0.1', port: impatient.port })
      socket.on('error', () => undefined)
      if (i % 2 === 0) socket.write('GET / HTTP/1.1\r\nHost: ')
      return socket
    })
    await Promise.all(silent.map((socket) => { socket.resume(); return once(socket, 'close') }))
    expect((await fetch(impatient.origin)).status).toBe(200)
    await impatient.close()
  })

  test('a window that reads nothing is cut off before the lab is full of what it asked for', async () => {
    const size = 16 * 2 ** 20
    const most = 2 * MAX_UNREAD_BYTES / size
    const waiting: (() => void)[] = []
    const other = await serve({ lab: { ...fakeLab(), files: () => new Promise((resolve) => { waiting.push(() => { resolve([new Uint8Array(size)] as never) }) }) } })
    const socket = openSocket(other, await secretFor(other.freshAddress()))
    await once(socket, 'open')
    socket.pause()
    socket.on('error', () => undefined)
    for (let id = 0; id < most; id++) socket.send(encode({ type: 'request', id, name: 'files', args: [] }))
    // Answered all at once, as one that is cut off has no further requests read.
    while (waiting.length < most) await new Promise((resolve) => setTimeout(resolve, 5))
    for (const answer of waiting) answer()
    let got = 0
    socket.on('message', () => { if (++got === most) socket.terminate() })
    socket.resume()
    await once(socket, 'close')
    expect(got).toBeLessThanOrEqual(MAX_UNREAD_BYTES / size + 2)
    await other.close()
  })

  test('so many requests at once and no more are let through', async () => {
    const waiting: (() => void)[] = []
    const other = await serve({ lab: { ...fakeLab(), files: () => new Promise((resolve) => { waiting.push(() => { resolve([]) }) }) } })
    const socket = openSocket(other, await secretFor(other.freshAddress()))
    await once(socket, 'open')
    const ask = (id: number): void => { socket.send(encode({ type: 'request', id, name: 'files', args: [] })) }
    const next = async (): Promise<unknown> => decode((await once(socket, 'message') as [Buffer])[0])
    const refused = next()
    for (let id = 0; id <= MAX_UNDER_WAY; id++) ask(id)
    expect(await refused).toMatchObject({ type: 'fault', id: MAX_UNDER_WAY, fault: { name: 'RefusedRequest' } })
    const first = next()
    waiting[0]()
    expect(await first).toMatchObject({ type: 'answer', id: 0 })
    ask(7_000)
    while (waiting.length <= MAX_UNDER_WAY) await new Promise((resolve) => setTimeout(resolve, 5))
    await other.close()
  })

  test.each([['text', 'describe'], ['bytes that are no message', Buffer.from([9, 9, 9])], ['a message that is no request', Buffer.concat([Buffer.from([0, 0, 0, 2]), Buffer.from('{}')])]])('%s ends its socket', async (_, data) => {
    const socket = openSocket(server, await secretFor(server.freshAddress()))
    await once(socket, 'open')
    socket.send(data)
    expect(await once(socket, 'close').then(([code]) => code as number)).toBe(1002)
  })
})

test('it listens on 127.0.0.1 and nowhere else', async () => {
  const others = Object.values(networkInterfaces()).flatMap((list) => list ?? []).filter((address) => !address.internal && address.family === 'IPv4').map((address) => address.address)
  for (const host of [...others, '::1', '127.0.0.2']) {
    const socket = connectTcp({ host, port: server.port })
    expect(await once(socket, 'connect').then(() => 'connected', () => 'refused')).toBe('refused')
    socket.destroy()
  }
})

test('a lab that answers what cannot be sent tells the one who asked', async () => {
  const lab = { ...fakeLab(), files: () => Promise.resolve([() => 1]) as never }
  const other = await serve({ lab })
  const client = connect(other, await secretFor(other.freshAddress()))
  await expect(client.api.files()).rejects.toThrow(/message\.value\[0\] is a function/)
  client.close()
  await other.close()
})

async function rawStatus(text: string): Promise<string> {
  const socket = connectTcp({ host: '127.0.0.1', port: server.port })
  socket.write(text)
  const [data] = (await once(socket, 'data')) as [Buffer]
  socket.destroy()
  return data.toString().split('\r\n')[0]
}

/** Resolves with why a socket did not open; throws if it did. */
function refusal(socket: WebSocket): Promise<string> {
  return new Promise((resolve, reject) => {
    socket.on('open', () => { socket.terminate(); reject(new Error('it opened')) })
    socket.on('error', (error) => resolve(error.message))
  })
}
