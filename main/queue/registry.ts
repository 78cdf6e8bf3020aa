/** Who works: every worker tells every few seconds what it does. The server's clock says how long ago that was, since those of the machines differ. */
import type { Redis } from 'ioredis'
import { KEYS } from './keys'
import { readWorker } from './read'

export interface WorkerInfo {
  readonly id: string
  /** host and process */
  readonly name: string
  readonly engine: string
  readonly parallel: number
  /** `held`: it has results that the server doesn't take now; `refuses`: what waits there is for other engine versions. */
  readonly state: 'works' | 'waits' | 'held' | 'refuses' | 'ends'
  readonly running: number
  /** Since it started. */
  readonly made: number
}

export interface SeenWorker extends WorkerInfo {
  readonly secondsAgo: number
}

/** A worker that is silent for so long is gone; it stays in the list for an hour. */
export const GONE_SECONDS = 20
const FORGET_SECONDS = 3_600

/** Keys: workers, seen. Arguments: worker, what it does, when to forget. */
const BEAT = `
local now = tonumber(redis.call('TIME')[1])
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[2], now, ARGV[1])
for _, old in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], 0, now - tonumber(ARGV[3]))) do
  redis.call('HDEL', KEYS[1], old)
  redis.call('ZREM', KEYS[2], old)
end
return 1`

export async function beat(redis: Redis, info: WorkerInfo): Promise<void> {
  await redis.eval(BEAT, 2, KEYS.workers, KEYS.workersSeen, info.id, JSON.stringify(info), String(FORGET_SECONDS))
}

export async function signOff(redis: Redis, id: string): Promise<void> {
  await redis.multi().hdel(KEYS.workers, id).zrem(KEYS.workersSeen, id).exec()
}

export async function workersOf(redis: Redis): Promise<readonly SeenWorker[]> {
  const [all, seen, time] = await Promise.all([redis.hgetall(KEYS.workers), redis.zrange(KEYS.workersSeen, '0', '-1', 'WITHSCORES'), redis.time()])
  const at = new Map<string, number>()
  for (let i = 0; i < seen.length; i += 2) at.set(seen[i], Number(seen[i + 1]))
  return Object.entries(all).flatMap(([id, text]) => {
    const info = readWorker(text)
    return info === undefined ? [] : [{ ...info, secondsAgo: Math.max(0, Number(time[0]) - (at.get(id) ?? 0)) }]
  }).sort((a, b) => (a.name < b.name ? -1 : 1))
}
