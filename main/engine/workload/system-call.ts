/**
 * The workload's system calls on mappings, files and caches: each runs once and is over.
 */
import type { Episode } from '../core/clock'
import { Area } from '../mm/area'
import { thpGfp } from '../mm/huge-fault'
import { OpenFile, mountedBuffers } from '../mm/file'
import { unmapArea, zapRange } from '../mm/memory'
import type { Mm } from '../mm/mm'
import type { Task } from '../mm/task'
import { dropCaches, fadviseDontneed, truncateInodePages } from '../mm/truncate'
import { fsyncFile } from '../mm/writeback'
import type { Phase } from '../sim/scenario'
import type { WorkloadShared } from './shared'
import { pathOpenat } from './stat'

export type SyscallPhase = Extract<Phase, { op: 'map' | 'open' | 'mmapf' | 'unmap' | 'dontneed' | 'fsync' | 'fadvise' | 'truncate' | 'drop_caches' }>

export function* systemCall(mm: Mm, shared: WorkloadShared, task: Task, phase: SyscallPhase): Episode<void> {
  // fsync's cost is its own.
  if (phase.op !== 'dontneed' && phase.op !== 'fsync') mm.clock.now += mm.cost.syscall
  switch (phase.op) {
    case 'map':
      task.areas.set(phase.r, newArea(mm, task, phase.r, { pages: phase.pages, exec: phase.exec === 1 }))
      areaOf(task, phase.r).thpGfp = thpGfp(mm.thpEnabled, phase.huge === 1)
      return
    case 'open':
    case 'mmapf':
      return yield* openFile(mm, shared, task, phase)
    case 'unmap':
      return yield* unmapRegion(mm, task, phase.r)
    case 'dontneed':
      return yield* madviseDontneed(mm, task, phase)
    case 'fsync':
      return yield* fsyncFile(mm, openFileOf(task, phase.r).mapping)
    case 'fadvise':
      return yield* fadviseDontneed(mm, openFileOf(task, phase.r).mapping, phase.start, phase.start + phase.len)
    case 'truncate':
      return yield* truncateInodePages(mm, openFileOf(task, phase.r).mapping, phase.start)
    case 'drop_caches':
      return yield* dropCaches(mm, phase.what)
  }
}

export function areaOf(task: Task, r: string): Area {
  const area = task.areas.get(r)
  if (area === undefined) throw new Error(`region ${r} is mapped before it is used`)
  return area
}

export function openFileOf(task: Task, r: string): OpenFile {
  const open = task.files.get(r)
  if (open === undefined) throw new Error(`file ${r} is open before it is used`)
  return open
}

function newArea(mm: Mm, task: Task, region: string, spec: { pages: number; exec: boolean; file?: OpenFile }): Area {
  const area = new Area({ id: mm.areas.length, task, pages: spec.pages, exec: spec.exec, ...(spec.file ? { file: spec.file.mapping } : {}) })
  mm.areas.push(area)
  mm.pageTrace?.areaMade(area, task.name, region)
  if (spec.file !== undefined) spec.file.mapping.areas.push(area)
  return area
}

function* openFile(mm: Mm, shared: WorkloadShared, task: Task, phase: Extract<Phase, { op: 'open' | 'mmapf' }>): Episode<void> {
  const file = shared.file(phase.path)
  if (file.host !== undefined) yield* pathOpenat(mm, task, file)
  const open = new OpenFile(file, shared.readahead(file) * (phase.adv === 'seq' ? 2 : 1))
  open.random = phase.adv === 'random'
  task.files.set(phase.r, open)
  if (mm.mountBlocks !== undefined) mountedBuffers(mm.mountBlocks, mm.cpus, true)
  if (phase.op === 'mmapf') task.areas.set(phase.r, newArea(mm, task, phase.r, { pages: phase.pages, exec: phase.exec === 1, file: open }))
}

function* unmapRegion(mm: Mm, task: Task, r: string): Episode<void> {
  const area = areaOf(task, r)
  task.areas.delete(r)
  yield* unmapArea(mm, area)
}

function* madviseDontneed(mm: Mm, task: Task, phase: Extract<Phase, { op: 'dontneed' }>): Episode<void> {
  const area = areaOf(task, phase.r)
  for (let start = phase.start; start < phase.start + phase.len; start += Math.max(1, phase.stride)) {
    mm.clock.now += mm.cost.syscall
    yield* zapRange(mm, area, start, Math.min(start + phase.run, area.pages))
  }
}
