/**
 * What a queue costs and brings, on this machine with a Redis of its own: `node --import ./main/boot/register.mjs test/bench/queue.ts [runs]`; a minute or two on two quiet cores.
 * Overhead: runs that take no time, through submission, Redis, a worker and the watcher; by wall and by CPU time. Speed-up: real runs on the local pool, one and two at a time, and on one and two
 * worker processes with one run at a time each. Estimate: what 100 machines would make of a study, from the overhead; computed, not measured.
 */
import { ENGINE_VERSION } from '../../main/engine'
import { createDefaultParts } from '../../main/lab/default-parts'
import { startSweep } from '../../main/lab/sweep/sweep'
import { readAddress, type QueueAddress } from '../../main/queue/address'
import { openLink } from '../../main/queue/link'
import { queueSweep } from '../../main/queue/queue'
import { startWorker } from '../../main/queue/worker'
import { forkChildRunner } from '../../main/runner/fork-child'
import { recording } from '../lab/doubles'
import { endLabs, startLab, until } from '../queue/lab-process'
import { startRedis } from '../queue/redis'
import { TINY, tinySweep } from '../queue/sweeps'

const RUNS = Number(process.argv[2] ?? 60)
const EMPTY = 3_000
const server = await startRedis()
const parts = await createDefaultParts(forkChildRunner, { parallel: 2 })

function addressOf(): QueueAddress {
  const read = readAddress({ url: server.url }, 'queue')
  if (!read.ok) throw new Error('no address')
  return read.value
}

async function queued(prepared: Parameters<typeof queueSweep>[2]): Promise<void> {
  const sweep = await queueSweep('s', addressOf(), prepared, { changed: () => undefined })
  if (!sweep.ok) throw new Error(sweep.problems[0].message)
  await sweep.value.ended
}

interface Costs { readonly cpuMs: number; readonly redisMs: number }

async function overhead(): Promise<Costs> {
  await server.redis.flushall()
  const instant = { ...parts, runs: { ...parts.runs, start: (job: Parameters<typeof parts.runs.start>[0]) => ({ done: Promise.resolve(recording(job)), cancel: () => undefined, watch: () => undefined }) } }
  const prepared = await tinySweep(parts, { sweep: `vm.min_free_kbytes=200..${200 + EMPTY / 100 - 1}:1`, seeds: 100 })
  const link = await openLink(addressOf())
  const worker = await startWorker({ link, parts: instant, parallel: 8, lockMs: 15_000, say: () => undefined, changed: () => undefined })
  const [wall, cpu, redis] = [performance.now(), process.cpuUsage(), await redisCpuMs()]
  await queued(prepared)
  const used = process.cpuUsage(cpu)
  const costs = { cpuMs: (used.user + used.system) / 1_000 / EMPTY, redisMs: (await redisCpuMs() - redis) / EMPTY }
  console.log(`Overhead, ${EMPTY} runs of no length: ${((performance.now() - wall) / EMPTY).toFixed(2)} ms a run by the clock, ${costs.cpuMs.toFixed(2)} ms of CPU here (submitting, working and watching)`)
  const memory = /used_memory:(\d+)/.exec(await server.redis.info('memory'))
  console.log(`Redis: ${costs.redisMs.toFixed(2)} ms of CPU a run, ${(Number(memory?.[1]) / EMPTY / 1_024).toFixed(1)} KiB a finished run; engine ${ENGINE_VERSION}`)
  await worker.stop(true)
  await link.close()
  return costs
}

/** User and system, since it was started. */
async function redisCpuMs(): Promise<number> {
  const text = await server.redis.info('cpu')
  return ['used_cpu_user', 'used_cpu_sys'].reduce((sum, name) => sum + Number(new RegExp(`${name}:([\\d.]+)`).exec(text)?.[1] ?? 0) * 1_000, 0)
}

async function speedUp(): Promise<void> {
  // About a fifth of a second each.
  const scenario = { ...TINY, processes: [{ name: 'app', phases: [{ op: 'map' as const, r: 'heap', pages: 1024 }, { op: 'touch' as const, r: 'heap', rw: 'w' as const, pat: 'rand' as const, start: 0, len: 1024, count: 6_000_000, rate: 0 }] }], durationMs: 100_000 }
  const prepared = await tinySweep(parts, { sweep: 'vm.min_free_kbytes=200', seeds: RUNS, scenario })
  // Warm: processes started, code compiled.
  await startSweep('w', await tinySweep(parts, { sweep: 'vm.min_free_kbytes=200', seeds: 4, scenario }), parts.runs, 2, () => undefined).ended
  const local: number[] = []
  for (const parallel of [1, 2]) {
    const start = performance.now()
    await startSweep('l', prepared, parts.runs, parallel, () => undefined).ended
    local.push(performance.now() - start)
    report(`local pool, ${parallel} at a time`, local[parallel - 1], local)
  }
  for (const count of [1, 2]) {
    await server.redis.flushall()
    const workers = Array.from({ length: count }, () => startLab(['worker', '--queue', server.url, '--parallel', '1']))
    await Promise.all(workers.map(({ said }) => said('takes runs')))
    await until(async () => (await server.redis.hlen('{reclaim-lab}:workers')) >= count)
    const start = performance.now()
    await queued(prepared)
    report(`queue, ${count} worker${count === 1 ? '' : 's'} with 1 at a time`, performance.now() - start, local)
    await endLabs()
  }
}

function report(what: string, ms: number, [one]: readonly number[]): void {
  console.log(`${what}: ${RUNS} runs in ${(ms / 1_000).toFixed(1)} s, ${(ms / RUNS).toFixed(0)} ms a run, speed-up ${(one / ms).toFixed(2)} over the local pool with 1 at a time`)
}

const [MACHINES, CORES, RUN_S, STUDY] = [100, 2, 2.5, 48_000]

function estimate({ cpuMs, redisMs }: Costs): void {
  const rate = (MACHINES * CORES) / (RUN_S + cpuMs / 1_000)
  console.log(`On paper, not measured: ${MACHINES} machines of ${CORES} cores with runs of ${RUN_S} s make ${rate.toFixed(0)} runs a second; that takes ${((rate * redisMs) / 10).toFixed(1)} % of one core of Redis and at most ${((cpuMs / RUN_S) / 10).toFixed(2)} % of the workers'. `
    + `${STUDY} runs take ${(STUDY / rate / 60).toFixed(0)} minutes there and ${((STUDY * RUN_S) / CORES / 3_600).toFixed(1)} hours on one such machine. Redis itself would be the limit at some ${(Math.round(10 / redisMs) * 100)} runs a second`)
}

try {
  const costs = await overhead()
  await speedUp()
  estimate(costs)
} finally {
  await endLabs()
  await Promise.all([parts.runs.close(), parts.compiler.close()])
  await server.stop()
}
