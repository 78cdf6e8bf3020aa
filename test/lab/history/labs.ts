/** Labs with a real history over runs that end at once: the digest of a run is what it computes, as in the engine. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'
import { assembleLab } from '../../../main/lab/assemble-lab'
import type { Lab } from '../../../main/lab/lab-types'
import type { Runs } from '../../../main/lab/parts'
import { ENGINE_VERSION, type Recording } from '../../../main/engine'
import type { RunJob } from '../../../main/runner/protocol'
import { runKey } from '../../../main/lab/run-key'
import { createHistory } from '../../../main/store/history/history'
import { createStore } from '../../../main/store/store'
import type { ExperimentStatus, Result, SweepStatus } from '../../../preload/contract'
import { CONTENT, fakeCompiler, FakeRuns, recording } from '../doubles'

const folders: string[] = []
const labs = new Set<Lab>()

afterEach(async () => {
  for (const lab of labs) await lab.dispose()
  labs.clear()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

export function workspace(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lab-history-'))
  folders.push(folder)
  return folder
}

/** Counts what it makes. `hold` keeps runs back until `release`. */
export class InstantRuns implements Runs {
  made: string[] = []
  engine = ENGINE_VERSION
  hold: (job: RunJob) => boolean = () => false
  #held: (() => void)[] = []
  readonly inspect = (policy: { readonly code: string }): ReturnType<Runs['inspect']> => new FakeRuns().inspect(policy)

  readonly travel = (): never => { throw new Error('nobody travels here') }
  readonly ask = (): never => { throw new Error('nothing is asked here') }

  start(job: RunJob): ReturnType<Runs['start']> {
    this.made.push(job.run)
    const wait = this.hold(job) ? new Promise<void>((resolve, reject) => { this.#held.push(resolve); this.#cut.push(reject) }) : Promise.resolve()
    return { done: wait.then(() => this.record(job)), cancel: () => { for (const cut of this.#cut) cut(new Error('cancelled')) }, watch: () => undefined }
  }

  readonly #cut: ((error: Error) => void)[] = []

  record(job: RunJob): Recording {
    const made = recording(job)
    const swappiness = Number(job.scenario.sysctls['vm.swappiness'] ?? 60)
    return { ...made, engine: this.engine, digest: `${this.engine}${runKey(job)}`.slice(0, 24), summary: { ...made.summary, durationNs: made.summary.durationNs + swappiness * 1e6 } }
  }

  async close(): Promise<void> {
    for (const cut of this.#cut) cut(new Error('closed'))
  }
}

export async function openLab(folder: string, runs: InstantRuns = new InstantRuns()): Promise<{ readonly lab: Lab; readonly runs: InstantRuns; settled(): Promise<void>; close(): Promise<void> }> {
  const history = createHistory({ workspace: folder, engine: ENGINE_VERSION, host: 'browser' })
  const lab = assembleLab({ workspace: folder, kept: true, host: 'browser' }, { compiler: fakeCompiler(), runs, content: CONTENT }, await createStore(folder), history)
  labs.add(lab)
  return { lab, runs, settled: () => history.settled(), close: async () => { labs.delete(lab); await lab.dispose() } }
}

export function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.problems.map(({ path, message }) => `${path}: ${message}`).join('; '))
  return result.value
}

/** Its status once it has ended. */
export function ended(lab: Lab, id: string): Promise<ExperimentStatus> {
  return new Promise((resolve) => {
    const look = (status: ExperimentStatus): void => { if (status.id === id && status.state !== 'running') { stop(); resolve(status) } }
    const stop = lab.on('experiment', look)
    void lab.experiment(id).then((now) => { if (now.ok) look(now.value) })
  })
}

export function sweepEnded(lab: Lab, id: string): Promise<SweepStatus> {
  return new Promise((resolve) => {
    const look = (status: SweepStatus): void => { if (status.id === id && status.state !== 'running') { stop(); resolve(status) } }
    const stop = lab.on('sweep', look)
    void lab.sweepStatus(id).then((now) => { if (now.ok) look(now.value) })
  })
}

/** As one would compare them: without what belongs to this life of the lab. */
export function lasting(status: ExperimentStatus): unknown {
  const { id, runs, ...rest } = status
  return { ...rest, runs: runs.map((run) => ({ ...run, run: run.run.replace(`${id}.`, '') })) }
}
