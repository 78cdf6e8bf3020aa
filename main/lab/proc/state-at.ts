/** The state of a run's machine at any time: the run is made again up to there, which gives the same machine, and its state is taken. A few states are kept. */
import type { MachineState } from '../../engine'
import type { RunJob } from '../../runner/protocol'
import type { Runs } from '../parts'

const MOST_KEPT = 24

export interface States {
  /** Rejects with a message for people when the run could not be made again. */
  at(job: RunJob, t: number): Promise<MachineState>
}

export function createStates(runs: Runs): States {
  const kept = new Map<string, Promise<MachineState>>()
  return {
    at: (job, t) => {
      const key = `${job.run}@${t}`
      const known = kept.get(key)
      if (known !== undefined) return known
      const state = stateAt(job, t, runs)
      kept.set(key, state)
      // What failed is tried again when asked again.
      state.catch(() => { kept.delete(key) })
      for (const oldest of [...kept.keys()].slice(0, Math.max(0, kept.size - MOST_KEPT))) kept.delete(oldest)
      return state
    },
  }
}

/** `t` in ns since the workload started; a time after the end gives the state at the end. */
export async function stateAt(job: RunJob, t: number, runs: Runs): Promise<MachineState> {
  const { states } = await runs.start({ ...job, run: `${job.run}@${t}`, statesAt: [t] }, () => undefined).done
  const state = states?.[0]
  if (state === undefined) throw new Error(`the run gave no state for ${t} ns`)
  return state
}
