/** Invariants between page tables, page cache and frames: who maps what, and what tasks, files and nodes count of it. Part of checkMm. */
import { PTE_DIRTY, PTE_SWAP, PTE_VALUE, PTE_WRITE, PTE_ZERO, PTRS_PER_PTE } from '../mm/area'
import type { Area } from '../mm/area'
import type { FileMapping } from '../mm/file'
import { XA_CHUNK_SHIFT, slotOfValue } from '../mm/file'
import { isHugeMapped } from '../mm/huge-page'
import type { Mm } from '../mm/mm'
import { PG_BUDDY, PG_DEAD, PG_DIRTY, PG_KERNEL, PG_LRU, PG_MAPPED, PG_PCP, PG_PRIVATE, PG_SHMEM, PG_SWAPBACKED, PG_SWAPCACHE, PG_TAIL, PG_TARGET, PG_UNEVICTABLE, PG_UPTODATE, folioNrPages, folioRefs, isAnonFolio } from '../mm/page'
import type { Task } from '../mm/task'
import { fail, same } from './check-fail'

interface TaskSums { anon: number; file: number; shmem: number; swap: number; tables: number }

/** Sums over page tables, and over the swap entries in tmpfs files. */
class Maps {
  /** Page table entries that map the frame. */
  readonly mapped: Uint16Array
  /** Page table entries and tmpfs slots that name the swap slot. */
  readonly swapped: Uint16Array
  readonly tasks = new Map<Task, TaskSums>()
  constructor(mm: Mm) {
    this.mapped = new Uint16Array(mm.frames.nr)
    this.swapped = new Uint16Array(mm.swap.count.length)
  }

  of(task: Task): TaskSums {
    let sums = this.tasks.get(task)
    if (sums === undefined) this.tasks.set(task, (sums = { anon: 0, file: 0, shmem: 0, swap: 0, tables: 0 }))
    return sums
  }
}

export function checkMaps(mm: Mm): void {
  const maps = new Maps(mm)
  mm.areas.forEach((area, id) => {
    if (area !== undefined) checkArea(mm, area, id, maps)
  })
  for (const task of mm.tasks) checkTask(task, maps)
  const cached = mm.nodes.map(() => 0)
  let nodesInUse = 0
  let shadowNodes = 0
  for (const file of mm.files) {
    const sums = checkFile(mm, file, cached, maps)
    nodesInUse += sums.nodes
    shadowNodes += sums.shadowNodes
  }
  for (let slot = 0; slot < mm.swap.count.length; slot++) if (maps.swapped[slot] !== mm.swap.count[slot]) fail(`swap slot ${slot}: ${maps.swapped[slot]} page table entries and tmpfs slots name it, ${mm.swap.count[slot]} counted`)
  same(shadowNodes, mm.nodes.reduce((sum, node) => sum + node.stat.workingset_nodes, 0), 'nodes that hold only shadows')
  // The swap cache's nodes are counted by 63 slots.
  const nodes = mm.slabs.radixTreeNode
  same(nodesInUse + Math.ceil(mm.swap.nrSlotsOfNodes / 63), nodes.live - nodes.others + nodes.borrowed, 'xarray nodes')
  checkOwners(mm, maps, cached)
}

function checkArea(mm: Mm, area: Area, id: number, maps: Maps): void {
  if (area.id !== id) fail(`area ${area.id} is number ${id}`)
  const sums = maps.of(area.task)
  for (const table of area.tables) if (table !== 0) sums.tables++
  const resident = area.task.id < 0
  for (let index = 0; index < area.pages; index++) {
    const pte = area.pte[index]
    if (pte === 0) continue
    if (!resident && area.tables[index >>> 9] === 0) fail(`page ${index} of area ${id} has an entry and no page table`)
    if (pte < 0) checkPresent(mm, area, index, pte, maps)
    else if ((pte & PTE_SWAP) !== 0) {
      maps.swapped[pte & PTE_VALUE]++
      sums.swap++
      if (area.file !== undefined) fail(`page ${index} of file area ${id} is a swap entry`)
    } else if (pte !== PTE_ZERO) fail(`page ${index} of area ${id} has the entry ${pte.toString(16)}`)
  }
}

function checkPresent(mm: Mm, area: Area, index: number, pte: number, maps: Maps): void {
  const f = mm.frames
  const pfn = pte & PTE_VALUE
  const flags = f.flags[pfn]
  const at = `page ${index} of area ${area.id} maps frame ${pfn}`
  maps.mapped[pfn]++
  if (isHugeMapped(area, index)) return checkHuge(mm, area, index, pte, maps)
  if ((flags & PG_MAPPED) === 0 || (flags & (PG_BUDDY | PG_PCP | PG_KERNEL | PG_DEAD)) !== 0) fail(`${at} with flags ${flags.toString(16)}`)
  if ((flags & PG_UPTODATE) === 0) fail(`${at}, which was never filled`)
  if (f.index[pfn] !== index) fail(`${at}, which is page ${f.index[pfn]}`)
  if (area.file === undefined) {
    maps.of(area.task).anon++
    if (!isAnonFolio(flags) || f.mapping[pfn] !== area.id) fail(`${at}, which belongs to ${f.mapping[pfn]}`)
    return
  }
  if (area.file.tmpfs) maps.of(area.task).shmem++
  else maps.of(area.task).file++
  if (isTmpfsFolio(flags) !== area.file.tmpfs || isAnonFolio(flags) || f.mapping[pfn] !== area.file.id || area.file.slots[index] !== pfn + 1) fail(`${at}, which is not in the file's cache there`)
  // Of tmpfs the dirty bit may be in the entry alone: nobody has to write it back.
  if (area.file.tmpfs) return
  if ((pte & (PTE_WRITE | PTE_DIRTY)) !== 0 && (flags & PG_DIRTY) === 0) fail(`${at} writable or dirty, the page is clean`)
}

function isTmpfsFolio(flags: number): boolean {
  return (flags & (PG_SWAPBACKED | PG_SHMEM)) === (PG_SWAPBACKED | PG_SHMEM)
}

/** A page of a huge one: its frame lies in the folio where the page lies in the 2 MiB. */
function checkHuge(mm: Mm, area: Area, index: number, pte: number, maps: Maps): void {
  const f = mm.frames
  const pfn = pte & PTE_VALUE
  const head = pfn & ~(PTRS_PER_PTE - 1)
  maps.of(area.task).anon++
  if (folioNrPages(f.flags[head]) !== PTRS_PER_PTE || (f.flags[head] & (PG_MAPPED | PG_SWAPBACKED)) !== (PG_MAPPED | PG_SWAPBACKED)) fail(`page ${index} of area ${area.id} is part of a huge page, frame ${head} has flags ${f.flags[head].toString(16)}`)
  if (f.mapping[head] !== area.id || f.index[head] + (pfn - head) !== index) fail(`page ${index} of area ${area.id} maps frame ${pfn} of the huge page of area ${f.mapping[head]} from page ${f.index[head]} on`)
  if ((pte & PTE_WRITE) === 0) fail(`page ${index} of area ${area.id} is part of a huge page and not writable`)
}

function checkTask(task: Task, maps: Maps): void {
  const sums = maps.of(task)
  same(sums.anon, task.rssAnon, `${task.name}: anonymous pages mapped`)
  same(sums.file, task.rssFile, `${task.name}: file pages mapped`)
  same(sums.shmem, task.rssShmem, `${task.name}: tmpfs pages mapped`)
  same(sums.swap, task.swapents, `${task.name}: swap entries`)
  same(sums.tables, task.pageTables, `${task.name}: page tables`)
  if (task.exited && (sums.anon > 0 || sums.file > 0 || sums.shmem > 0 || sums.swap > 0 || sums.tables > 0)) fail(`${task.name} has exited and still holds memory`)
}

/** Slots against frames, nodes of 64 slots against slots. */
function checkFile(mm: Mm, file: FileMapping, cached: number[], maps: Maps): { nodes: number; shadowNodes: number } {
  const f = mm.frames
  const nodes = file.nodePages.length
  let pages = 0
  let dirty = 0
  let inUse = 0
  let shadowNodes = 0
  // Pages of files of their own: no nodes.
  const { separate } = file
  for (let node = 0; node < nodes; node++) {
    let nodePages = 0
    let nodeShadows = 0
    for (let index = node << XA_CHUNK_SHIFT; index < Math.min(file.pages, (node + 1) << XA_CHUNK_SHIFT); index++) {
      const slot = file.slots[index]
      if (slot < 0) nodeShadows++
      if (slot < 0 && file.tmpfs) checkSwapped(mm, file, index, slotOfValue(slot), maps)
      if (slot <= 0) continue
      nodePages++
      const pfn = slot - 1
      const flags = f.flags[pfn]
      if (isTmpfsFolio(flags) !== file.tmpfs || isAnonFolio(flags) || (flags & (PG_SWAPCACHE | PG_BUDDY | PG_PCP | PG_KERNEL | PG_DEAD)) !== 0 || flags === 0) fail(`${file.path}: slot ${index} holds frame ${pfn} with flags ${flags.toString(16)}`)
      if (f.mapping[pfn] !== file.id || f.index[pfn] !== index) fail(`${file.path}: slot ${index} holds frame ${pfn}, which is page ${f.index[pfn]} of ${f.mapping[pfn]}`)
      if ((flags & PG_DIRTY) !== 0 && !file.tmpfs) dirty++
      cached[mm.zoneOf(pfn).node]++
    }
    same(separate ? 0 : nodePages, file.nodePages[node], `${file.path}: pages in node ${node}`)
    same(separate ? 0 : nodeShadows, file.nodeShadows[node], `${file.path}: shadows in node ${node}`)
    pages += nodePages
    if (separate) continue
    if (nodePages + nodeShadows > 0) inUse++
    if (nodePages === 0 && nodeShadows > 0 && !file.tmpfs) shadowNodes++
  }
  same(pages, file.nrPages, `${file.path}: cached pages`)
  same(dirty, file.nrDirty, `${file.path}: dirty pages`)
  same(inUse, file.nodesInUse, `${file.path}: leaf nodes in use`)
  return { nodes: inUse + upperNodes(file), shadowNodes }
}

/** A tmpfs page in swap: its slot is named once, by the file, and a page there is nobody's or remembers this place. */
function checkSwapped(mm: Mm, file: FileMapping, index: number, slot: number, maps: Maps): void {
  if (!(slot < mm.swap.count.length) || maps.swapped[slot]++ > 0) fail(`${file.path}: slot ${index} holds the swap entry ${slot}, which somebody else has`)
  const pfn = mm.swap.cache[slot] - 1
  const { flags, mapping, index: at } = mm.frames
  if (pfn >= 0 && (flags[pfn] & PG_SHMEM) !== 0 && (mapping[pfn] !== file.id || at[pfn] !== index)) fail(`${file.path}: slot ${index} is in swap slot ${slot} with frame ${pfn}, which is page ${at[pfn]} of ${mapping[pfn]}`)
}

function upperNodes(file: FileMapping): number {
  let children = Array.from(file.nodePages, (pages, node) => pages + file.nodeShadows[node] > 0)
  let inUse = 0
  file.upper.forEach((level, depth) => {
    const parents: boolean[] = []
    level.forEach((count, i) => {
      same(children.slice(i << XA_CHUNK_SHIFT, (i + 1) << XA_CHUNK_SHIFT).filter(Boolean).length, count, `${file.path}: children of node ${i} at level ${depth + 1}`)
      parents.push(count > 0)
      if (count > 0) inUse++
    })
    children = parents
  })
  return inUse
}

/** Every frame with an owner's flags has that owner, and the gauges of mapped and cached pages are sums over frames. */
function checkOwners(mm: Mm, maps: Maps, cached: readonly number[]): void {
  const f = mm.frames
  const sums = mm.nodes.map(() => ({ anon: 0, mapped: 0, shmem: 0, swapcache: 0, thp: 0 }))
  let buffers = 0
  for (const zone of mm.zones) {
    const node = sums[zone.node]
    const mappedBefore = node.mapped
    let cachedHere = 0
    for (let pfn = zone.managedPfn; pfn < zone.endPfn; pfn++) {
      const flags = f.flags[pfn]
      if ((flags & PG_TAIL) !== 0) {
        if ((maps.mapped[pfn] > 0) !== (maps.mapped[pfn & ~(PTRS_PER_PTE - 1)] > 0)) fail(`frame ${pfn} is ${maps.mapped[pfn] > 0 ? '' : 'not '}mapped, unlike the head of its huge page`)
        continue
      }
      if (flags === 0 || (flags & (PG_BUDDY | PG_PCP | PG_KERNEL | PG_TARGET)) !== 0) {
        if (maps.mapped[pfn] > 0) fail(`frame ${pfn} is mapped with flags ${flags.toString(16)}`)
        continue
      }
      const mapped = (flags & PG_MAPPED) !== 0
      if (mapped !== maps.mapped[pfn] > 0) fail(`frame ${pfn} is marked ${mapped ? 'mapped' : 'unmapped'}, ${maps.mapped[pfn]} entries map it`)
      if ((flags & PG_SWAPCACHE) !== 0) {
        node.swapcache++
        if (mm.swap.cache[f.swap[pfn] - 1] !== pfn + 1) fail(`frame ${pfn} is marked as swap cache and not in its slot ${f.swap[pfn] - 1}`)
      }
      const anon = isAnonFolio(flags)
      if (mapped && anon) node.anon += folioNrPages(flags)
      if (mapped && folioNrPages(flags) > 1) node.thp += folioNrPages(flags)
      if (mapped && !anon) node.mapped++
      const file = anon ? undefined : mm.files[f.mapping[pfn]]
      const inCache = file !== undefined && file.slots[f.index[pfn]] === pfn + 1
      if (inCache) cachedHere++
      if (inCache && isTmpfsFolio(flags)) node.shmem++
      if (inCache && (flags & PG_PRIVATE) !== 0) buffers++
      // The kernel's pages of boot have no owner we know; pages just freed by a batch of reclaim have none any more.
      const owned = mapped || inCache || (flags & (PG_SWAPCACHE | PG_DEAD | PG_UNEVICTABLE)) !== 0
      if (!owned && ((flags & PG_LRU) !== 0 || folioRefs(flags) > 0)) fail(`frame ${pfn} with flags ${flags.toString(16)} belongs to nobody and is not freed`)
    }
    same(node.mapped - mappedBefore, zone.nrMapped, `${zone.name}: mapped file pages, tmpfs included`)
    same(cachedHere, zone.nrCached, `${zone.name}: pages of files and tmpfs`)
  }
  for (const node of mm.nodes) {
    const { anon, mapped, shmem, swapcache, thp } = sums[node.id]
    same(thp, node.anonThps, `node ${node.id}: pages of huge pages`)
    same(anon, node.stat.nr_anon_pages, `node ${node.id}: mapped anonymous pages`)
    same(mapped, node.stat.nr_mapped, `node ${node.id}: mapped file pages, tmpfs included`)
    same(shmem, node.stat.nr_shmem, `node ${node.id}: pages of tmpfs files`)
    same(swapcache, node.stat.nr_swapcached, `node ${node.id}: pages in the swap cache`)
    same(cached[node.id] + swapcache, node.stat.nr_file_pages, `node ${node.id}: cached pages, swap cache included`)
  }
  same(buffers, mm.slabs.bufferHead.live, 'buffer heads')
}
