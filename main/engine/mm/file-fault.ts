/**
 * Faults on mapped files: fault-around for reads, readahead around misses, dirtying for writes; those of tmpfs ask shmem.ts for the page instead.
 * Source: mm/filemap.c:filemap_fault, filemap_map_pages, do_sync_mmap_readahead; mm/memory.c:do_fault_around; mm/shmem.c:shmem_fault (v6.1). Mappings start at page 0 of their file and are
 * shared.
 */
import type { Episode } from '../core/clock'
import { PTE_DIRTY, PTE_PRESENT, PTE_WRITE, PTE_YOUNG } from './area'
import type { Area } from './area'
import { balanceDirtyPages, mustBalanceDirty } from './balance-dirty'
import { folioMarkDirty } from './dirty'
import type { OpenFile } from './file'
import { countMapped } from './file-pages'
import type { Mm } from './mm'
import { PG_EXEC, PG_LOCKED, PG_MAPPED, PG_SHMEM, PG_UPTODATE } from './page'
import { findPage, isReadaheadMark, waitOnPageLocked } from './page-cache'
import { doPageCacheRa, pageCacheAsyncRa, readOnePage } from './readahead'
import { SGP_CACHE, shmemGetFolio } from './shmem'

const FAULT_AROUND_PAGES = 16
const MMAP_LOTSAMISS = 100

const TMPFS_FAULT_PATH = ['asm_exc_page_fault', 'handle_mm_fault', 'do_fault', 'shmem_fault', 'shmem_get_folio_gfp', 'shmem_alloc_folio']

/**
 * Maps one cached page. New entries are young, as x86 makes them. Those of tmpfs are writable from the start: nobody has to hear of the first store to a page without a disk
 * (vma_wants_writenotify).
 */
function mapFilePage(mm: Mm, area: Area, index: number, pfn: number, write: boolean): void {
  const shmem = (mm.frames.flags[pfn] & PG_SHMEM) !== 0
  area.pte[index] = PTE_PRESENT | PTE_YOUNG | (write ? PTE_WRITE | PTE_DIRTY : shmem ? PTE_WRITE : 0) | pfn
  if (shmem) area.task.rssShmem++
  else area.task.rssFile++
  if (mm.pageTrace?.pfn === pfn) mm.pageTrace.event('mapped', { how: 'file', write: write ? 1 : 0 })
  if ((mm.frames.flags[pfn] & PG_MAPPED) === 0) countMapped(mm, pfn, 1)
  mm.frames.flags[pfn] |= area.exec ? PG_MAPPED | PG_EXEC : PG_MAPPED
}

/** do_fault_around: every page of the aligned 64 KiB that is cached and at rest. true: the wanted one was among them. */
function faultAround(mm: Mm, area: Area, open: OpenFile, index: number): boolean {
  const file = open.mapping
  const start = index & ~(FAULT_AROUND_PAGES - 1)
  const end = Math.min(start + FAULT_AROUND_PAGES, area.pages)
  for (let i = start; i < end; i++) {
    const pfn = findPage(file, i)
    if (pfn < 0) continue
    const flags = mm.frames.flags[pfn]
    if (isReadaheadMark(flags) || (flags & PG_LOCKED) !== 0 || (flags & PG_UPTODATE) === 0) continue
    if (open.mmapMiss > 0) open.mmapMiss--
    if (area.pte[i] !== 0) continue
    mapFilePage(mm, area, i, pfn, false)
    mm.clock.now += mm.cost.faultAroundPage
  }
  return area.pte[index] < 0
}

/** A fault on a mapped file. false: out of memory. */
export function* fileFault(mm: Mm, area: Area, index: number, write: boolean): Episode<boolean> {
  const open = mm.openOf(area)
  const task = area.task
  let waited = false
  let major = false
  for (let attempt = 0; ; attempt++) {
    if (attempt > 0) mm.vm.pgfault++
    mm.clock.now += mm.cost.minorFaultFile
    if (!write && faultAround(mm, area, open, index)) break
    const pfn = findPage(open.mapping, index)
    if (pfn < 0) {
      if (!major) {
        mm.vm.pgmajfault++
        if (task.memcg !== 0) mm.memcgs.groups[task.memcg].stat.pgmajfault++
      }
      major = true
      mm.clock.now += mm.cost.majorFaultOverhead
      yield* syncMmapReadahead(mm, open, index)
      if (findPage(open.mapping, index) < 0 && !(yield* readOnePage(mm, open.mapping, index))) return false
    } else if (isReadaheadMark(mm.frames.flags[pfn])) {
      // The lock was dropped to start the read, so the fault returns and is repeated, and a repeated fault counts as a major one of the task.
      waited = true
      yield* pageCacheAsyncRa(mm, open, index, pfn, open.raPages)
    } else if ((mm.frames.flags[pfn] & PG_LOCKED) === 0) {
      mapFilePage(mm, area, index, pfn, write)
      if (write) yield* dirtied(mm, pfn)
      break
    }
    const now = findPage(open.mapping, index)
    if (now >= 0 && (mm.frames.flags[now] & PG_LOCKED) !== 0) {
      waited = true
      yield* waitOnPageLocked(mm, now, true)
      if (mm.current.killed) return false
    }
  }
  if (waited || major) task.majflt++
  else task.minflt++
  return true
}

/** A fault on a mapped tmpfs file. It sleeps, if it must, with its lock held, so it is never repeated. false: out of memory. */
export function* shmemFault(mm: Mm, area: Area, index: number, write: boolean): Episode<boolean> {
  const open = mm.openOf(area)
  const { task } = area
  if (!write && faultAround(mm, area, open, index)) {
    mm.clock.now += mm.cost.minorFaultFile
    task.minflt++
    return true
  }
  task.callPath = TMPFS_FAULT_PATH
  const fault = { major: false, found: true }
  const pfn = yield* shmemGetFolio(mm, open.mapping, index, SGP_CACHE, fault)
  task.callPath = []
  if (pfn < 0) return false
  if (fault.found) mm.clock.now += mm.cost.minorFaultFile
  mapFilePage(mm, area, index, pfn, write)
  if (write) folioMarkDirty(mm, pfn)
  if (fault.major) task.majflt++
  else task.minflt++
  return true
}

function* dirtied(mm: Mm, pfn: number): Episode<void> {
  folioMarkDirty(mm, pfn)
  const file = mm.files[mm.frames.mapping[pfn]]
  if (mustBalanceDirty(mm, mm.current, file)) yield* balanceDirtyPages(mm, file)
}

/** do_sync_mmap_readahead: around the miss, until too many misses say it's no use. */
function* syncMmapReadahead(mm: Mm, open: OpenFile, index: number): Episode<void> {
  if (open.random || open.raPages === 0) return
  if (open.mmapMiss < MMAP_LOTSAMISS * 10) open.mmapMiss++
  if (open.mmapMiss > MMAP_LOTSAMISS) return
  open.start = Math.max(0, index - Math.floor(open.raPages / 2))
  open.size = open.raPages
  open.asyncSize = Math.floor(open.raPages / 4)
  yield* doPageCacheRa(mm, open.mapping, open.start, open.size, open.asyncSize)
}
