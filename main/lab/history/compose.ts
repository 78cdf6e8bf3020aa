/** Compares runs that were made in different comparisons: which may stand beside each other, and as which columns. */
import type { Result } from '../../../preload/contract'
import type { EntryWithRuns, StoredRun } from '../../store/history/history'
import type { LabRun } from '../experiment'
import { done, fail, show } from '../problems'
import type { PreparedExperiment, PreparedMachine } from '../request'
import { canonical } from '../run-key'
import { restoredRun } from './restore'
import { readSpec } from './spec'

/** `entry`, `entry.machine`, `entry.machine.seed`; of a sweep `entry.machine@point` and `entry.machine@point.seed`. */
export interface RunRef { readonly text: string; readonly entry: string; readonly point: number; readonly machine?: number; readonly seed?: number }

export function readRef(text: string): RunRef | undefined {
  const match = /^([0-9a-z]{8,14})(?:\.(\d{1,4})(?:@(\d{1,6}))?(?:\.(\d{1,10}))?)?$/.exec(text.trim())
  if (match === null) return undefined
  const [, entry, machine, point, seed] = match
  return { text, entry, point: Number(point ?? 0), ...(machine === undefined ? {} : { machine: Number(machine) }), ...(seed === undefined ? {} : { seed: Number(seed) }) }
}

/** `from`: tells it from one of the same label. */
interface Column { readonly entry: EntryWithRuns; readonly machine: PreparedMachine; readonly runs: readonly StoredRun[]; readonly from: string }

export interface Composed {
  readonly prepared: PreparedExperiment
  runs(id: string): readonly LabRun[]
}

const MOST_COLUMNS = 80

export function compose(refs: readonly RunRef[], entries: ReadonlyMap<string, EntryWithRuns>): Result<Composed> {
  const columns: Column[] = []
  for (const ref of refs) {
    const found = columnsOf(ref, entries.get(ref.entry))
    if (!found.ok) return found
    for (const column of found.value) merge(columns, column)
  }
  if (columns.length < 2) return fail('runs', 'a comparison needs two machines at least')
  if (columns.length > MOST_COLUMNS) return fail('runs', `makes ${columns.length} columns; at most ${MOST_COLUMNS}`)
  const [base] = columns
  for (const other of columns.slice(1)) {
    const wrong = mismatch(base, other)
    if (wrong !== undefined) return fail('runs', wrong)
  }
  return done({ prepared: preparedOf(columns), runs: (id) => columns.flatMap((column, machine) => column.runs.map((run) => liveRun(id, machine, run, column.entry.entry.id))) })
}

function columnsOf(ref: RunRef, found: EntryWithRuns | undefined): Result<readonly Column[]> {
  if (found === undefined) return fail(`runs ${show(ref.text)}`, 'there is no such entry in the history')
  const spec = readSpec(found)
  if (spec === undefined) return fail(`runs ${show(ref.text)}`, 'what made its runs was damaged; they can be looked at, but not compared')
  const experiment = spec.kind === 'comparison' ? spec.prepared : spec.prepared.experiments[ref.point]
  if (experiment === undefined) return fail(`runs ${show(ref.text)}`, `the sweep has no point ${ref.point}`)
  const wanted = ref.machine === undefined ? experiment.machines.map((_, i) => i) : [ref.machine]
  const from = spec.kind === 'sweep' ? spec.prepared.axes.map(({ name }, i) => `${name}=${spec.prepared.points[ref.point][i]}`).join(' ') : found.entry.name ?? found.entry.id
  const columns = wanted.map((machine) => ({ entry: found, from, machine: experiment.machines[machine], runs: found.runs.filter((run) => run.machine === machine && run.point === ref.point && (ref.seed === undefined || run.seed === ref.seed)) }))
  const empty = columns.findIndex(({ machine, runs }) => machine === undefined || runs.length === 0)
  return empty < 0 ? done(columns) : fail(`runs ${show(ref.text)}`, `there are no runs of machine ${wanted[empty]}${ref.seed === undefined ? '' : `, seed ${ref.seed}`}`)
}

/** Runs of one machine that were named one by one are one column. */
function merge(columns: Column[], column: Column): void {
  const at = columns.findIndex((one) => one.entry.entry.id === column.entry.entry.id && one.machine === column.machine)
  if (at < 0) columns.push(column)
  else columns[at] = { ...columns[at], runs: [...new Set([...columns[at].runs, ...column.runs])].toSorted((a, b) => a.seed - b.seed) }
}

/** Why two columns can't stand beside each other. */
function mismatch(base: Column, other: Column): string | undefined {
  const [a, b] = [base, other].map(({ runs }) => new Set(runs.map(({ engine }) => engine)))
  const engines = [...new Set([...a, ...b])]
  if (engines.length > 1) return `runs of different engine versions (${engines.join(' and ')}) are never mixed in one comparison: their numbers differ for reasons that have nothing to do with the machines`
  const parts = WORKLOAD.filter((part) => canonical(base.machine.scenario[part]) !== canonical(other.machine.scenario[part]))
  if (parts.length > 0) return `${titleOf(base)} and ${titleOf(other)} have other workloads (${parts.join(', ')}): numbers of one say nothing about the other`
  if (!base.runs.some(({ seed }) => other.runs.some((run) => run.seed === seed))) return `${titleOf(base)} (seeds ${seeds(base)}) and ${titleOf(other)} (seeds ${seeds(other)}) have no seed in common`
  return undefined
}

/** The machine, its sysctls and its memory cgroups may differ: that is what is compared. */
const WORKLOAD = ['processes', 'files', 'trees', 'durationMs'] as const

function preparedOf(columns: readonly Column[]): PreparedExperiment {
  const [{ machine: base, entry }] = columns
  const labels = new Set<string>()
  const machines = columns.map(({ machine, from }): PreparedMachine => ({ ...machine, label: unlike(labels, machine.label, from) }))
  const firstSeed = Math.min(...columns.flatMap(({ runs }) => runs.map(({ seed }) => seed)))
  return { title: entry.entry.title, scenario: base.scenario, kernel: base.kernel, machines, seeds: Math.max(...columns.map(({ runs }) => runs.length)), firstSeed }
}

/** Two columns of the same label are told apart by where they come from. */
function unlike(taken: Set<string>, label: string, from: string): string {
  for (let n = 1; ; n++) {
    const text = n === 1 ? label : n === 2 ? `${label} · ${from}` : `${label} · ${from} (${n - 1})`
    if (taken.has(text)) continue
    taken.add(text)
    return text
  }
}

function liveRun(id: string, machine: number, run: StoredRun, entry: string): LabRun {
  return restoredRun({ id: `${id}.${machine}.${run.seed}`, machine, seed: run.seed, state: 'waiting', fraction: 0 }, run, entry)
}

function titleOf({ entry, machine }: Column): string {
  return `${machine.label} of ${entry.entry.name ?? entry.entry.title.en}`
}

function seeds({ runs }: Column): string {
  const all = runs.map(({ seed }) => seed)
  return all.length > 4 ? `${all[0]} to ${all.at(-1)}` : all.join(', ')
}
