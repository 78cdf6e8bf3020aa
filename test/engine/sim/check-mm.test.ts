/** The invariant checks themselves: each kind of damage is found and named. */
import { expect, test } from 'vitest'
import { NR_MIGRATETYPES } from '../../../main/engine/mm/gfp'
import { listDel } from '../../../main/engine/mm/list'
import type { Mm } from '../../../main/engine/mm/mm'
import { PG_BUDDY, PG_DIRTY, PG_KERNEL, PG_LRU, PG_MAPPED, PG_PCP, PG_REF_ONE, PG_SHMEM, PG_SWAPBACKED, PG_WRITEBACK } from '../../../main/engine/mm/page'
import { checkMm } from '../../../main/engine/sim/check-mm'
import { boot } from '../support/run'
import { MIB, fread, fwrite, map, mmapf, open, scenario, sleep, touch } from '../support/tiny'

/** A machine in the middle of its life: anonymous, tmpfs, cached, dirty, mapped and swapped pages. */
function lively(): Mm {
  const sim = boot(scenario({ machine: { pages: 8 * MIB, swapPages: 3000 }, files: [{ path: '/f', pages: 600, disk: 'vda' }, { path: '/s', pages: 400, tmpfs: 1 }],
    processes: [[open('f', 600), fread(400), fwrite(100), mmapf('m', 600), touch('m', 'r', 200), mmapf('s', 400, 0, '/s'), touch('s', 'w', 400), map('a', 2300), touch('a', 'w', 2300), touch('s', 'r', 100), touch('a', 'r', 100), fwrite(40), sleep(10_000)]] }))
  while (sim.progress().now < 900e6) sim.step(100)
  checkMm(sim.mm)
  return sim.mm
}

function find(mm: Mm, has: number, not = 0): number {
  const pfn = mm.frames.flags.findIndex((flags) => (flags & has) === has && (flags & not) === 0)
  if (pfn < 0) throw new Error(`no frame with flags ${has.toString(16)}`)
  return pfn
}

const DAMAGE: readonly (readonly [string, (mm: Mm) => void, RegExp])[] = [
  ['free pages miscounted', (mm) => { mm.zones[0].free++ }, /Normal: free pages: \d+ found, \d+ counted/],
  ['free pages kept from the count', (mm) => { mm.zones[0].drift++ }, /Normal: free pages that CPUs have not told of: -?\d+ found, -?\d+ counted/],
  ['free blocks miscounted', (mm) => { mm.zones[0].nrFree[0]++ }, /free blocks of order 0/],
  ['a free block of another type', (mm) => { mm.frames.index[find(mm, PG_BUDDY)] ^= 1 }, /marked for another list/],
  ['a leaked page', (mm) => {
    const [zone] = mm.zones
    const pfn = find(mm, PG_BUDDY)
    const order = mm.frames.flags[pfn] >>> 24 & 15
    listDel(mm.frames, zone.freeLists, order * NR_MIGRATETYPES + mm.frames.index[pfn], pfn)
    mm.frames.flags[pfn] = 0
    zone.free -= 1 << order
    zone.nrFree[order]--
  }, /frames that belong to nobody/],
  ['a kernel page forgotten', (mm) => { mm.slabs.radixTreeNode.slabs.pop() }, /kernel frames|radix_tree_node/],
  ['a kernel page cleared', (mm) => { mm.frames.flags[find(mm, PG_KERNEL)] = 0 }, /belong to nobody|not the kernel's/],
  ['slab objects miscounted', (mm) => { mm.slabs.bufferHead.live-- }, /buffer heads/],
  ['slab pages miscounted', (mm) => { mm.nodes[0].stat.nr_slab_reclaimable++ }, /nr_slab_reclaimable/],
  ['page tables miscounted', (mm) => { mm.nodes[0].stat.nr_page_table_pages++ }, /nr_page_table_pages/],
  ['a per-cpu list miscounted', (mm) => { mm.zones[0].pcp[0].count++ }, /per-cpu lists of cpu 0/],
  ['a page off its LRU list', (mm) => { const pfn = find(mm, PG_LRU | PG_MAPPED); const [lruvec] = mm.lruvecs; const lru = [0, 1, 2, 3].find((l) => has(mm, lruvec.lists.head[l], pfn)) ?? -1; listDel(mm.frames, lruvec.lists, lru, pfn) }, /LRU list/],
  ['a broken back link', (mm) => { mm.frames.prev[mm.lruvecs[0].lists.tail[0] - 1] = 0 }, /points back/],
  ['LRU sizes', (mm) => { mm.lruvecs[0].size[0]++ }, /LRU list 0/],
  ['LRU sizes of the zone', (mm) => { mm.zones[0].nrLru[2]-- }, /Normal: LRU list 2/],
  ['LRU gauges', (mm) => { mm.nodes[0].stat.nr_active_anon++ }, /node 0: LRU list 1/],
  ['a reference nobody holds', (mm) => { mm.frames.flags[find(mm, PG_LRU | PG_MAPPED)] += PG_REF_ONE }, /references/],
  ['isolated pages without a reclaimer', (mm) => { mm.nodes[0].stat.nr_isolated_file++ }, /isolated/],
  ['dirty pages miscounted', (mm) => { mm.nodes[0].stat.nr_dirty++ }, /dirty file pages/],
  ['a dirty page made clean', (mm) => { mm.frames.flags[find(mm, PG_DIRTY, PG_SWAPBACKED | PG_BUDDY | PG_PCP)] &= ~PG_DIRTY }, /dirty/],
  ['write-pending miscounted', (mm) => { mm.zones[0].nrWritePending++ }, /dirty pages and pages under writeback/],
  ['writeback without IO', (mm) => { mm.frames.flags[find(mm, PG_LRU, PG_SWAPBACKED | PG_DIRTY)] |= PG_WRITEBACK; mm.nodes[0].stat.nr_writeback++; mm.zones[0].nrWritePending++; mm.writeback.wbs[0].writeback++ }, /waits for IO/],
  ['a disk\'s dirty pages miscounted', (mm) => { mm.writeback.wbs[0].reclaimable++ }, /disk 0: dirty pages/],
  ['anon pages miscounted', (mm) => { mm.nodes[0].stat.nr_anon_pages-- }, /mapped anonymous pages/],
  ['file pages miscounted', (mm) => { mm.nodes[0].stat.nr_file_pages++ }, /cached pages/],
  ['mapped pages miscounted', (mm) => { mm.nodes[0].stat.nr_mapped++ }, /mapped file pages/],
  ['rss', (mm) => { mm.tasks[mm.tasks.length - 1].rssAnon++ }, /anonymous pages mapped/],
  ['swap entries of a task', (mm) => { mm.tasks[mm.tasks.length - 1].swapents-- }, /swap entries/],
  ['an entry that maps another page', (mm) => { const area = mm.areas.find((a) => a !== undefined && a.file === undefined && a.pte.some((p) => p < 0)); if (area) { const i = area.pte.findIndex((p) => p < 0); area.pte[i]++ } }, /maps frame/],
  ['an entry lost', (mm) => { const area = mm.areas.find((a) => a !== undefined && a.file === undefined); if (area) area.pte[area.pte.findIndex((p) => p < 0)] = 0 }, /mapped/],
  ['a slot of the cache emptied', (mm) => { mm.files[0].slots[mm.files[0].slots.findIndex((s) => s > 0)] = 0 }, /belongs to nobody|pages in node|maps frame/],
  ['cached pages of a file', (mm) => { mm.files[0].nrPages++ }, /\/f: cached pages/],
  ['a swap slot counted twice', (mm) => { mm.swap.count[mm.swap.count.findIndex((n) => n > 0)]++ }, /swap slot/],
  ['a swap slot freed in use', (mm) => { const slot = mm.swap.count.findIndex((n) => n > 0); mm.swap.areas[0].inUse[slot] = 0 }, /swap slot \d+ is free and somebody has it/],
  ['free swap miscounted', (mm) => { mm.swap.nrSwapPages++ }, /swap slots taken/],
  ['tmpfs pages miscounted', (mm) => { mm.nodes[0].stat.nr_shmem++ }, /pages of tmpfs files/],
  ['tmpfs pages of a task', (mm) => { mm.tasks[mm.tasks.length - 1].rssShmem-- }, /tmpfs pages mapped/],
  ['a tmpfs page that passes for an anonymous one', (mm) => { mm.frames.flags[find(mm, PG_SHMEM | PG_MAPPED)] &= ~PG_SHMEM }, /not in the file's cache|holds frame|belongs to nobody/],
  ["a tmpfs file's swap entry lost", (mm) => { const { slots } = mm.files[1]; slots[slots.findIndex((slot) => slot < 0)] = 0 }, /shadows in node|swap slot/],
  ["a tmpfs file's swap entry twice", (mm) => { const { slots } = mm.files[1]; const from = slots.findIndex((slot) => slot < 0); slots[slots.findIndex((slot, i) => slot < 0 && i > from)] = slots[from] }, /which somebody else has/],
  ['marks out of order', (mm) => { mm.zones[0].mark[0] = mm.zones[0].mark[2] + 1 }, /not in order/],
  ['a counter below zero', (mm) => { mm.vm.pgfree = -1 }, /pgfree is -1/],
]

function has(mm: Mm, head: number, pfn: number): boolean {
  for (let at = head; at !== 0; at = mm.frames.next[at - 1]) if (at - 1 === pfn) return true
  return false
}

for (const [what, damage, found] of DAMAGE) {
  test(what, () => {
    const mm = lively()
    damage(mm)
    expect(() => checkMm(mm)).toThrow(found)
  })
}

test('free buddies that were not merged', () => {
  const mm = boot(scenario({ machine: { pages: 4 * MIB }, processes: [[sleep(1)]] })).mm
  const [zone] = mm.zones
  const pfn = find(mm, PG_BUDDY)
  const order = (mm.frames.flags[pfn] >>> 24) & 15
  listDel(mm.frames, zone.freeLists, order * 4 + mm.frames.index[pfn], pfn)
  zone.nrFree[order]--
  for (const half of [pfn, pfn + (1 << (order - 1))]) {
    mm.frames.flags[half] = PG_BUDDY | ((order - 1) << 24)
    mm.frames.index[half] = 1
    const list = (order - 1) * 4 + 1
    mm.frames.prev[half] = zone.freeLists.tail[list]
    mm.frames.next[half] = 0
    if (zone.freeLists.tail[list] === 0) zone.freeLists.head[list] = half + 1
    else mm.frames.next[zone.freeLists.tail[list] - 1] = half + 1
    zone.freeLists.tail[list] = half + 1
    zone.nrFree[order - 1]++
  }
  expect(() => checkMm(mm)).toThrow(/not merged/)
})
