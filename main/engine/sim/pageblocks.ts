/** A zone as a map of its pageblocks: what each of them holds. Read only; compared before and after, it shows what compaction did and what stands in its way. */
import type { Mm } from '../mm/mm'
import type { Zone } from '../mm/mmzone'
import { PAGEBLOCK_ORDER, PAGEBLOCK_PAGES } from '../mm/mmzone'
import { isOwnerless } from '../mm/compaction-migrate-scanner'
import { pcpBlocks } from '../mm/pcp'
import { PG_BUDDY, PG_KERNEL, PG_ORDER_MASK, PG_ORDER_SHIFT, PG_PCP, PG_TAIL, PG_TARGET } from '../mm/page'

/** One zone's pageblocks, lowest first, by column. The four counts of a block add up to its pages. */
export interface PageblockMap {
  readonly node: number
  readonly zone: string
  readonly startPfn: number
  /** Pages of a block; the first and the last one may be cut short by the zone's ends. */
  readonly pages: readonly number[]
  /** Migrate type: 0 UNMOVABLE, 1 MOVABLE, 2 RECLAIMABLE, 3 HIGHATOMIC. */
  readonly type: readonly number[]
  /** On the buddy or the per-cpu lists, or in compaction's hands. */
  readonly free: readonly number[]
  /** Pages of processes and files, that could be moved. */
  readonly movable: readonly number[]
  /** The kernel's own: slab, page tables, what it took at boot. */
  readonly unmovable: readonly number[]
  /** Of huge pages, transparent or of the hugetlb pool. */
  readonly huge: readonly number[]
  /** 1 where compaction passes the block over for now. */
  readonly skip: readonly number[]
}

export function pageblockMap(mm: Mm, zone: Zone): PageblockMap {
  const firstBlock = zone.startPfn >>> PAGEBLOCK_ORDER
  const blocks = ((zone.endPfn - 1) >>> PAGEBLOCK_ORDER) - firstBlock + 1
  const column = (): number[] => new Array<number>(blocks).fill(0)
  const [free, movable, unmovable, huge] = [column(), column(), column(), column()]
  const count = (into: number[], pfn: number, pages: number): void => {
    for (let at = pfn; at < pfn + pages;) {
      const block = at >>> PAGEBLOCK_ORDER
      const end = Math.min(pfn + pages, (block + 1) << PAGEBLOCK_ORDER)
      into[block - firstBlock] += end - at
      at = end
    }
  }
  const waiting = pcpBlocks(mm, zone)
  for (let pfn = zone.startPfn; pfn < zone.endPfn;) {
    const flags = mm.frames.flags[pfn]
    const pages = (flags & PG_PCP) !== 0 ? 1 << (waiting.get(pfn) ?? 0) : 1 << ((flags & PG_ORDER_MASK) >>> PG_ORDER_SHIFT)
    count(kindOf(flags, pages, { free, movable, unmovable, huge }), pfn, pages)
    pfn += pages
  }
  const ids = free.map((_, block) => firstBlock + block)
  return {
    node: zone.node, zone: zone.name, startPfn: zone.startPfn, pages: ids.map((id) => Math.min((id + 1) << PAGEBLOCK_ORDER, zone.endPfn) - Math.max(id << PAGEBLOCK_ORDER, zone.startPfn)),
    type: ids.map((id) => mm.blockType[id]), free, movable, unmovable, huge, skip: ids.map((id) => mm.blockSkip[id]),
  }
}

function kindOf<T>(flags: number, pages: number, kinds: { free: T; movable: T; unmovable: T; huge: T }): T {
  if ((flags & (PG_BUDDY | PG_PCP | PG_TARGET)) !== 0) return kinds.free
  if (pages >= PAGEBLOCK_PAGES || (flags & PG_TAIL) !== 0) return kinds.huge
  return flags === 0 || (flags & PG_KERNEL) !== 0 || isOwnerless(flags) ? kinds.unmovable : kinds.movable
}
