/**
 * Before a worker takes its first run it repeats one that another has made: the digests must agree. So a build that calls itself the same engine and isn't is found
 * before it has mixed its results with others'. One result that is false (a faulty machine, a forger) shuts nobody out: where two others agree, it stands alone.
 */
import { ENGINE_VERSION } from '../engine'
import type { FinishedRun } from '../lab/sweep/finished-run'
import { specKey } from '../lab/run-key'
import { KEYS } from './keys'
import type { QueueLink } from './link'
import type { Maker } from './make-run'
import { LARGEST_SUMMARY, readFinished } from './read'
import { settle } from './settle'

const LOOKED_AT = 8
/** So many must agree where one doesn't. */
const OUTVOTE = 2

/** Undefined when they agree, or there is nothing to compare with; else what differs. */
export async function proveDigest({ redis }: QueueLink, maker: Pick<Maker, 'make'>): Promise<string | undefined> {
  let differs: string | undefined
  let agreed = 0
  for (const [key, run] of await shortestFirst(redis)) {
    const mine = await repeated(maker, key, run)
    if (mine?.digest === undefined) continue
    if (mine.digest === run.digest) {
      if (differs === undefined || ++agreed === OUTVOTE) return undefined
      continue
    }
    await settle(redis, ENGINE_VERSION, key, mine)
    if (differs !== undefined) return differs
    differs = `run ${key.slice(0, 12)} has digest ${mine.digest} here and ${run.digest ?? ''} on ${run.by ?? 'another machine'}, with the same engine version ${ENGINE_VERSION}`
  }
  return differs
}

/** Undefined where it can't be made from what lies there; runs that are taken will show whether this machine can make any. */
async function repeated(maker: Pick<Maker, 'make'>, key: string, { spec }: FinishedRun): Promise<FinishedRun | undefined> {
  try {
    return (await maker.make(key, spec)).run
  } catch {
    return undefined
  }
}

/** Some finished runs that are in no doubt. */
async function shortestFirst(redis: QueueLink['redis']): Promise<readonly (readonly [string, FinishedRun])[]> {
  const some = await redis.hrandfield(KEYS.results(ENGINE_VERSION), LOOKED_AT) as readonly string[]
  const runs = await Promise.all(some.map(async (key): Promise<readonly [string, FinishedRun] | undefined> => {
    if (await redis.hexists(KEYS.alarms(ENGINE_VERSION), key) === 1 || await redis.hstrlen(KEYS.results(ENGINE_VERSION), key) > LARGEST_SUMMARY) return undefined
    const run = readFinished(await redis.hget(KEYS.results(ENGINE_VERSION), key) ?? '', ENGINE_VERSION)
    return run?.digest !== undefined && isNamed(key, run) ? [key, run] : undefined
  }))
  return runs.flatMap((one) => (one === undefined ? [] : [one])).sort(([, a], [, b]) => (a.ms ?? 0) - (b.ms ?? 0))
}

function isNamed(key: string, { spec }: FinishedRun): boolean {
  return typeof spec === 'object' && specKey(spec) === key
}
