/**
 * A page becomes dirty, and stops being it when its write begins. Source: mm/page-writeback.c:folio_mark_dirty, folio_account_dirtied, folio_clear_dirty_for_io (v6.1).
 */
import { attachBuffer } from './buffer-head'
import type { Mm } from './mm'
import { PG_DIRTY, PG_SWAPBACKED } from './page'

/** folio_mark_dirty for a file page. Counts once per clean-to-dirty change. A swap-backed page is only marked (noop_dirty_folio): no flusher will write it. */
export function folioMarkDirty(mm: Mm, pfn: number): void {
  const f = mm.frames
  const flags = f.flags[pfn]
  if ((flags & PG_DIRTY) !== 0) return
  f.flags[pfn] = flags | PG_DIRTY
  if (mm.pageTrace?.pfn === pfn) mm.pageTrace.event('dirtied')
  if ((flags & PG_SWAPBACKED) !== 0) return
  const zone = mm.zoneOf(pfn)
  const stat = mm.nodes[zone.node].stat
  stat.nr_dirty++
  stat.nr_dirtied++
  zone.events.nr_dirtied++
  zone.nrFileDirty++
  zone.nrWritePending++
  mm.current.nrDirtied++
  const file = mm.files[f.mapping[pfn]]
  const wb = mm.writeback.wbs[file.disk]
  if (wb.reclaimable++ === 0) wb.dirtySince = mm.clock.now
  wb.dirtied++
  if (file.nrDirty++ === 0) file.dirtiedWhen = Math.max(1, mm.clock.now)
  if (mm.memcgOf !== undefined) {
    const memcg = mm.memcgOf[pfn]
    mm.memcgs.groups[memcg].stat.file_dirty++
    // Whoever dirties a clean file first has it written on his account (inode_attach_wb).
    if (file.nrDirty === 1) file.wbMemcg = memcg
  }
  attachBuffer(mm, pfn)
}

/** folio_cancel_dirty: it goes without being written. */
export function cancelDirty(mm: Mm, pfn: number): void {
  const flags = mm.frames.flags[pfn]
  if ((flags & PG_DIRTY) === 0) return
  if ((flags & PG_SWAPBACKED) === 0) clearDirtyForIo(mm, pfn)
  else mm.frames.flags[pfn] = flags & ~PG_DIRTY
}

/** folio_clear_dirty_for_io. */
export function clearDirtyForIo(mm: Mm, pfn: number): void {
  const zone = mm.zoneOf(pfn)
  mm.frames.flags[pfn] &= ~PG_DIRTY
  mm.nodes[zone.node].stat.nr_dirty--
  zone.nrFileDirty--
  zone.nrWritePending--
  const file = mm.files[mm.frames.mapping[pfn]]
  file.nrDirty--
  mm.writeback.wbs[file.disk].reclaimable--
  if (mm.memcgOf !== undefined) mm.memcgs.groups[mm.memcgOf[pfn]].stat.file_dirty--
}
