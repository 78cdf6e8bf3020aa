/** Zone reclaim of 3.18 (zone_reclaim_mode): each zone is judged by its own counts, and gives of its own pages; zones keep their turns. */
import { expect, test } from 'vitest'
import { GFP_ATOMIC, GFP_HIGHUSER_MOVABLE } from '../../../main/engine/mm/gfp'
import type { Mm } from '../../../main/engine/mm/mm'
import type { Zone } from '../../../main/engine/mm/mmzone'
import { allocPageFast } from '../../../main/engine/mm/page-alloc'
import { allocPagesSlowpath } from '../../../main/engine/mm/slowpath'
import { zoneFilePages, zonePagecacheReclaimable, zoneReclaimWanted, zoneSlabReclaimable } from '../../../main/engine/mm/zone-reclaim'
import android from '../../../plugins/kernels/android-3.18'
import { expectIdentities } from '../support/identities'
import { finish } from '../support/idle'
import { boot, delta, run, snapValue } from '../support/run'
import { MIB, fread, fwrite, machine, map, mmapf, open, scenario, sleep, snap, stat, sysctl, touch } from '../support/tiny'
import type { TinyMachine } from '../support/tiny'

/** A near node of two zones, and a far one. */
const ZONES = [{ node: 0, name: 'DMA32', managed: 16 * MIB }, { node: 0, name: 'Normal', managed: 16 * MIB }, { node: 1, name: 'Normal', managed: 32 * MIB }] as const

function idle(mode: number, over: TinyMachine = {}): { readonly mm: Mm; readonly dma32: Zone; readonly near: Zone; readonly far: Zone } {
  const { mm } = boot(scenario({ machine: machine({ zones: ZONES, cpus: 2, ...over }), sysctls: { 'vm.zone_reclaim_mode': mode }, files: 10_000, processes: [[sleep(1000)]] }), { kernel: android })
  mm.current = mm.tasks.filter((task) => !task.kthread)[0]
  mm.cpu = 0
  mm.clock.limit = Infinity
  return { mm, dma32: mm.zones[0], near: mm.zones[1], far: mm.zones[2] }
}

/** Inactive file pages, so that the zone has something to give. */
function cache(zone: Zone, pages: number): void {
  zone.nrLru[2] = pages
}

test('limits are 1 % and 5 % of each zone', () => {
  const { mm } = idle(1)
  expect(mm.zones.map((zone) => [zone.minUnmappedPages, zone.minSlabPages])).toEqual([[40, 204], [40, 204], [81, 409]])
})

test('a zone is judged by its own page cache, and not at all where it can\'t be scanned', () => {
  const { mm, dma32, near } = idle(1)
  const wanted = (zone: Zone): boolean => zoneReclaimWanted(mm, near, zone, GFP_HIGHUSER_MOVABLE)
  cache(dma32, 41)
  expect([wanted(dma32), wanted(near)]).toEqual([true, false])
  cache(dma32, 40)
  expect(wanted(dma32)).toBe(false)
  cache(near, 1000)
  near.pagesScanned = 6000
  expect(wanted(near), 'all_unreclaimable').toBe(false)
})

test('either limit exceeded is enough: slab alone does', () => {
  const { mm, near, far } = idle(1, { cpus: 1 })
  mm.nodes[1].stat.nr_slab_reclaimable = 410
  cache(far, 1)
  expect(zoneReclaimWanted(mm, near, far, GFP_HIGHUSER_MOVABLE)).toBe(true)
  mm.nodes[1].stat.nr_slab_reclaimable = 409
  expect(zoneReclaimWanted(mm, near, far, GFP_HIGHUSER_MOVABLE)).toBe(false)
})

test('not for those who can\'t wait or reclaim already, not at distance 30, not on a node with CPUs of its own, not while another is at it', () => {
  const { mm, near, far } = idle(1)
  cache(near, 1000)
  cache(far, 1000)
  const wanted = (zone: Zone, gfp = GFP_HIGHUSER_MOVABLE): boolean => zoneReclaimWanted(mm, near, zone, gfp)
  expect([wanted(near), wanted(near, GFP_ATOMIC), wanted(far)]).toEqual([true, false, false])
  near.reclaimLocked = true
  expect(wanted(near)).toBe(false)
  near.reclaimLocked = false
  mm.current.memalloc = true
  expect(wanted(near)).toBe(false)
  const lonely = idle(1, { cpus: 1 })
  cache(lonely.far, 1000)
  const asked = [29, 30].map((distance) => {
    lonely.mm.nodes[0].distances[1] = distance
    return zoneReclaimWanted(lonely.mm, lonely.near, lonely.far, GFP_HIGHUSER_MOVABLE)
  })
  expect(asked).toEqual([true, false])
})

test('what counts as reclaimable follows the mode: mapped pages, and those of the swap cache, with bit 4 only, dirty ones with bit 2 only', () => {
  const { mm, near } = idle(1, { swapPages: 100 })
  cache(near, 1000)
  Object.assign(near, { nrMapped: 300, nrFileDirty: 150, nrCached: 1050 })
  mm.nodes[0].stat.nr_swapcached = 50
  for (let slot = 0; slot < 50; slot++) mm.swap.cache[slot] = (slot < 20 ? near : mm.zones[0]).startPfn + slot + 1
  expect(zoneFilePages(mm, near)).toBe(1070)
  const amounts = [1, 3, 5, 7].map((mode) => {
    mm.nodeReclaimMode = mode
    return zonePagecacheReclaimable(mm, near)
  })
  expect(amounts).toEqual([550, 700, 920, 1070])
})

test('slab that was there at the start lies in the highest zone with room, and counts for it', () => {
  const zones = [{ node: 0, name: 'DMA32', managed: 4096, free: 3000 }, { node: 0, name: 'Normal', managed: 4096, free: 3600 }] as const
  const kernelMemory = { slabReclaimable: 500, slabUnreclaimable: 300, pageTables: 10, kernelStack: 0 }
  const { mm } = boot(scenario({ machine: { ...machine({ zones }), kernelMemory }, processes: [[sleep(1)]] }), { kernel: android })
  expect(mm.zones.map((zone) => zoneSlabReclaimable(mm, zone))).toEqual([304, 196])
})

test('the fast path changes nothing before the zone is reclaimed, and afterwards the turns go on', () => {
  const { mm, dma32, near, far } = idle(1)
  while (allocPageFast(mm, GFP_HIGHUSER_MOVABLE, 0) >= 0 && far.pgalloc === 0);
  // Both near zones are down to LOW, so the pages come from afar; now they have something to give.
  near.fairDepleted = true
  cache(dma32, 1000)
  cache(near, 1000)
  const state = (): unknown => mm.zones.map((zone) => [zone.free, zone.allocBatch, zone.fairDepleted, zone.pgalloc])
  const before = state()
  expect(allocPageFast(mm, GFP_HIGHUSER_MOVABLE, 0)).toBe(-1)
  expect(state()).toEqual(before)
  expect(finish(mm, allocPagesSlowpath(mm, GFP_HIGHUSER_MOVABLE, 0))).toBeGreaterThanOrEqual(0)
  expect(near.fairDepleted).toBe(false)
  expect(mm.vm.zone_reclaim_failed).toBeGreaterThan(0)
})

/** A file fills the near node; then anonymous memory is wanted there. */
function cacheThenAnon(mode: number, fill: Parameters<typeof scenario>[0]['processes'][number]) {
  const work = [...(fill as readonly ReturnType<typeof open>[]), sysctl('vm.zone_reclaim_mode', mode), map('a', 4000), touch('a', 'w', 4000), snap('done')]
  return run(scenario({
    machine: machine({ zones: ZONES, cpus: 2 }), files: 7000, sysctls: { 'vm.dirty_ratio': 90, 'vm.dirty_background_ratio': 80 }, processes: [{ name: 'p', node: 0, phases: work }],
  }), { kernel: android, everyTurns: 300 }).recording
}

test('mode 1 takes clean unmapped page cache of both zones, and neither mapped pages nor dirty ones; bit 4 does', () => {
  const clean = cacheThenAnon(1, [open('f', 7000), fread(7000)])
  const zones = clean.events.filter((event) => event.kind === 'node_reclaim').map((event) => event.args['zone'])
  expect(new Set(zones)).toEqual(new Set(['DMA32', 'Normal']))
  expect(delta(clean, 'pgsteal_direct')).toBeGreaterThan(1000)
  expect([delta(clean, 'zone_reclaim_failed'), snapValue(clean, 'done', 'numa_miss'), delta(clean, 'pageoutrun')]).toEqual([0, 0, 0])
  expect(clean.events.find((event) => event.kind === 'node_reclaim')?.cause?.path.slice(-2)).toEqual(['get_page_from_freelist', 'zone_reclaim'])
  const mapped = [mmapf('m', 7000), touch('m', 'r', 5600), open('f', 7000), fread(7000)]
  const kept = cacheThenAnon(1, mapped)
  const unmapped = cacheThenAnon(5, mapped)
  expect(snapValue(kept, 'done', 'nr_mapped')).toBeGreaterThanOrEqual(5600)
  expect(snapValue(unmapped, 'done', 'nr_mapped')).toBeLessThan(5600)
  const dirty = cacheThenAnon(1, [open('f', 7000), fwrite(7000)])
  expect([delta(dirty, 'pgsteal_direct'), dirty.events.some((event) => event.kind === 'node_reclaim')]).toEqual([0, false])
  expect(snapValue(dirty, 'done', 'numa_miss')).toBeGreaterThan(1000)
  for (const recording of [clean, kept, unmapped, dirty]) expectIdentities(recording)
})

test('slab is shaken until the zone has less of it, though page cache is below its limit', () => {
  const names = 2500
  const { recording } = run(scenario({
    machine: machine({ zones: ZONES, cpus: 2 }), trees: names, sysctls: { 'vm.zone_reclaim_mode': 1, 'vm.min_unmapped_ratio': 100 },
    processes: [{ name: 'find', node: 0, phases: [stat(names), snap('found'), map('a', 8000), touch('a', 'w', 8000), snap('done')] }],
  }), { kernel: android, everyTurns: 200 })
  expect(snapValue(recording, 'found', 'nr_slab_reclaimable')).toBeGreaterThan(500)
  expect(snapValue(recording, 'done', 'nr_slab_reclaimable')).toBeLessThan(0.7 * snapValue(recording, 'found', 'nr_slab_reclaimable'))
  expect([delta(recording, 'pgscan_direct'), delta(recording, 'pgscan_kswapd')]).toEqual([0, 0])
  expect(recording.events.some((event) => event.kind === 'node_reclaim' && Number(event.args['nr_reclaimed']) > 0)).toBe(true)
  expectIdentities(recording)
})
