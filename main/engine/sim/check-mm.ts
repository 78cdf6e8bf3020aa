/**
 * Invariants of a machine's memory, checked by tests after every so many events and by `--check`: every frame is in exactly one place, and every count is the sum it claims to be.
 */
import { assert } from '../core/assert'
import { NR_MIGRATETYPES } from '../mm/gfp'
import { folioLruList } from '../mm/lruvec'
import type { Mm } from '../mm/mm'
import { MAX_ORDER, NR_PCP_LISTS, PAGE_ALLOC_COSTLY_ORDER } from '../mm/mmzone'
import type { Zone } from '../mm/mmzone'
import { PG_ISOLATED, PG_LRU, PG_PCP, folioRefs } from '../mm/page'
import { freeBlockOrder } from '../mm/buddy'

/** Throws, with what is wrong, if the machine's state is inconsistent. Walks every list: slow, for tests. */
export function checkMm(mm: Mm): void {
  const seen = new Set<number>()
  for (const zone of mm.zones) checkZone(mm, zone, seen)
  checkLrus(mm, seen)
  checkIsolated(mm)
  checkSwap(mm)
  checkDirty(mm)
}

function once(seen: Set<number>, pfn: number, what: string): void {
  assert(!seen.has(pfn), `frame ${pfn} is in two places, one of them ${what}`)
  seen.add(pfn)
}

function checkZone(mm: Mm, zone: Zone, seen: Set<number>): void {
  let free = 0
  for (let order = 0; order < MAX_ORDER; order++) {
    let blocks = 0
    for (let type = 0; type < NR_MIGRATETYPES; type++) {
      for (let at = zone.freeLists.head[order * NR_MIGRATETYPES + type]; at !== 0; at = mm.frames.next[at - 1]) {
        once(seen, at - 1, `${zone.name}'s free list of order ${order}`)
        assert(freeBlockOrder(mm, at - 1) === order, `block ${at - 1} is on the list of another order`)
        assert(at - 1 >= zone.startPfn && at - 1 + (1 << order) <= zone.endPfn, `block ${at - 1} lies outside ${zone.name}`)
        blocks++
      }
    }
    assert(blocks === zone.nrFree[order], `${zone.name} order ${order}: ${blocks} blocks on lists, ${zone.nrFree[order]} counted`)
    free += blocks << order
  }
  assert(free === zone.free, `${zone.name}: ${free} pages on free lists, ${zone.free} counted`)
  for (const pcp of zone.pcp) {
    let count = 0
    for (let list = 0; list < NR_PCP_LISTS; list++) {
      const order = list === NR_PCP_LISTS - 1 ? 9 : Math.min(PAGE_ALLOC_COSTLY_ORDER, Math.floor(list / 3))
      for (let at = pcp.lists.head[list]; at !== 0; at = mm.frames.next[at - 1]) {
        once(seen, at - 1, `${zone.name}'s per-cpu list`)
        assert((mm.frames.flags[at - 1] & PG_PCP) !== 0, `frame ${at - 1} is on a per-cpu list without its flag`)
        count += 1 << order
      }
    }
    assert(count === pcp.count, `${zone.name}: ${count} pages on a per-cpu list, ${pcp.count} counted`)
  }
}

function checkLrus(mm: Mm, seen: Set<number>): void {
  for (const lruvec of mm.lruvecs) {
    for (let lru = 0; lru < 5; lru++) {
      let pages = 0
      let prev = 0
      for (let at = lruvec.lists.head[lru]; at !== 0; at = mm.frames.next[at - 1]) {
        const pfn = at - 1
        once(seen, pfn, `LRU list ${lru}`)
        const flags = mm.frames.flags[pfn]
        assert((flags & PG_LRU) !== 0 && folioLruList(flags) === lru, `frame ${pfn} is on LRU list ${lru} with flags ${flags.toString(16)}`)
        assert(mm.frames.prev[pfn] === prev, `LRU list ${lru} is broken at frame ${pfn}`)
        prev = at
        pages++
      }
      assert(lruvec.lists.tail[lru] === prev, `LRU list ${lru} ends elsewhere`)
      assert(pages === lruvec.size[lru], `LRU list ${lru}: ${pages} pages, ${lruvec.size[lru]} counted`)
    }
  }
}

/** Isolated counts are the frames marked so. */
function checkIsolated(mm: Mm): void {
  let isolated = 0
  for (let pfn = 0; pfn < mm.frames.nr; pfn++) {
    const flags = mm.frames.flags[pfn]
    if ((flags & PG_ISOLATED) === 0) continue
    isolated++
    assert(folioRefs(flags) > 0, `frame ${pfn} is isolated without a reference`)
  }
  const counted = mm.nodes.reduce((sum, node) => sum + node.stat.nr_isolated_anon + node.stat.nr_isolated_file, 0)
  assert(isolated <= counted, `${isolated} frames are isolated, ${counted} counted`)
}

function checkSwap(mm: Mm): void {
  let used = 0
  for (let slot = 0; slot < mm.swap.count.length; slot++) {
    if (mm.swap.count[slot] > 0 || mm.swap.cache[slot] > 0) used++
    const cached = mm.swap.cache[slot]
    if (cached > 0) assert(mm.frames.swap[cached - 1] === slot + 1, `slot ${slot} and frame ${cached - 1} disagree`)
  }
  assert(used <= mm.swap.totalSwapPages - mm.swap.nrSwapPages, `${used} swap slots used, ${mm.swap.totalSwapPages - mm.swap.nrSwapPages} taken`)
}

function checkDirty(mm: Mm): void {
  for (const node of mm.nodes) {
    for (const [name, value] of Object.entries(node.stat)) assert(value >= 0, `${name} is ${value}`)
  }
}
