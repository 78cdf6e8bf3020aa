/** How workers and commands get in: user and password from the environment, TLS, and what is said when they don't. */
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { readFileSync } from 'node:fs'
import { endLabs, startLab } from './lab-process'
import { freePort, startRedis, type TestRedis } from './redis'

const at = (file: string): string => fileURLToPath(new URL(`../fixtures/tls/${file}`, import.meta.url))
let server: TestRedis | undefined
afterEach(async () => {
  await endLabs()
  await server?.stop()
})

test('a password comes by the environment, and is on no command line and in no output', async () => {
  server = await startRedis(['--requirepass', 's3cret'], { password: 's3cret' })
  const refused = await startLab(['queue', '--queue', server.url]).ended
  expect(refused).toMatchObject({ code: 2, out: '' })
  expect(refused.err).toContain('NOAUTH')
  const wrong = await startLab(['worker', '--queue', server.url], { RECLAIM_LAB_QUEUE_PASSWORD: 'wr0ng' }).ended
  expect(wrong.code).toBe(2)
  expect(wrong.err).toContain('WRONGPASS')
  expect(wrong.err).not.toContain('wr0ng')
  const entered = startLab(['worker', '--queue', server.url, '--parallel', '1'], { RECLAIM_LAB_QUEUE_PASSWORD: 's3cret' })
  await entered.said('takes runs of engine')
  expect(readFileSync(`/proc/${entered.child.pid ?? 0}/cmdline`, 'utf8')).not.toContain('s3cret')
  const seen = await startLab(['queue', '--json'], { RECLAIM_LAB_QUEUE: `redis://:s3cret@127.0.0.1:${server.port}` }).ended
  expect(seen.code).toBe(0)
  expect(JSON.parse(seen.out)).toMatchObject({ address: `redis://127.0.0.1:${server.port}/0`, workers: [{ state: 'waits', parallel: 1 }] })
  expect(seen.out + seen.err).not.toContain('s3cret')
  entered.signal('SIGTERM')
  expect((await entered.ended).code).toBe(143)
  const argv = await startLab(['queue', '--queue', `redis://:s3cret@127.0.0.1:${server.port}`]).ended
  expect(argv.code).toBe(2)
  expect(argv.err).not.toContain('s3cret')
})

test('TLS: the server\'s certificate is checked against the given authority and name', async () => {
  server = await startRedis()
  const port = await freePort()
  await server.redis.config('SET', 'tls-cert-file', at('server.pem'), 'tls-key-file', at('server.key'), 'tls-ca-cert-file', at('ca.pem'), 'tls-auth-clients', 'no', 'tls-port', port)
  const url = `rediss://127.0.0.1:${port}`
  const unknown = await startLab(['queue', '--queue', url, '--tls-name', 'queue.test']).ended
  expect(unknown.code).toBe(2)
  expect(unknown.err).toMatch(/certificate/)
  const misnamed = await startLab(['queue', '--queue', url, '--tls-ca', at('ca.pem')]).ended
  expect(misnamed.code).toBe(2)
  expect(misnamed.err).toMatch(/altnames|IP/)
  const right = await startLab(['queue', '--queue', url, '--tls-ca', at('ca.pem'), '--tls-name', 'queue.test', '--json']).ended
  expect(right).toMatchObject({ code: 0, err: '' })
  expect(JSON.parse(right.out)).toMatchObject({ address: `rediss://127.0.0.1:${port}/0`, sweeps: [], workers: [] })
})
