/** Queued sweeps against a real Redis, with a lab whose runs end as the test says: what becomes of failures, alarms, refusals, cuts, and of other engines' runs. */
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { ENGINE_VERSION } from '../../main/engine'
import { runKey, runSpec } from '../../main/lab/run-key'
import type { LabParts } from '../../main/lab/parts'
import type { Sweep } from '../../main/lab/sweep/collect'
import { failedRun, finished } from '../../main/lab/sweep/finished-run'
import { jobAt, planOf, placesOf } from '../../main/lab/sweep/plan'
import type { PreparedSweep } from '../../main/lab/sweep/prepare-sweep'
import { startSweep } from '../../main/lab/sweep/sweep'
import type { QueueAddress } from '../../main/queue/address'
import { KEYS } from '../../main/queue/keys'
import type { QueueLink } from '../../main/queue/link'
import { attachSweep, cancelQueued, forgetQueued, queueOverview, queueSweep } from '../../main/queue/queue'
import { settle } from '../../main/queue/settle'
import { NotFit, startWorker, type QueueWorker } from '../../main/queue/worker'
import { CONTENT, FakeRuns, fakeCompiler, recording } from '../lab/doubles'
import { value } from '../lab/history/labs'
import { until } from './lab-process'
import { addressOf, linkTo } from './links'
import { startRedis } from './redis'
import { tinySweep } from './sweeps'

const server = await startRedis()
afterAll(() => server.stop())

let runs: FakeRuns
let parts: LabParts
let prepared: PreparedSweep
let heard: string[]
const open: (() => Promise<void>)[] = []
beforeEach(async () => {
  await server.redis.flushall()
  runs = new FakeRuns()
  parts = { runs, content: CONTENT, compiler: fakeCompiler() }
  prepared = await tinySweep(parts, { sweep: 'vm.swappiness=0,100', seeds: 2, policies: [{ kind: 'source', file: 'early.ts', text: 'name: early' }] })
  heard = []
})
afterEach(async () => {
  for (const close of open.splice(0).reverse()) {
    const closed = close()
    // What the test left running hears the cancel, as real runs do.
    for (const run of runs.started) run.finish({ end: 'cancelled' })
    await closed
  }
})

const address = (port = server.port): QueueAddress => addressOf(port)
const link = (at = address()): Promise<QueueLink> => linkTo(at, open)

async function submitted(options: { readonly retryFailed?: boolean; readonly at?: QueueAddress } = {}): Promise<Sweep> {
  const { at = address(), ...rest } = options
  const sweep = value(await queueSweep('s1', at, prepared, { ...rest, changed: () => undefined }))
  open.push(async () => { sweep.detach?.() })
  return sweep
}

async function worker(more: { readonly parallel?: number; readonly at?: QueueAddress } = {}): Promise<QueueWorker> {
  const one = await startWorker({ link: await link(more.at), parts, parallel: more.parallel ?? 8, lockMs: 2_000, say: (line) => heard.push(line), changed: () => undefined })
  open.push(() => one.stop(true))
  return one
}

/** Ends runs as they start. */
function finishAll(): () => void {
  let next = 0
  const timer = setInterval(() => { while (next < runs.started.length) runs.started[next++].finish() }, 5)
  open.push(async () => { clearInterval(timer) })
  return () => { clearInterval(timer) }
}

const results = (): Promise<number> => server.redis.hlen(KEYS.results(ENGINE_VERSION))
const job = (index: number): ReturnType<typeof jobAt> => jobAt('x', placesOf(planOf(prepared))[index], prepared)

test('what a worker gets is what was asked: scenario, kernel, seed, policy from its source with its parameters', async () => {
  const sweep = await submitted()
  await worker({ parallel: 1 })
  await until(() => runs.started.length === 1)
  const { run: _ours, ...wanted } = job(0)
  expect(runs.started[0].job).toEqual({ ...wanted, run: runKey(job(0)) })
  runs.started[0].finish()
  await until(() => runs.started.length === 2)
  expect(runs.started[1].job.policies).toEqual(job(1).policies)
  finishAll()
  await sweep.ended
  expect(sweep.status()).toMatchObject({ state: 'done', runs: 8, ended: 8, lost: 0, ejected: 0 })
  expect(sweep.rows().map(({ point, machine, seed }) => [point, machine, seed])).toEqual([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1], [0, 0, 2], [0, 1, 2], [1, 0, 2], [1, 1, 2]])
})

test('done work is never repeated: the same sweep again is done at once, a wider one makes only what is new', async () => {
  finishAll()
  await worker()
  await (await submitted()).ended
  expect(runs.started.length).toBe(8)
  await (await submitted()).ended
  expect(runs.started.length).toBe(8)
  prepared = await tinySweep(parts, { sweep: 'vm.swappiness=0,50,100', seeds: 2, policies: [{ kind: 'source', file: 'early.ts', text: 'name: early' }] })
  await (await submitted()).ended
  expect(runs.started.length).toBe(12)
})

test('what this machine keeps is handed to the queue instead of being made again, and what comes is kept', async () => {
  const kept = new Map([0, 1, 2].map((index) => [runKey(job(index)), finished(recording(job(index)))] as const))
  const keep = { get: (key: string) => kept.get(key), put: (key: string, run: ReturnType<typeof finished>) => { kept.set(key, run) } }
  const sweep = value(await queueSweep('s1', address(), prepared, { kept: keep, changed: () => undefined }))
  finishAll()
  await worker()
  await sweep.ended
  expect(runs.started.length).toBe(5)
  expect(kept.size).toBe(8)
  const local = startSweep('s2', prepared, runs, 4, () => undefined, keep)
  await local.ended
  expect(runs.started.length).toBe(5)
  expect(local.rows()).toEqual(sweep.rows())
})

test('a run that fails is a result: made once, told with its reason, and again only when that is asked for', async () => {
  const sweep = await submitted()
  await worker()
  await until(() => runs.started.length === 8)
  runs.started[0].fail('the runner died twice')
  await until(() => runs.started.length === 9)
  expect(runs.started[8].job.run).toBe('self-test')
  for (const run of runs.started.slice(1)) run.finish()
  await sweep.ended
  expect(sweep.status()).toMatchObject({ state: 'failed', ended: 8, lost: 1, error: '1 of 8 runs failed: the runner died twice' })
  const again = await submitted()
  await again.ended
  expect(runs.started.length).toBe(9)
  const retried = await submitted({ retryFailed: true })
  await until(() => runs.started.length === 10)
  runs.started[9].finish()
  await retried.ended
  expect(retried.status()).toMatchObject({ state: 'done', lost: 0 })
})

test('a machine that can make no runs at all gives them back and says so, instead of failing the whole queue', async () => {
  await submitted()
  const ill = await worker({ parallel: 1 })
  await until(() => runs.started.length === 1)
  runs.started[0].fail('spawn ENOMEM')
  await until(() => runs.started.length === 2)
  runs.started[1].fail('spawn ENOMEM')
  expect(await ill.broken).toBe("this machine can't make runs: spawn ENOMEM")
  await ill.stop(true)
  expect(await results()).toBe(0)
  const counts = await (await link()).queue(ENGINE_VERSION).getJobCounts('wait', 'active', 'failed')
  expect(counts).toEqual({ wait: 8, active: 0, failed: 0 })
})

test('a worker that is told to end gives back what it has begun', async () => {
  await submitted()
  const one = await worker({ parallel: 3 })
  await until(() => runs.started.length === 3)
  const stopped = one.stop(true)
  for (const run of runs.started) run.finish({ end: 'cancelled' })
  await stopped
  expect(await (await link()).queue(ENGINE_VERSION).getJobCounts('wait', 'active')).toEqual({ wait: 8, active: 0 })
  expect(await results()).toBe(0)
})

test('two digests for one run raise an alarm, and the run is in no curve', async () => {
  const sweep = await submitted()
  const at = await link()
  expect(await settle(at.redis, ENGINE_VERSION, runKey(job(0)), { ...finished(recording(job(0))), by: 'a/1' })).toBe('new')
  expect(await settle(at.redis, ENGINE_VERSION, runKey(job(0)), { ...finished(recording(job(0))), by: 'c/3' })).toBe('known')
  expect(await settle(at.redis, ENGINE_VERSION, runKey(job(0)), failedRun('out of memory'))).toBe('known')
  expect(await settle(at.redis, ENGINE_VERSION, runKey(job(0)), { ...finished(recording(job(0))), digest: 'another', by: 'b/2' })).toBe('differs')
  finishAll()
  await worker()
  await sweep.ended
  const { digest } = recording(job(0))
  expect(sweep.status()).toMatchObject({ state: 'failed', ended: 8, lost: 1, queue: { alarms: [{ run: runKey(job(0)), digests: [digest, 'another'], by: ['a/1', 'b/2'] }] } })
  expect(sweep.rows().length).toBe(7)
})

test('a worker first repeats a run that another has made; with another digest it may not work', async () => {
  const at = await link()
  await settle(at.redis, ENGINE_VERSION, runKey(job(1)), { ...finished(recording(job(1))), digest: 'of another build', by: 'b/2', spec: runSpec(job(1)) })
  await submitted()
  finishAll()
  await expect(worker()).rejects.toThrow(NotFit)
  expect(runs.started.map(({ job: made }) => made.run)).toEqual([runKey(job(1))])
})

test('runs of another engine stay where they are, and the worker says whom they wait for', async () => {
  const at = await link()
  await at.redis.sadd(KEYS.engines, '9.9.9')
  await at.queue('9.9.9').add('run', { ...runSpec(job(0)), engine: '9.9.9' }, { jobId: 'f'.repeat(64) })
  const stray = { ...runSpec(job(0)), engine: '9.9.9' }
  await at.queue(ENGINE_VERSION).add('run', stray, { jobId: 'e'.repeat(64) })
  const one = await worker()
  await until(() => heard.length === 2)
  expect(heard.sort()).toEqual([`1 runs wait for engine 9.9.9; this worker is ${ENGINE_VERSION} and refuses them`, `run eeeeeeeeeeee is refused: it is for engine 9.9.9, and this is ${ENGINE_VERSION}`])
  expect(one.state()).toBe('refuses')
  expect(await at.queue('9.9.9').getJobCounts('wait')).toEqual({ wait: 1 })
  await until(async () => (await at.queue(ENGINE_VERSION).getJobCounts('delayed'))['delayed'] === 1)
  expect({ made: runs.started.length, results: await results() }).toEqual({ made: 0, results: 0 })
})

test.each([
  ['a run under a false name', async (at: QueueLink) => at.queue(ENGINE_VERSION).add('run', runSpec(job(0)), { jobId: 'd'.repeat(64) }), 'the run is not what its name says'],
  ['a run that is none', async (at: QueueLink) => at.queue(ENGINE_VERSION).add('run', { engine: 3 }, { jobId: 'd'.repeat(64) }), 'the run lacks its scenario, kernel, policies, seed or engine version'],
])('%s is a failure, not a crash', async (_, put, message) => {
  await put(await link())
  finishAll()
  await worker()
  await until(async () => await results() === 1)
  const [text] = await server.redis.hvals(KEYS.results(ENGINE_VERSION))
  expect(JSON.parse(text)).toMatchObject({ end: 'failed', message })
})

test('a part that is not what its hash says is not run', async () => {
  await submitted()
  const spec = runSpec(job(1))
  await server.redis.hset(KEYS.parts, spec.policies[0].policy, JSON.stringify({ file: 'early.ts', text: 'name: evil' }))
  finishAll()
  await worker()
  await until(() => heard.some((line) => line.includes('another version of the policy compiler')))
  expect(runs.started.some(({ job: made }) => made.policies.some(({ compiled }) => compiled.code === 'evil'))).toBe(false)
})

test('a run that cost five workers their lives is a failure', async () => {
  await submitted()
  const queue = (await link()).queue(ENGINE_VERSION)
  await server.redis.hset(queue.toKey(runKey(job(0))), 'stc', 5)
  finishAll()
  await worker()
  await until(async () => await results() === 8)
  expect(JSON.parse(await server.redis.hget(KEYS.results(ENGINE_VERSION), runKey(job(0))) ?? '')).toMatchObject({ end: 'failed', message: '5 workers were lost while they made this run' })
})

test('a server that takes no writes (a full disk, a lost replica): results are held, said, and handed in later', async () => {
  const sweep = await submitted()
  const one = await worker({ parallel: 2 })
  await until(() => runs.started.length === 2)
  await server.redis.config('SET', 'min-replicas-to-write', 1)
  for (const run of runs.started) run.finish()
  await until(() => one.counts().held === 2)
  expect(one.state()).toBe('held')
  expect(heard.join('\n')).toContain('the server takes no results now, so one is held: NOREPLICAS')
  await until(() => sweep.status().queue?.message?.startsWith('NOREPLICAS') === true)
  expect(sweep.status().queue?.connected).toBe(true)
  finishAll()
  await server.redis.config('SET', 'min-replicas-to-write', 0)
  await sweep.ended
  expect(sweep.status()).toMatchObject({ state: 'done', ended: 8, lost: 0 })
  expect(one.counts()).toMatchObject({ held: 0, failed: 0 })
  expect(await server.redis.llen(KEYS.arrivals(ENGINE_VERSION))).toBe(8)
})

test('a server out of memory: results are held, who watches is told what helps, forgetting a sweep works and frees', async () => {
  const sweep = await submitted()
  const name = sweep.status().queue?.sweep ?? ''
  prepared = await tinySweep(parts, { sweep: 'vm.swappiness=0..90:1', seeds: 9 })
  const other = await submitted()
  const one = await worker({ parallel: 2 })
  await until(() => runs.started.length === 2)
  await server.redis.config('SET', 'maxmemory', 1)
  for (const run of runs.started) run.finish()
  await until(() => one.counts().held === 2)
  await until(() => sweep.status().queue?.message?.includes('no memory left') === true)
  const refused = await queueSweep('s9', address(), await tinySweep(parts, { sweep: 'vm.swappiness=91..99:1', seeds: 1 }), { changed: () => undefined })
  expect(refused.ok ? '' : refused.problems[0].message).toMatch(/no memory left .* --forget/)
  value(await forgetQueued(address(), other.status().queue?.sweep ?? ''))
  expect(await (await link()).queue(ENGINE_VERSION).getJobCounts('wait')).toEqual({ wait: 6 })
  other.detach?.()
  await server.redis.config('SET', 'maxmemory', 0)
  finishAll()
  await sweep.ended
  expect(sweep.status()).toMatchObject({ state: 'done', ended: 8, lost: 0, queue: { sweep: name } })
  const arrived = await server.redis.lrange(KEYS.arrivals(ENGINE_VERSION), 0, -1)
  expect({ all: arrived.length, different: new Set(arrived).size }).toEqual({ all: 8, different: 8 })
})

test('a server that stands still: who watches and who works are told, and when it goes on nothing is lost or counted twice', async () => {
  const at = { ...address(), patienceMs: 400 }
  const sweep = await submitted({ at })
  const one = await worker({ parallel: 2, at })
  await until(() => runs.started.length === 2)
  server.freeze()
  try {
    await until(() => sweep.status().queue?.connected === false)
    expect(sweep.status().queue?.message).toMatch(/timeout|socket/i)
    for (const run of runs.started) run.finish()
  } finally {
    server.thaw()
  }
  finishAll()
  await sweep.ended
  expect(sweep.status()).toMatchObject({ state: 'done', ended: 8, lost: 0 })
  const arrived = await server.redis.lrange(KEYS.arrivals(ENGINE_VERSION), 0, -1)
  expect({ all: arrived.length, different: new Set(arrived).size }).toEqual({ all: 8, different: 8 })
  expect(one.counts()).toMatchObject({ failed: 0, held: 0, alarms: 0 })
})

test('a cut network: the watcher says so, the worker holds what it has, and all goes on when it is mended', async () => {
  const wire = await startWire(server.port)
  open.push(wire.close)
  const at = address(wire.port)
  const sweep = await submitted({ at })
  const one = await worker({ parallel: 2, at })
  await until(() => runs.started.length === 2)
  await wire.cut()
  await until(() => sweep.status().queue?.message === `nothing listens at redis://127.0.0.1:${wire.port}/0`)
  expect(sweep.status()).toMatchObject({ state: 'running', queue: { connected: false } })
  for (const run of runs.started) run.finish()
  expect(await results()).toBe(0)
  finishAll()
  await wire.mend()
  await sweep.ended
  expect(sweep.status()).toMatchObject({ state: 'done', ended: 8, lost: 0, queue: { connected: true } })
  expect(await server.redis.llen(KEYS.arrivals(ENGINE_VERSION))).toBe(8)
  expect(one.counts().failed).toBe(0)
})

test('a server that lost everything: whoever put the sweep there puts the rest back; a watcher only tells', async () => {
  const sweep = await submitted()
  const name = sweep.status().queue?.sweep ?? ''
  const watched = value(await attachSweep('s2', address(), name, { changed: () => undefined }))
  open.push(async () => { watched.detach?.() })
  await worker({ parallel: 2 })
  await until(() => runs.started.length === 2)
  runs.started[0].finish()
  await until(() => sweep.status().ended === 1)
  await server.redis.flushall()
  finishAll()
  await sweep.ended
  expect(sweep.status()).toMatchObject({ state: 'done', ended: 8, lost: 0 })
  expect(new Set(sweep.rows().map(({ digest }) => digest)).size).toBe(4)
})

test('seen from elsewhere: a watcher has the same rows; the overview lists sweeps and workers', async () => {
  const sweep = await submitted()
  const name = sweep.status().queue?.sweep ?? ''
  const watched = value(await attachSweep('s2', address(), name, { changed: () => undefined }))
  const one = await worker()
  finishAll()
  await Promise.all([sweep.ended, watched.ended])
  expect(watched.rows()).toEqual(sweep.rows())
  expect(watched.status().curves).toEqual(sweep.status().curves)
  const overview = value(await queueOverview(address()))
  expect(overview.sweeps).toMatchObject([{ id: name, engine: ENGINE_VERSION, runs: 8, ended: 8, cancelled: false, title: { en: 'Tiny' } }])
  expect(overview.workers).toMatchObject([{ name: one.name, engine: ENGINE_VERSION, parallel: 8 }])
  const wrong = await attachSweep('s3', address(), 'nosuch', { changed: () => undefined })
  expect(wrong.ok ? '' : wrong.problems[0].message).toBe(`there is no sweep nosuch on ${address().shown}; there are ${name}`)
})

test('cancelled: what nobody has begun goes, but not what another sweep waits for; forgotten: results go too', async () => {
  const sweep = await submitted()
  const first = sweep.status().queue?.sweep ?? ''
  prepared = await tinySweep(parts, { sweep: 'vm.swappiness=0', seeds: 2, policies: [{ kind: 'source', file: 'early.ts', text: 'name: early' }] })
  const other = await submitted()
  expect(value(await cancelQueued(address(), first))).toBe(4)
  finishAll()
  await worker()
  await other.ended
  expect(other.status()).toMatchObject({ state: 'done', ended: 4 })
  expect(value(await forgetQueued(address(), first))).toBe(0)
  expect(value(await forgetQueued(address(), other.status().queue?.sweep ?? ''))).toBe(4)
  expect(await results()).toBe(0)
  expect(value(await queueOverview(address())).sweeps).toEqual([])
})

interface Wire { readonly port: number; cut(): Promise<void>; mend(): Promise<void>; close(): Promise<void> }

/** A network between here and the server that can be cut. */
async function startWire(to: number): Promise<Wire> {
  const sockets = new Set<Socket>()
  let listening: Server | undefined
  const listen = async (port: number): Promise<number> => {
    listening = createServer((near) => {
      const far = connect(to, '127.0.0.1')
      for (const [one, two] of [[near, far], [far, near]] as const) {
        sockets.add(one)
        one.pipe(two)
        one.on('error', () => undefined).on('close', () => { sockets.delete(one); two.destroy() })
      }
    }).listen(port, '127.0.0.1')
    await once(listening, 'listening')
    return (listening.address() as AddressInfo).port
  }
  const cut = async (): Promise<void> => {
    if (listening === undefined) return
    const closed = once(listening, 'close')
    listening.close()
    for (const socket of sockets) socket.destroy()
    await closed
    listening = undefined
  }
  const port = await listen(0)
  return { port, cut, mend: async () => { await listen(port) }, close: cut }
}
