/** Puts what is missing of a sweep on the queue. Everything goes by content, so doing it twice, or after anything was lost, does no harm. */
import { ENGINE_VERSION } from '../engine'
import { canonical, runSpec, scenarioHash, specKey, type RunSpec } from '../lab/run-key'
import { jobAt, placesOf, planOf, sweepName, type SweepPlan } from '../lab/sweep/plan'
import type { PreparedSweep } from '../lab/sweep/prepare-sweep'
import { wishOf, type RecordingRule } from '../lab/sweep/recordings'
import { KEYS } from './keys'
import type { QueueLink } from './link'
import { settledRuns } from './settle'
import { wish } from './ship'
import { findSweep, putSpecs, putSweep, runsOf, type SweepRecord } from './sweep-record'

/** A sweep made ready for the queue. */
export interface Shipment {
  readonly id: string
  readonly plan: SweepPlan
  /** By place. The same run may be at several. */
  readonly runs: readonly string[]
  readonly specs: ReadonlyMap<string, RunSpec>
  /** Scenarios and policies by their hashes. */
  readonly parts: ReadonlyMap<string, string>
}

const AT_ONCE = 500

export function shipmentOf(prepared: PreparedSweep): Shipment {
  const plan = planOf(prepared)
  const specs = new Map<string, RunSpec>()
  const parts = new Map<string, string>()
  const runs = placesOf(plan).map((place) => {
    const job = jobAt('', place, prepared)
    const spec = runSpec(job)
    const key = specKey(spec)
    specs.set(key, spec)
    if (!parts.has(spec.scenario)) parts.set(scenarioHash(job.scenario), canonical(job.scenario))
    for (const { compiled: { hash, file, text } } of job.policies) {
      if (text === undefined) throw new Error(`${file} has no source that another machine could compile`)
      parts.set(hash, JSON.stringify({ file, text }))
    }
    return key
  })
  return { id: sweepName(plan, runs), plan, runs, specs, parts }
}

/** Puts back what the server has lost, be it runs or all there was. */
export async function submitAgain(link: QueueLink, shipment: Shipment, rule?: RecordingRule): Promise<number> {
  const stands = await standing(link, shipment.id)
  return stands === 'off' ? 0 : stands === 'there' ? submitMissing(link, shipment, rule) : submit(link, shipment, rule)
}

/** `off`: somebody took it off the queue, or had it forgotten. `gone`: the server has lost it, or what its runs are made of. */
export async function standing({ redis }: QueueLink, id: string): Promise<'there' | 'off' | 'gone'> {
  const record = await findSweep(redis, id)
  if (record?.cancelled === true) return 'off'
  if (record !== undefined) return await redis.exists(KEYS.parts) === 1 ? 'there' : 'gone'
  return await redis.exists(KEYS.forgotten(id)) === 1 ? 'off' : 'gone'
}

/** Parts, the plan, and the runs that nobody has made. Gives how many of those there are. */
export async function submit(link: QueueLink, shipment: Shipment, rule: RecordingRule = 'none'): Promise<number> {
  await putParts(link, shipment.parts)
  await link.redis.del(KEYS.forgotten(shipment.id))
  const { id, plan, runs, specs } = shipment
  // Places go seed by seed: the first ones are every point and machine once.
  if (await link.redis.exists(KEYS.sweepSpecs(id)) === 0) await putSpecs(link.redis, id, runs.slice(0, plan.points.length * plan.machines.length).flatMap((run) => specs.get(run) ?? []))
  const there = await findSweep(link.redis, id)
  if (there === undefined || there.cancelled === true || (await runsOf(link.redis, id)).length !== runs.length) {
    const record: SweepRecord = { id, engine: ENGINE_VERSION, plan, runs: runs.length, at: new Date().toISOString() }
    await putSweep(link.redis, record, runs)
  }
  return submitMissing(link, shipment, rule)
}

async function submitMissing(link: QueueLink, { runs, specs }: Pick<Shipment, 'runs' | 'specs'>, rule: RecordingRule = 'none'): Promise<number> {
  const keys = [...new Set(runs)]
  const settled = await settledRuns(link.redis, ENGINE_VERSION, keys)
  const missing = keys.filter((key) => !settled.has(key))
  const queue = link.queue(ENGINE_VERSION)
  for (let from = 0; from < missing.length; from += AT_ONCE) {
    const some = missing.slice(from, from + AT_ONCE)
    await wish(link.redis, ENGINE_VERSION, new Map(some.flatMap((key) => { const one = wishOf(rule, specs.get(key)?.seed ?? 0); return one === undefined ? [] : [[key, one] as const] })))
    // One that waits or runs already is left as it is.
    await queue.addBulk(some.map((key) => ({ name: 'run', data: specs.get(key), opts: { jobId: key, removeOnComplete: true, removeOnFail: true, attempts: 1 } })))
  }
  return missing.length
}

async function putParts({ redis }: QueueLink, parts: ReadonlyMap<string, string>): Promise<void> {
  const all = [...parts]
  for (let from = 0; from < all.length; from += AT_ONCE) await redis.hset(KEYS.parts, new Map(all.slice(from, from + AT_ONCE)))
}
