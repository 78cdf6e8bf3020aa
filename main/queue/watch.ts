/**
 * Follows one sweep on a queue: what is in already, then what comes. Counts every run once, whatever arrives twice. After the server was away it looks at everything
 * again, and whoever has the recipes puts back what the server has lost.
 */
import type { QueueStatus, QueueWorkerInfo } from '../../preload/contract'
import { createCollector, type Sweep } from '../lab/sweep/collect'
import { doubtText, type FinishedRun } from '../lab/sweep/finished-run'
import { placesOf, type SweepPlan } from '../lab/sweep/plan'
import type { Recordings } from '../lab/sweep/recordings'
import type { KeptRuns } from '../lab/sweep/sweep'
import { collectRecordings } from './collect-recordings'
import { KEYS } from './keys'
import { refusalInWords, type LinkHealth, type QueueLink } from './link'
import { GONE_SECONDS, workersOf } from './registry'
import { alarms, settledRuns, type Alarm } from './settle'
import { standing } from './submit'

export interface WatchOptions {
  readonly link: QueueLink
  readonly engine: string
  readonly plan: SweepPlan
  /** The sweep's name on the queue. */
  readonly sweep: string
  /** Keys by place. */
  readonly runs: readonly string[]
  /** Puts runs that are on no list back on the queue; absent for a watcher who has no recipes. */
  readonly putBack?: () => Promise<number>
  readonly withdraw: () => Promise<unknown>
  readonly kept?: KeptRuns
  readonly recordings?: Recordings
  /** Runs of any sweep there that came to two digests. */
  alarmed?(raised: readonly Alarm[]): void
  /** Stays connected after the end, for alarms that come late, until it is detached. */
  readonly stay?: boolean
  /** Why it makes no entry of the history. */
  readonly unkept?: string
  changed(): void
}

const POLL_MS = 400
const LOOK_MS = 2_000

export function watchSweep(id: string, { link, engine, plan, sweep, runs, putBack, withdraw, kept, recordings, alarmed, stay = false, unkept, changed }: WatchOptions): Sweep {
  const collected = createCollector(id, plan)
  const places = new Map<string, number[]>()
  runs.forEach((run, index) => { places.set(run, [...places.get(run) ?? [], index]) })
  const state = { waiting: 0, running: 0, workers: [] as readonly QueueWorkerInfo[], alarms: [] as QueueStatus['alarms'], missing: 0, trouble: undefined as string | undefined }
  let cursor = 0
  let whole = true
  let lookedMs = -Infinity
  let emptyLooks = 0
  let cancelled = false
  /** What is being put back could else come after it was taken off. */
  let putting: Promise<unknown> = Promise.resolve()
  let detached = false
  /** How the connection was when it was no longer needed. */
  let atEnd: LinkHealth | undefined

  link.onBack(() => { whole = true })

  const placeAt = placesOf(plan)
  const recorded = recordings && collectRecordings(link, engine, (key) => placeAt[places.get(key)?.[0] ?? -1], recordings, changed)

  const take = (key: string, run: FinishedRun): void => {
    for (const index of places.get(key) ?? []) collected.take(index, run)
    if (run.digest !== undefined) kept?.put(key, run)
    recorded?.add(key, run)
  }
  const open = (): readonly string[] => [...places].filter(([, [index]]) => !collected.has(index)).map(([key]) => key)

  /** New arrivals; everything that is open when the list is not the one we knew. */
  async function arrivals(): Promise<void> {
    const { redis } = link
    const length = await redis.llen(KEYS.arrivals(engine))
    if (whole || length < cursor) {
      for (const [key, run] of await settledRuns(redis, engine, open())) take(key, run)
      await recorded?.addWaiting()
      if (putBack !== undefined && !cancelled && open().length > 0) await (putting = putBack())
      whole = false
    } else if (length > cursor) {
      const came = (await redis.lrange(KEYS.arrivals(engine), cursor, length - 1)).filter((key) => places.has(key))
      for (const [key, run] of await settledRuns(redis, engine, came)) take(key, run)
    }
    cursor = length
  }

  function doubt(raised: readonly Alarm[]): void {
    if (raised.length > 0) alarmed?.(raised)
    state.alarms = raised.filter(({ run }) => places.has(run)).map(({ run, kept: first, other, keptBy, otherBy }) => ({ run, digests: [first, other], by: [keptBy, otherBy] }))
    for (const { run, digests } of state.alarms) {
      for (const index of places.get(run) ?? []) collected.doubt(index, doubtText(digests))
    }
  }

  async function look(): Promise<void> {
    const [counts, workers, raised, stands] = await Promise.all([link.queue(engine).getJobCounts('wait', 'active', 'delayed'), workersOf(link.redis), alarms(link.redis, engine), standing(link, sweep)])
    state.waiting = (counts['wait'] ?? 0) + (counts['delayed'] ?? 0)
    state.running = counts['active'] ?? 0
    state.workers = workers.map(({ name, engine: own, state: does, parallel, running, made, secondsAgo }) => ({ name, engine: own, state: secondsAgo > GONE_SECONDS ? 'gone' : does, parallel, running, made, secondsAgo }))
    doubt(raised)
    if (stands === 'off' && !over()) {
      // Somebody else took it off.
      cancelled = true
      return detach()
    }
    if (stands === 'gone') whole = true
    // What comes between the two counts is seen twice before it is called lost.
    const left = open().length
    emptyLooks = left > 0 && state.waiting + state.running === 0 ? emptyLooks + 1 : 0
    state.missing = emptyLooks >= 2 ? left : 0
    if (emptyLooks >= 2) whole = true
    // Reading works on a server that takes no writes (a full disk, a lost replica), and then not even workers can tell of it.
    await link.redis.set(KEYS.probe, 1, 'EX', 60)
  }

  async function follow(): Promise<void> {
    while (!detached) {
      try {
        await arrivals()
        if (performance.now() - lookedMs >= LOOK_MS || over()) {
          lookedMs = performance.now()
          await look()
        }
        state.trouble = undefined
      } catch (error) {
        if (detached) return
        state.trouble = refusalInWords(error)
      }
      changed()
      if (over()) return recorded?.settled()
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    }
  }
  /** Another sweep may repeat a run of this one long after its end. */
  async function listen(): Promise<void> {
    while (!detached) {
      await Promise.race([new Promise((resolve) => setTimeout(resolve, LOOK_MS).unref()), left])
      if (detached) return
      const before = state.alarms.length
      // A server that is away is asked again.
      await alarms(link.redis, engine).then(doubt, () => undefined)
      if (state.alarms.length > before) changed()
    }
  }
  // A request to a server that is silent takes its time; that the connection is gone is told at once.
  let told = true
  const pulse = setInterval(() => {
    const { connected } = link.health()
    if (connected !== told) changed()
    told = connected
  }, POLL_MS)
  const over = (): boolean => collected.ended() >= collected.total

  const queueStatus = (): QueueStatus => {
    const { connected, message = state.trouble } = atEnd ?? link.health()
    const { waiting, running, workers, alarms: raised, missing } = state
    return { address: link.address.shown, sweep, engine, connected, ...(message === undefined ? {} : { message }), waiting, running, workers, alarms: raised, missing, ...(unkept === undefined ? {} : { unkept }) }
  }
  let detach: () => void = () => undefined
  const left = new Promise<void>((resolve) => {
    detach = () => {
      detached = true
      resolve()
    }
  })
  const close = (): void => {
    detached = true
    atEnd = link.health()
    void link.close()
  }
  return {
    id, plan, rows: collected.rows, useless: collected.useless,
    ended: Promise.race([follow(), left]).finally(() => {
      recorded?.stop()
      clearInterval(pulse)
      if (stay && !detached) void listen().finally(close)
      else close()
    }),
    status: () => ({ ...collected.status(cancelled), ...(recordings === undefined ? {} : { recordings: recordings.status() }), queue: queueStatus() }),
    cancel: () => {
      cancelled = true
      void putting.catch(() => undefined).then(withdraw).catch((error: unknown) => { state.trouble = refusalInWords(error) }).finally(detach)
    },
    detach,
  }
}
