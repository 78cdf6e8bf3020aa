/**
 * Runs on the queue that BullMQ itself can't read: it has taken one before it finds that out, tells nobody which, and gives it to the next worker when its lock has run out. Left
 * alone, a few of them stop every worker for seconds each, for ever. One that a sweep wants is put back by whoever watches that.
 */
import { ENGINE_VERSION } from '../engine'
import type { QueueLink } from './link'

/** Among those that were taken; how many there were. */
export async function removeUnreadable({ redis, queue }: Pick<QueueLink, 'redis' | 'queue'>): Promise<number> {
  const own = queue(ENGINE_VERSION)
  const active = own.toKey('active')
  let removed = 0
  for (const run of await redis.lrange(active, 0, -1)) {
    const texts = await redis.hmget(own.toKey(run), 'data', 'opts')
    if (texts.every((text) => text === null || isJson(text))) continue
    removed += await removeTaken({ redis, queue }, run)
  }
  return removed
}

/** One that was taken, with all that is left of it; 0 when it was gone already. */
export async function removeTaken({ redis, queue }: Pick<QueueLink, 'redis' | 'queue'>, run: string): Promise<number> {
  const own = queue(ENGINE_VERSION)
  const removed = await redis.lrem(own.toKey('active'), 0, run)
  await redis.del(own.toKey(run), `${own.toKey(run)}:lock`)
  return removed
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
