/** A loopback host with a fake lab, and a page that isn't there: the real client code over `ws`. */
import { WebSocket } from 'ws'
import { serveLoopback } from '../../main/hosts/loopback'
import type { Loopback, LoopbackOptions } from '../../main/hosts/loopback'
import { withBridge } from '../../main/hosts/static-files'
import type { StaticFiles } from '../../main/hosts/static-files'
import { sessionSecret, takeCode } from '../../preload/session'
import type { Page } from '../../preload/session'
import { connectLab } from '../../preload/socket-client'
import type { Socket, SocketClient } from '../../preload/socket-client'
import { PROTOCOL, SECRET_PREFIX } from '../../preload/wire'
import { fakeLab } from './fake-lab'

const html = (body: string): { type: string; body: Buffer } => ({ type: 'text/html; charset=utf-8', body: Buffer.from(body) })
const page = html('<!doctype html><head><script type="module" src="./assets/a.js"></script></head>')
export const FILES: StaticFiles = withBridge(new Map([['/', page], ['/index.html', page], ['/assets/a.js', { type: 'text/javascript; charset=utf-8', body: Buffer.from('1') }]]), Buffer.from('bridge()'))

export function serve(options: Partial<LoopbackOptions> = {}): Promise<Loopback> {
  return serveLoopback({ lab: fakeLab(), files: FILES, port: 0, ...options })
}

export interface FakePage extends Page { readonly urls: string[]; readonly kept: Map<string, string>; readonly location: { hash: string; pathname: string; origin: string } }

/** As a browser's: fetches carry the page's origin. */
export function fakePage(address: string, kept = new Map<string, string>()): FakePage {
  const url = new URL(address)
  const urls: string[] = []
  const location = { hash: url.hash, pathname: url.pathname, origin: url.origin }
  return {
    location, urls, kept,
    history: { replaceState(_data, _unused, to) { urls.push(to); location.hash = '' } },
    sessionStorage: { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value), removeItem: (key) => void kept.delete(key) },
    fetch: (path, init) => fetch(url.origin + path, { ...init, headers: { ...init.headers, origin: url.origin } }),
  }
}

export function secretFor(address: string): Promise<string> {
  const page = fakePage(address)
  return sessionSecret(page, takeCode(page))
}

export function openSocket(server: Loopback, secret: string, origin = server.origin): WebSocket {
  return new WebSocket(`${server.origin.replace('http', 'ws')}/lab`, [PROTOCOL, SECRET_PREFIX + secret], { origin })
}

export function connect(server: Loopback, secret: string, later?: (ms: number, run: () => void) => void): SocketClient & { readonly states: boolean[] } {
  const states: boolean[] = []
  const client = connectLab({ open: () => Promise.resolve(openSocket(server, secret) as unknown as Socket), onState: (open) => states.push(open), ...(later === undefined ? {} : { later }) })
  return { ...client, states }
}
