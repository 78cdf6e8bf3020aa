/** Each process in the order of its phases: regions mapped before use, files declared, ranges inside, waits that end. Runs on processes whose shape is right. */
import type { FileSpec, Phase, ProcessSpec, TreeSpec } from '../../engine'
import { checkSnapWrite, checkSysctlWrite } from './check-sysctls'
import type { KernelSysctls } from './check-sysctls'
import { checkMemcgPhase, checkProcessMemcg } from './check-memcgs'
import type { MemcgFacts } from './check-memcgs'
import { complaint, didYouMean, showNumber, showValue } from './problems'
import type { Path, ProblemList } from './problems'

/** The member of `Phase` that has this op, also where a member has two. */
type Of<O extends Phase['op'], P = Phase> = P extends { readonly op: infer Q } ? (O extends Q ? P : never) : never
type Walk = Of<'touch'> | Of<'fread'> | Of<'stat'>

interface Region { readonly kind: 'map' | 'open' | 'mmapf'; readonly pages: number }

export interface WorkloadFacts {
  /** Absent when the files' own shape is wrong. */
  readonly files: readonly FileSpec[] | undefined
  /** Absent likewise. */
  readonly trees: readonly TreeSpec[] | undefined
  readonly durationMs: number | undefined
  readonly sysctls: KernelSysctls
  /** Nodes with a CPU, numbered from 0; absent when the machine's own shape is wrong. */
  readonly nodes: number | undefined
  /** Absent when the groups' own shape is wrong. */
  readonly memcgs: MemcgFacts | undefined
}

/** Checks one process; returns the most pages it has mapped at once. */
export function checkProcess(spec: ProcessSpec, path: Path, facts: WorkloadFacts, problems: ProblemList): number {
  if (spec.node !== undefined && facts.nodes !== undefined && spec.node >= facts.nodes) {
    problems.add([...path, 'node'], complaint(spec.node, facts.nodes === 1 ? '0, the only node with a CPU' : `a node with a CPU, 0 to ${facts.nodes - 1}`))
  }
  if (facts.memcgs) checkProcessMemcg(spec, path, facts.memcgs, problems)
  const regions = new Map<string, Region>()
  let mapped = 0
  spec.phases.forEach((phase, i) => {
    const at = [...path, 'phases', i]
    checkPhase(phase, at, regions, facts, problems)
    if (phase.op === 'exit' && i < spec.phases.length - 1) problems.add([...path, 'phases', i + 1], 'is never reached: the phase before it is "exit"')
    let now = 0
    for (const region of regions.values()) if (region.kind !== 'open') now += region.pages
    mapped = Math.max(mapped, now)
  })
  return mapped
}

export function checkNames(processes: readonly ProcessSpec[], problems: ProblemList): void {
  const seen = new Set<string>()
  processes.forEach((spec, i) => {
    if (seen.has(spec.name)) problems.add(['processes', i, 'name'], `is ${showValue(spec.name)} a second time; every process needs its own name`)
    seen.add(spec.name)
  })
}

/** Plays signals and waits through: a wait that no order of execution can end is an error. Signals are counted, not used up. */
export function checkWaits(processes: readonly ProcessSpec[], problems: ProblemList): void {
  const signals = new Map<number, number>()
  const next = processes.map(() => 0)
  for (let moved = true; moved;) {
    moved = false
    processes.forEach(({ phases }, p) => {
      const before = next[p]
      while (next[p] < phases.length && passes(phases[next[p]], signals)) next[p]++
      moved ||= next[p] > before
    })
  }
  processes.forEach(({ phases }, p) => {
    const stuck = phases[next[p]]
    if (stuck?.op === 'await') problems.add(['processes', p, 'phases', next[p]], waitMessage(stuck, signals.get(stuck.k) ?? 0, processes))
  })
}

function passes(phase: Phase, signals: Map<number, number>): boolean {
  if (phase.op === 'signal') signals.set(phase.k, (signals.get(phase.k) ?? 0) + 1)
  return phase.op !== 'await' || (signals.get(phase.k) ?? 0) >= phase.n
}

function waitMessage({ k, n }: Of<'await'>, given: number, processes: readonly ProcessSpec[]): string {
  const all = processes.reduce((sum, { phases }) => sum + phases.filter(phase => phase.op === 'signal' && phase.k === k).length, 0)
  const why = all < n ? `only ${all} phases signal ${k}` : `only ${given} of ${all} signals come before the processes wait for each other`
  return `waits for ${n} signals on ${k}, but ${why}; it would never end`
}

function checkPhase(phase: Phase, at: Path, regions: Map<string, Region>, facts: WorkloadFacts, problems: ProblemList): void {
  switch (phase.op) {
    case 'map': return addRegion(phase.r, { kind: 'map', pages: phase.pages }, at, regions, problems)
    case 'open': case 'mmapf': return checkOpen(phase, at, regions, facts, problems)
    case 'unmap':
      findRegion(phase.r, ['map', 'mmapf'], at, regions, problems)
      regions.delete(phase.r)
      return
    case 'dontneed': return checkDontneed(phase, at, regions, problems)
    case 'touch': return checkWalk(phase, findRegion(phase.r, ['map', 'mmapf'], at, regions, problems), at, problems)
    case 'fread': case 'fwrite': return checkWalk(phase, findRegion(phase.r, ['open', 'mmapf'], at, regions, problems), at, problems)
    case 'stat': return checkStat(phase, at, facts, problems)
    case 'fsync': findRegion(phase.r, ['open', 'mmapf'], at, regions, problems); return
    case 'fadvise': case 'truncate': return checkCacheRange(phase, findRegion(phase.r, ['open', 'mmapf'], at, regions, problems), at, problems)
    case 'at':
      if (facts.durationMs !== undefined && phase.ms > facts.durationMs) problems.add([...at, 'ms'], complaint(phase.ms, `at most durationMs, ${showNumber(facts.durationMs)}: the run is cut then`))
      return
    case 'sysctl': return checkSysctlWrite(at, phase.path, phase.v, facts.sysctls, problems)
    case 'snap':
      for (const key of ['set1', 'set2', 'set3'] as const) {
        const written = phase[key]
        if (written !== undefined) checkSnapWrite([...at, key], written, facts.sysctls, problems)
      }
      return
    case 'memcg': case 'rmdir':
      if (facts.memcgs) checkMemcgPhase(phase, at, facts.memcgs, problems)
      return
    case 'netrx': return checkNetrx(phase, at, problems)
    case 'sleep': case 'signal': case 'await': case 'exit': case 'drop_caches': case 'work': case 'lock': case 'unlock': case 'stall': return
  }
}

function checkNetrx({ pages, order }: Of<'netrx'>, at: Path, problems: ProblemList): void {
  if (pages % 2 ** order !== 0) problems.add([...at, 'pages'], complaint(pages, `a multiple of ${showNumber(2 ** order)}, the pages of one buffer of order ${order}`))
}

function checkOpen(phase: Of<'open'>, at: Path, regions: Map<string, Region>, { files }: WorkloadFacts, problems: ProblemList): void {
  addRegion(phase.r, { kind: phase.op, pages: phase.pages }, at, regions, problems)
  const file = files?.find(each => each.path === phase.path)
  const paths = files?.map(each => each.path) ?? []
  if (files && !file) problems.add([...at, 'path'], complaint(phase.path, `one of "files": ${paths.slice(0, 20).join(', ') || 'there are none'}.${didYouMean(phase.path, paths)}`))
  else if (file && phase.pages > file.pages) problems.add([...at, 'pages'], complaint(phase.pages, `at most ${showNumber(file.pages)}, the pages of ${file.path}`))
}

function checkStat(phase: Of<'stat'>, at: Path, { trees }: WorkloadFacts, problems: ProblemList): void {
  const tree = trees?.find(each => each.path === phase.path)
  const paths = trees?.map(each => each.path) ?? []
  if (trees && !tree) problems.add([...at, 'path'], complaint(phase.path, `one of "trees": ${paths.slice(0, 20).join(', ') || 'there are none'}.${didYouMean(phase.path, paths)}`))
  checkWalk(phase, tree && { kind: 'open', pages: tree.files }, at, problems, ['file', `${phase.path}'s`, 'files'])
}

function addRegion(r: string, region: Region, at: Path, regions: Map<string, Region>, problems: ProblemList): void {
  if (regions.has(r)) problems.add([...at, 'r'], `is ${showValue(r)}, which this process already has; unmap it first or take another name`)
  regions.set(r, region)
}

function findRegion(r: string, kinds: readonly Region['kind'][], at: Path, regions: Map<string, Region>, problems: ProblemList): Region | undefined {
  const region = regions.get(r)
  if (region && kinds.includes(region.kind)) return region
  const usable = [...regions].filter(([, each]) => kinds.includes(each.kind)).map(([name]) => name)
  const names = usable.length > 0 ? usable.slice(0, 20).join(', ') : 'there are none'
  problems.add([...at, 'r'], complaint(r, `a region this process has made before with ${kinds.join(' or ')}: ${names}.${didYouMean(r, usable)}`))
  return undefined
}

function checkDontneed({ start, len, stride, run, r }: Of<'dontneed'>, at: Path, regions: Map<string, Region>, problems: ProblemList): void {
  const region = findRegion(r, ['map', 'mmapf'], at, regions, problems)
  if (region && start + len > region.pages) problems.add([...at, 'len'], `ends at page ${showNumber(start + len)}; must end within the region's ${showNumber(region.pages)} pages`)
  if (run > stride) problems.add([...at, 'run'], complaint(run, `at most stride, ${showNumber(stride)}`))
}

function checkCacheRange(phase: Of<'fadvise'> | Of<'truncate'>, region: Region | undefined, at: Path, problems: ProblemList): void {
  if (!region) return
  if (phase.op === 'truncate' && phase.start >= region.pages) problems.add([...at, 'start'], complaint(phase.start, `a page of the region, 0 to ${showNumber(region.pages - 1)}`))
  if (phase.op === 'fadvise' && phase.start + phase.len > region.pages) problems.add([...at, 'len'], `ends at page ${showNumber(phase.start + phase.len)}; must end within the region's ${showNumber(region.pages)} pages`)
}

/** What is wrong with a list is said once, by the place of the first fault. */
function checkList({ pat, list, atMs, len, count }: Walk, at: Path, problems: ProblemList): void {
  if (pat !== 'list') {
    if (list !== undefined) problems.add([...at, 'list'], 'is only for pat "list"')
    if (atMs !== undefined) problems.add([...at, 'atMs'], 'is only for pat "list"')
    return
  }
  if (list === undefined) return problems.add([...at, 'list'], complaint(undefined, 'the pages of pat "list"'))
  if (len !== list.length) problems.add([...at, 'len'], complaint(len, `${showNumber(list.length)}, the length of list`))
  if (atMs === undefined) return
  if (atMs.length !== list.length) problems.add([...at, 'atMs'], `has ${showNumber(atMs.length)} times; must have ${showNumber(list.length)}, one for each page of list`)
  if (count > list.length) problems.add([...at, 'count'], complaint(count, `at most ${showNumber(list.length)}: each touch has its time once`))
  const early = atMs.findIndex((ms, i) => i > 0 && ms < atMs[i - 1])
  if (early > 0) problems.add([...at, 'atMs', early], complaint(atMs[early], `at least ${showNumber(atMs[early - 1])}, the time before it`))
}

function largest(values: readonly number[]): number {
  let most = 0
  for (const value of values) if (value > most) most = value
  return most
}

/** `words`: what the pattern counts, and of what. */
function checkWalk(phase: Walk, region: Region | undefined, at: Path, problems: ProblemList, [one, whose, many] = ['page', "the region's", 'pages']): void {
  if (phase.pat === 'list' || phase.list !== undefined || phase.atMs !== undefined) checkList(phase, at, problems)
  const last = phase.pat === 'list' ? largest(phase.list ?? [0]) : (phase.len - 1) * (phase.pat === 'seq' ? phase.stride ?? 1 : 1)
  const end = phase.start + last + 1
  if (region && end > region.pages) problems.add([...at, 'len'], `with start and stride ends at ${one} ${showNumber(end)}; must end within ${whose} ${showNumber(region.pages)} ${many}`)
  if (phase.stride !== undefined && phase.pat !== 'seq') problems.add([...at, 'stride'], 'is only for pat "seq"')
  if (phase.pat === 'zipf' && phase.s === undefined) problems.add([...at, 's'], complaint(undefined, 'the exponent of pat "zipf", a number from 0 to 20'))
  if (phase.pat !== 'zipf' && phase.s !== undefined) problems.add([...at, 's'], 'is only for pat "zipf"')
  if (phase.op === 'touch' && phase.fillb !== undefined && phase.rw !== 'f') problems.add([...at, 'fillb'], 'is only for rw "f"')
}
