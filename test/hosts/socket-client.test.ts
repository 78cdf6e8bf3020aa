/** The page's end of the loopback host: sessions, reloads, lost connections. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Loopback } from '../../main/hosts/loopback'
import { NoSession, sessionSecret, takeCode } from '../../preload/session'
import { connect, fakePage, openSocket, secretFor, serve } from './loopback-client'
import { connectLab } from '../../preload/socket-client'
import type { Socket } from '../../preload/socket-client'

let server: Loopback

beforeEach(async () => { server = await serve() })
afterEach(() => server.close())

test('the code leaves the address before anything is asked', () => {
  const page = fakePage(server.freshAddress())
  const code = takeCode(page)
  expect(code).toMatch(/^[\w-]{22}$/)
  expect(page.urls).toEqual(['/'])
  expect(takeCode(page)).toBeUndefined()
})

test('a hash that is no code leaves too', () => {
  const page = fakePage(`${server.origin}/#other`)
  expect(takeCode(page)).toBeUndefined()
  expect(page.urls).toEqual(['/'])
})

test('a reload goes on with the session that the tab keeps', async () => {
  const first = fakePage(server.freshAddress())
  const secret = await sessionSecret(first, takeCode(first))
  const reloaded = fakePage(`${server.origin}/`, first.kept)
  expect(await sessionSecret(reloaded, takeCode(reloaded))).toBe(secret)
  const client = connect(server, secret)
  await expect(client.api.files()).resolves.toEqual([])
  client.close()
})

test('a new code wins over a kept secret, which may be of an earlier lab', async () => {
  const kept = new Map([['reclaim-lab.session', 'of-an-earlier-lab']])
  const page = fakePage(server.freshAddress(), kept)
  const secret = await sessionSecret(page, takeCode(page))
  expect(secret).not.toBe('of-an-earlier-lab')
  expect([...kept.values()]).toEqual([secret])
})

test('a page without a code or with a used one has no session, and is told', async () => {
  const address = server.freshAddress()
  await secretFor(address)
  for (const at of [address, `${server.origin}/`]) {
    const page = fakePage(at)
    await expect(sessionSecret(page, takeCode(page))).rejects.toThrow(NoSession)
    expect(page.kept.size).toBe(0)
  }
})

test('what was under way when the connection is lost fails; what is asked later waits for the next one, and listeners stay', async () => {
  const waits: { readonly ms: number; readonly run: () => void }[] = []
  let openSockets: Socket[] = []
  const secret = await secretFor(server.freshAddress())
  const client = connectLab({
    open() {
      const socket = openSocket(server, secret) as unknown as Socket
      openSockets.push(socket)
      return Promise.resolve(socket)
    },
    later: (ms, run) => waits.push({ ms, run }),
  })
  await client.api.files()
  openSockets[0].close()
  await expect(client.api.files()).rejects.toThrow(/can’t be reached/)
  expect(waits.map(({ ms }) => ms)).toEqual([1_000])
  const asked = client.api.files()
  waits[0].run()
  await expect(asked).resolves.toEqual([])
  openSockets = []
  client.close()
})

test('a lab that is gone is asked again and again, less and less often, never faster than each second', async () => {
  const waits: { readonly ms: number; readonly run: () => void }[] = []
  const asking: (() => void)[] = []
  const client = connectLab({ open: () => Promise.reject(new Error('nobody there')), later: (ms, run) => { waits.push({ ms, run }); asking.shift()?.() } })
  for (let i = 0; i < 6; i++) {
    await new Promise<void>((resolve) => { if (waits.length > i) resolve(); else asking.push(resolve) })
    waits[i].run()
  }
  expect(waits.slice(0, 6).map(({ ms }) => ms)).toEqual([1_000, 2_000, 4_000, 8_000, 10_000, 10_000])
  client.close()
})
