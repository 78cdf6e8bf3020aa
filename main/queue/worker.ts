/**
 * A worker: takes runs of its own engine version from the queue, a few at a time, tells the others that it lives, and says what it refuses. Dead workers' runs go to
 * others when their locks have run out; BullMQ sees to that.
 */
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { ENGINE_VERSION, printable } from '../engine'
import type { LabParts } from '../lab/parts'
import { KEYS, PREFIX, queueName } from './keys'
import { refusalInWords, type QueueLink } from './link'
import { createMaker, type MakerCounts } from './make-run'
import { proveDigest } from './proof'
import { beat, signOff, type WorkerInfo } from './registry'
import { removeUnreadable } from './unreadable'

export interface WorkerOptions {
  readonly link: QueueLink
  readonly parts: LabParts
  readonly parallel: number
  /** Without a sign of life for so long its runs go to others. */
  readonly lockMs: number
  say(line: string): void
  changed(): void
}

export interface QueueWorker {
  readonly name: string
  counts(): MakerCounts
  state(): WorkerInfo['state']
  /** Resolves when it can't go on, with the reason. */
  readonly broken: Promise<string>
  /** Resolves when nothing is left to take and nothing runs. */
  drained(): Promise<void>
  /** Takes no more and finishes what runs; `now` gives that back instead. */
  stop(now: boolean): Promise<void>
}

const BEAT_MS = 3_000
const LOOK_AROUND_MS = 15_000
/** After an error that is no lost connection nothing is fetched for so long: the server would be asked a thousand times a second. */
const PAUSE_MS = 2_000
const LEAVE_MS = 4_000
const FINISH_MS = 2 ** 31 - 1

/** Its results would not be those of the others. */
export class NotFit extends Error {}

export async function startWorker({ link, parts, parallel, lockMs, changed, ...options }: WorkerOptions): Promise<QueueWorker> {
  const name = `${hostname()}/${process.pid}`
  const id = randomUUID()
  // Names and words of others stand in it.
  const say = sparing((line) => { options.say(printable(line, MOST_SAID)) })
  const maker = createMaker({ link, parts, name, say, changed })
  await mayWork(link, id)
  const differs = await proveDigest(link, maker)
  if (differs !== undefined) throw new NotFit(`this worker may not work: ${differs}`)
  let refuses = false
  let ending = false
  let empty = false
  const blocked = link.another()
  const worker = new link.bull.Worker(queueName(ENGINE_VERSION), (job, token) => { empty = false; return maker.process(job, token) }, {
    connection: blocked, prefix: PREFIX, concurrency: parallel, name, lockDuration: lockMs, stalledInterval: Math.max(500, lockMs / 2), drainDelay: 2, runRetryDelay: 1_000,
    // Lost runs are counted, and judged, where they are made.
    maxStalledCount: Number.MAX_SAFE_INTEGER, removeOnComplete: { count: 0 }, removeOnFail: { count: 0 },
  })
  worker.on('drained', () => { empty = true; changed() })
  worker.on('error', (error) => { if (link.health().connected && !ending) rest(error) })

  let resting = false
  /** A run that others have taken over meanwhile (this worker was cut off, or stood still) is no trouble: its summary is in. */
  function rest(error: Error): void {
    if (resting || /Missing (lock|key)|could not renew lock/i.test(error.message)) return
    resting = true
    if (error instanceof SyntaxError) removeUnreadable(link).then((removed) => { if (removed > 0) say(`${removed} runs on the queue were no runs at all, and are gone from it`) }, () => undefined)
    else say(`the server refuses: ${refusalInWords(error)}`)
    void worker.pause(true).then(() => setTimeout(() => {
      resting = false
      if (!ending) worker.resume()
    }, PAUSE_MS))
  }

  const state = (): WorkerInfo['state'] => {
    const { held, running } = maker.counts()
    return ending ? 'ends' : held > 0 ? 'held' : running > 0 ? 'works' : refuses ? 'refuses' : 'waits'
  }
  const tell = (): void => {
    const { running, made } = maker.counts()
    if (link.health().connected) beat(link.redis, { id, name, engine: ENGINE_VERSION, parallel, state: state(), running, made }).catch(() => undefined)
  }
  const lookAround = async (): Promise<void> => {
    if (!link.health().connected) return
    const others = await othersWaiting(link)
    refuses = others.length > 0
    for (const { engine, waiting } of others) say(`${waiting} runs wait for engine ${engine}; this worker is ${ENGINE_VERSION} and refuses them`)
  }
  const timers = [setInterval(tell, BEAT_MS), setInterval(() => { lookAround().catch(() => undefined) }, LOOK_AROUND_MS)]
  await lookAround().catch(() => undefined)
  tell()

  const broken = maker.ill.then((why) => {
    ending = true
    void worker.pause(true)
    return `this machine can't make runs: ${why}`
  })
  return {
    name, counts: maker.counts, state, broken,
    drained: async () => { while (!(empty && maker.counts().running === 0 && maker.counts().held === 0)) await new Promise((resolve) => setTimeout(resolve, 50)) },
    stop: async (now) => {
      ending = true
      tell()
      if (now) maker.giveBack()
      // Taking leave of a server that is away has its limit: the locks run out by themselves.
      const left = await inTime(worker.close(), now ? LEAVE_MS : FINISH_MS)
      if (!left) await inTime(worker.close(true), LEAVE_MS)
      for (const timer of timers) clearInterval(timer)
      if (link.health().connected) await signOff(link.redis, id).catch(() => undefined)
      blocked.disconnect()
    },
  }
}

/** A user without the rights gets nowhere, however long it waits. */
async function mayWork({ redis }: QueueLink, id: string): Promise<void> {
  await signOff(redis, id).catch((error: unknown) => {
    if (/NOPERM/.test(refusalInWords(error))) throw new NotFit(`this worker may not work: ${refusalInWords(error)}`)
  })
}

async function inTime(work: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => { timer = setTimeout(() => { resolve(false) }, ms) })
  const ended = await Promise.race([work.then(() => true, () => true), late])
  clearTimeout(timer)
  return ended
}

/** Engine versions for which something waits, without this one. */
async function othersWaiting(link: QueueLink): Promise<readonly { readonly engine: string; readonly waiting: number }[]> {
  const engines = (await link.redis.smembers(KEYS.engines)).filter((engine) => engine !== ENGINE_VERSION)
  const counted = await Promise.all(engines.map(async (engine) => ({ engine, waiting: (await link.queue(engine).getJobCounts('wait'))['wait'] ?? 0 })))
  return counted.filter(({ waiting }) => waiting > 0)
}

const SAID_AGAIN_MS = 30_000
const MOST_SAID = 1_000

/** The same line at most twice a minute. */
function sparing(say: (line: string) => void): (line: string) => void {
  const said = new Map<string, number>()
  return (line) => {
    const now = performance.now()
    if (now - (said.get(line) ?? -Infinity) < SAID_AGAIN_MS) return
    said.set(line, now)
    if (said.size > 100) said.delete(said.keys().next().value ?? '')
    say(line)
  }
}
