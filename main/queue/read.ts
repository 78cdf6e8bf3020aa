/**
 * What lies on a queue was put there by others, of another version, with a fault, or with intent: each thing is read with care. What can't be read is as if it weren't there
 * (a summary is made again, a sweep is not listed), so that one of them never stands in the way of the rest.
 */
import { z } from 'zod'
import type { FinishedRun } from '../lab/sweep/finished-run'
import type { Alarm } from './settle'
import type { SweepRecord } from './sweep-record'
import type { WorkerInfo } from './registry'

/** Summaries have some kilobytes. */
export const LARGEST_SUMMARY = 2 ** 20
const MOST_RUNS = 1_000_000

const word = z.string().max(300)
const message = z.string().max(10_000)
const count = z.number().int().min(0).max(2 ** 53)

const FINISHED = z.looseObject({
  engine: word, end: word, digest: word.optional(), message: message.optional(), metrics: z.record(z.string(), z.number()),
  ejections: z.array(z.looseObject({ policy: word, kind: word, hook: word, t: z.number(), message, line: z.number().optional() })).max(1_000),
  ms: z.number().optional(), by: word.optional(), spec: z.unknown().optional(), recording: z.object({ bytes: count, refused: message.optional() }).optional(),
})

const TEXT = z.object({ en: message, zh: message })
const SWEEP = z.looseObject({
  id: word, engine: word, runs: count.max(MOST_RUNS), at: word, cancelled: z.literal(true).optional(),
  plan: z.looseObject({
    title: TEXT, axes: z.array(z.looseObject({ name: word, values: z.array(z.number()) })), points: z.array(z.array(z.number())), metrics: z.array(word).max(1_000), seeds: count,
    machines: z.array(z.looseObject({ label: message, policy: message.optional() })),
  }),
})
const ALARM = z.object({ run: word, kept: word, keptBy: word, other: word, otherBy: word })
const WORKER = z.object({ id: word, name: word, engine: word, parallel: count, state: z.enum(['works', 'waits', 'held', 'refuses', 'ends']), running: count, made: count })

/** Of this engine: another's would be mixed with it. */
export function readFinished(text: string, engine: string): FinishedRun | undefined {
  const run = read(text, FINISHED) as FinishedRun | undefined
  return run?.engine === engine ? run : undefined
}

/** Its plan makes as many runs as it says, so that nobody counts to a billion. */
export function readSweep(text: string, id: string): SweepRecord | undefined {
  const record = read(text, SWEEP) as SweepRecord | undefined
  if (record?.id !== id) return undefined
  const { axes, points, machines, seeds } = record.plan
  return points.length * machines.length * seeds === record.runs && points.every((values) => values.length === axes.length) ? record : undefined
}

export function readAlarm(text: string): Alarm | undefined {
  return read(text, ALARM)
}

export function readWorker(text: string): WorkerInfo | undefined {
  return read(text, WORKER)
}

function read<T>(text: string, shape: z.ZodType<T>): T | undefined {
  try {
    const result = shape.safeParse(JSON.parse(text))
    return result.success ? result.data : undefined
  } catch {
    return undefined
  }
}
