/**
 * One experiment while it runs and after: its runs' states, their recordings, and the status the window sees. Cancelling answers at once; what runs have recorded by then
 * stays, marked. Only runs that went to their own end are compared, since a cut one measured something else.
 */
import type { Comparison, Ejection, ExperimentStatus, MachineInfo, RunState, RunStatus } from '../../preload/contract'
import type { Place } from '../store/history/history'
import { compareRuns, metricsOf, planRuns, type Progress, type Recording, type RunResult } from '../engine'
import { leavesToChance } from './chance'
import { createLiveSamples, type LiveSamples } from './live-samples'
import type { RunHandle, Runs } from './parts'
import { messageOf } from './problems'
import type { PreparedExperiment } from './request'

/** What a run came to; stays when its recording is let go. */
export interface RunOutcome {
  readonly engine: string
  readonly digest: string
  readonly end: string
  readonly diagnosis?: string
  readonly ejections: readonly Ejection[]
  readonly metrics: Readonly<Record<string, number>>
}

export interface LabRun {
  readonly id: string
  readonly machine: number
  readonly seed: number
  state: RunState
  fraction: number
  outcome?: RunOutcome
  /** May be let go and had again from the history. */
  recording?: Recording
  /** Where the history has it. */
  kept?: { readonly entry: string; readonly place: Place }
  error?: string
  handle?: RunHandle
  /** While it goes on and somebody looks. */
  live?: LiveSamples
}

export interface Experiment {
  readonly id: string
  readonly prepared: PreparedExperiment
  readonly runs: readonly LabRun[]
  readonly ended: Promise<void>
  /** Its entry in the history. */
  readonly entry?: string
  status(): ExperimentStatus
  cancel(): void
  /** Runs whose process may still be at work. */
  active(): number
}

export interface ExperimentOptions {
  readonly entry?: string
  /** Runs in place of the plan's: those that have ended are not made again. */
  readonly runs?: readonly LabRun[]
  /** A run has come to its end, whatever that is. */
  ran?(run: LabRun): void
  /** Does somebody look at this run now? */
  watched?(run: string): boolean
}

/** Starts all runs that have not ended. `changed` is called at every step; `urgent` when the window should hear of it without delay. */
export function startExperiment(id: string, prepared: PreparedExperiment, runner: Runs, changed: (urgent: boolean) => void, options: ExperimentOptions = {}): Experiment {
  const runs = options.runs ?? plannedRuns(id, prepared)
  const chance = leavesToChance(prepared.scenario, prepared.machines.map(({ stack }) => stack))
  const machines = prepared.machines.map(({ label, policy }): MachineInfo => (policy === undefined ? { label } : { label, policy }))
  const startedMs = performance.now()
  let cancelled = false
  let active = 0
  let comparison: Comparison | undefined

  const stateNow = (): ExperimentStatus['state'] => {
    if (cancelled) return 'cancelled'
    if (runs.some((run) => run.state === 'waiting' || run.state === 'running')) return 'running'
    if (runs.some((run) => run.state === 'failed')) return 'failed'
    return runs.some((run) => run.state === 'cancelled') ? 'cancelled' : 'done'
  }

  async function follow(run: LabRun): Promise<void> {
    active++
    try {
      run.handle = runner.start(jobOf(run, prepared), (progress) => {
        onProgress(run, progress)
        run.handle?.watch(options.watched?.(run.id) === true)
        changed(false)
      }, (from, samples) => {
        run.live ??= createLiveSamples()
        run.live.add(from, samples)
        changed(false)
      })
      finish(run, await run.handle.done)
    } catch (error) {
      if (run.state !== 'cancelled') fail(run, messageOf(error))
    } finally {
      run.handle = undefined
      run.live = undefined
      active--
      options.ran?.(run)
      comparison = undefined
      changed(active === 0 || stateNow() !== 'running')
    }
  }

  const ended = Promise.all(runs.filter((run) => run.state === 'waiting').map(follow)).then(() => undefined)

  return {
    id, prepared, runs, ended, ...(options.entry === undefined ? {} : { entry: options.entry }),
    status: () => {
      comparison ??= compareRuns(prepared.machines.length, prepared.seeds, results(runs), chance)
      const fraction = runs.reduce((sum, run) => sum + run.fraction, 0) / runs.length
      const state = stateNow()
      return {
        id, title: prepared.title, scenario: prepared.scenario.id, machines, state, fraction, ...(prepared.notes === undefined ? {} : { notes: prepared.notes }),
        ...(state === 'running' ? eta(fraction, performance.now() - startedMs) : {}),
        runs: runs.map((run) => runStatus(run, prepared.digests?.get(`${run.machine}.${run.seed}`))), comparison, ...errorOf(runs), ...(options.entry === undefined ? {} : { history: options.entry }),
      }
    },
    cancel: () => {
      if (stateNow() !== 'running') return
      cancelled = true
      for (const run of runs) stop(run)
      changed(true)
    },
    active: () => active,
  }
}

export function plannedRuns(id: string, prepared: PreparedExperiment): readonly LabRun[] {
  return planRuns(prepared.machines.length, prepared.seeds, prepared.firstSeed).map((plan) => ({ id: `${id}.${plan.machine}.${plan.seed}`, ...plan, state: 'waiting', fraction: 0 }))
}

/** All that makes this run, to make it again. */
export function jobOf(run: LabRun, prepared: PreparedExperiment): Parameters<Runs['start']>[0] {
  const { scenario, kernel, stack } = prepared.machines[run.machine]
  return { run: run.id, scenario, kernel, policies: stack, seed: run.seed, scriptedEjections: [] }
}

function onProgress(run: LabRun, progress: Progress): void {
  if (run.state === 'waiting') run.state = 'running'
  // Never back: a re-run after a kill starts from the seed again.
  run.fraction = Math.min(1, Math.max(run.fraction, progress.fraction))
}

function finish(run: LabRun, recording: Recording): void {
  run.recording = recording
  run.outcome = outcomeOf(recording)
  run.state = recording.summary.end === 'cancelled' ? 'cancelled' : 'done'
  if (run.state === 'done') run.fraction = 1
}

function outcomeOf({ engine, digest, ejections, summary }: Recording): RunOutcome {
  return { engine, digest, ejections, end: summary.end, metrics: metricsOf(summary), ...(summary.diagnosis === undefined ? {} : { diagnosis: summary.diagnosis }) }
}

function fail(run: LabRun, message: string): void {
  run.state = 'failed'
  run.fraction = 1
  run.error = message
}

function stop(run: LabRun): void {
  if (run.state !== 'waiting' && run.state !== 'running') return
  run.state = 'cancelled'
  run.handle?.cancel()
}

/** A run that is stuck or panicked ended by itself, but its numbers stop where it stood. */
function results(runs: readonly LabRun[]): readonly RunResult[] {
  return runs.flatMap((run) => {
    const { outcome } = run
    if (run.state !== 'done' || outcome === undefined || outcome.end === 'stuck' || outcome.end === 'panic') return []
    return [{ machine: run.machine, seed: run.seed, engine: outcome.engine, metrics: outcome.metrics }]
  })
}

function runStatus(run: LabRun, expected: string | undefined): RunStatus {
  const { id, machine, seed, state, fraction, outcome, error, live } = run
  return {
    run: id, machine, seed, state, fraction, ejections: outcome?.ejections ?? [],
    ...(expected === undefined ? {} : { expected }),
    ...(state === 'running' && live !== undefined ? { live: liveOf(live) } : {}),
    ...(outcome === undefined ? {} : { digest: outcome.digest, end: outcome.end }),
    ...(outcome?.diagnosis === undefined ? {} : { diagnosis: outcome.diagnosis }),
    ...(error === undefined ? {} : { error }),
  }
}

function liveOf(live: LiveSamples): RunStatus['live'] {
  const { series, policySeries } = live.ids()
  return { toNs: live.toNs(), series: series.length + policySeries.length }
}

/** All runs take about as long; too early nothing can be told. */
function eta(fraction: number, elapsedMs: number): { readonly etaMs?: number } {
  return fraction < 0.02 || elapsedMs < 300 ? {} : { etaMs: Math.round((elapsedMs * (1 - fraction)) / fraction) }
}

function errorOf(runs: readonly LabRun[]): { readonly error?: string } {
  const failed = runs.filter((run) => run.state === 'failed')
  return failed.length === 0 ? {} : { error: `${failed.length} of ${runs.length} runs failed: ${failed[0].error ?? ''}` }
}
