/**
 * Where a queue is and how to get in: `redis://host:6379/0`, `rediss://` with TLS (`valkey://` and `valkeys://` mean the same). A password never stands in an address
 * that others may see: on a command line it is refused; it comes by the environment or a field of its own, is kept in memory only, and no text made here holds it.
 */
import { readFileSync } from 'node:fs'
import type { Result } from '../../preload/contract'
import { done, fail, show } from '../lab/problems'

export interface QueueAddress {
  readonly host: string
  readonly port: number
  readonly db: number
  readonly username?: string
  readonly password?: string
  readonly tls?: TlsOptions
  /** For people: without user and password. */
  readonly shown: string
}

export interface TlsOptions { readonly ca?: string; readonly cert?: string; readonly key?: string; readonly servername?: string }

export interface AddressParts {
  readonly url: string
  readonly username?: string
  readonly password?: string
  /** PEM files. */
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  readonly servername?: string
}

export const ENVIRONMENT = { url: 'RECLAIM_LAB_QUEUE', username: 'RECLAIM_LAB_QUEUE_USER', password: 'RECLAIM_LAB_QUEUE_PASSWORD' } as const

/** The forms that are understood, for messages. */
const FORMS = 'must be redis://host:6379/0, or rediss://host:6380/0 with TLS'
const SECRET_IN_SIGHT = `holds a password, which others can see there: it has a place of its own, the password's field in the window or the environment variable ${ENVIRONMENT.password} (or the whole address in ${ENVIRONMENT.url})`

/** `secretsAllowed`: the address came by a way that nobody else can read. */
export function readAddress(parts: AddressParts, path: string, secretsAllowed = false): Result<QueueAddress> {
  const url = parse(parts.url)
  if (url === undefined) return fail(path, `${FORMS}, not ${show(withoutSecrets(parts.url))}`)
  if (url.password !== '' && !secretsAllowed) return fail(path, SECRET_IN_SIGHT)
  const db = /^\/?(\d{0,4})\/?$/.exec(url.pathname)
  if (db === null || url.search !== '' || url.hash !== '' || url.hostname === '') return fail(path, `${FORMS}, not ${show(withoutSecrets(parts.url))}`)
  const secure = url.protocol === 'rediss:' || url.protocol === 'valkeys:'
  const tls = readTls(parts, secure)
  if (!tls.ok) return tls
  const username = parts.username ?? (url.username === '' ? undefined : decodeURIComponent(url.username))
  const password = parts.password ?? (url.password === '' ? undefined : decodeURIComponent(url.password))
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const port = url.port === '' ? 6379 : Number(url.port)
  return done({
    host, port, db: Number(db[1]), ...(username === undefined ? {} : { username }), ...(password === undefined || password === '' ? {} : { password }),
    ...(secure ? { tls: tls.value } : {}), shown: `${url.protocol}//${url.hostname}:${port}/${Number(db[1])}`,
  })
}

/** From a command line's options and the environment; the option's address goes first, and the environment's user and password belong to either. */
export function addressFrom(given: Omit<AddressParts, 'url' | 'username' | 'password'> & { readonly url?: string }, env: NodeJS.ProcessEnv): Result<QueueAddress> {
  const url = given.url ?? env[ENVIRONMENT.url]
  if (url === undefined || url === '') return fail('--queue', `is missing: the queue's address, as in --queue redis://host:6379/0, or in the environment variable ${ENVIRONMENT.url}`)
  const username = env[ENVIRONMENT.username]
  const password = env[ENVIRONMENT.password]
  const parts = { ...given, url, ...(username === undefined ? {} : { username }), ...(password === undefined ? {} : { password }) }
  return readAddress(parts, given.url === undefined ? ENVIRONMENT.url : '--queue', given.url === undefined)
}

/** A password in plain over a network: worth a word. */
export function isExposed({ host, password, tls }: QueueAddress): boolean {
  return password !== undefined && tls === undefined && !/^(localhost|127\.|::1$)/.test(host)
}

function parse(text: string): URL | undefined {
  try {
    const url = new URL(text)
    return ['redis:', 'rediss:', 'valkey:', 'valkeys:'].includes(url.protocol) ? url : undefined
  } catch {
    return undefined
  }
}

function readTls({ ca, cert, key, servername }: AddressParts, secure: boolean): Result<TlsOptions> {
  const files = { ca, cert, key }
  if (!secure && [ca, cert, key, servername].some((one) => one !== undefined)) return fail('--tls-ca', 'and the other TLS options belong to an address that begins with rediss://')
  if ((cert === undefined) !== (key === undefined)) return fail('--tls-cert', 'and --tls-key go together')
  const read: Record<string, string> = {}
  for (const [name, file] of Object.entries(files)) {
    if (file === undefined) continue
    try {
      read[name] = readFileSync(file, 'utf8')
    } catch (error) {
      return fail(`--tls-${name}`, `${file} can't be read: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return done({ ...read, ...(servername === undefined ? {} : { servername }) })
}

/** Whatever stands before an @ may be a secret, also where the rest is no address. */
function withoutSecrets(text: string): string {
  return text.replace(/^([a-z]*:?\/{0,2})[^@]*@/i, '$1***@')
}
