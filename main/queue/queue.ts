/** What the window and the terminal do with a queue: put a sweep there, watch one, take one off, see how it stands. */
import type { QueuedSweep, QueueOverview, Result } from '../../preload/contract'
import { ENGINE_VERSION } from '../engine'
import { done, fail } from '../lab/problems'
import type { Sweep } from '../lab/sweep/collect'
import type { PreparedSweep } from '../lab/sweep/prepare-sweep'
import type { Recordings } from '../lab/sweep/recordings'
import type { KeptRuns } from '../lab/sweep/sweep'
import type { LabParts } from '../lab/parts'
import type { QueueAddress } from './address'
import { adoptSweep, type Adopted } from './adopt'
import { KEYS } from './keys'
import { openLink, reached, refusalInWords, type QueueLink } from './link'
import { GONE_SECONDS, workersOf } from './registry'
import { alarms, forgetFailures, settle, type Alarm } from './settle'
import { shipmentOf, submit, submitAgain } from './submit'
import { findSweep, runsOf, sweepsOn } from './sweep-record'
import { watchSweep } from './watch'
import { forget, withdraw } from './withdraw'

/** For somebody who waits at a screen. A worker waits for ever. */
const REACH_MS = 10_000
const AT_ONCE = 500

export interface QueueOptions {
  readonly kept?: KeptRuns
  /** Runs that failed are made again. */
  readonly retryFailed?: boolean
  /** Takes in recordings that come with the runs; those of its rule are asked for. */
  readonly recordings?: Recordings
  /** As of a watcher. */
  alarmed?(raised: readonly Alarm[]): void
  readonly stay?: boolean
  readonly unkept?: string
  changed(): void
}

export async function queueSweep(id: string, address: QueueAddress, prepared: PreparedSweep, { retryFailed = false, ...options }: QueueOptions): Promise<Result<Sweep>> {
  const { kept, recordings } = options
  return onQueue(address, async (link) => {
    const shipment = shipmentOf(prepared)
    if (retryFailed) await forgetFailures(link.redis, ENGINE_VERSION, [...new Set(shipment.runs)])
    await handOver(link, kept, shipment.runs)
    await submit(link, shipment, recordings?.rule)
    return done(watchSweep(id, {
      ...options, link, engine: ENGINE_VERSION, plan: shipment.plan, sweep: shipment.id, runs: shipment.runs, withdraw: () => withdraw(link, shipment.id), putBack: () => submitAgain(link, shipment, recordings?.rule),
    }))
  })
}

/** Watches a sweep that somebody put there; what is missing there this machine can't put back. Recordings are for whoever asked for them. */
export async function attachSweep(id: string, address: QueueAddress, sweep: string, { recordings: _, ...options }: QueueOptions): Promise<Result<Sweep>> {
  return onQueue(address, async (link) => {
    const record = await findSweep(link.redis, sweep)
    if (record === undefined) return fail('sweep', `there is no sweep ${sweep.slice(0, 40)} on ${address.shown}${await names(link)}`)
    const runs = await runsOf(link.redis, sweep)
    if (runs.length !== record.runs) return fail('sweep', `sweep ${sweep.slice(0, 40)} is not whole on ${address.shown}: ${runs.length} of its ${record.runs} runs are listed`)
    return done(watchSweep(id, { ...options, link, engine: record.engine, plan: record.plan, sweep, runs, withdraw: () => withdraw(link, sweep) }))
  })
}

/** What makes the runs of a sweep that somebody put there. */
export async function adoptQueued(address: QueueAddress, sweep: string, parts: Pick<LabParts, 'compiler' | 'content'>): Promise<Result<Adopted>> {
  return closing(address, async (link) => {
    const record = await findSweep(link.redis, sweep)
    if (record === undefined) return fail('sweep', `there is no sweep ${sweep.slice(0, 40)} on ${address.shown}${await names(link)}`)
    return done(await adoptSweep(link, record, parts))
  })
}

/** `alarmed`: told of runs that came to two digests. */
export async function queueOverview(address: QueueAddress, alarmed: (raised: readonly Alarm[]) => void = () => undefined): Promise<Result<QueueOverview>> {
  return closing(address, async (link) => {
    const { redis } = link
    const records = await sweepsOn(redis)
    const sweeps = await Promise.all(records.map(async ({ id, engine, plan, runs, at, cancelled }): Promise<QueuedSweep> => ({ id, engine, title: plan.title, runs, at, cancelled: cancelled === true, ended: await endedOf(link, id, engine) })))
    const engines = [...new Set([ENGINE_VERSION, ...await redis.smembers(KEYS.engines)])]
    const queues = await Promise.all(engines.map(async (engine) => {
      const counts = await link.queue(engine).getJobCounts('wait', 'active', 'delayed')
      const raised = await alarms(redis, engine)
      if (raised.length > 0) alarmed(raised)
      return { engine, waiting: (counts['wait'] ?? 0) + (counts['delayed'] ?? 0), running: counts['active'] ?? 0, alarms: raised.length }
    }))
    const workers = (await workersOf(redis)).map(({ id: _id, ...worker }) => ({ ...worker, state: worker.secondsAgo > GONE_SECONDS ? 'gone' as const : worker.state }))
    return done({ address: address.shown, sweeps, workers, queues })
  })
}

/** Takes what nobody has begun off the queue; what is done stays. How many runs that were. */
export async function cancelQueued(address: QueueAddress, sweep: string): Promise<Result<number>> {
  return closing(address, async (link) => {
    const removed = await withdraw(link, sweep)
    return removed === undefined ? fail('sweep', `there is no sweep ${sweep.slice(0, 40)} on ${address.shown}${await names(link)}`) : done(removed)
  })
}

/** Removes a sweep with its results, but for those that another sweep wants. */
export async function forgetQueued(address: QueueAddress, sweep: string): Promise<Result<number>> {
  return closing(address, async (link) => {
    const removed = await forget(link, sweep)
    return removed === undefined ? fail('sweep', `there is no sweep ${sweep.slice(0, 40)} on ${address.shown}${await names(link)}`) : done(removed)
  })
}

/** What is kept here needn't be made again by anybody. */
async function handOver(link: QueueLink, kept: KeptRuns | undefined, runs: readonly string[]): Promise<void> {
  if (kept === undefined) return
  const keys = [...new Set(runs)]
  for (let from = 0; from < keys.length; from += AT_ONCE) {
    await Promise.all(keys.slice(from, from + AT_ONCE).map(async (key) => {
      const run = kept.get(key)
      if (run !== undefined) await settle(link.redis, ENGINE_VERSION, key, run)
    }))
  }
}

async function endedOf(link: QueueLink, id: string, engine: string): Promise<number> {
  const runs = await runsOf(link.redis, id)
  let ended = 0
  for (let from = 0; from < runs.length; from += AT_ONCE) {
    const there = link.redis.pipeline()
    for (const run of runs.slice(from, from + AT_ONCE)) there.hexists(KEYS.results(engine), run)
    ended += (await there.exec() ?? []).filter(([, one]) => one === 1).length
  }
  return ended
}

async function names(link: QueueLink): Promise<string> {
  const all = await sweepsOn(link.redis)
  return all.length === 0 ? '; there is none' : `; there are ${all.slice(-8).map(({ id }) => id).join(', ')}`
}

/** Opens the link and leaves it open for the work's result; closes it when there is none. */
async function onQueue<T>(address: QueueAddress, work: (link: QueueLink) => Promise<Result<T>>): Promise<Result<T>> {
  const link = await openLink(address)
  try {
    await reached(link, REACH_MS)
    const result = await inTime(link, work(link))
    if (!result.ok) await link.close()
    return result
  } catch (error) {
    await link.close()
    return fail('queue', refusalInWords(error))
  }
}

async function closing<T>(address: QueueAddress, work: (link: QueueLink) => Promise<Result<T>>): Promise<Result<T>> {
  const held: QueueLink[] = []
  const result = await onQueue(address, (link) => {
    held.push(link)
    return work(link)
  })
  await Promise.all(held.map((link) => link.close()))
  return result
}

/** A server that goes away in the middle is waited for, but not for ever: what was asked is asked again by whoever asked. */
async function inTime<T>(link: QueueLink, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const away = new Promise<never>((_, reject) => {
    let since = performance.now()
    timer = setInterval(() => {
      const { connected, message } = link.health()
      if (connected) since = performance.now()
      else if (performance.now() - since > REACH_MS) reject(new Error(message ?? `${link.address.shown} went away`))
    }, 200)
  })
  try {
    return await Promise.race([work, away])
  } finally {
    clearInterval(timer)
  }
}
