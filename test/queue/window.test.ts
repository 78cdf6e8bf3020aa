/** The window's requests about queues, through the assembled lab, against a real Redis. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { KEYS } from '../../main/queue/keys'
import { openLink, reached } from '../../main/queue/link'
import { startWorker } from '../../main/queue/worker'
import { readAddress } from '../../main/queue/address'
import type { SweepStatus } from '../../preload/contract'
import { CONTENT, FakeRuns, fakeCompiler, request, testLab, type TestLab } from '../lab/doubles'
import { value } from '../lab/history/labs'
import { until } from './lab-process'
import { freePort, startRedis } from './redis'

const server = await startRedis(['--requirepass', 's3cret'], { password: 's3cret' })
afterAll(() => server.stop())
let here: TestLab
let there: TestLab
beforeEach(async () => {
  await server.redis.flushall()
  here = await testLab()
  there = await testLab()
})
afterEach(async () => {
  await here.end()
  await there.end()
})

test('one window puts a sweep on the queue, another watches it; a worker makes the runs; closing a window leaves them on the queue', async () => {
  const queue = { url: server.url, password: 's3cret' }
  const told: SweepStatus[] = []
  here.lab.on('sweep', (status) => { told.push(status) })
  const { id } = value(await here.lab.sweep({ comparison: request(), sweep: ['vm.swappiness=0,100'], queue }))
  expect(here.lab.activeRuns()).toBe(0)
  const first = value(await here.lab.sweepStatus(id))
  expect(first).toMatchObject({ state: 'running', runs: 8, ended: 0, queue: { address: `redis://127.0.0.1:${server.port}/0`, engine: expect.any(String) as string } })
  const overview = value(await there.lab.queueOverview(queue))
  expect(overview.sweeps).toMatchObject([{ id: first.queue?.sweep, runs: 8, ended: 0 }])
  const watched = value(await there.lab.watchSweep(queue, overview.sweeps[0].id))

  const link = await openLink(value(readAddress(queue, 'queue')))
  await reached(link, 5_000)
  const runs = new FakeRuns()
  const worker = await startWorker({ link, parts: { runs, content: CONTENT, compiler: fakeCompiler() }, parallel: 4, lockMs: 2_000, say: () => undefined, changed: () => undefined })
  await until(() => runs.started.length === 4)
  await here.lab.dispose()
  expect((await link.queue(first.queue?.engine ?? '').getJobCounts('wait', 'active'))).toEqual({ wait: 4, active: 4 })
  let next = 0
  const timer = setInterval(() => { while (next < runs.started.length) runs.started[next++].finish() }, 5)
  await until(async () => value(await there.lab.sweepStatus(watched.id)).state === 'done')
  clearInterval(timer)
  expect(value(await there.lab.sweepStatus(watched.id))).toMatchObject({ ended: 8, lost: 0 })
  expect(value(await there.lab.sweepCsv(watched.id)).trim().split('\r\n').length).toBe(9)
  await worker.stop(true)
  await link.close()
  expect(JSON.stringify([told, overview, first])).not.toContain('s3cret')
  expect(here.runs.started.length + there.runs.started.length).toBe(0)
})

test('cancelled in the window: the runs are off the queue', async () => {
  const queue = { url: server.url, password: 's3cret' }
  const { id } = value(await here.lab.sweep({ comparison: request(), sweep: ['vm.swappiness=0,100'], queue }))
  const { engine = '' } = value(await here.lab.sweepStatus(id)).queue ?? {}
  expect(await here.lab.cancel(id)).toBe(true)
  // Its record says so once its runs are off.
  await until(async () => (JSON.parse((await server.redis.hvals(KEYS.sweeps))[0]) as { readonly cancelled?: boolean }).cancelled === true)
  expect(await server.redis.exists(`{reclaim-lab}:runs-${engine}:wait`)).toBe(0)
  expect(value(await here.lab.sweepStatus(id)).state).toBe('cancelled')
})

test.each([
  [{ url: 'redis://me:s3cret@host' }, 'holds a password'],
  [{ url: 'nonsense' }, 'must be redis://host:6379/0'],
  [{ url: 7 }, 'must be an address'],
])('%j is refused', async (queue, message) => {
  const answer = await here.lab.sweep({ comparison: request(), sweep: ['vm.swappiness=0,100'], queue: queue as { readonly url: string } })
  expect(answer.ok ? '' : `${answer.problems[0].path} ${answer.problems[0].message}`).toContain(message)
  expect(JSON.stringify(answer)).not.toContain('s3cret')
})

test('TLS with an own certificate, from texts as the window has them; without it the server refuses', async () => {
  const [ca, cert, key] = ['ca.pem', 'server.pem', 'server.key'].map((name) => fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url)))
  const port = await freePort()
  await server.redis.config('SET', 'tls-cert-file', cert, 'tls-key-file', key, 'tls-ca-cert-file', ca, 'tls-auth-clients', 'yes', 'tls-port', port)
  const text = (file: string): string => readFileSync(file, 'utf8')
  const queue = { url: `rediss://127.0.0.1:${port}`, username: 'default', password: 's3cret', ca: text(ca), servername: 'queue.test' }
  const entered = await here.lab.queueOverview({ ...queue, cert: text(cert), key: text(key) })
  expect(entered).toMatchObject({ ok: true, value: { address: `rediss://127.0.0.1:${port}/0`, sweeps: [] } })
  const refused = await here.lab.queueOverview(queue)
  expect(refused.ok ? '' : refused.problems[0].message).toMatch(/certificate/)
  expect(JSON.stringify([entered, refused])).not.toMatch(/PRIVATE KEY|s3cret/)
})

test('a wrong password is said as the server says it', async () => {
  const answer = await here.lab.queueOverview({ url: server.url, password: 'wr0ng' })
  expect(answer.ok ? '' : answer.problems[0].message).toContain('WRONGPASS')
  expect(JSON.stringify(answer)).not.toContain('wr0ng')
})
