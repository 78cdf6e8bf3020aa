/** A sweep as it lies on the queue: its plan and the keys of its runs, so that anybody with the address can watch it. */
import type { Redis } from 'ioredis'
import type { RunSpec } from '../lab/run-key'
import type { SweepPlan } from '../lab/sweep/plan'
import { KEYS } from './keys'
import { readSweep } from './read'

export interface SweepRecord {
  readonly id: string
  readonly engine: string
  readonly plan: SweepPlan
  readonly runs: number
  /** ISO, by the clock of who put it there. */
  readonly at: string
  readonly cancelled?: true
}

const AT_ONCE = 1_000

export async function putSweep(redis: Redis, record: SweepRecord, runs: readonly string[]): Promise<void> {
  const list = KEYS.sweepRuns(record.id)
  const changes = redis.multi().del(list)
  for (let from = 0; from < runs.length; from += AT_ONCE) changes.rpush(list, ...runs.slice(from, from + AT_ONCE))
  await changes.sadd(KEYS.engines, record.engine).hset(KEYS.sweeps, record.id, JSON.stringify(record)).exec()
}

export async function putSpecs(redis: Redis, id: string, specs: readonly RunSpec[]): Promise<void> {
  const list = KEYS.sweepSpecs(id)
  const changes = redis.multi().del(list)
  for (let from = 0; from < specs.length; from += AT_ONCE) changes.rpush(list, ...specs.slice(from, from + AT_ONCE).map((spec) => JSON.stringify(spec)))
  await changes.exec()
}

/** By point and machine; none where an older lab put the sweep there. */
export async function specsOf(redis: Redis, id: string): Promise<readonly RunSpec[]> {
  return (await redis.lrange(KEYS.sweepSpecs(id), 0, -1)).map((text) => JSON.parse(text) as RunSpec)
}

export async function sweepsOn(redis: Redis): Promise<readonly SweepRecord[]> {
  const all = Object.entries(await redis.hgetall(KEYS.sweeps)).flatMap(([id, text]) => readSweep(text, id) ?? [])
  return all.sort((a, b) => (a.at < b.at ? -1 : 1))
}

export async function findSweep(redis: Redis, id: string): Promise<SweepRecord | undefined> {
  const text = await redis.hget(KEYS.sweeps, id)
  return text === null ? undefined : readSweep(text, id)
}

export function runsOf(redis: Redis, id: string): Promise<readonly string[]> {
  return redis.lrange(KEYS.sweepRuns(id), 0, -1)
}
