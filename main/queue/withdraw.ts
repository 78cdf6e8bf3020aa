/** Takes a sweep off the queue: its runs that nobody has begun and no other sweep waits for. What runs goes to its end, and what is done stays, until it is forgotten. */
import { KEYS } from './keys'
import { isOutOfMemory, type QueueLink } from './link'
import { dropShipped } from './ship'
import { findSweep, putSweep, runsOf, sweepsOn, type SweepRecord } from './sweep-record'

const AT_ONCE = 200
/** Longer than anybody who watches is likely to be away. */
const REMEMBERED_S = 3_600

/** How many runs were taken off; undefined when there is no such sweep. */
export async function withdraw(link: QueueLink, id: string): Promise<number | undefined> {
  const record = await findSweep(link.redis, id)
  if (record === undefined) return undefined
  const own = await runsOf(link.redis, id)
  const removed = await takeOff(link, record, await onlyIn(link, record, own, (one) => one.cancelled !== true))
  await putSweep(link.redis, { ...record, cancelled: true }, own)
  return removed
}

/** How many results went; undefined when there is no such sweep. Needs no memory of the server: it is what frees some. */
export async function forget(link: QueueLink, id: string): Promise<number | undefined> {
  const record = await findSweep(link.redis, id)
  if (record === undefined) return undefined
  const { redis } = link
  const { engine } = record
  const own = await runsOf(redis, id)
  await takeOff(link, record, await onlyIn(link, record, own, (one) => one.cancelled !== true))
  const free = await onlyIn(link, record, own, () => true)
  await redis.set(KEYS.forgotten(id), 1, 'EX', REMEMBERED_S).catch((error: unknown) => { if (!isOutOfMemory(error)) throw error })
  let removed = 0
  for (let from = 0; from < free.length; from += AT_ONCE) {
    const some = free.slice(from, from + AT_ONCE)
    removed += await redis.hdel(KEYS.results(engine), ...some)
    await redis.hdel(KEYS.alarms(engine), ...some)
    await dropShipped(redis, engine, some)
  }
  // No transaction: a server without memory refuses those whatever is in them.
  await redis.hdel(KEYS.sweeps, id)
  await redis.del(KEYS.sweepRuns(id), KEYS.sweepSpecs(id))
  if ((await sweepsOn(redis)).length === 0) await redis.del(KEYS.parts, KEYS.arrivals(engine), KEYS.results(engine), KEYS.recordings(engine), KEYS.recordingBytes(engine), KEYS.wishes(engine))
  return removed
}

async function takeOff(link: QueueLink, { engine }: SweepRecord, runs: readonly string[]): Promise<number> {
  const queue = link.queue(engine)
  let removed = 0
  for (let from = 0; from < runs.length; from += AT_ONCE) {
    // A run that is under way can't be removed; it ends by itself.
    const answers = await Promise.all(runs.slice(from, from + AT_ONCE).map((run) => queue.remove(run).catch((error: unknown) => (isOutOfMemory(error) ? strike(link, engine, run) : 0))))
    removed += answers.filter((one) => one === 1).length
  }
  return removed
}

/** Without the event that BullMQ writes of it, which a server without memory refuses. */
async function strike({ redis, queue }: QueueLink, engine: string, run: string): Promise<number> {
  const on = queue(engine)
  const waited = await redis.lrem(on.toKey('wait'), 0, run)
  if (waited > 0) await redis.del(on.toKey(run))
  return waited
}

/** Runs of this sweep that none of the other ones that count has. */
async function onlyIn(link: QueueLink, { id, engine }: SweepRecord, own: readonly string[], counts: (other: SweepRecord) => boolean): Promise<readonly string[]> {
  const others = (await sweepsOn(link.redis)).filter((one) => one.id !== id && one.engine === engine && counts(one))
  const wanted = new Set((await Promise.all(others.map((one) => runsOf(link.redis, one.id)))).flat())
  return [...new Set(own)].filter((run) => !wanted.has(run))
}
