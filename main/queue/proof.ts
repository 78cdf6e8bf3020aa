/**
 * Before a worker takes its first run it repeats one that another has made: the digests must agree. So a build that calls itself the same engine and isn't is found
 * before it has mixed its results with others'.
 */
import { ENGINE_VERSION } from '../engine'
import type { FinishedRun } from '../lab/sweep/finished-run'
import { KEYS } from './keys'
import type { QueueLink } from './link'
import type { Maker } from './make-run'
import { settle } from './settle'

const LOOKED_AT = 8

/** Undefined when it agrees, or there is nothing to compare with; else what differs. */
export async function proveDigest({ redis }: QueueLink, maker: Pick<Maker, 'make'>): Promise<string | undefined> {
  const [key, run] = await shortest(redis) ?? []
  if (key === undefined || run?.spec === undefined) return undefined
  const { run: mine } = await maker.make(key, run.spec)
  if (mine.digest === run.digest) return undefined
  await settle(redis, ENGINE_VERSION, key, mine)
  return `run ${key.slice(0, 12)} has digest ${mine.digest ?? '(none)'} here and ${run.digest ?? ''} on ${run.by ?? 'another machine'}, with the same engine version ${ENGINE_VERSION}`
}

/** Of some finished runs the one that took least time. */
async function shortest(redis: QueueLink['redis']): Promise<readonly [string, FinishedRun] | undefined> {
  const some = await redis.hrandfield(KEYS.results(ENGINE_VERSION), LOOKED_AT, 'WITHVALUES') as readonly string[]
  const runs: [string, FinishedRun][] = []
  for (let i = 0; i < some.length; i += 2) runs.push([some[i], JSON.parse(some[i + 1]) as FinishedRun])
  return runs.filter(([, { digest, spec }]) => digest !== undefined && spec !== undefined).sort(([, a], [, b]) => (a.ms ?? 0) - (b.ms ?? 0))[0]
}
