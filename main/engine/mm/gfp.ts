/**
 * gfp and alloc flags with the meaning they have in 5.15 and 6.1, and the way from one to the other.
 * Source: include/linux/gfp_types.h, mm/internal.h, mm/page_alloc.c:gfp_to_alloc_flags (v6.1). Simplification: no cpusets, no CMA.
 */

export const GFP_DMA = 0x01
export const GFP_HIGHMEM = 0x02
export const GFP_DMA32 = 0x04
export const GFP_MOVABLE_FLAG = 0x08
export const GFP_RECLAIMABLE = 0x10
export const GFP_HIGH = 0x20
export const GFP_IO = 0x40
export const GFP_FS = 0x80
export const GFP_ATOMIC_FLAG = 0x200
export const GFP_DIRECT_RECLAIM = 0x400
export const GFP_KSWAPD_RECLAIM = 0x800
export const GFP_WRITE = 0x1000
export const GFP_NOWARN = 0x2000
export const GFP_RETRY_MAYFAIL = 0x4000
export const GFP_NOFAIL = 0x8000
export const GFP_NORETRY = 0x10000
export const GFP_MEMALLOC = 0x20000
export const GFP_COMP = 0x40000
export const GFP_NOMEMALLOC = 0x80000
export const GFP_HARDWALL = 0x100000
export const GFP_THISNODE = 0x200000

export const GFP_RECLAIM = GFP_DIRECT_RECLAIM | GFP_KSWAPD_RECLAIM
export const GFP_ATOMIC = GFP_HIGH | GFP_ATOMIC_FLAG | GFP_KSWAPD_RECLAIM
export const GFP_KERNEL = GFP_RECLAIM | GFP_IO | GFP_FS
export const GFP_NOWAIT = GFP_KSWAPD_RECLAIM
export const GFP_NOIO = GFP_RECLAIM
export const GFP_NOFS = GFP_RECLAIM | GFP_IO
/** Bits that say how a request may reclaim, not where from (mm/internal.h: GFP_RECLAIM_MASK). */
export const GFP_RECLAIM_MASK = GFP_RECLAIM | GFP_HIGH | GFP_IO | GFP_FS | GFP_NOWARN | GFP_RETRY_MAYFAIL | GFP_NOFAIL | GFP_NORETRY | GFP_MEMALLOC | GFP_NOMEMALLOC | GFP_ATOMIC_FLAG
export const GFP_USER = GFP_RECLAIM | GFP_IO | GFP_FS | GFP_HARDWALL
export const GFP_HIGHUSER_MOVABLE = GFP_USER | GFP_HIGHMEM | GFP_MOVABLE_FLAG

export const ALLOC_WMARK_MIN = 0
export const ALLOC_WMARK_LOW = 1
export const ALLOC_WMARK_HIGH = 2
export const ALLOC_NO_WATERMARKS = 4
export const ALLOC_WMARK_MASK = 3
export const ALLOC_OOM = 8
export const ALLOC_HARDER = 0x10
export const ALLOC_HIGH = 0x20
export const ALLOC_CPUSET = 0x40
export const ALLOC_NOFRAGMENT = 0x100
export const ALLOC_KSWAPD = 0x800

export const MIGRATE_UNMOVABLE = 0
export const MIGRATE_MOVABLE = 1
export const MIGRATE_RECLAIMABLE = 2
export const MIGRATE_HIGHATOMIC = 3
/** Before 4.4 the type after the per-cpu ones was another kind of reserve; see migrate-reserve.ts. */
export const MIGRATE_RESERVE = 3
export const NR_MIGRATETYPES = 4
export const MIGRATE_PCPTYPES = 3

/** What the allocator must know of the task that asks. */
export interface AllocatingTask {
  /** PF_MEMALLOC: it is reclaiming and may use the reserves. */
  readonly memalloc: boolean
  /** It was chosen by the OOM killer and not reaped yet. */
  readonly oomVictim: boolean
  readonly realtime: boolean
}

/** Migrate type a request takes its pages from (include/linux/gfp.h:gfp_migratetype). */
export function gfpMigratetype(gfp: number): number {
  return (gfp & GFP_MOVABLE_FLAG) !== 0 ? MIGRATE_MOVABLE : (gfp & GFP_RECLAIMABLE) !== 0 ? MIGRATE_RECLAIMABLE : MIGRATE_UNMOVABLE
}

/** Highest zone index a request may use (include/linux/gfp.h:gfp_zone, no ZONE_HIGHMEM). */
export function gfpZone(gfp: number): number {
  if ((gfp & GFP_DMA) !== 0) return 0
  if ((gfp & GFP_DMA32) !== 0) return 1
  return (gfp & (GFP_HIGHMEM | GFP_MOVABLE_FLAG)) === (GFP_HIGHMEM | GFP_MOVABLE_FLAG) ? 3 : 2
}

/** Slow-path flags of a request (mm/page_alloc.c:gfp_to_alloc_flags, v6.1). */
export function gfpToAllocFlags(gfp: number, task: AllocatingTask): number {
  let flags = ALLOC_WMARK_MIN | ALLOC_CPUSET | (gfp & (GFP_HIGH | GFP_KSWAPD_RECLAIM))
  if ((gfp & GFP_ATOMIC_FLAG) !== 0) {
    if ((gfp & GFP_NOMEMALLOC) === 0) flags |= ALLOC_HARDER
    flags &= ~ALLOC_CPUSET
  } else if (task.realtime) flags |= ALLOC_HARDER
  return flags
}

/** Reserves a request may dig into (mm/page_alloc.c:__gfp_pfmemalloc_flags): 0, ALLOC_NO_WATERMARKS or ALLOC_OOM. */
export function gfpPfmemallocFlags(gfp: number, task: AllocatingTask): number {
  if ((gfp & GFP_NOMEMALLOC) !== 0) return 0
  if ((gfp & GFP_MEMALLOC) !== 0 || task.memalloc) return ALLOC_NO_WATERMARKS
  return task.oomVictim ? ALLOC_OOM : 0
}

const COMPOSITES: readonly (readonly [string, number])[] = [
  ['GFP_HIGHUSER_MOVABLE', GFP_HIGHUSER_MOVABLE], ['GFP_USER', GFP_USER], ['GFP_KERNEL', GFP_KERNEL], ['GFP_NOFS', GFP_NOFS],
  ['GFP_ATOMIC', GFP_ATOMIC], ['GFP_NOIO', GFP_NOIO], ['GFP_NOWAIT', GFP_NOWAIT],
]
const SINGLES: readonly (readonly [string, number])[] = [
  ['__GFP_DMA', GFP_DMA], ['__GFP_HIGHMEM', GFP_HIGHMEM], ['__GFP_DMA32', GFP_DMA32], ['__GFP_MOVABLE', GFP_MOVABLE_FLAG],
  ['__GFP_RECLAIMABLE', GFP_RECLAIMABLE], ['__GFP_HIGH', GFP_HIGH], ['__GFP_IO', GFP_IO], ['__GFP_FS', GFP_FS], ['__GFP_ATOMIC', GFP_ATOMIC_FLAG],
  ['__GFP_DIRECT_RECLAIM', GFP_DIRECT_RECLAIM], ['__GFP_KSWAPD_RECLAIM', GFP_KSWAPD_RECLAIM], ['__GFP_WRITE', GFP_WRITE], ['__GFP_NOWARN', GFP_NOWARN],
  ['__GFP_RETRY_MAYFAIL', GFP_RETRY_MAYFAIL], ['__GFP_NOFAIL', GFP_NOFAIL], ['__GFP_NORETRY', GFP_NORETRY], ['__GFP_MEMALLOC', GFP_MEMALLOC],
  ['__GFP_COMP', GFP_COMP], ['__GFP_NOMEMALLOC', GFP_NOMEMALLOC], ['__GFP_HARDWALL', GFP_HARDWALL], ['__GFP_THISNODE', GFP_THISNODE],
]

/** A mask in the kernel's words, as trace events print it: `GFP_KERNEL|__GFP_NOWARN`. */
export function gfpName(gfp: number): string {
  const words: string[] = []
  let left = gfp
  const composite = COMPOSITES.find(([, mask]) => (left & mask) === mask)
  if (composite) {
    words.push(composite[0])
    left &= ~composite[1]
  }
  for (const [name, bit] of SINGLES) if ((left & bit) !== 0) words.push(name)
  return words.join('|') || '0'
}
