/** The recording of a run that isn't in memory: as the history keeps it, or made again where this engine can make it to the same digest. */
import type { Result } from '../../../preload/contract'
import { ENGINE_VERSION, type Recording } from '../../engine'
import { jobOf, type Experiment, type LabRun } from '../experiment'
import type { Runs } from '../parts'
import { done, fail, messageOf } from '../problems'
import type { Keeper } from './keeper'

export async function findRecording(run: LabRun, { prepared }: Experiment, runner: Runs, keeper: Keeper | undefined): Promise<Result<Recording>> {
  if (run.outcome === undefined) return fail('run', run.error === undefined ? `run ${run.id} has recorded nothing: it is ${run.state}` : `run ${run.id} failed: ${run.error}`)
  const why = await fromHistory(run, keeper)
  if (typeof why !== 'string') return done(why)
  if (run.outcome.engine !== ENGINE_VERSION) return fail('run', `${why}, and it can't be made again: engine ${run.outcome.engine} made it, this lab has ${ENGINE_VERSION}`)
  if (run.state !== 'done') return fail('run', `${why}, and it can't be made again: it was cut at a moment that nobody knows`)
  return remake(run, prepared, runner)
}

/** Or why not. */
async function fromHistory(run: LabRun, keeper: Keeper | undefined): Promise<Recording | string> {
  if (run.kept === undefined || keeper === undefined) return 'no recording of this run was kept'
  try {
    const answer = await keeper.history.recording(run.kept.entry, run.kept.place)
    if (answer.ok) return answer.recording
    if (answer.why === 'damaged') keeper.noticed()
    return answer.message
  } catch (error) {
    return `the history could not be read: ${messageOf(error)}`
  }
}

async function remake(run: LabRun, prepared: Experiment['prepared'], runner: Runs): Promise<Result<Recording>> {
  try {
    const recording = await runner.start(jobOf(run, prepared), () => undefined).done
    if (recording.digest === run.outcome?.digest) return done(recording)
    return fail('run', `made again it has the digest ${recording.digest}, not ${run.outcome?.digest ?? ''}: a bug of the lab, or what made it has changed`)
  } catch (error) {
    return fail('run', `could not be made again: ${messageOf(error)}`)
  }
}
