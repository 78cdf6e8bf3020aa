/**
 * read() and write() of tmpfs files, one page at a time, as filemap.ts does for those on disks: no readahead, no marks of where the last read ended, nobody held back for dirty pages.
 * Source: mm/shmem.c:shmem_file_read_iter, shmem_write_begin, shmem_write_end (v6.1). A write overwrites the whole page.
 */
import type { Episode } from '../core/clock'
import { folioMarkDirty } from './dirty'
import type { FileMapping } from './file'
import type { Mm } from './mm'
import { SGP_READ, SGP_WRITE, SHMEM_HOLE, SHMEM_NO_MEMORY, shmemGetFolio } from './shmem'
import { folioMarkAccessed } from './swap-lru'

/** A read of what is there, or of a hole, which gives zeros and allocates nothing. false: it is in swap. */
export function shmemReadHit(mm: Mm, file: FileMapping, index: number): boolean {
  const slot = file.slots[index]
  if (slot < 0) return false
  finishRead(mm, slot === 0 ? SHMEM_HOLE : slot - 1)
  return true
}

/** Each read from a page's beginning is an access, the second in a row too. */
function finishRead(mm: Mm, pfn: number): void {
  mm.clock.now += mm.cost.readHit
  if (pfn >= 0) folioMarkAccessed(mm, pfn)
}

/** A read of a page in swap. false: out of memory. */
export function* shmemRead(mm: Mm, file: FileMapping, index: number): Episode<boolean> {
  const pfn = yield* shmemGetFolio(mm, file, index, SGP_READ)
  if (pfn === SHMEM_NO_MEMORY) return false
  finishRead(mm, pfn)
  return true
}

/** A write over a page that is there: an access, unlike a write to a file on a disk. false: it isn't. */
export function shmemWriteHit(mm: Mm, file: FileMapping, index: number): boolean {
  const slot = file.slots[index]
  if (slot <= 0) return false
  folioMarkAccessed(mm, slot - 1)
  finishWrite(mm, slot - 1)
  return true
}

function finishWrite(mm: Mm, pfn: number): void {
  mm.clock.now += mm.cost.writeHit
  folioMarkDirty(mm, pfn)
}

/** A write to a hole or to a page in swap. false: out of memory. */
export function* shmemWrite(mm: Mm, file: FileMapping, index: number): Episode<boolean> {
  const pfn = yield* shmemGetFolio(mm, file, index, SGP_WRITE)
  if (pfn < 0) return false
  finishWrite(mm, pfn)
  return true
}
