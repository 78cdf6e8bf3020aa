/** tmpfs: what its pages count as, what stands where when they are in swap, and what of them goes when. */
import { expect, test } from 'vitest'
import { createSimulation } from '../../../main/engine/index'
import type { FollowSpec, Machine, PageEvent, Phase, ProcessSpec, Scenario } from '../../../main/engine/index'
import { PTE_SWAP } from '../../../main/engine/mm/area'
import type { FileMapping } from '../../../main/engine/mm/file'
import { slotOfValue, swapValue } from '../../../main/engine/mm/file'
import { GFP_FS, GFP_KERNEL } from '../../../main/engine/mm/gfp'
import type { FolioList } from '../../../main/engine/mm/isolate'
import { lruvecDelFolio } from '../../../main/engine/mm/lruvec'
import type { Mm } from '../../../main/engine/mm/mm'
import { PG_ACTIVE, PG_DIRTY, PG_ISOLATED, PG_MAPPED, PG_REFERENCED, PG_REF_ONE, PG_SHMEM, PG_SWAPBACKED, PG_SWAPCACHE } from '../../../main/engine/mm/page'
import { folioReferenced } from '../../../main/engine/mm/rmap'
import { ScanControl } from '../../../main/engine/mm/scan-control'
import { ReclaimStat, shrinkFolioList } from '../../../main/engine/mm/shrink-list'
import { lruAddDrainAll } from '../../../main/engine/mm/swap-lru'
import { explainEvent } from '../../../main/lab/explain/event'
import linux61 from '../../../plugins/kernels/linux-6.1'
import { finish } from '../support/idle'
import { boot, delta, run, snapValue } from '../support/run'
import type { Ran } from '../support/run'
import { MIB, fread, fwrite, machine, map, mmapf, scenario, sleep, snap, touch, unmap } from '../support/tiny'
import type { TinyMachine } from '../support/tiny'

const PATH = '/dev/shm/s'
const SWAP = 16_384

const shm = (pages: number): Phase => mmapf('s', pages, 0, PATH)

function on(pages: number, processes: readonly (readonly Phase[])[] | readonly ProcessSpec[], over: TinyMachine | Machine = {}): Scenario {
  return scenario({ machine: over, files: [{ path: PATH, pages, tmpfs: 1 }], processes })
}

/** checkMm looks every 50 turns. */
const ran = (what: Scenario): Ran => run(what, { everyTurns: 50 })
const fileOf = (mm: Mm): FileMapping => mm.files[0]
const inSwap = (mm: Mm): number => fileOf(mm).slots.filter((slot) => slot < 0).length

function stopped(what: Scenario, ms: number): Mm {
  const sim = boot(what)
  while (sim.progress().now < ms * 1e6) sim.step(1)
  return sim.mm
}

test('a slot value and the swap slot it names', () => {
  for (const slot of [0, 1, 4096, 2 ** 28 - 1]) {
    expect(swapValue(slot)).toBeLessThan(0)
    expect(slotOfValue(swapValue(slot))).toBe(slot)
  }
})

test('pages are file and shmem and, when mapped, mapped, but never anonymous; they lie on the anonymous lists', () => {
  const { recording, mm } = ran(on(320, [[snap('before'), shm(320), touch('s', 'w', 160), snap('written'), unmap('s'), snap('unmapped')]]))
  const grown = (label: string, name: string): number => snapValue(recording, label, name) - snapValue(recording, 'before', name)
  expect(['nr_shmem', 'nr_file_pages', 'nr_mapped', 'nr_anon_pages', 'nr_dirty'].map((name) => grown('written', name))).toEqual([160, 160, 160, 0, 0])
  // 150 have left the batches of 15.
  expect([grown('written', 'nr_inactive_anon'), grown('written', 'nr_inactive_file')]).toEqual([150, 0])
  expect(['nr_shmem', 'nr_file_pages', 'nr_mapped'].map((name) => grown('unmapped', name))).toEqual([160, 160, 0])
  // The process has gone, its pages are the file's.
  expect(fileOf(mm).nrPages).toBe(160)
})

test('a hole: a fault, even a read, allocates; read() gives zeros and allocates nothing; write() allocates', () => {
  const read = ran(on(320, [[shm(320), touch('s', 'r', 160), fread(320, {}, 's')]]))
  expect(fileOf(read.mm).nrPages).toBe(160)
  expect(read.recording.summary.tasks[0].phases[1]).toMatchObject({ touches: 160, minflt: 160, majflt: 0 })
  const only = ran(on(320, [[shm(320), fread(320, {}, 's')]]))
  expect(fileOf(only.mm).nrPages).toBe(0)
  expect(fileOf(ran(on(320, [[shm(320), fwrite(100, {}, 's')]])).mm).nrPages).toBe(100)
})

test('who maps what is there gets sixteen pages a read fault, writable; one page a write fault', () => {
  const mapped = (rw: 'r' | 'w'): Ran => ran(on(320, [[shm(320), fwrite(320, {}, 's'), touch('s', rw, 320), touch('s', 'w', 320)]]))
  expect(mapped('r').recording.summary.tasks[0].phases.slice(2).map((phase) => phase.minflt)).toEqual([20, 0])
  expect(mapped('w').recording.summary.tasks[0].phases.slice(2).map((phase) => phase.minflt)).toEqual([320, 0])
})

test('mapped by two, a page is one: nr_mapped counts it once, both have it in their size', () => {
  const mm = stopped(on(64, [[shm(64), touch('s', 'w', 64), sleep(1000)], [shm(64), sleep(20), touch('s', 'w', 64), sleep(1000)]]), 100)
  expect(mm.nodes[0].stat).toMatchObject({ nr_shmem: 64, nr_mapped: 64, nr_anon_pages: 0 })
  expect(mm.tasks.filter((task) => !task.kthread).map((task) => [task.rssShmem, task.rssAnon, task.rssFile])).toEqual([[64, 0, 0], [64, 0, 0]])
  // Both entries are young: two references at once, which activate.
  lruAddDrainAll(mm)
  const pfn = fileOf(mm).slots[5] - 1
  expect([folioReferenced(mm, pfn), folioReferenced(mm, pfn)]).toEqual([2, 0])
})

test('write() marks accessed, unlike that of a file on a disk: new pages are referenced, a second write activates; so does each read()', () => {
  const active = (...phases: Phase[]): number => {
    const mm = stopped(on(64, [[shm(64), ...phases, sleep(1000)]]), 100)
    lruAddDrainAll(mm)
    return mm.nodes[0].stat.nr_active_anon
  }
  expect(active(fwrite(60, {}, 's'))).toBe(0)
  expect(active(fwrite(60, {}, 's'), fwrite(60, {}, 's'))).toBe(60)
  expect(active(touch('s', 'w', 60), fread(60, {}, 's'))).toBe(0)
  // The same page twice in a row: an access each time.
  expect(active(touch('s', 'w', 60), fread(1, { count: 2 }, 's'))).toBe(1)
})

test('swapped out, the entry stands in the file and page tables hold nothing', () => {
  const pages = 24 * MIB
  const mm = stopped(on(pages, [[shm(pages), touch('s', 'w', pages), sleep(20_000)]], { swapPages: SWAP }), 3000)
  expect(inSwap(mm)).toBeGreaterThan(6 * MIB)
  const [task] = mm.tasks.filter((each) => !each.kthread)
  const area = task.areas.get('s')
  if (area === undefined) throw new Error('the area is mapped')
  expect([task.swapents, area.pte.filter((pte) => pte >= 0 && (pte & PTE_SWAP) !== 0).length]).toEqual([0, 0])
  fileOf(mm).slots.forEach((slot, index) => {
    if (slot >= 0) return
    expect([area.pte[index], mm.swap.count[slotOfValue(slot)]]).toEqual([0, 1])
  })
  // Its shadow is in the swap cache, not in the file.
  const gone = fileOf(mm).slots.filter((slot) => slot < 0 && mm.swap.cache[slotOfValue(slot)] === 0)
  expect(gone.length).toBeGreaterThan(0)
  for (const slot of gone) expect(mm.swap.shadow[slotOfValue(slot)]).toBeLessThan(0)
  expect(mm.nodes[0].stat.workingset_nodes).toBe(0)
})

test('read back, a tmpfs page gives its slot up and is dirty; an anonymous one keeps it, so that going again costs it no write', () => {
  // 24 MiB through 16 MiB, once written and twice read; less than half of swap is used.
  const pages = 24 * MIB
  const work = (r: string): readonly Phase[] => [touch(r, 'w', pages), snap('written'), touch(r, 'r', pages), touch(r, 'r', pages)]
  const tmpfs = ran(on(pages, [[shm(pages), ...work('s')]], { swapPages: SWAP })).recording
  const anon = ran(on(1, [[map('a', pages), ...work('a')]], { swapPages: SWAP })).recording
  for (const recording of [tmpfs, anon]) expect(delta(recording, 'pswpin')).toBeGreaterThan(2 * 20 * MIB)
  const again = (recording: Ran['recording']): number => delta(recording, 'pswpout') - snapValue(recording, 'written', 'pswpout')
  expect(again(anon)).toBeLessThan(17 * MIB)
  expect(again(tmpfs)).toBeGreaterThan(2 * 20 * MIB)
  // Refaults are judged for both, as anonymous ones.
  for (const recording of [tmpfs, anon]) expect(delta(recording, 'workingset_refault_anon')).toBeGreaterThan(20 * MIB)
  expect(delta(tmpfs, 'workingset_refault_file')).toBe(0)
})

test('a fault counts as major when it reads; read() and write() count no faults', () => {
  const pages = 20 * MIB
  const faulted = ran(on(pages, [[shm(pages), touch('s', 'w', pages), touch('s', 'r', pages)]], { swapPages: SWAP })).recording
  const majflt = faulted.summary.tasks[0].phases.reduce((sum, phase) => sum + phase.majflt, 0)
  expect(majflt).toBeGreaterThan(600)
  // A page taken again before its reader woke is read twice in one fault.
  expect(delta(faulted, 'pgmajfault') - majflt).toBeGreaterThanOrEqual(0)
  expect(delta(faulted, 'pgmajfault') - majflt).toBeLessThan(5)
  const read = ran(on(pages, [[shm(pages), fwrite(pages, {}, 's'), fread(pages, {}, 's')]], { swapPages: SWAP })).recording
  expect(delta(read, 'pswpin')).toBeGreaterThan(10 * MIB)
  expect(delta(read, 'pgmajfault')).toBe(0)
})

test('pages never written are clean: they go without IO and without a shadow', () => {
  const pages = 24 * MIB
  const { recording } = ran(on(pages, [[shm(pages), touch('s', 'r', pages), touch('s', 'r', pages)]], { swapPages: SWAP }))
  expect(delta(recording, 'pgsteal_anon')).toBeGreaterThan(20 * MIB)
  for (const name of ['pswpout', 'pgmajfault', 'workingset_refault_anon', 'nr_vmscan_write']) expect(delta(recording, name), name).toBe(0)
})

test('without swap nothing of it is scanned; with swap full it is activated', () => {
  const pages = 12 * MIB
  const none = ran(on(pages, [[shm(pages), touch('s', 'w', pages), { op: 'exit' }], [map('a', 6 * MIB), sleep(100), touch('a', 'w', 6 * MIB)]])).recording
  expect(delta(none, 'pgscan_anon')).toBe(0)
  expect(delta(none, 'oom_kill')).toBe(1)
  const { recording, mm } = ran(on(18 * MIB, [[shm(18 * MIB), touch('s', 'w', 18 * MIB)]], { swapPages: 300 }))
  expect(delta(recording, 'oom_kill')).toBe(1)
  expect(inSwap(mm)).toBeGreaterThan(290)
  expect(delta(recording, 'pgactivate')).toBeGreaterThan(0)
})

test('the killer weighs mapped tmpfs pages, and killing frees none of them', () => {
  const pages = 12 * MIB
  const { recording, mm } = ran(on(pages, [{ name: 'small', phases: [map('a', 6 * MIB), sleep(100), touch('a', 'w', 6 * MIB)] }, { name: 'holder', phases: [shm(pages), touch('s', 'w', pages), sleep(5000)] }]))
  const kills = recording.events.filter((event) => event.kind === 'mark_victim')
  expect(kills[0].args).toMatchObject({ victim: 'holder', anon_rss: 0, shmem_rss: pages })
  const log = kills[0].log ?? []
  expect(log.at(-1)).toContain(`anon-rss:0kB, file-rss:0kB, shmem-rss:${pages * 4}kB`)
  expect(log.find((line) => line.endsWith(' holder'))).toMatch(new RegExp(`^.* ${pages} +${pages} `))
  expect(explainEvent(kills[0]).en).toContain(`It mapped ${pages.toLocaleString('en-US')} pages of tmpfs`)
  // Its death helps nobody, so the other goes too.
  expect(kills.map((event) => event.args.victim)).toEqual(['holder', 'small'])
  expect(fileOf(mm).nrPages).toBe(pages)
})

test('fadvise, fsync and MADV_DONTNEED leave the pages; drop_caches takes only those never written', () => {
  const dontneed: Phase = { op: 'dontneed', r: 's', start: 0, len: 320, stride: 320, run: 320 }
  const advice: Phase = { op: 'fadvise', r: 's', advice: 'dontneed', start: 0, len: 320 }
  const drop: Phase = { op: 'drop_caches', what: 1 }
  const kept = (...phases: Phase[]): number => fileOf(ran(on(320, [[shm(320), ...phases]])).mm).nrPages
  expect(kept(touch('s', 'w', 320), advice, { op: 'fsync', r: 's' }, dontneed, unmap('s'))).toBe(320)
  expect(kept(touch('s', 'w', 300), unmap('s'), drop)).toBe(300)
  expect(kept(touch('s', 'r', 300), unmap('s'), drop)).toBe(0)
})

test('truncate frees pages and swap', () => {
  const pages = 24 * MIB
  const { mm } = ran(on(pages, [[shm(pages), touch('s', 'w', pages), sleep(2000), { op: 'truncate', r: 's', start: 100 }]], { swapPages: SWAP }))
  expect(fileOf(mm).nrPages + inSwap(mm)).toBe(100)
  // What the slot caches hold counts as taken.
  expect(mm.swap.totalSwapPages - mm.swap.nrSwapPages).toBeLessThanOrEqual(100 + 128)
  expect(mm.nodes[0].stat.nr_shmem).toBe(fileOf(mm).nrPages)
})

test('swap readahead goes by slots for tmpfs, from zram too, where anonymous pages have none', () => {
  const pages = 24 * MIB
  const zram: Machine = { ...machine({ pages: 16 * MIB }), swap: [{ kind: 'zram', pages: SWAP, priority: 1 }] }
  const tmpfs = ran(on(pages, [[shm(pages), touch('s', 'w', pages), touch('s', 'r', pages)]], zram)).recording
  const anon = ran(on(1, [[map('a', pages), touch('a', 'w', pages), touch('a', 'r', pages)]], zram)).recording
  expect(delta(anon, 'swap_ra')).toBe(0)
  expect(delta(tmpfs, 'swap_ra')).toBeGreaterThan(2000)
  // Eight slots a block, and they are those wanted next.
  expect(delta(tmpfs, 'swap_ra') / delta(tmpfs, 'pgmajfault')).toBeGreaterThan(5)
  expect(delta(tmpfs, 'swap_ra_hit') / delta(tmpfs, 'swap_ra')).toBeGreaterThan(0.8)
  expect([delta(tmpfs, 'pgpgin'), delta(tmpfs, 'pgpgout')]).toEqual([0, 0])
})

test('what a page is filled with tells zram its size, whoever mapped it', () => {
  const pages = 24 * MIB
  const zram: Machine = { ...machine({ pages: 16 * MIB }), swap: [{ kind: 'zram', pages: SWAP, priority: 1 }] }
  const fill: Phase = { op: 'touch', r: 's', rw: 'f', fillb: 2048, pat: 'seq', start: 0, len: pages, count: pages, rate: 0 }
  const { recording, mm } = ran(on(pages, [[shm(pages), fill]], zram))
  expect(inSwap(mm)).toBeGreaterThan(6 * MIB)
  expect((recording.snapshots.at(-1)?.vmstat.nr_zspages ?? 0) / inSwap(mm)).toBeCloseTo(4 / 7, 1)
})

test('under the multi-generational LRU tmpfs pages are anonymous type too, and page-table walks leave them alone without swap', () => {
  const pages = 24 * MIB
  const work = [[shm(pages), touch('s', 'w', pages), touch('s', 'r', pages)]]
  const { recording, mm } = ran({ ...on(pages, work, { swapPages: SWAP }), sysctls: { 'lru_gen.enabled': 7 } })
  expect(delta(recording, 'pswpout')).toBeGreaterThan(20 * MIB)
  expect(delta(recording, 'pgsteal_file')).toBe(0)
  expect(fileOf(mm).nrPages + inSwap(mm)).toBe(pages)
  const none = ran({ ...on(14 * MIB, [[shm(14 * MIB), touch('s', 'w', 14 * MIB)]]), sysctls: { 'lru_gen.enabled': 7 } })
  expect([delta(none.recording, 'pgscan_anon'), fileOf(none.mm).nrPages]).toEqual([0, 14 * MIB])
})

// ---- one page, step by step ---------------------------------------------------------------------------------------------

/** A machine with a tmpfs page in its mapping, unmapped, isolated as reclaim would have it. */
function isolated(gfp: number, write = true): { mm: Mm; pfn: number; list: FolioList; judge: () => void } {
  const mm = stopped(on(64, [[shm(64), touch('s', write ? 'w' : 'r', 64), unmap('s'), sleep(1000)]], { swapPages: SWAP }), 100)
  lruAddDrainAll(mm)
  mm.clock.limit = Infinity
  mm.current = mm.tasks[mm.tasks.length - 1]
  const pfn = fileOf(mm).slots[7] - 1
  lruvecDelFolio(mm, mm.lruvecs[0], pfn)
  // The young bit it was unmapped with left a mark.
  mm.frames.flags[pfn] = ((mm.frames.flags[pfn] & ~PG_REFERENCED) | PG_ISOLATED) + PG_REF_ONE
  const list = { pfns: Uint32Array.of(pfn), nr: 1 } as unknown as FolioList
  const sc = new ScanControl('direct')
  sc.gfp = gfp
  const judge = (): void => finish(mm, shrinkFolioList(mm, mm.lruvecs[0], list, sc, new ReclaimStat()))
  return { mm, pfn, list, judge }
}

test('to leave the mapping needs the file system: a NOFS reclaimer leaves the page where it is', () => {
  const nofs = isolated(GFP_KERNEL & ~GFP_FS)
  nofs.judge()
  expect(fileOf(nofs.mm).slots[7]).toBe(nofs.pfn + 1)
  const full = isolated(GFP_KERNEL)
  full.judge()
  expect(fileOf(full.mm).slots[7]).toBeLessThan(0)
  const flags = full.mm.frames.flags[full.pfn]
  expect(flags & (PG_SWAPBACKED | PG_SWAPCACHE | PG_SHMEM)).toBe(PG_SWAPBACKED | PG_SWAPCACHE | PG_SHMEM)
  expect(flags & (PG_DIRTY | PG_MAPPED | PG_ACTIVE)).toBe(0)
  expect(full.mm.nodes[0].stat).toMatchObject({ nr_shmem: 63, nr_swapcached: 1, nr_writeback: 1, nr_vmscan_write: 1 })
})

test('a page that a batch holds too stays in the mapping', () => {
  const held = isolated(GFP_KERNEL)
  held.mm.frames.flags[held.pfn] += PG_REF_ONE
  held.judge()
  expect(fileOf(held.mm).slots[7]).toBe(held.pfn + 1)
})

function life(what: Scenario, page: FollowSpec['page']): readonly PageEvent[] {
  const sim = createSimulation({ scenario: what, kernel: linux61, policies: [], seed: 1, follow: { page } })
  while (sim.step(10_000));
  return sim.finish().pageLife?.events ?? []
}

test('touched while it is being written to swap, an anonymous page is mapped at once, a tmpfs page only when the write has ended', () => {
  // Writes take a tenth of a second; a second process wants the pages one by one as they go.
  const slow: TinyMachine = { swapPages: SWAP, swapDisk: { writeLatencyUs: 100_000 }, cpus: 2 }
  const pages = 18 * MIB
  const work = (r: string): Phase[] => [touch(r, 'w', pages), touch(r, 'r', pages)]
  const before = (events: readonly PageEvent[], kind: PageEvent['kind']): { during: number; after: number } => {
    let [writing, during, after] = [false, 0, 0]
    for (const event of events) {
      if (event.kind === 'write_submit') writing = true
      else if (event.kind === 'write_done') writing = false
      else if (event.kind === kind && writing) during++
      else if (event.kind === kind) after++
    }
    return { during, after }
  }
  const total = { tmpfs: 0, anon: 0, back: 0 }
  for (let index = 0; index < pages; index += 300) {
    const tmpfs = before(life(on(pages, [[shm(pages), ...work('s')]], slow), { kind: 'file', path: PATH, index }), 'cache_add')
    const anon = before(life(on(1, [[map('a', pages), ...work('a')]], slow), { kind: 'anon', process: 'p0', region: 'a', index }), 'mapped')
    total.tmpfs += tmpfs.during
    total.back += tmpfs.after
    total.anon += anon.during
  }
  expect(total.tmpfs).toBe(0)
  expect(total.back).toBeGreaterThan(15)
  expect(total.anon).toBeGreaterThan(0)
})
