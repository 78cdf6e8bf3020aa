/**
 * Invariants of a machine's memory, checked by tests after every so many turns: every frame is in exactly one place and has exactly one owner, and every count is the
 * sum it claims to be. Walks everything it knows: slow, for tests. What is not modelled frame by frame (memory the kernel holds at boot) must stay as it was at the first check.
 */
import { freeBlockOrder } from '../mm/buddy'
import { pageblockStart } from '../mm/compaction-hints'
import { MIGRATE_HIGHATOMIC, NR_MIGRATETYPES } from '../mm/gfp'
import type { Lists } from '../mm/list'
import { ANON_AND_FILE, MAX_NR_GENS, MIN_LRU_BATCH, MIN_NR_GENS, folioLruGen, folioType, genList, getNrGens, lruOf } from '../mm/lru-gen'
import { NR_LRU_LISTS } from '../mm/lru-size'
import { folioLruList } from '../mm/lruvec'
import type { Lruvec } from '../mm/lruvec'
import type { Mm } from '../mm/mm'
import { MAX_ORDER, NR_PCP_LISTS, PAGEBLOCK_ORDER, PAGEBLOCK_PAGES, WMARK_HIGH, WMARK_LOW, WMARK_MIN, WMARK_PROMO } from '../mm/mmzone'
import type { Zone } from '../mm/mmzone'
import { PG_ACTIVE, PG_BUDDY, PG_DEAD, PG_DIRTY, PG_ISOLATED, PG_KERNEL, PG_LOCKED, PG_LRU, PG_PCP, PG_SWAPBACKED, PG_TAIL, PG_TARGET, PG_WRITEBACK, folioNrPages, folioRefs } from '../mm/page'
import { fail, same } from './check-fail'
import { checkMaps } from './check-maps'
import { checkMemcgs } from './check-memcg'
import { checkSwap } from './check-swap'
import { checkVfs, vfsPages } from './check-vfs'
import { checkWaits } from './check-waits'

/** Where a frame is. Everything but NOWHERE excludes everything else. */
const NOWHERE = 0
const FREE = 1
const PCP = 2
const LRU = 3
/** In compaction's hands: free, and about to be filled or captured. */
const TARGET = 4

/** What the first check of a machine found, and no later one may find changed: frames that nobody accounts for, and gauges' shares of boot. */
interface Baseline {
  readonly reserved: readonly number[]
  readonly slabReclaimable: number
  readonly slabUnreclaimable: number
  readonly pageTables: number
}

const baselines = new WeakMap<Mm, Baseline>()

/** Throws, with what is wrong, if the machine's state is inconsistent. To be called between turns. */
export function checkMm(mm: Mm): void {
  const place = new Uint8Array(mm.frames.nr)
  for (const zone of mm.zones) {
    checkBuddy(mm, zone, place)
    checkPcp(mm, zone, place)
    checkHighatomic(mm, zone)
    checkMarks(zone)
  }
  checkLrus(mm, place)
  checkCompaction(mm, place)
  checkNodeSums(mm)
  const reserved = checkFrames(mm, place)
  const kernel = checkKernelPages(mm)
  checkBaseline(mm, { reserved, ...kernel })
  checkMaps(mm)
  checkSwap(mm)
  checkVfs(mm)
  checkWaits(mm)
  checkMemcgs(mm)
  checkAtRest(mm)
}

/** Walks one list and proves its links. */
function walk(mm: Mm, lists: Lists, list: number, what: string, visit: (pfn: number) => void): number {
  const { next, prev } = mm.frames
  let before = 0
  let n = 0
  for (let at = lists.head[list]; at !== 0; at = next[at - 1]) {
    if (prev[at - 1] !== before) fail(`${what}: frame ${at - 1} points back to ${prev[at - 1] - 1}, not ${before - 1}`)
    visit(at - 1)
    before = at
    if (++n > mm.frames.nr) fail(`${what} is a ring`)
  }
  if (lists.tail[list] !== before) fail(`${what} ends at frame ${before - 1}, its tail says ${lists.tail[list] - 1}`)
  return n
}

function put(place: Uint8Array, pfn: number, pages: number, where: number, what: string): void {
  for (let i = pfn; i < pfn + pages; i++) {
    if (place[i] !== NOWHERE) fail(`frame ${i} is in two places, one of them ${what}`)
    place[i] = where
  }
}

function checkBuddy(mm: Mm, zone: Zone, place: Uint8Array): void {
  let free = 0
  for (let order = 0; order < MAX_ORDER; order++) {
    let blocks = 0
    for (let type = 0; type < NR_MIGRATETYPES; type++) {
      const what = `${zone.name}'s free list of order ${order}, type ${type}`
      blocks += walk(mm, zone.freeLists, order * NR_MIGRATETYPES + type, what, (pfn) => {
        if (mm.frames.flags[pfn] !== (PG_BUDDY | (order << 24)) || mm.frames.index[pfn] !== type) fail(`block ${pfn} is marked for another list than ${what}`)
        if ((pfn & ((1 << order) - 1)) !== 0 || pfn < zone.managedPfn || pfn + (1 << order) > zone.endPfn) fail(`block ${pfn} of order ${order} does not lie in ${zone.name}`)
        put(place, pfn, 1 << order, FREE, what)
        checkMerged(mm, zone, pfn, order)
      })
    }
    same(blocks, zone.nrFree[order], `${zone.name}: free blocks of order ${order}`)
    free += blocks << order
  }
  same(free, zone.free, `${zone.name}: free pages`)
  same(zone.cpuDiff.reduce((sum, diff) => sum + diff, 0), zone.drift, `${zone.name}: free pages that CPUs have not told of`)
}

/** Two free buddies are one block; only pageblocks of which one is or was HIGHATOMIC stay apart (giving up a reserve moves blocks between lists, it does not merge them). */
function checkMerged(mm: Mm, zone: Zone, pfn: number, order: number): void {
  const buddy = pfn ^ (1 << order)
  if (order >= MAX_ORDER - 1 || buddy < pfn || buddy >= zone.endPfn || freeBlockOrder(mm, buddy) !== order) return
  const apart = order >= PAGEBLOCK_ORDER && zone.hadHighatomic
  if (!apart) fail(`free buddies ${pfn} and ${buddy} of order ${order} are not merged`)
}

function checkPcp(mm: Mm, zone: Zone, place: Uint8Array): void {
  zone.pcp.forEach((pcp, cpu) => {
    let count = 0
    for (let list = 0; list < NR_PCP_LISTS; list++) {
      const order = list === NR_PCP_LISTS - 1 ? PAGEBLOCK_ORDER : Math.floor(list / 3)
      const what = `${zone.name}'s per-cpu list ${list} of cpu ${cpu}`
      const n = walk(mm, pcp.lists, list, what, (pfn) => {
        if (mm.frames.flags[pfn] !== PG_PCP) fail(`frame ${pfn} is on ${what} with flags ${mm.frames.flags[pfn].toString(16)}`)
        if (pfn < zone.managedPfn || pfn >= zone.endPfn) fail(`frame ${pfn} on ${what} is another zone's`)
        put(place, pfn, 1 << order, PCP, what)
      })
      count += n << order
    }
    same(count, pcp.count, `${zone.name}: pages on per-cpu lists of cpu ${cpu}`)
  })
}

/** nr_reserved_highatomic counts pages of HIGHATOMIC pageblocks, never more than the kernel's limit. */
function checkHighatomic(mm: Mm, zone: Zone): void {
  let blocks = 0
  for (let pfn = pageblockStart(zone.startPfn); pfn < zone.endPfn; pfn += PAGEBLOCK_PAGES) if (mm.blockType[pfn >>> PAGEBLOCK_ORDER] === MIGRATE_HIGHATOMIC) blocks++
  // The type's number is that of MIGRATE_RESERVE in older kernels.
  if (mm.traits.reserves === 'migrate-reserve') {
    if (blocks > 2) fail(`${zone.name}: ${blocks} RESERVE pageblocks`)
    return
  }
  same(blocks * PAGEBLOCK_PAGES, zone.nrReservedHighatomic, `${zone.name}: pages of HIGHATOMIC pageblocks`)
  if (zone.nrReservedHighatomic >= Math.floor(zone.managed / 100) + 2 * PAGEBLOCK_PAGES) fail(`${zone.name}: ${zone.nrReservedHighatomic} pages in HIGHATOMIC pageblocks`)
}

function checkMarks(zone: Zone): void {
  const mark = zone.mark
  if (!(mark[WMARK_MIN] >= 0 && mark[WMARK_MIN] <= mark[WMARK_LOW] && mark[WMARK_LOW] <= mark[WMARK_HIGH] && mark[WMARK_HIGH] <= mark[WMARK_PROMO])) fail(`${zone.name}: marks ${[...mark].join(' ')} are not in order`)
  if (!(zone.boost >= 0 && zone.boost <= zone.managed)) fail(`${zone.name}: boost ${zone.boost}`)
  if (zone.free < 0) fail(`${zone.name}: ${zone.free} free pages`)
}

function checkLrus(mm: Mm, place: Uint8Array): void {
  const byZone = mm.zones.map(() => new Float64Array(NR_LRU_LISTS))
  for (const lruvec of mm.lruvecs) {
    const byIdx = new Float64Array(lruvec.zoneSize.length)
    for (let lru = 0; lru < NR_LRU_LISTS; lru++) {
      const what = `LRU list ${lru} of node ${lruvec.node.id}${lruvec.memcg === 0 ? '' : `, group ${lruvec.memcg}`}`
      let pages = 0
      walk(mm, lruvec.lists, lru, what, (pfn) => {
        const flags = mm.frames.flags[pfn]
        const zone = mm.zoneOf(pfn)
        const own = folioNrPages(flags)
        pages += own
        put(place, pfn, own, LRU, what)
        if ((flags & (PG_LRU | PG_ISOLATED)) !== PG_LRU || folioLruList(flags) !== lru) fail(`frame ${pfn} is on ${what} with flags ${flags.toString(16)}`)
        if (zone.node !== lruvec.node.id || (lruvec.zone ?? zone) !== zone) fail(`frame ${pfn} of node ${zone.node} is on ${what}`)
        byZone[zone.id][lru] += own
        byIdx[zone.idx * NR_LRU_LISTS + lru] += own
      })
      if (!lruvec.gen.enabled || lru === NR_LRU_LISTS - 1) same(pages, lruvec.size[lru], what)
      else if (pages > 0) fail(`${what} holds ${pages} pages although generations are in use`)
    }
    checkGenerations(mm, lruvec, place, byZone, byIdx)
    byIdx.forEach((pages, i) => same(pages, lruvec.zoneSize[i], `node ${lruvec.node.id}: LRU list ${i % NR_LRU_LISTS} in zone ${Math.floor(i / NR_LRU_LISTS)}`))
  }
  for (const zone of mm.zones) byZone[zone.id].forEach((pages, lru) => same(pages, zone.nrLru[lru], `${zone.name}: LRU list ${lru}`))
}

/** Generations: a window of two to four, file never behind anon, each folio counted where it belongs and linked where it was. */
function checkGenerations(mm: Mm, lruvec: Lruvec, place: Uint8Array, byZone: readonly Float64Array[], byIdx: Float64Array): void {
  const { gen } = lruvec
  const what = `node ${lruvec.node.id}`
  for (let type = 0; type < ANON_AND_FILE; type++) {
    const gens = getNrGens(gen, type)
    if (gens < MIN_NR_GENS || gens > MAX_NR_GENS) fail(`${what}: ${gens} generations of type ${type}`)
  }
  if (gen.minSeq[0] > gen.minSeq[1]) fail(`${what}: anon's oldest generation ${gen.minSeq[0]} is younger than file's ${gen.minSeq[1]}`)
  const counted = new Float64Array(gen.nrPages.length)
  const lists = gen.lists.head.length / MAX_NR_GENS / ANON_AND_FILE
  for (let list = 0; list < gen.lists.head.length; list++) {
    const zoneIdx = list % lists
    const type = Math.floor(list / lists) % ANON_AND_FILE
    walk(mm, gen.lists, list, `generation list ${list} of ${what}`, (pfn) => {
      const flags = mm.frames.flags[pfn]
      const zone = mm.zoneOf(pfn)
      const own = folioLruGen(mm, pfn)
      const pages = folioNrPages(flags)
      put(place, pfn, pages, LRU, `generation list ${list}`)
      if (!gen.enabled || own < 0 || (flags & (PG_LRU | PG_ISOLATED | PG_ACTIVE)) !== PG_LRU) fail(`frame ${pfn} is on generation list ${list} with flags ${flags.toString(16)}, generation ${own}`)
      if (folioType(flags) !== type || zone.idx !== zoneIdx || zone.node !== lruvec.node.id) fail(`frame ${pfn} of zone ${zone.idx} is on generation list ${list}`)
      counted[genList(own, type, zone.idx)] += pages
      const lru = lruOf(gen, type, own)
      byZone[zone.id][lru] += pages
      byIdx[zone.idx * NR_LRU_LISTS + lru] += pages
    })
  }
  counted.forEach((pages, i) => same(pages, gen.nrPages[i], `${what}: generation list ${i}`))
}

/** Free pages that compaction has in hand are with one run each; scanners' places lie in their zones. */
function checkCompaction(mm: Mm, place: Uint8Array): void {
  const take = (pfn: number, pages: number, what: string): void => {
    put(place, pfn, pages, TARGET, what)
    if ((mm.frames.flags[pfn] & PG_TARGET) === 0) fail(`frame ${pfn} is ${what} with flags ${mm.frames.flags[pfn].toString(16)}`)
  }
  for (const cc of mm.compacting) {
    for (const pfn of cc.target >= 0 ? [...cc.freePages, cc.target] : cc.freePages) take(pfn, 1, `a target in ${cc.zone.name}`)
  }
  for (const { capture } of mm.tasks) if (capture !== undefined && capture.pfn >= 0) take(capture.pfn, 1 << capture.cc.order, 'a captured block')
  for (const { name, startPfn, endPfn, compaction: state } of mm.zones) {
    for (const pfn of [...state.cachedMigratePfn, state.cachedFreePfn]) if (pfn >= 0 && (pfn < startPfn - PAGEBLOCK_PAGES || pfn > endPfn + 2 * PAGEBLOCK_PAGES)) fail(`${name}: a scanner of compaction would go on at ${pfn}`)
    if (state.deferShift < 0 || state.deferShift > 6 || state.considered > 1 << state.deferShift) fail(`${name}: compaction deferred ${state.considered} of ${1 << state.deferShift} times`)
  }
}

/** A frame behind the head of a huge page: the head is a folio of 512, aligned, and in use. */
function checkTail(mm: Mm, pfn: number): void {
  const head = pfn & ~(PAGEBLOCK_PAGES - 1)
  const flags = mm.frames.flags[head]
  if (mm.frames.flags[pfn] !== PG_TAIL || head === pfn || folioNrPages(flags) !== PAGEBLOCK_PAGES || (flags & (PG_BUDDY | PG_PCP | PG_KERNEL)) !== 0) {
    fail(`frame ${pfn} is marked as part of a huge page (${mm.frames.flags[pfn].toString(16)}), frame ${head} is no head of one (${flags.toString(16)})`)
  }
}

function checkNodeSums(mm: Mm): void {
  for (const node of mm.nodes) {
    const size = new Float64Array(NR_LRU_LISTS)
    for (const lruvec of mm.lruvecsOf(node)) lruvec.size.forEach((pages, lru) => (size[lru] += pages))
    const s = node.stat
    ;[s.nr_inactive_anon, s.nr_active_anon, s.nr_inactive_file, s.nr_active_file, s.nr_unevictable].forEach((pages, lru) => same(size[lru], pages, `node ${node.id}: LRU list ${lru}`))
    for (const [name, value] of Object.entries(s)) if (!(value >= 0)) fail(`${name} is ${value}`)
  }
  for (const [name, value] of Object.entries(mm.vm)) if (!(value >= 0)) fail(`${name} is ${value}`)
}

/** References that per-cpu batches and reclaim's isolation hold, by frame. */
function expectedRefs(mm: Mm): Uint8Array {
  const refs = new Uint8Array(mm.frames.nr)
  for (const cpu of mm.batches) {
    for (const batch of [cpu.add, cpu.rotate, cpu.activate, cpu.deactivateFile]) for (let i = 0; i < batch.nr; i++) refs[batch.pfns[i]]++
  }
  return refs
}

/**
 * Each frame's flags fit the place it was found in, its references are exactly those held, and the gauges of frame states are sums over frames.
 * Gives, by zone, the frames nobody accounts for: memory the kernel took before the run.
 */
function checkFrames(mm: Mm, place: Uint8Array): number[] {
  const { flags } = mm.frames
  const refs = expectedRefs(mm)
  const reserved = mm.zones.map(() => 0)
  const nodes = mm.nodes.map(() => ({ dirty: 0, writeback: 0, isolated: [0, 0], limbo: 0 }))
  const disks = mm.writeback.wbs.map(() => ({ reclaimable: 0, writeback: 0 }))
  for (const zone of mm.zones) {
    const sums = nodes[zone.node]
    let pending = 0
    const dirtyBefore = sums.dirty
    for (let pfn = zone.managedPfn; pfn < zone.endPfn; pfn++) {
      const f = flags[pfn]
      if (place[pfn] === FREE || place[pfn] === PCP) {
        if (refs[pfn] > 0) fail(`free frame ${pfn} waits in an LRU batch`)
        continue
      }
      if (f === 0 && place[pfn] !== TARGET) {
        reserved[zone.id]++
        continue
      }
      if ((f & (PG_BUDDY | PG_PCP)) !== 0) fail(`frame ${pfn} is marked free (${f.toString(16)}) and on no free list`)
      if ((f & PG_KERNEL) !== 0) {
        if (place[pfn] !== NOWHERE || refs[pfn] > 0) fail(`kernel frame ${pfn} is on an LRU list or in a batch`)
        continue
      }
      if ((f & PG_TAIL) !== 0) {
        checkTail(mm, pfn)
        continue
      }
      if (place[pfn] === TARGET) continue
      if ((f & PG_TARGET) !== 0) fail(`frame ${pfn} is marked for compaction, which has not got it`)
      const isolated = (f & PG_ISOLATED) !== 0
      if (((f & PG_LRU) !== 0) !== (place[pfn] === LRU)) fail(`frame ${pfn} with flags ${f.toString(16)} is ${place[pfn] === LRU ? '' : 'not '}on an LRU list`)
      if (folioRefs(f) !== refs[pfn] + (isolated ? 1 : 0)) fail(`frame ${pfn}: ${folioRefs(f)} references, ${refs[pfn]} in batches, ${isolated ? '' : 'not '}isolated`)
      if ((f & PG_DEAD) !== 0 && folioRefs(f) === 0) fail(`frame ${pfn} is dead and nobody will free it`)
      if (isolated) sums.isolated[(f & PG_SWAPBACKED) === 0 ? 1 : 0] += folioNrPages(f)
      else if (place[pfn] === NOWHERE && folioRefs(f) === 0) sums.limbo++
      if ((f & (PG_SWAPBACKED | PG_DIRTY)) === PG_DIRTY) {
        sums.dirty++
        pending++
        disks[mm.files[mm.frames.mapping[pfn]].disk].reclaimable++
      }
      if ((f & PG_WRITEBACK) !== 0) {
        sums.writeback++
        pending++
        if ((f & PG_SWAPBACKED) === 0) disks[mm.files[mm.frames.mapping[pfn]].disk].writeback++
      }
    }
    same(sums.dirty - dirtyBefore, zone.nrFileDirty, `${zone.name}: dirty file pages`)
    same(pending, zone.nrWritePending, `${zone.name}: dirty pages and pages under writeback`)
  }
  for (const node of mm.nodes) checkNodeFrames(mm, node.id, nodes[node.id])
  mm.writeback.wbs.forEach((wb, disk) => {
    same(disks[disk].reclaimable, wb.reclaimable, `disk ${disk}: dirty pages`)
    same(disks[disk].writeback, wb.writeback, `disk ${disk}: file pages under writeback`)
  })
  return reserved
}

function checkNodeFrames(mm: Mm, node: number, sums: { dirty: number; writeback: number; isolated: number[]; limbo: number }): void {
  const { stat } = mm.nodes[node]
  same(sums.dirty, stat.nr_dirty, `node ${node}: dirty file pages`)
  same(sums.writeback, stat.nr_writeback, `node ${node}: pages under writeback`)
  const [anon, file] = sums.isolated
  // Reclaim counts a batch as isolated until its end; those of it that were freed are in nobody's hands until then.
  const counted = stat.nr_isolated_anon + stat.nr_isolated_file
  // Batches of generations are in no counter; a huge page may be the last of one.
  const batch = MIN_LRU_BATCH + (mm.thpEnabled === 'never' ? 0 : PAGEBLOCK_PAGES)
  const uncounted = mm.lruGen.everOn ? batch * (mm.tasks.length + mm.nodes.length) : 0
  if (anon + file + sums.limbo > counted + uncounted) fail(`node ${node}: ${anon + file + sums.limbo} frames are isolated or belong to nobody, ${counted} are counted and ${uncounted} may be uncounted`)
  if (uncounted > 0) return
  if (anon > stat.nr_isolated_anon || file > stat.nr_isolated_file || anon + file + sums.limbo > counted) {
    fail(`node ${node}: ${anon} anon and ${file} file frames are isolated and ${sums.limbo} belong to nobody, ${stat.nr_isolated_anon} and ${stat.nr_isolated_file} are counted as isolated`)
  }
  const reclaiming = mm.kswapds[node]?.awake === true || mm.compacting.size > 0 || mm.tasks.some((task) => task.memalloc && !task.kthread)
  if (!reclaiming && counted > 0) fail(`node ${node}: nobody reclaims, ${counted} pages are counted as isolated`)
}

/** Kernel frames are slab pages and page tables, each once; slab objects are what uses them. */
function checkKernelPages(mm: Mm): Omit<Baseline, 'reserved'> {
  const owned = new Set<number>()
  const own = (pfn: number, what: string): void => {
    if (owned.has(pfn)) fail(`frame ${pfn} is a ${what} and something else of the kernel's`)
    if ((mm.frames.flags[pfn] & PG_KERNEL) === 0) fail(`${what} frame ${pfn} is not the kernel's`)
    owned.add(pfn)
  }
  let tables = 0
  for (const area of mm.areas) {
    for (const table of area?.tables ?? []) {
      if (table === 0) continue
      own(table - 1, 'page table')
      tables++
    }
  }
  let reclaimable = 0
  let unreclaimable = 0
  for (const cache of Object.values(mm.slabs) as (typeof mm.slabs)[keyof typeof mm.slabs][]) {
    for (const { pfn, order } of cache.slabs) for (let page = pfn; page < pfn + (1 << order); page++) own(page, cache.name)
    same(cache.capacity, cache.slabs.reduce((objects, { order }) => objects + cache.objectsOf(order), cache.kept), `${cache.name}: objects its slabs hold`)
    same(cache.pages, cache.slabs.reduce((pages, { order }) => pages + (1 << order), 0), `${cache.name}: pages of its slabs`)
    if (cache.live < 0 || cache.live > cache.capacity) fail(`${cache.name}: ${cache.live} objects in slabs for ${cache.capacity}`)
    if (cache.reclaimable) reclaimable += cache.pages
    else unreclaimable += cache.pages
  }
  if (mm.vfs !== undefined) {
    for (const { pfn, name } of vfsPages(mm.vfs)) {
      own(pfn, name)
      reclaimable++
    }
  }
  for (const holder of mm.kernelBlocks) for (const pfn of holder.pfns()) for (let page = pfn; page < pfn + (1 << holder.order); page++) own(page, 'held block')
  let kernel = 0
  for (let pfn = 0; pfn < mm.frames.nr; pfn++) if ((mm.frames.flags[pfn] & PG_KERNEL) !== 0) kernel++
  const zspages = mm.nodes.reduce((sum, node) => sum + node.stat.nr_zspages, 0)
  same(kernel, owned.size + zspages, 'kernel frames')
  const sum = (name: 'nr_slab_reclaimable' | 'nr_slab_unreclaimable' | 'nr_page_table_pages'): number => mm.nodes.reduce((total, node) => total + node.stat[name], 0)
  return { slabReclaimable: sum('nr_slab_reclaimable') - reclaimable, slabUnreclaimable: sum('nr_slab_unreclaimable') - unreclaimable, pageTables: sum('nr_page_table_pages') - tables }
}

function checkBaseline(mm: Mm, now: Baseline): void {
  const first = baselines.get(mm)
  if (first === undefined) {
    baselines.set(mm, now)
    return
  }
  now.reserved.forEach((pages, zone) => same(pages, first.reserved[zone], `${mm.zones[zone].name}: frames that belong to nobody, against the first check`))
  same(now.slabReclaimable, first.slabReclaimable, 'nr_slab_reclaimable beyond the caches, against the first check')
  same(now.slabUnreclaimable, first.slabUnreclaimable, 'nr_slab_unreclaimable beyond the caches, against the first check')
  same(now.pageTables, first.pageTables, 'nr_page_table_pages beyond the tables, against the first check')
}

/** With no IO under way, planned or plugged, no page waits for any. */
function checkAtRest(mm: Mm): void {
  if (mm.tasks.some((task) => task.nofs > 0 || task.memalloc && !task.kthread || mm.io.plugOf(task.id) >= 0)) return
  const disks = new Set([...mm.files.map((file) => file.disk), ...mm.swap.areas.map((area) => area.disk)])
  for (const disk of disks) if (disk >= 0 && mm.io.inflight(disk) > 0) return
  const held = new Set(mm.tasks.map((task) => task.lockedPage))
  for (let pfn = 0; pfn < mm.frames.nr; pfn++) {
    const flags = mm.frames.flags[pfn]
    if (held.has(pfn)) continue
    if ((flags & (PG_BUDDY | PG_PCP)) === 0 && (flags & (PG_LOCKED | PG_WRITEBACK)) !== 0) fail(`frame ${pfn} waits for IO (${flags.toString(16)}), none is under way`)
  }
}
