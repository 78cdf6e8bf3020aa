/**
 * Where free blocks and used pages lie when a machine starts. /proc/buddyinfo tells how many free blocks of each order there are, not where: they are laid so that no two
 * could merge, between pages in use.
 */
import { assert } from '../core/assert'
import { addFreeBlock } from '../mm/buddy'
import { Area, PTE_PRESENT, PTE_VALUE, PTE_WRITE } from '../mm/area'
import { FileMapping, mountedBuffers } from '../mm/file'
import { MIGRATE_MOVABLE, MIGRATE_RECLAIMABLE, MIGRATE_UNMOVABLE } from '../mm/gfp'
import { lruvecAddFolio } from '../mm/lruvec'
import type { Mm } from '../mm/mm'
import { MAX_ORDER, PAGEBLOCK_ORDER } from '../mm/mmzone'
import type { Zone } from '../mm/mmzone'
import { PG_ACTIVE, PG_MAPPED, PG_PCP, PG_SWAPBACKED, PG_UNEVICTABLE, PG_UPTODATE } from '../mm/page'
import { listAddTail } from '../mm/list'
import { Task } from '../mm/task'
import { adoptSlabPage, fillSlabs } from '../mm/slab'
import { xaStorePage } from '../mm/xarray'
import type { ZoneSpec } from './scenario'

interface Chunk {
  readonly pfn: number
  readonly order: number
}

/** Lays the zone's free blocks. */
export function layoutFreeBlocks(mm: Mm, zone: Zone, spec: ZoneSpec): void {
  const free = spec.free ?? zone.managed
  const chunks = alignedChunks(zone)
  const whole = spec.freeByOrder === undefined ? wholeBlocks(chunks, free).sort((a, b) => b.order - a.order) : undefined
  const orders = whole?.map((block) => block.order) ?? ordersOf(spec.freeByOrder ?? [])
  const types = free === zone.managed ? orders.map(() => MIGRATE_MOVABLE) : fragmentTypes(zone, orders)
  const blocks = whole ?? blocksByOrder(chunks, orders, types)
  for (const [i, { pfn, order }] of blocks.entries()) {
    const type = types[i]
    if (type !== MIGRATE_MOVABLE) mm.blockType[pfn >>> PAGEBLOCK_ORDER] = type
    addFreeBlock(mm, zone, pfn, order, type, true)
    zone.free += 1 << order
  }
  assert(zone.free === free, `${zone.name}: ${zone.free} pages laid out as free, ${free} wanted`)
}

/**
 * Migrate types of the free blocks are not in /proc/buddyinfo. A freshly booted kernel has claimed pageblocks for its unmovable and for its reclaimable memory and filled them in part:
 * the smallest fragments are theirs, and a block in use from its low end leaves at most one free block of each order: the largest below a pageblock is what unmovable memory has left, one
 * of each of the next three orders what reclaimable memory has. All other free memory is movable. (On the measured guests one block each of orders 8 to 5 stays free while streams of file
 * pages use up everything else, and nothing is stolen from another type until then.) In ZONE_DMA every fragment below a pageblock is unmovable: they lie in its
 * first pageblock, which stays so as its first page is not the zone's (memmap_init_range); user pages took the measured guests' ZONE_DMA down to those.
 */
const FRAGMENT_ORDER = 4
const LEFT_OF_CLAIMED = [MIGRATE_UNMOVABLE, MIGRATE_RECLAIMABLE, MIGRATE_RECLAIMABLE, MIGRATE_RECLAIMABLE] as const

function fragmentTypes(zone: Zone, orders: readonly number[]): number[] {
  const types: number[] = orders.map((order) => (order < FRAGMENT_ORDER ? MIGRATE_UNMOVABLE : MIGRATE_MOVABLE))
  const below = [...orders.keys()].filter((i) => orders[i] < PAGEBLOCK_ORDER)
  if (zone.idx === 0) for (const i of below) types[i] = MIGRATE_UNMOVABLE
  else below.filter((i) => orders[i - 1] !== orders[i]).slice(0, LEFT_OF_CLAIMED.length).forEach((i, n) => { types[i] = LEFT_OF_CLAIMED[n] })
  return types
}

/** An order for each block, the largest first. */
function ordersOf(counts: readonly number[]): number[] {
  return counts.flatMap((count, order) => new Array<number>(count).fill(order)).reverse()
}

/** The zone's managed frames cut into the largest aligned chunks. */
function alignedChunks(zone: Zone): Chunk[] {
  const chunks: Chunk[] = []
  for (let pfn = zone.managedPfn; pfn < zone.endPfn;) {
    let order = MAX_ORDER - 1
    while ((pfn & ((1 << order) - 1)) !== 0 || pfn + (1 << order) > zone.endPfn) order--
    chunks.push({ pfn, order })
    pfn += 1 << order
  }
  return chunks
}

/** As few blocks as possible from the top of the zone; the pages in use are at its bottom. */
function wholeBlocks(chunks: readonly Chunk[], free: number): Chunk[] {
  const blocks: Chunk[] = []
  let left = free
  const take = (chunk: Chunk): void => {
    if (left === 0) return
    if (1 << chunk.order <= left) {
      blocks.push(chunk)
      left -= 1 << chunk.order
      return
    }
    const half = chunk.order - 1
    take({ pfn: chunk.pfn + (1 << half), order: half })
    take({ pfn: chunk.pfn, order: half })
  }
  for (let i = chunks.length - 1; i >= 0; i--) take(chunks[i])
  return blocks.reverse()
}

/**
 * Blocks of the given orders, the largest first. A chunk is split so that one half becomes the block and the other serves smaller orders only: buddies are never both free. What is left of
 * a chunk serves blocks of the same type first: else pages of a movable block would be freed to the lists of its pageblock, which something unmovable had claimed. Where they don't fit so,
 * types share pageblocks.
 */
function blocksByOrder(chunks: readonly Chunk[], orders: readonly number[], types: readonly number[]): readonly Chunk[] {
  const blocks = placeBlocks(chunks, orders, types) ?? placeBlocks(chunks, orders, orders.map(() => MIGRATE_MOVABLE))
  assert(blocks !== undefined, 'free blocks fit into the zone without touching each other')
  return blocks
}

/** Undefined: they don't fit. */
function placeBlocks(chunks: readonly Chunk[], orders: readonly number[], types: readonly number[]): readonly Chunk[] | undefined {
  const sorted = [...chunks].sort((a, b) => a.order - b.order || b.pfn - a.pfn)
  const raw = sorted.filter((chunk) => chunk.order >= PAGEBLOCK_ORDER)
  // At the zone's ends, several to a pageblock.
  const ends = sorted.filter((chunk) => chunk.order < PAGEBLOCK_ORDER)
  const rests: readonly Chunk[][] = [[], [], []]
  const blocks: Chunk[] = []
  for (const [i, order] of orders.entries()) {
    const own = rests[types[i]]
    const fresh = types[i] === MIGRATE_MOVABLE ? [ends, raw] : [raw]
    const block = takeWhole(order, fresh) ?? splitFor(order, own, [own, ...fresh, ...rests, ends])
    if (block === undefined) return undefined
    blocks.push(block)
  }
  return blocks
}

function takeWhole(order: number, sources: readonly Chunk[][]): Chunk | undefined {
  for (const source of sources) {
    const at = source.findIndex((chunk) => chunk.order === order)
    if (at >= 0) return source.splice(at, 1)[0]
  }
  return undefined
}

function splitFor(order: number, rest: Chunk[], sources: readonly Chunk[][]): Chunk | undefined {
  const from = sources.find((source) => source.some((chunk) => chunk.order > order))
  if (from === undefined) return undefined
  const chunk = from.splice(from.findIndex((other) => other.order > order), 1)[0]
  // The block is the chunk's first piece; its buddy and the larger halves behind it are left for smaller orders.
  for (let half = chunk.order - 1; half > order; half--) rest.push({ pfn: chunk.pfn + (1 << half), order: half })
  rest.push({ pfn: chunk.pfn + (1 << order), order })
  return { pfn: chunk.pfn, order }
}

/**
 * Pages in use at the start that the machine knows: per-cpu lists and LRU lists. They come from the frames that are not free.
 * How the per-cpu pages divide between migrate types is not known: half of them, at most a batch, are taken for unmovable and reclaimable alike, so that the movable ones come in pairs of buddies, as the kernel splits
 * them off: on recorded machines the first program's memory begins at an even frame whatever the count; compaction, which samples every eighth frame, goes another way where it doesn't.
 * What programs and files don't use stays: when a full list is cut to its last batch it is that batch, and less of what reclaim freed waits there.
 */
export function takeUsedFrames(mm: Mm, zone: Zone, spec: ZoneSpec): void {
  if ((spec.pcp ?? 0) === 0 && spec.lru === undefined) return
  const take = usedFrames(mm, zone)
  const pcp = zone.pcp[0]
  const count = spec.pcp ?? 0
  const movable = (count - Math.min(count >> 1, pcp.batch)) & ~1
  for (let i = 0; i < count; i++) {
    const pfn = take()
    const type = i < movable ? MIGRATE_MOVABLE : i % 2 === 0 ? MIGRATE_UNMOVABLE : MIGRATE_RECLAIMABLE
    mm.frames.flags[pfn] = PG_PCP
    mm.frames.index[pfn] = type
    listAddTail(mm.frames, pcp.lists, type, pfn)
    pcp.count++
  }
  const lru = spec.lru
  if (lru === undefined) return
  fillAnon(mm, zone, take, lru.inactiveAnon, lru.activeAnon)
  const kernels = zone.managed - zone.free - (spec.pcp ?? 0) - lru.inactiveAnon - lru.activeAnon - lru.inactiveFile - lru.activeFile - lru.unevictable
  fillFile(mm, zone, take, lru.inactiveFile, lru.activeFile, kernels)
  for (let i = 0; i < lru.unevictable; i++) addToLru(mm, zone, take(), PG_UNEVICTABLE | PG_SWAPBACKED | PG_UPTODATE)
}

/** Frames of the zone that are neither free nor taken yet, from its top down. */
function usedFrames(mm: Mm, zone: Zone): () => number {
  const free = new Set<number>()
  for (let pfn = zone.managedPfn; pfn < zone.endPfn;) {
    const flags = mm.frames.flags[pfn]
    const order = flags >>> 24 & 15
    if (flags !== 0) free.add(pfn)
    pfn += flags !== 0 ? 1 << order : 1
  }
  let next = zone.managedPfn
  return () => {
    for (;;) {
      assert(next < zone.endPfn, 'the schema checks that pages in use fit beside the free ones')
      if (free.has(next)) next += 1 << ((mm.frames.flags[next] >>> 24) & 15)
      else return next++
    }
  }
}

function addToLru(mm: Mm, zone: Zone, pfn: number, flags: number): void {
  mm.frames.flags[pfn] = flags
  lruvecAddFolio(mm, mm.lruvecOf(0, zone), pfn)
}

/** Anonymous memory of a resident process that does nothing. */
function fillAnon(mm: Mm, zone: Zone, take: () => number, inactive: number, active: number): void {
  const pages = inactive + active
  if (pages === 0) return
  const task = new Task({ id: -1, name: 'resident', oomScoreAdj: -1000 })
  const area = new Area({ id: mm.areas.length, task, pages })
  mm.areas.push(area)
  for (let index = 0; index < pages; index++) {
    const pfn = take()
    mm.frames.mapping[pfn] = area.id
    mm.frames.index[pfn] = index
    area.pte[index] = PTE_PRESENT | PTE_WRITE | (pfn & PTE_VALUE)
    addToLru(mm, zone, pfn, PG_SWAPBACKED | PG_UPTODATE | PG_MAPPED | (index >= inactive ? PG_ACTIVE : 0))
  }
  task.rssAnon = pages
  mm.nodes[zone.node].stat.nr_anon_pages += pages
}

/** Cached pages of a file nobody has open. The nodes of its slots lie in the kernel's share of the used pages, as far as that goes: free memory stays what the machine's files say. */
function fillFile(mm: Mm, zone: Zone, take: () => number, inactive: number, active: number, kernelPages: number): void {
  let kernels = kernelPages
  const pages = inactive + active
  if (pages === 0) return
  const file = new FileMapping({ id: mm.files.length, path: `/resident-${zone.node}-${zone.name}`, pages, disk: 0, sector: 0 })
  mm.files.push(file)
  // The file system of the scenario's files is mounted: some of what is cached are its own blocks.
  if (mm.mountBlocks === undefined && mm.files.some((other) => other !== file)) {
    mm.mountBlocks = file
    mountedBuffers(file, mm.cpus, false)
  }
  for (let index = 0; index < pages; index++) {
    const pfn = take()
    const nodes = mm.slabs.radixTreeNode
    while (kernels > 0 && nodes.capacity - nodes.live <= file.upper.length) {
      adoptSlabPage(mm, nodes, take())
      kernels--
    }
    mm.frames.mapping[pfn] = file.id
    mm.frames.index[pfn] = index
    xaStorePage(mm, file, index, pfn)
    addToLru(mm, zone, pfn, PG_UPTODATE | (index >= inactive ? PG_ACTIVE : 0))
  }
  fillSlabs(mm.slabs.radixTreeNode)
  mm.nodes[zone.node].stat.nr_file_pages += pages
}
