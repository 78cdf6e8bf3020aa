/** A queue that others reach: what they put there by fault or intent stops nobody, is counted by nobody, and what they take away is put back or left alone as they meant it. */
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ENGINE_VERSION } from '../../main/engine'
import type { LabParts } from '../../main/lab/parts'
import { runKey, runSpec } from '../../main/lab/run-key'
import type { Sweep } from '../../main/lab/sweep/collect'
import { finished } from '../../main/lab/sweep/finished-run'
import { jobAt, placesOf, planOf } from '../../main/lab/sweep/plan'
import type { PreparedSweep } from '../../main/lab/sweep/prepare-sweep'
import { readAddress, type QueueAddress } from '../../main/queue/address'
import { KEYS } from '../../main/queue/keys'
import { openLink, reached, type QueueLink } from '../../main/queue/link'
import { attachSweep, cancelQueued, forgetQueued, queueOverview, queueSweep } from '../../main/queue/queue'
import { LARGEST_SUMMARY } from '../../main/queue/read'
import { alarms, settle } from '../../main/queue/settle'
import { removeUnreadable } from '../../main/queue/unreadable'
import { startWorker, type QueueWorker } from '../../main/queue/worker'
import { InstantRuns, value } from '../lab/history/labs'
import { CONTENT, fakeCompiler } from '../lab/doubles'
import { until } from './lab-process'
import { addressOf, linkTo } from './links'
import { startRedis } from './redis'
import { tinySweep } from './sweeps'

const server = await startRedis()
afterAll(() => server.stop())

let runs: InstantRuns
let parts: LabParts
let prepared: PreparedSweep
let heard: string[]
const open: (() => Promise<void>)[] = []
beforeEach(async () => {
  await server.redis.flushall()
  runs = new InstantRuns()
  parts = { runs, content: CONTENT, compiler: fakeCompiler() }
  prepared = await tinySweep(parts, { sweep: 'vm.swappiness=0,100', seeds: 2 })
  heard = []
})
afterEach(async () => {
  vi.useRealTimers()
  for (const close of open.splice(0).reverse()) await close()
})

const address = (): QueueAddress => addressOf(server.port)
const link = (): Promise<QueueLink> => linkTo(address(), open)

async function submitted(): Promise<Sweep> {
  const sweep = value(await queueSweep('s1', address(), prepared, { changed: () => undefined }))
  open.push(async () => { sweep.detach?.() })
  return sweep
}

async function worker(): Promise<QueueWorker> {
  const one = await startWorker({ link: await link(), parts, parallel: 4, lockMs: 2_000, say: (line) => heard.push(line), changed: () => undefined })
  open.push(() => one.stop(true))
  return one
}

const job = (index: number): ReturnType<typeof jobAt> => jobAt('x', placesOf(planOf(prepared))[index], prepared)
const sound = (index: number): ReturnType<typeof finished> => ({ ...finished(runs.record(job(index))), by: `shed/${index}`, spec: runSpec(job(index)) })
const nameOf = (sweep: Sweep): string => sweep.status().queue?.sweep ?? ''

test('what is no result, no worker, no alarm, no sweep stands in nobody\'s way; the runs are made', async () => {
  prepared = await tinySweep(parts, { sweep: 'vm.swappiness=0,100', seeds: 4 })
  const sweep = await submitted()
  const texts = [
    'garbage', 'null', '{"digest":"x","end":"done"}', JSON.stringify({ ...sound(3), metrics: { run_time: 'long' } }), JSON.stringify({ ...sound(4), engine: '9.9.9' }),
    JSON.stringify({ ...sound(5), message: 'x'.repeat(LARGEST_SUMMARY) }), JSON.stringify({ ...sound(6), ejections: [null] }),
  ]
  for (const [index, text] of texts.entries()) await server.redis.hset(KEYS.results(ENGINE_VERSION), runKey(job(index)), text)
  // By its own words it is another's.
  await server.redis.hset(KEYS.results(ENGINE_VERSION), 'another name', JSON.stringify({ ...sound(7), digest: 'other' }))
  await server.redis.hset(KEYS.workers, 'w', '{"id":7}')
  await server.redis.hset(KEYS.alarms(ENGINE_VERSION), 'a', 'garbage')
  await server.redis.hset(KEYS.sweeps, { s: 'null', t: 'garbage' })
  await worker()
  await sweep.ended
  expect(sweep.status()).toMatchObject({ state: 'done', ended: 8, lost: 0, queue: { alarms: [], connected: true } })
  expect(sweep.status().curves[0]?.points.map(({ estimate }) => estimate.values.length)).toEqual([4, 4])
  expect(value(await queueOverview(address())).sweeps.map(({ id, ended }) => [id, ended])).toEqual([[nameOf(sweep), 8]])
})

test('a run that BullMQ can\'t read is taken off by whoever came upon it; the others stay', async () => {
  await submitted()
  const at = await link()
  const queue = at.queue(ENGINE_VERSION)
  await server.redis.hset(queue.toKey(runKey(job(0))), 'data', '{"engine":')
  for (let i = 0; i < 4; i++) await server.redis.lmove(queue.toKey('wait'), queue.toKey('active'), 'RIGHT', 'LEFT')
  expect(await removeUnreadable(at)).toBe(1)
  expect((await server.redis.lrange(queue.toKey('active'), 0, -1)).sort()).toEqual([1, 2, 3].map((index) => runKey(job(index))).sort())
  expect(await server.redis.exists(queue.toKey(runKey(job(0))))).toBe(0)
})

test.each([['seeds without end', { seeds: 1e9 }], ['no points', { points: 5 }], ['points of other axes', { axes: [] }], ['no title', { title: null }], ['no metrics', { metrics: 3 }], ['no machines', { machines: null }]])('a sweep with %s is not there', async (_, change) => {
  const name = nameOf(await submitted())
  const record = JSON.parse(await server.redis.hget(KEYS.sweeps, name) ?? '') as { readonly plan: object }
  await server.redis.hset(KEYS.sweeps, 'hostile', JSON.stringify({ ...record, id: 'hostile', plan: { ...record.plan, ...change } }))
  expect(await attachSweep('s2', address(), 'hostile', { changed: () => undefined })).toMatchObject({ ok: false, problems: [{ path: 'sweep' }] })
})

test('a sweep of which not every run is listed is not watched for ever', async () => {
  const sweep = await submitted()
  const name = nameOf(sweep)
  sweep.detach?.()
  await server.redis.rpop(KEYS.sweepRuns(name))
  const watched = await attachSweep('s2', address(), name, { changed: () => undefined })
  expect(watched.ok ? '' : watched.problems[0].message).toContain('3 of its 4 runs are listed')
})

test('one false digest raises an alarm and shuts no worker out, where two others agree; two do', async () => {
  const { redis } = await link()
  ;(await submitted()).detach?.()
  await settle(redis, ENGINE_VERSION, runKey(job(0)), { ...sound(0), digest: 'forged', ms: -2 })
  for (const index of [1, 2]) await settle(redis, ENGINE_VERSION, runKey(job(index)), { ...sound(index), ms: 5 })
  await worker()
  expect(await alarms(redis, ENGINE_VERSION)).toMatchObject([{ run: runKey(job(0)), kept: 'forged', keptBy: 'shed/0', other: sound(0).digest }])
  await server.redis.del(KEYS.alarms(ENGINE_VERSION))
  await redis.hset(KEYS.results(ENGINE_VERSION), runKey(job(1)), JSON.stringify({ ...sound(1), digest: 'forged', ms: -1 }))
  await expect(worker()).rejects.toThrow(/may not work: run .* has digest/)
})

test('a server that lost everything before anybody worked: it is put back whole, and a worker that never saw it makes all of it', async () => {
  const sweep = await submitted()
  await server.redis.flushall()
  await worker()
  await sweep.ended
  expect(sweep.status()).toMatchObject({ state: 'done', ended: 4, lost: 0 })
  expect(value(await queueOverview(address())).sweeps.map(({ id }) => id)).toEqual([nameOf(sweep)])
})

test('what its runs are made of was thrown out (a server that evicts): they wait for it instead of failing', async () => {
  const sweep = await submitted()
  await server.redis.del(KEYS.parts)
  await worker()
  await sweep.ended
  expect(sweep.status()).toMatchObject({ state: 'done', ended: 4, lost: 0 })
})

test('a run that the server has lost while its name still waits is no failure', async () => {
  ;(await submitted()).detach?.()
  const queue = (await link()).queue(ENGINE_VERSION)
  await server.redis.del(queue.toKey(runKey(job(0))))
  const one = await worker()
  await until(async () => (await queue.getJobCountByTypes('wait', 'active', 'delayed')) === 0 && one.counts().made === 3)
  expect((await server.redis.hkeys(KEYS.results(ENGINE_VERSION))).sort()).toEqual([1, 2, 3].map((index) => runKey(job(index))).sort())
  expect(one.counts()).toMatchObject({ made: 3, failed: 0 })
})

test('taken off or forgotten by somebody else: whoever watches ends, nothing is put back, and given again it is a sweep like any other', async () => {
  const one = await submitted()
  prepared = await tinySweep(parts, { sweep: 'vm.swappiness=50', seeds: 2 })
  const other = await submitted()
  const watched = value(await attachSweep('s2', address(), nameOf(one), { changed: () => undefined }))
  value(await cancelQueued(address(), nameOf(one)))
  value(await forgetQueued(address(), nameOf(other)))
  await Promise.all([one.ended, other.ended, watched.ended])
  expect([one, other, watched].map((sweep) => sweep.status().state)).toEqual(['cancelled', 'cancelled', 'cancelled'])
  expect(await (await link()).queue(ENGINE_VERSION).getJobCounts('wait', 'active', 'delayed')).toEqual({ wait: 0, active: 0, delayed: 0 })
  const again = await submitted()
  await worker()
  await again.ended
  expect(again.status()).toMatchObject({ state: 'done', ended: 2 })
})

test('a worker whose clock is a year ahead puts nothing off for a year: what it refuses waits for others', async () => {
  const queue = (await link()).queue(ENGINE_VERSION)
  await queue.add('run', { ...runSpec(job(0)), engine: '9.9.9' }, { jobId: 'e'.repeat(64) })
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 365 * 86_400_000 })
  const one = await worker()
  await until(() => heard.length === 1)
  await one.stop(true)
  expect(await queue.getJobCounts('wait', 'active', 'delayed')).toEqual({ wait: 1, active: 0, delayed: 0 })
})

test('a worker whose user may not write ends with the server\'s words instead of asking for ever', async () => {
  await server.redis.call('ACL', 'SETUSER', 'reader', 'on', '>pw', '~*', '&*', '+@read', '+@connection', '+info')
  const one = await openLink(value(readAddress({ url: server.url, username: 'reader', password: 'pw' }, 'queue')))
  open.push(() => one.close())
  await reached(one, 5_000)
  await expect(startWorker({ link: one, parts, parallel: 1, lockMs: 2_000, say: () => undefined, changed: () => undefined })).rejects.toThrow(/may not work: NOPERM/)
})

test('names and words of others do not steer the terminal of a worker', async () => {
  const { queue } = await link()
  await queue(ENGINE_VERSION).add('run', { ...runSpec(job(0)), kernel: '\u001b]0;mine\u0007\u001b[2J' }, { jobId: 'd\u001b[31m' })
  await queue(ENGINE_VERSION).add('run', { ...runSpec(job(0)), engine: '\u001b[2J' }, { jobId: 'e\u001b[31m' })
  await worker()
  await until(() => heard.length === 2)
  expect(heard.join('')).not.toMatch(/\p{Cc}/u)
  expect(heard.join('')).toContain('e\\u{1b}[31m')
})
