/** The contract's requests about two runs: where they part, and one difference closely. */
import type { LabRequests, Result } from '../../../preload/contract'
import { ENGINE_VERSION } from '../../engine'
import { jobOf, type Experiment, type LabRun } from '../experiment'
import type { Runs } from '../parts'
import { done, fail, show } from '../problems'
import { unanswered, type Remakings } from '../remaking'
import { createDivergences, type Pair } from './diverge'

/** A run that has a recording. */
interface Recorded { readonly experiment: Experiment; readonly run: LabRun; readonly recording: NonNullable<LabRun['recording']> }
interface RecordedPair { readonly pair: Pair; readonly a: Recorded; readonly b: Recorded }

export function divergeRequests(runs: Runs, remakings: Remakings, recorded: (run: string) => Promise<Result<Recorded>>): Pick<LabRequests, 'divergence' | 'difference'> {
  const divergences = createDivergences(runs, remakings)
  const withPair = async <T>(a: string, b: string, work: (found: RecordedPair) => Promise<Result<T>>): Promise<Result<T>> => {
    const [left, right] = await Promise.all([recorded(a), recorded(b)])
    if (!left.ok) return left
    if (!right.ok) return right
    for (const [side, { recording }] of [['a', left.value], ['b', right.value]] as const) {
      if (recording.engine !== ENGINE_VERSION) return fail(side, `was made by version ${recording.engine} of the engine and can't be made again by version ${ENGINE_VERSION}`)
    }
    try {
      return await work({ pair: { a: partner(left.value), b: partner(right.value) }, a: left.value, b: right.value })
    } catch (error) {
      return unanswered(error)
    }
  }
  return {
    divergence: (a, b) => withPair(a, b, async ({ pair }) => done(await divergences.find(pair))),
    difference: (a, b, index) => withPair(a, b, async (found) => {
      const explained = await divergences.explain(found.pair, index)
      if (explained === undefined) return fail('index', `must be the number of a difference, from 0, not ${show(index)}`)
      for (const side of ['a', 'b'] as const) {
        const { recording, run } = found[side]
        if (run.state === 'done' && explained.digests[side] !== recording.digest) return fail(side, `comparing changed the run: its digest is ${recording.digest}, the compared one's ${explained.digests[side]}. This is a bug of the lab`)
      }
      return done(explained.view)
    }),
  }
}

function partner({ experiment, run }: Recorded): Pair['a'] {
  return { job: jobOf(run, experiment.prepared), label: experiment.prepared.machines[run.machine].label }
}
