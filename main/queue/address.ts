/**
 * Where a queue is and how to get in: `redis://host:6379/0`, `rediss://` with TLS (`valkey://` and `valkeys://` mean the same). A password never stands in an address
 * that others may see: on a command line it is refused; it comes by the environment or a field of its own, is kept in memory only, and no text made here holds it.
 */
import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import type { Result } from '../../preload/contract'
import { done, fail, messageOf, show } from '../lab/problems'

export interface QueueAddress {
  readonly host: string
  readonly port: number
  readonly db: number
  readonly username?: string
  readonly password?: string
  readonly tls?: TlsOptions
  /** How long it may leave a question without an answer, ms; the link's own measure when absent. */
  readonly patienceMs?: number
  /** For people: without user and password. */
  readonly shown: string
}

export interface TlsOptions { readonly ca?: string; readonly cert?: string; readonly key?: string; readonly servername?: string }

export interface AddressParts {
  readonly url: string
  readonly username?: string
  readonly password?: string
  /** PEM texts. */
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  readonly servername?: string
}

/** How messages name the TLS options: as the terminal's; the window's form has `queue.ca` … */
type Named = (part: keyof TlsOptions) => string

const OPTIONS: Named = (part) => (part === 'servername' ? '--tls-name' : `--tls-${part}`)
export const FORM: Named = (part) => `queue.${part}`

export const ENVIRONMENT = { url: 'RECLAIM_LAB_QUEUE', username: 'RECLAIM_LAB_QUEUE_USER', password: 'RECLAIM_LAB_QUEUE_PASSWORD' } as const

/** The forms that are understood, for messages. */
const FORMS = 'must be redis://host:6379/0, or rediss://host:6380/0 with TLS'
const SECRET_IN_SIGHT = `holds a password, which others can see there: it has a place of its own, the password's field in the window or the environment variable ${ENVIRONMENT.password} (or the whole address in ${ENVIRONMENT.url})`

const STRAY_PERCENT = 'has a % in its user or password that begins no %XX: a % itself is written %25'

/** `secretsAllowed`: the address came by a way that nobody else can read. */
export function readAddress(parts: AddressParts, path: string, secretsAllowed = false, named = OPTIONS): Result<QueueAddress> {
  const url = parse(parts.url)
  if (url === undefined) return fail(path, `${FORMS}, not ${show(withoutSecrets(parts.url))}`)
  if (url.password !== '' && !secretsAllowed) return fail(path, SECRET_IN_SIGHT)
  const db = /^\/?(\d{0,4})\/?$/.exec(url.pathname)
  if (db === null || url.search !== '' || url.hash !== '' || url.hostname === '') return fail(path, `${FORMS}, not ${show(withoutSecrets(parts.url))}`)
  const secure = url.protocol === 'rediss:' || url.protocol === 'valkeys:'
  const tls = readTls(parts, secure, named)
  if (!tls.ok) return tls
  const [ownName, ownPassword] = [plain(url.username), plain(url.password)]
  if (ownName === undefined || ownPassword === undefined) return fail(path, STRAY_PERCENT)
  const username = parts.username ?? (ownName === '' ? undefined : ownName)
  const password = parts.password ?? (ownPassword === '' ? undefined : ownPassword)
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const port = url.port === '' ? 6379 : Number(url.port)
  return done({
    host, port, db: Number(db[1]), ...(username === undefined ? {} : { username }), ...(password === undefined || password === '' ? {} : { password }),
    ...(secure ? { tls: tls.value } : {}), shown: `${url.protocol}//${url.hostname}:${port}/${Number(db[1])}`,
  })
}

/** From a command line's options (files of certificates) and the environment; the option's address goes first, and the environment's user and password belong to either. */
export function addressFrom(given: Omit<AddressParts, 'url' | 'username' | 'password'> & { readonly url?: string }, env: NodeJS.ProcessEnv): Result<QueueAddress> {
  const url = given.url ?? env[ENVIRONMENT.url]
  if (url === undefined || url === '') return fail('--queue', `is missing: the queue's address, as in --queue redis://host:6379/0, or in the environment variable ${ENVIRONMENT.url}`)
  const username = env[ENVIRONMENT.username]
  const password = env[ENVIRONMENT.password]
  const files = readFiles(given)
  if (!files.ok) return files
  const parts = { ...given, ...files.value, url, ...(username === undefined ? {} : { username }), ...(password === undefined ? {} : { password }) }
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

/** Undefined where a % begins nothing. */
function plain(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

function readFiles(given: Pick<AddressParts, 'ca' | 'cert' | 'key'>): Result<Pick<AddressParts, 'ca' | 'cert' | 'key'>> {
  const read: Partial<Record<'ca' | 'cert' | 'key', string>> = {}
  for (const part of ['ca', 'cert', 'key'] as const) {
    const file = given[part]
    if (file === undefined) continue
    try {
      read[part] = readFileSync(file, 'utf8')
    } catch (error) {
      return fail(OPTIONS(part), `${file} can't be read: ${messageOf(error)}`)
    }
  }
  return done(read)
}

function readTls({ ca, cert, key, servername }: AddressParts, secure: boolean, named: Named): Result<TlsOptions> {
  const given = { ...(ca === undefined ? {} : { ca }), ...(cert === undefined ? {} : { cert }), ...(key === undefined ? {} : { key }), ...(servername === undefined ? {} : { servername }) }
  if (!secure && Object.keys(given).length > 0) return fail(named('ca'), 'and the other TLS options belong to an address that begins with rediss://')
  if ((cert === undefined) !== (key === undefined)) return fail(named('cert'), `and ${named('key')} go together`)
  for (const [part, text] of [['ca', ca], ['cert', cert], ['key', key]] as const) {
    if (text !== undefined && !/-----BEGIN [A-Z ]+-----/.test(text)) return fail(named(part), 'is no PEM file: it must have a line -----BEGIN …-----')
  }
  try {
    createSecureContext(given)
  } catch (error) {
    return fail(named(cert === undefined ? 'ca' : 'cert'), `can't be used: ${messageOf(error)}`)
  }
  return done(given)
}

/** Whatever stands before an @ may be a secret, also where the rest is no address. */
function withoutSecrets(text: string): string {
  return text.replace(/^([a-z]*:?\/{0,2})[^@]*@/i, '$1***@')
}
