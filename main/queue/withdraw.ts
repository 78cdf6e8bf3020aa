/** Takes a sweep off the queue: its runs that nobody has begun and no other sweep waits for. What runs goes to its end, and what is done stays, until it is forgotten. */
import { KEYS } from './keys'
import type { QueueLink } from './link'
import { dropShipped } from './ship'
import { findSweep, putSweep, runsOf, sweepsOn, type SweepRecord } from './sweep-record'

const AT_ONCE = 200

/** How many runs were taken off; undefined when there is no such sweep. */
export async function withdraw(link: QueueLink, id: string): Promise<number | undefined> {
  const record = await findSweep(link.redis, id)
  if (record === undefined) return undefined
  const own = await runsOf(link.redis, id)
  await putSweep(link.redis, { ...record, cancelled: true }, own)
  const free = await onlyIn(link, record, own, (one) => one.cancelled !== true)
  const queue = link.queue(record.engine)
  let removed = 0
  for (let from = 0; from < free.length; from += AT_ONCE) {
    // A run that is under way can't be removed; it ends by itself.
    const answers = await Promise.all(free.slice(from, from + AT_ONCE).map((run) => queue.remove(run).catch(() => 0)))
    removed += answers.filter((one) => one === 1).length
  }
  return removed
}

/** How many results went; undefined when there is no such sweep. */
export async function forget(link: QueueLink, id: string): Promise<number | undefined> {
  const record = await findSweep(link.redis, id)
  if (record === undefined) return undefined
  await withdraw(link, id)
  const { redis } = link
  const { engine } = record
  const free = await onlyIn(link, record, await runsOf(redis, id), () => true)
  let removed = 0
  for (let from = 0; from < free.length; from += AT_ONCE) {
    removed += await redis.hdel(KEYS.results(engine), ...free.slice(from, from + AT_ONCE))
    await redis.hdel(KEYS.alarms(engine), ...free.slice(from, from + AT_ONCE))
    await dropShipped(redis, engine, free.slice(from, from + AT_ONCE))
  }
  await redis.multi().hdel(KEYS.sweeps, id).del(KEYS.sweepRuns(id)).exec()
  if ((await sweepsOn(redis)).length === 0) await redis.del(KEYS.parts, KEYS.arrivals(engine), KEYS.results(engine), KEYS.recordings(engine), KEYS.recordingBytes(engine), KEYS.wishes(engine))
  return removed
}

/** Runs of this sweep that none of the other ones that count has. */
async function onlyIn(link: QueueLink, { id, engine }: SweepRecord, own: readonly string[], counts: (other: SweepRecord) => boolean): Promise<readonly string[]> {
  const others = (await sweepsOn(link.redis)).filter((one) => one.id !== id && one.engine === engine && counts(one))
  const wanted = new Set((await Promise.all(others.map((one) => runsOf(link.redis, one.id)))).flat())
  return [...new Set(own)].filter((run) => !wanted.has(run))
}
