/**
 * What a queue costs and brings, on this machine with a Redis of its own: `node --import ./main/boot/register.mjs test/bench/queue.ts [runs]`.
 * Overhead: runs that take no time, through submission, Redis, a worker and the watcher; by wall and by CPU time. Speed-up: real runs on the local pool, on one worker process and on two, one run
 * at a time each.
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

async function overhead(): Promise<void> {
  await server.redis.flushall()
  const instant = { ...parts, runs: { ...parts.runs, start: (job: Parameters<typeof parts.runs.start>[0]) => ({ done: Promise.resolve(recording(job)), cancel: () => undefined }) } }
  const prepared = await tinySweep(parts, { sweep: `vm.min_free_kbytes=200..${200 + EMPTY / 100 - 1}:1`, seeds: 100 })
  const link = await openLink(addressOf())
  const worker = await startWorker({ link, parts: instant, parallel: 8, lockMs: 15_000, say: () => undefined, changed: () => undefined })
  const [wall, cpu] = [performance.now(), process.cpuUsage()]
  await queued(prepared)
  const used = process.cpuUsage(cpu)
  console.log(`${EMPTY} runs of no length: ${((performance.now() - wall) / EMPTY).toFixed(2)} ms each by the clock, ${((used.user + used.system) / 1_000 / EMPTY).toFixed(2)} ms of CPU here (submitting, working and watching)`)
  const info = /used_cpu_user:([\d.]+)/.exec(await server.redis.info('cpu'))
  const memory = /used_memory:(\d+)/.exec(await server.redis.info('memory'))
  console.log(`Redis: ${((Number(info?.[1]) * 1_000) / EMPTY).toFixed(2)} ms of CPU a run, ${(Number(memory?.[1]) / EMPTY / 1_024).toFixed(1)} KiB a finished run; engine ${ENGINE_VERSION}`)
  await worker.stop(true)
  await link.close()
}

async function speedUp(): Promise<void> {
  // About a fifth of a second each.
  const scenario = { ...TINY, processes: [{ name: 'app', phases: [{ op: 'map' as const, r: 'heap', pages: 1024 }, { op: 'touch' as const, r: 'heap', rw: 'w' as const, pat: 'rand' as const, start: 0, len: 1024, count: 6_000_000, rate: 0 }] }], durationMs: 100_000 }
  const prepared = await tinySweep(parts, { sweep: 'vm.min_free_kbytes=200', seeds: RUNS, scenario })
  for (const parallel of [1, 2]) {
    const start = performance.now()
    await startSweep('l', prepared, parts.runs, parallel, () => undefined).ended
    report(`local pool, ${parallel} at a time`, performance.now() - start)
  }
  for (const count of [1, 2]) {
    await server.redis.flushall()
    const workers = Array.from({ length: count }, () => startLab(['worker', '--queue', server.url, '--parallel', '1']))
    await Promise.all(workers.map(({ said }) => said('takes runs')))
    await until(async () => (await server.redis.hlen('{reclaim-lab}:workers')) >= count)
    const start = performance.now()
    await queued(prepared)
    report(`${count} worker${count === 1 ? '' : 's'}`, performance.now() - start)
    await endLabs()
  }
}

function report(what: string, ms: number): void {
  console.log(`${what}: ${RUNS} runs in ${(ms / 1_000).toFixed(1)} s, ${(ms / RUNS).toFixed(0)} ms a run`)
}

try {
  await overhead()
  await speedUp()
} finally {
  await endLabs()
  await Promise.all([parts.runs.close(), parts.compiler.close()])
  await server.stop()
}
