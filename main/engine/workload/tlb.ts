/**
 * What the processor does by itself on a touch of a mapped page: it sets the accessed and dirty bits, unless its TLB still holds the entry from before reclaim cleared them.
 */
import { PTE_DIRTY, PTE_WRITE, PTE_YOUNG } from '../mm/area'
import type { Area } from '../mm/area'
import type { Mm } from '../mm/mm'

/** A load from the page whose entry is `entry`. false: not mapped, it faults. */
export function hardwareRead(mm: Mm, area: Area, index: number, entry: number): boolean {
  if (entry >= 0) return false
  if (!inTlb(mm, area, index)) area.pte[index] = entry | PTE_YOUNG
  return true
}

/** A store to it. false: not mapped, or not writable. */
export function hardwareWrite(mm: Mm, area: Area, index: number, entry: number): boolean {
  if (entry >= 0 || (entry & PTE_WRITE) === 0) return false
  area.pte[index] = entry | (inTlb(mm, area, index) ? 0 : PTE_YOUNG) | PTE_DIRTY
  return true
}

/** The processor still has the entry from before reclaim cleared its accessed bit, and does not look at the table. */
function inTlb(mm: Mm, area: Area, index: number): boolean {
  const flush = mm.tlbFlushNs
  if (flush === 0 || area.clearedAt === undefined) return false
  const cleared = area.clearedAt[index]
  return cleared > 0 && Math.floor(mm.clock.now / flush) === Math.floor(cleared / flush)
}
