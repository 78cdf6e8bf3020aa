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
  const blocks = spec.freeByOrder === undefined ? wholeBlocks(chunks, free) : blocksByOrder(chunks, spec.freeByOrder)
  const types = fragmentTypes(zone, blocks, free)
  for (const block of blocks) {
    const type = types.get(block) ?? MIGRATE_MOVABLE
    if (type !== MIGRATE_MOVABLE) mm.blockType[block.pfn >>> PAGEBLOCK_ORDER] = type
    addFreeBlock(mm, zone, block.pfn, block.order, type, true)
    zone.free += 1 << block.order
  }
  assert(zone.free === free, `${zone.name}: ${zone.free} pages laid out as free, ${free} wanted`)
}

/**
 * Migrate types of the free blocks are not in /proc/buddyinfo. A freshly booted kernel has claimed pageblocks for its unmovable and for its reclaimable memory and filled them in part:
 * the smallest fragments are theirs, and a block in use from its low end leaves at most one free block of each order: the largest below a pageblock is what unmovable memory has left, one
 * of each of the next three orders what reclaimable memory has. All other free memory is movable. (On the measured guests one block each of orders 8 to 5 stays free while streams of file
 * pages use up everything else, and nothing is stolen from another type until then.) In ZONE_DMA, which only the kernel itself uses at boot, every fragment below a pageblock is the
 * kernel's, the second largest reclaimable: user pages took the measured guests' ZONE_DMA down to exactly those, and reading files (few nodes) claims no further pageblock there while
 * writing them (a buffer head a page) does.
 */
const FRAGMENT_ORDER = 4
const LEFT_OF_CLAIMED = [MIGRATE_UNMOVABLE, MIGRATE_RECLAIMABLE, MIGRATE_RECLAIMABLE, MIGRATE_RECLAIMABLE] as const

function fragmentTypes(zone: Zone, blocks: readonly Chunk[], free: number): Map<Chunk, number> {
  const types = new Map<Chunk, number>()
  if (free === zone.managed) return types
  const below = blocks.filter((block) => block.order < PAGEBLOCK_ORDER).sort((a, b) => b.order - a.order)
  if (zone.idx === 0) {
    below.forEach((block, i) => types.set(block, i === 1 ? MIGRATE_RECLAIMABLE : MIGRATE_UNMOVABLE))
    return types
  }
  const largest = below.filter((block, i) => below[i - 1]?.order !== block.order)
  LEFT_OF_CLAIMED.forEach((type, i) => largest[i] !== undefined && types.set(largest[i], type))
  for (const block of below) if (block.order < FRAGMENT_ORDER) types.set(block, MIGRATE_UNMOVABLE)
  return types
}

/** The zone cut into the largest aligned chunks. */
function alignedChunks(zone: Zone): Chunk[] {
  const chunks: Chunk[] = []
  for (let pfn = zone.startPfn; pfn < zone.endPfn;) {
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

/** Blocks of the given counts. A chunk is split so that one half becomes the block and the other serves smaller orders only: buddies are never both free. */
function blocksByOrder(chunks: readonly Chunk[], counts: readonly number[]): Chunk[] {
  const blocks: Chunk[] = []
  const raw = [...chunks].sort((a, b) => a.order - b.order || b.pfn - a.pfn)
  const rest: Chunk[] = []
  for (let order = MAX_ORDER - 1; order >= 0; order--) {
    for (let n = counts[order] ?? 0; n > 0; n--) {
      const exact = raw.findIndex((chunk) => chunk.order === order)
      if (exact >= 0) {
        blocks.push(...raw.splice(exact, 1))
        continue
      }
      blocks.push(splitFor(order, rest, raw))
    }
  }
  return blocks
}

function splitFor(order: number, rest: Chunk[], raw: Chunk[]): Chunk {
  let at = rest.findIndex((chunk) => chunk.order > order)
  const from = at >= 0 ? rest : raw
  if (at < 0) at = raw.findIndex((chunk) => chunk.order > order)
  assert(at >= 0, 'free blocks fit into the zone without touching each other')
  const chunk = from.splice(at, 1)[0]
  // The block is the chunk's first piece; its buddy and the larger halves behind it are left for smaller orders.
  for (let half = chunk.order - 1; half > order; half--) rest.push({ pfn: chunk.pfn + (1 << half), order: half })
  rest.push({ pfn: chunk.pfn + (1 << order), order })
  return { pfn: chunk.pfn, order }
}

/**
 * Pages in use at the start that the machine knows: per-cpu lists and LRU lists. They come from the frames that are not free.
 * How the per-cpu pages divide between migrate types is not known: an odd one is taken for unmovable, so that the movable ones come in pairs of buddies, as the kernel splits them off. On
 * recorded machines the first program's memory begins at an even frame whatever the count; compaction, which samples every eighth frame, goes another way where it doesn't.
 */
export function takeUsedFrames(mm: Mm, zone: Zone, spec: ZoneSpec): void {
  if ((spec.pcp ?? 0) === 0 && spec.lru === undefined) return
  const take = usedFrames(mm, zone)
  for (let i = 0; i < (spec.pcp ?? 0); i++) {
    const pfn = take()
    const pcp = zone.pcp[0]
    const type = i === (spec.pcp ?? 0) - 1 && i % 2 === 0 ? MIGRATE_UNMOVABLE : MIGRATE_MOVABLE
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
  for (let pfn = zone.startPfn; pfn < zone.endPfn;) {
    const flags = mm.frames.flags[pfn]
    const order = flags >>> 24 & 15
    if (flags !== 0) free.add(pfn)
    pfn += flags !== 0 ? 1 << order : 1
  }
  let next = zone.startPfn
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
