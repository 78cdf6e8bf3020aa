/** Accesses of a trace as a scenario: a process a task, a file an inode (or one of all objects), phases that visit what the trace says in its order, on a machine of a stated size. */
import type { FileSpec, Machine, Phase, ProcessSpec } from '../../../engine'
import { ssd } from '../../presets/machines'
import { MAX_PHASES } from '../../scenario/limits'
import type { Access } from './accesses'

/** Files and processes that a scenario may have, less a few. */
const MOST_FILES = 1000
const MOST_TASKS = 256
/** Phases that visit pages; those that open files come on top. */
const MOST_STRETCHES = MAX_PHASES - 10_000
/** Zones below this are toys on which nothing can run. */
const SMALLEST = 8192
const LARGEST = 2 ** 26

export interface TraceWorkload {
  readonly processes: readonly ProcessSpec[]
  readonly files: readonly FileSpec[]
  /** Distinct pages that are touched. */
  readonly footprint: number
  readonly touches: number
  /** ns of the last access. */
  readonly lastNs: number
  /** Accesses of files, tasks or phases beyond what a scenario holds. */
  readonly dropped: number
}

export function traceWorkload(accesses: readonly Access[], timed: boolean): TraceWorkload {
  const files = largestKeys(accesses.flatMap(({ file }) => (file === undefined ? [] : [file])), MOST_FILES)
  const tasks = largestKeys(accesses.map(({ task }) => task), MOST_TASKS)
  const kept = withinPhases(accesses.filter(({ file, task }) => (file === undefined || files.has(file)) && tasks.has(task)))
  const sizes = new Map<string, number>()
  for (const { file, page } of kept) if (file !== undefined) sizes.set(file, Math.max(sizes.get(file) ?? 0, page + 1))
  const names = new Map([...sizes.keys()].map((file) => [file, `/trace/${file.replace(/[^\w:./-]/g, '_')}`]))
  const byTask = new Map<string, Access[]>()
  for (const access of kept) (byTask.get(access.task) ?? byTask.set(access.task, []).get(access.task))?.push(access)
  return {
    processes: [...byTask].map(([name, own]) => ({ name: name.replace(/[\p{Cc}\p{Cs}]/gu, '?').slice(0, 64), phases: phasesOf(own, names, sizes, timed) })),
    files: [...sizes].map(([file, pages]) => ({ path: names.get(file) ?? file, pages, disk: 'vda' })),
    footprint: new Set(kept.map(({ task, file, page }) => `${file ?? task}\0${page}`)).size,
    touches: kept.length, lastNs: kept.reduce((last, { t }) => Math.max(last, t), 0), dropped: accesses.length - kept.length,
  }
}

/** Half of what is touched fits: where a cache's policy matters most. */
export function traceMachine(footprint: number, wanted: number | undefined): Machine {
  const managed = wanted ?? Math.min(LARGEST, Math.max(SMALLEST, Math.ceil(footprint / 2)))
  return {
    cpus: 1, profile: 'server', preemption: 'voluntary', hz: 250, thp: 'never',
    zones: [{ node: 0, name: 'Normal', managed }], disks: [ssd('vda'), ssd('vdb')], swap: [{ kind: 'disk', disk: 'vdb', pages: Math.max(1024, managed), priority: -2 }],
  }
}

/** Up to where the phases of all tasks together are as many as a scenario may have: a trace that changes files at every access has one for each. */
function withinPhases(accesses: readonly Access[]): readonly Access[] {
  const last = new Map<string, Access>()
  let phases = 0
  const end = accesses.findIndex((access) => {
    const before = last.get(access.task)
    last.set(access.task, access)
    if (before === undefined || before.file !== access.file || before.write !== access.write) phases++
    return phases > MOST_STRETCHES
  })
  return end < 0 ? accesses : accesses.slice(0, end)
}

/** The `most` keys that occur most often. */
function largestKeys(keys: readonly string[], most: number): ReadonlySet<string> {
  const counts = new Map<string, number>()
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
  return new Set([...counts].sort((a, b) => b[1] - a[1]).slice(0, most).map(([key]) => key))
}

function phasesOf(accesses: readonly Access[], names: ReadonlyMap<string, string>, sizes: ReadonlyMap<string, number>, timed: boolean): readonly Phase[] {
  const opened = [...new Set(accesses.flatMap(({ file }) => (file === undefined ? [] : [file])))]
  const regions = new Map(opened.map((file, i) => [file, `f${i}`]))
  const anon = anonPages(accesses)
  return [
    ...opened.map((file): Phase => ({ op: 'open', r: regions.get(file) ?? '', path: names.get(file) ?? '', pages: sizes.get(file) ?? 1, adv: 'normal' })),
    ...(anon.size > 0 ? [{ op: 'map', r: 'anon', pages: anon.size } satisfies Phase] : []),
    ...stretches(accesses).map((own) => stretchPhase(own, regions, anon, timed)),
  ]
}

/** Touched addresses, one after the other in their order: holes between them take no memory. */
function anonPages(accesses: readonly Access[]): ReadonlyMap<number, number> {
  const pages = [...new Set(accesses.flatMap(({ file, page }) => (file === undefined ? [page] : [])))].sort((a, b) => a - b)
  return new Map(pages.map((page, i) => [page, i]))
}

/** Accesses in a row to the same thing in the same way are one phase. */
function stretches(accesses: readonly Access[]): readonly (readonly Access[])[] {
  const all: Access[][] = []
  for (const access of accesses) {
    const last = all.at(-1)
    if (last !== undefined && last[0].file === access.file && last[0].write === access.write) last.push(access)
    else all.push([access])
  }
  return all
}

function stretchPhase(own: readonly Access[], regions: ReadonlyMap<string, string>, anon: ReadonlyMap<number, number>, timed: boolean): Phase {
  const [{ file, write }] = own
  const list = own.map(({ page }) => (file === undefined ? anon.get(page) ?? 0 : page))
  const walk = { pat: 'list', start: 0, len: list.length, count: list.length, rate: 0, list, ...(timed ? { atMs: ordered(own.map(({ t }) => t / 1e6)) } : {}) } as const
  if (file === undefined) return { op: 'touch', r: 'anon', rw: write ? 'w' : 'r', ...walk }
  return { op: write ? 'fwrite' : 'fread', r: regions.get(file) ?? '', ...walk }
}

/** Lines of several CPUs may come a little out of order. */
function ordered(times: readonly number[]): readonly number[] {
  let last = 0
  return times.map((ms) => (last = Math.max(last, ms)))
}
