/**
 * Which text of a policy file is in force. An edit from outside is taken at once, but a file that others change more than four times in ten seconds is held as it was loaded until it
 * has been quiet for ten; and after three texts in a row that were ejected nothing is loaded or run by itself. A text that can't run, or was ejected and never ran to its end,
 * is stood in for by the last good one. Each is told, and ended by a person's word.
 */
import type { Held, StandIn } from '../../preload/contract'
import type { Clock } from './clock'
import type { Experiment } from './experiment'

export const MOST_CHANGES = 4
export const WINDOW_MS = 10_000
const MOST_EJECTED = 3
const MOST_GOOD = 10
const MOST_KNOWN = 64

interface Good { readonly text: string; readonly atMs: number }

interface FileState {
  /** When it was changed from outside, lately. */
  changes: number[]
  held: Held | undefined
  cancel: (() => void) | undefined
  /** The text in force, as it was read. */
  loaded: string | undefined
  /** Last the newest. */
  good: readonly Good[]
  /** Ran to their end without ejection. */
  readonly proven: Set<string>
  readonly ejected: Set<string>
  /** Ejected texts in a row. */
  row: Set<string>
}

export interface Reloads {
  /** Somebody else changed the file: is it to be loaded now? */
  changed(file: string): boolean
  /** Saved in the lab, or removed: that ends a hold. */
  saved(file: string): void
  removed(file: string): void
  held(file: string): Held | undefined
  /** The text to go by, given the file's. */
  inForce(file: string, text: string): string
  /** What may be run in place of this text, which has errors or was ejected; nothing where there is nothing better, or it is good itself. */
  standIn(file: string, text: string, hasErrors: boolean): StandIn | undefined
  /** It compiles, and was read or known at this time. */
  compiles(file: string, text: string, atMs?: number): void
  /** Has it no good text yet? The file's history may. */
  needsGood(file: string): boolean
  ran(file: string, text: string, ejected: boolean): void
  /** By a person's word: what is held is loaded, what was ejected is tried again. */
  resume(file: string): void
  close(): void
}

/** `released`: the file is to be loaded after all; `news`: something to show has changed. */
export function createReloads(clock: Clock, tell: { released(file: string): void; news(): void }): Reloads {
  const files = new Map<string, FileState>()
  const of = (file: string): FileState => {
    const known = files.get(file)
    if (known !== undefined) return known
    const fresh: FileState = { changes: [], held: undefined, cancel: undefined, loaded: undefined, good: [], proven: new Set(), ejected: new Set(), row: new Set() }
    files.set(file, fresh)
    return fresh
  }
  const release = (file: string): void => {
    const state = of(file)
    state.cancel?.()
    const was = state.held !== undefined
    Object.assign(state, { cancel: undefined, held: undefined, changes: [], row: new Set<string>() })
    if (was) tell.released(file)
  }
  const hold = (file: string, why: Held['why'], count: number): void => {
    const state = of(file)
    state.held = { why, count, sinceMs: state.held?.sinceMs ?? clock.nowMs() }
    tell.news()
  }

  return {
    changed: (file) => {
      const state = of(file)
      const now = clock.nowMs()
      state.changes = [...state.changes.filter((at) => now - at < WINDOW_MS), now].slice(-MOST_KNOWN)
      if (state.held === undefined && state.changes.length <= MOST_CHANGES) return true
      const count = state.changes.length
      if (state.held?.why !== 'ejections') {
        if (state.held === undefined || state.held.count !== count) hold(file, 'changes', count)
        state.cancel?.()
        state.cancel = clock.after(WINDOW_MS, () => { release(file) })
      }
      return false
    },
    saved: (file) => {
      const state = of(file)
      if (state.held?.why === 'changes') { state.cancel?.(); Object.assign(state, { cancel: undefined, held: undefined, changes: [] }) }
      state.loaded = undefined
    },
    removed: (file) => {
      files.get(file)?.cancel?.()
      files.delete(file)
    },
    held: (file) => files.get(file)?.held,
    inForce: (file, text) => {
      const state = of(file)
      if (state.held !== undefined && state.loaded !== undefined) return state.loaded
      state.loaded = text
      return text
    },
    standIn: (file, text, hasErrors) => {
      const state = files.get(file)
      const ejected = state?.ejected.has(text) === true && !state.proven.has(text)
      const better = state?.good.findLast((good) => good.text !== text && (state.proven.has(good.text) || !state.ejected.has(good.text)))
      return better === undefined || !(hasErrors || ejected) ? undefined : { why: hasErrors ? 'errors' : 'ejected', ...better }
    },
    compiles: (file, text, atMs) => {
      const state = of(file)
      if (state.good.some((good) => good.text === text)) return
      state.good = [...state.good, { text, atMs: atMs ?? clock.nowMs() }].slice(-MOST_GOOD)
    },
    needsGood: (file) => (files.get(file)?.good.length ?? 0) === 0,
    ran: (file, text, ejected) => {
      const state = of(file)
      if (!ejected) {
        bounded(state.proven).add(text)
        const held = state.held?.why === 'ejections'
        state.row = new Set()
        if (held) release(file)
        return
      }
      if (state.proven.has(text)) return
      bounded(state.ejected).add(text)
      state.row.add(text)
      if (state.row.size >= MOST_EJECTED) { state.cancel?.(); hold(file, 'ejections', state.row.size) } else tell.news()
    },
    resume: (file) => {
      const state = of(file)
      state.ejected.clear()
      const held = state.held !== undefined
      release(file)
      if (!held) tell.news()
    },
    close: () => { for (const state of files.values()) state.cancel?.() },
  }
}

/** The oldest go. */
function bounded(set: Set<string>): Set<string> {
  if (set.size >= MOST_KNOWN) for (const first of set) { set.delete(first); break }
  return set
}

const noted = new WeakSet<Experiment>()

/** Once an experiment has ended: which texts of the workspace ran through, and which were ejected. */
export function noteEjections(experiment: Experiment | undefined, reloads: Reloads): void {
  if (experiment === undefined || noted.has(experiment) || experiment.runs.some(({ state }) => state === 'waiting' || state === 'running')) return
  noted.add(experiment)
  experiment.prepared.machines.forEach(({ stack, sources }, machine) => {
    const outcomes = experiment.runs.flatMap((run) => (run.machine === machine && run.state === 'done' && run.outcome !== undefined ? [run.outcome] : []))
    if (outcomes.length === 0) return
    stack.forEach(({ compiled }, i) => {
      const { name, text } = sources[i]
      if (compiled.file.startsWith('policies/')) reloads.ran(compiled.file, text, outcomes.some(({ ejections }) => ejections.some(({ policy }) => policy === name)))
    })
  })
}
