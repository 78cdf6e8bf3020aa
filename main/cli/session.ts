/** The lab's parts for one command: what the window's host makes once, here without a window. */
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { wallClock } from '../lab/clock'
import { createDefaultParts } from '../lab/default-parts'
import { startExperiment, type Experiment } from '../lab/experiment'
import type { Keeper } from '../lab/history/keeper'
import type { LabParts } from '../lab/parts'
import { createPolicyLibrary, type PolicyLibrary } from '../lab/policy-library'
import { createReloads } from '../lab/reloads'
import type { PreparedExperiment } from '../lab/request'
import { throttle } from '../lab/throttle'
import { forkChildRunner } from '../runner/fork-child'
import { createStore, type Store } from '../store/store'
import { defaultWorkspace } from '../store/workspace'
import { orInterrupted, type Interrupt } from './interrupt'
import type { ProgressLine } from './progress'
import { refuse } from './problem-error'

export interface Session {
  readonly parts: LabParts
  readonly library: PolicyLibrary
  readonly store: Store
  /** The folder whose policies can be named. */
  readonly workspace: string
  /** A file of the workspace that can't be run is stood in for by its last good text. */
  readonly lastGood: boolean
  close(): Promise<void>
}

/** Policies of the workspace can be named too. A workspace that isn't there is not made: a terminal command leaves nothing behind. */
export async function openSession(workspace: string | undefined, lastGood = false): Promise<Session> {
  const path = workspace === undefined ? defaultWorkspace() : resolve(workspace)
  if (workspace !== undefined && !existsSync(path)) refuse('--workspace', `there is no folder ${path}`)
  const { store, end } = existsSync(path) ? { store: await createStore(path), end: async () => undefined } : await temporaryStore()
  const parts = await createDefaultParts(forkChildRunner, { parallel: availableParallelism() })
  return {
    parts, library: createPolicyLibrary(parts, store, lastGood ? createReloads(wallClock, { released: () => undefined, news: () => undefined }) : undefined), store, workspace: path, lastGood,
    close: async () => {
      store.close()
      await Promise.all([parts.runs.close(), parts.compiler.close(), end()])
    },
  }
}

async function temporaryStore(): Promise<{ readonly store: Store; end(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'reclaim-lab-cli-'))
  return { store: await createStore(path), end: () => rm(path, { recursive: true, force: true }) }
}

const PROGRESS_MS = 250
/** A cancelled run is asked for what it has; one that doesn't answer by then is printed without. */
const CANCEL_MS = 2_000

/** Runs to the end, or to the first interrupt; then with what there is. With a keeper it lands in the history. */
export async function runToEnd(session: Session, prepared: PreparedExperiment, progress: ProgressLine, interrupt: Interrupt, keeper?: Keeper): Promise<Experiment> {
  const entry = keeper?.beginComparison(prepared)
  const experiment = startExperiment('e1', prepared, session.parts.runs, () => { news.call(false) }, entry === undefined ? {} : { entry, ran: (run) => { keeper?.ran(entry, prepared, run) } })
  const news = throttle(PROGRESS_MS, () => { progress.show(experiment.status()) })
  try {
    await orInterrupted(interrupt, experiment.ended)
  } catch {
    experiment.cancel()
    await Promise.race([experiment.ended, new Promise((done) => { setTimeout(done, CANCEL_MS).unref() })])
  } finally {
    news.stop()
    progress.end()
    if (entry !== undefined) keeper?.comparisonEnded(entry, experiment)
  }
  return experiment
}
