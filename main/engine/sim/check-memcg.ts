/** Invariants of memory cgroups: every counter is the sum of what is charged to it, the lists of a group hold its pages, protection in use adds up. Part of checkMm. */
import type { Memcg } from '../mm/memcg'
import { memcgIsDescendant, memcgOnline } from '../mm/memcg'
import { BUFFER_HEAD_BYTES, XA_NODE_BYTES } from '../mm/memcg-stock'
import type { Lists } from '../mm/list'
import { NR_LRU_LISTS } from '../mm/lru-size'
import type { Mm } from '../mm/mm'
import { PG_BUDDY, PG_DIRTY, PG_KERNEL, PG_PCP, PG_PRIVATE, PG_SWAPBACKED, PG_WRITEBACK } from '../mm/page'
import { fail, same } from './check-fail'

/** What frames, files and slots say of each group, by its number. */
class Sums {
  readonly pages: Float64Array
  readonly kernel: Float64Array
  readonly dirty: Float64Array
  readonly writeback: Float64Array
  readonly objectBytes: Float64Array
  readonly swap: Float64Array
  constructor(groups: number) {
    this.pages = new Float64Array(groups)
    this.kernel = new Float64Array(groups)
    this.dirty = new Float64Array(groups)
    this.writeback = new Float64Array(groups)
    this.objectBytes = new Float64Array(groups)
    this.swap = new Float64Array(groups)
  }
}

export function checkMemcgs(mm: Mm): void {
  if (mm.memcgOf === undefined) return
  const sums = new Sums(mm.memcgs.groups.length)
  sumFrames(mm, mm.memcgOf, sums)
  sumNodes(mm, sums)
  for (const owner of mm.swap.memcg) sums.swap[owner]++
  for (const memcg of mm.memcgs.groups) checkGroup(mm, memcg, sums)
  checkLruvecs(mm, mm.memcgOf)
}

function sumFrames(mm: Mm, owners: Uint16Array, sums: Sums): void {
  for (let pfn = 0; pfn < owners.length; pfn++) {
    const owner = owners[pfn]
    const flags = mm.frames.flags[pfn]
    if (owner !== 0 && (flags === 0 || (flags & (PG_BUDDY | PG_PCP)) !== 0)) fail(`frame ${pfn} with flags ${flags.toString(16)} is charged to group ${owner}`)
    if (flags === 0 || (flags & (PG_BUDDY | PG_PCP)) !== 0) continue
    sums.pages[owner]++
    if ((flags & PG_KERNEL) !== 0) {
      if (mm.memcgs.charging.get(pfn) !== false) sums.kernel[owner]++
      continue
    }
    if ((flags & (PG_SWAPBACKED | PG_DIRTY)) === PG_DIRTY) sums.dirty[owner]++
    if ((flags & PG_WRITEBACK) !== 0) sums.writeback[owner]++
    const file = (flags & PG_SWAPBACKED) === 0 ? mm.files[mm.frames.mapping[pfn]] : undefined
    if (file !== undefined && file.slots[mm.frames.index[pfn]] === pfn + 1 && (flags & PG_PRIVATE) !== 0) sums.objectBytes[memcgOnline(mm.memcgs.groups[owner]).id] += BUFFER_HEAD_BYTES
  }
}

function sumNodes(mm: Mm, sums: Sums): void {
  for (const file of mm.files) for (const owner of file.nodeMemcg ?? []) if (owner !== 0) sums.objectBytes[memcgOnline(mm.memcgs.groups[owner]).id] += XA_NODE_BYTES
}

/** The groups of a tree, added up. */
function below(memcg: Memcg, of: (id: number) => number): number {
  let sum = 0
  for (let id = memcg.id; id <= memcg.last; id++) sum += of(id)
  return sum
}

function checkGroup(mm: Mm, memcg: Memcg, sums: Sums): void {
  const { groups, stocks } = mm.memcgs
  const name = `group ${memcg.path || '/'}`
  const { memory, swap } = memcg
  // The root is charged for nothing of its own, only for what its groups have.
  const own = (id: number): number => (id === 0 ? 0 : sums.pages[id] + groups[id].kmemObjectPages)
  const stocked = stocks.reduce((sum, stock) => sum + (stock.cached !== undefined && memcgIsDescendant(stock.cached, memcg) ? stock.pages : 0), 0)
  same(below(memcg, own) + stocked, memory.usage, `${name}: pages charged`)
  same(below(memcg, (id) => (id === 0 ? 0 : sums.swap[id])), swap.usage, `${name}: swap slots charged`)
  same(memcg.children.reduce((sum, child) => sum + Math.min(child.memory.usage, child.memory.min), 0), memory.childrenMinUsage, `${name}: children's memory.min in use`)
  same(memcg.children.reduce((sum, child) => sum + Math.min(child.memory.usage, child.memory.low), 0), memory.childrenLowUsage, `${name}: children's memory.low in use`)
  if (memory.usage > memory.watermark || memory.usage < 0 || swap.usage < 0) fail(`${name}: usage ${memory.usage}, swap ${swap.usage}, peak ${memory.watermark}`)
  same(sums.dirty[memcg.id], memcg.stat.file_dirty, `${name}: dirty pages`)
  same(sums.writeback[memcg.id], memcg.stat.file_writeback, `${name}: pages under writeback`)
  if (memcg.id === 0) return
  same(sums.kernel[memcg.id] + memcg.kmemObjectPages, memcg.kmem, `${name}: kernel pages`)
  same(sums.objectBytes[memcg.id], memcg.kmemObjectBytes, `${name}: bytes of kernel objects`)
  if (memcg.kmemObjectPages * 4096 < memcg.kmemObjectBytes) fail(`${name}: ${memcg.kmemObjectBytes} bytes of objects in ${memcg.kmemObjectPages} pages`)
  for (const [event, count] of Object.entries(memcg.events)) if (count < memcg.eventsLocal[event as keyof typeof memcg.events]) fail(`${name}: ${event} ${count} of the tree, more of the group`)
}

/** Each list holds pages of its own group, and the sums up the tree are sums. */
function checkLruvecs(mm: Mm, owners: Uint16Array): void {
  for (const lruvec of mm.lruvecs) {
    checkOwners(mm, owners, lruvec.memcg, lruvec.lists)
    checkOwners(mm, owners, lruvec.memcg, lruvec.gen.lists)
    for (let lru = 0; lru < NR_LRU_LISTS; lru++) {
      const tree = below(mm.memcgs.groups[lruvec.memcg], (id) => mm.lruvecOf(id, lruvec.owner).size[lru])
      same(tree, lruvec.treeSize[lru], `group ${lruvec.memcg}, node ${lruvec.node.id}: LRU list ${lru} with the groups below`)
    }
  }
}

function checkOwners(mm: Mm, owners: Uint16Array, memcg: number, lists: Lists): void {
  for (const head of lists.head) {
    for (let at = head; at !== 0; at = mm.frames.next[at - 1]) if (owners[at - 1] !== memcg) fail(`frame ${at - 1} of group ${owners[at - 1]} is on a list of group ${memcg}`)
  }
}
