/** Invariants between page tables, page cache and frames: who maps what, and what tasks, files and nodes count of it. Part of checkMm. */
import { PTE_DIRTY, PTE_SWAP, PTE_VALUE, PTE_WRITE, PTE_ZERO } from '../mm/area'
import type { Area } from '../mm/area'
import type { FileMapping } from '../mm/file'
import { XA_CHUNK_SHIFT } from '../mm/file'
import type { Mm } from '../mm/mm'
import { PG_BUDDY, PG_DEAD, PG_DIRTY, PG_KERNEL, PG_LRU, PG_MAPPED, PG_PCP, PG_PRIVATE, PG_SWAPBACKED, PG_SWAPCACHE, PG_UNEVICTABLE, PG_UPTODATE, folioRefs } from '../mm/page'
import type { Task } from '../mm/task'
import { fail, same } from './check-fail'

/** Sums over page tables. */
class Maps {
  /** Page table entries that map the frame. */
  readonly mapped: Uint16Array
  /** Page table entries that name the swap slot. */
  readonly swapped: Uint16Array
  readonly tasks = new Map<Task, { anon: number; file: number; swap: number; tables: number }>()
  constructor(mm: Mm) {
    this.mapped = new Uint16Array(mm.frames.nr)
    this.swapped = new Uint16Array(mm.swap.count.length)
  }

  of(task: Task): { anon: number; file: number; swap: number; tables: number } {
    let sums = this.tasks.get(task)
    if (sums === undefined) this.tasks.set(task, (sums = { anon: 0, file: 0, swap: 0, tables: 0 }))
    return sums
  }
}

export function checkMaps(mm: Mm): void {
  const maps = new Maps(mm)
  mm.areas.forEach((area, id) => {
    if (area !== undefined) checkArea(mm, area, id, maps)
  })
  for (const task of mm.tasks) checkTask(task, maps)
  for (let slot = 0; slot < mm.swap.count.length; slot++) if (maps.swapped[slot] !== mm.swap.count[slot]) fail(`swap slot ${slot}: ${maps.swapped[slot]} page table entries name it, ${mm.swap.count[slot]} counted`)
  const cached = mm.nodes.map(() => 0)
  let nodesInUse = 0
  let shadowNodes = 0
  for (const file of mm.files) {
    const sums = checkFile(mm, file, cached)
    nodesInUse += sums.nodes
    shadowNodes += sums.shadowNodes
  }
  same(shadowNodes, mm.nodes.reduce((sum, node) => sum + node.stat.workingset_nodes, 0), 'nodes that hold only shadows')
  // The swap cache's nodes are counted by 63 slots.
  same(nodesInUse + Math.ceil(mm.swap.nrSlotsOfNodes / 63), mm.slabs.radixTreeNode.live + mm.slabs.radixTreeNode.borrowed, 'xarray nodes')
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
  if ((flags & PG_MAPPED) === 0 || (flags & (PG_BUDDY | PG_PCP | PG_KERNEL | PG_DEAD)) !== 0) fail(`${at} with flags ${flags.toString(16)}`)
  if ((flags & PG_UPTODATE) === 0) fail(`${at}, which was never filled`)
  if (f.index[pfn] !== index) fail(`${at}, which is page ${f.index[pfn]}`)
  if (area.file === undefined) {
    maps.of(area.task).anon++
    if ((flags & PG_SWAPBACKED) === 0 || f.mapping[pfn] !== area.id) fail(`${at}, which belongs to ${f.mapping[pfn]}`)
    return
  }
  maps.of(area.task).file++
  if ((flags & PG_SWAPBACKED) !== 0 || f.mapping[pfn] !== area.file.id || area.file.slots[index] !== pfn + 1) fail(`${at}, which is not in the file's cache there`)
  if ((pte & (PTE_WRITE | PTE_DIRTY)) !== 0 && (flags & PG_DIRTY) === 0) fail(`${at} writable or dirty, the page is clean`)
}

function checkTask(task: Task, maps: Maps): void {
  const sums = maps.of(task)
  same(sums.anon, task.rssAnon, `${task.name}: anonymous pages mapped`)
  same(sums.file, task.rssFile, `${task.name}: file pages mapped`)
  same(sums.swap, task.swapents, `${task.name}: swap entries`)
  same(sums.tables, task.pageTables, `${task.name}: page tables`)
  if (task.exited && (sums.anon > 0 || sums.file > 0 || sums.swap > 0 || sums.tables > 0)) fail(`${task.name} has exited and still holds memory`)
}

/** Slots against frames, nodes of 64 slots against slots. */
function checkFile(mm: Mm, file: FileMapping, cached: number[]): { nodes: number; shadowNodes: number } {
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
      if (slot <= 0) continue
      nodePages++
      const pfn = slot - 1
      const flags = f.flags[pfn]
      if ((flags & (PG_SWAPBACKED | PG_BUDDY | PG_PCP | PG_KERNEL | PG_DEAD)) !== 0 || flags === 0) fail(`${file.path}: slot ${index} holds frame ${pfn} with flags ${flags.toString(16)}`)
      if (f.mapping[pfn] !== file.id || f.index[pfn] !== index) fail(`${file.path}: slot ${index} holds frame ${pfn}, which is page ${f.index[pfn]} of ${f.mapping[pfn]}`)
      if ((flags & PG_DIRTY) !== 0) dirty++
      cached[mm.zoneOf(pfn).node]++
    }
    same(separate ? 0 : nodePages, file.nodePages[node], `${file.path}: pages in node ${node}`)
    same(separate ? 0 : nodeShadows, file.nodeShadows[node], `${file.path}: shadows in node ${node}`)
    pages += nodePages
    if (separate) continue
    if (nodePages + nodeShadows > 0) inUse++
    if (nodePages === 0 && nodeShadows > 0) shadowNodes++
  }
  same(pages, file.nrPages, `${file.path}: cached pages`)
  same(dirty, file.nrDirty, `${file.path}: dirty pages`)
  same(inUse, file.nodesInUse, `${file.path}: leaf nodes in use`)
  return { nodes: inUse + upperNodes(file), shadowNodes }
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
  const sums = mm.nodes.map(() => ({ anon: 0, mapped: 0, swapcache: 0 }))
  let buffers = 0
  for (const zone of mm.zones) {
    const node = sums[zone.node]
    for (let pfn = zone.startPfn; pfn < zone.endPfn; pfn++) {
      const flags = f.flags[pfn]
      if (flags === 0 || (flags & (PG_BUDDY | PG_PCP | PG_KERNEL)) !== 0) {
        if (maps.mapped[pfn] > 0) fail(`frame ${pfn} is mapped with flags ${flags.toString(16)}`)
        continue
      }
      const mapped = (flags & PG_MAPPED) !== 0
      if (mapped !== maps.mapped[pfn] > 0) fail(`frame ${pfn} is marked ${mapped ? 'mapped' : 'unmapped'}, ${maps.mapped[pfn]} entries map it`)
      if ((flags & PG_SWAPCACHE) !== 0) {
        node.swapcache++
        if (mm.swap.cache[f.swap[pfn] - 1] !== pfn + 1) fail(`frame ${pfn} is marked as swap cache and not in its slot ${f.swap[pfn] - 1}`)
      }
      if (mapped && (flags & PG_SWAPBACKED) !== 0) node.anon++
      if (mapped && (flags & PG_SWAPBACKED) === 0) node.mapped++
      const file = (flags & PG_SWAPBACKED) === 0 ? mm.files[f.mapping[pfn]] : undefined
      const inCache = file !== undefined && file.slots[f.index[pfn]] === pfn + 1
      if (inCache && (flags & PG_PRIVATE) !== 0) buffers++
      // The kernel's pages of boot have no owner we know; pages just freed by a batch of reclaim have none any more.
      const owned = mapped || inCache || (flags & (PG_SWAPCACHE | PG_DEAD | PG_UNEVICTABLE)) !== 0
      if (!owned && ((flags & PG_LRU) !== 0 || folioRefs(flags) > 0)) fail(`frame ${pfn} with flags ${flags.toString(16)} belongs to nobody and is not freed`)
    }
  }
  for (const node of mm.nodes) {
    const { anon, mapped, swapcache } = sums[node.id]
    same(anon, node.stat.nr_anon_pages, `node ${node.id}: mapped anonymous pages`)
    same(mapped, node.stat.nr_mapped, `node ${node.id}: mapped file pages`)
    same(swapcache, node.stat.nr_swapcached, `node ${node.id}: pages in the swap cache`)
    same(cached[node.id] + swapcache, node.stat.nr_file_pages, `node ${node.id}: cached pages, swap cache included`)
  }
  same(buffers, mm.slabs.bufferHead.live, 'buffer heads')
}
