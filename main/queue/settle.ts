/** Puts a run's summary where all see it, once. The first digest counts; the same again changes nothing; another raises an alarm. One script, so that nothing comes between. */
import type { Redis } from 'ioredis'
import type { FinishedRun } from '../lab/sweep/finished-run'
import { KEYS } from './keys'
import { LARGEST_SUMMARY, readAlarm, readFinished } from './read'

/** A run that was made twice with two results: determinism is broken somewhere, and neither can be trusted. */
export interface Alarm {
  readonly run: string
  readonly kept: string
  readonly keptBy: string
  readonly other: string
  readonly otherBy: string
}

export type Settled = 'new' | 'known' | 'differs'

/** A failure gives way to a digest: it may have been the machine's; what is no summary gives way to anything. Keys: results, arrivals, alarms. Arguments: run, summary, digest, by. */
const SETTLE = `
local old = redis.call('HGET', KEYS[1], ARGV[1])
local read, before = pcall(cjson.decode, old or '')
if read and type(before) == 'table' then
  if type(before.digest) == 'string' then
    if ARGV[3] == '' or before.digest == ARGV[3] then return 'known' end
    redis.call('HSET', KEYS[3], ARGV[1], cjson.encode({ run = ARGV[1], kept = before.digest, keptBy = type(before.by) == 'string' and before.by or '', other = ARGV[3], otherBy = ARGV[4] }))
    redis.call('RPUSH', KEYS[2], ARGV[1])
    return 'differs'
  end
  if ARGV[3] == '' then return 'known' end
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('RPUSH', KEYS[2], ARGV[1])
return 'new'`

export async function settle(redis: Redis, engine: string, run: string, summary: FinishedRun): Promise<Settled> {
  const answer = await redis.eval(SETTLE, 3, KEYS.results(engine), KEYS.arrivals(engine), KEYS.alarms(engine), run, JSON.stringify(summary), summary.digest ?? '', summary.by ?? '')
  return answer as Settled
}

const AT_ONCE = 500

/** One that is too large isn't brought here at all. Keys: results. Arguments: the largest, runs. */
const FETCH = `
local found = {}
for i = 2, #ARGV do
  found[i - 1] = false
  local size = redis.call('HSTRLEN', KEYS[1], ARGV[i])
  if size > tonumber(ARGV[1]) then found[i - 1] = '!'
  elseif size > 0 then found[i - 1] = redis.call('HGET', KEYS[1], ARGV[i]) end
end
return found`

/** Summaries by run; those that aren't in are left out. What is no summary is taken away, so that the run is made again. */
export async function settledRuns(redis: Redis, engine: string, runs: readonly string[]): Promise<ReadonlyMap<string, FinishedRun>> {
  const found = new Map<string, FinishedRun>()
  for (let from = 0; from < runs.length; from += AT_ONCE) {
    const some = runs.slice(from, from + AT_ONCE)
    const texts = await redis.eval(FETCH, 1, KEYS.results(engine), String(LARGEST_SUMMARY), ...some) as readonly (string | null)[]
    const unreadable: string[] = []
    texts.forEach((text, i) => {
      if (text === null) return
      const run = readFinished(text, engine)
      if (run === undefined) unreadable.push(some[i])
      else found.set(some[i], run)
    })
    if (unreadable.length > 0) await redis.hdel(KEYS.results(engine), ...unreadable)
  }
  return found
}

export async function alarms(redis: Redis, engine: string): Promise<readonly Alarm[]> {
  return Object.values(await redis.hgetall(KEYS.alarms(engine))).flatMap((text) => readAlarm(text) ?? [])
}

/** So that failed runs are made again; how many there were. */
export async function forgetFailures(redis: Redis, engine: string, runs: readonly string[]): Promise<number> {
  const failed = [...await settledRuns(redis, engine, runs)].filter(([, { digest }]) => digest === undefined).map(([run]) => run)
  for (let from = 0; from < failed.length; from += AT_ONCE) await redis.hdel(KEYS.results(engine), ...failed.slice(from, from + AT_ONCE))
  return failed.length
}
