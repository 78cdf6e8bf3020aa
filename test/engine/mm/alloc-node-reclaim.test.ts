/** Node reclaim (zone_reclaim_mode): what it is judged by, what it may take, and what two nodes do with and without it. */
import type { ScanBalanceArgs } from 'reclaim-lab'
import { expect, test } from 'vitest'
import type { PolicyInstance } from '../../../main/engine/index'
import { GFP_ATOMIC, GFP_HIGHUSER_MOVABLE } from '../../../main/engine/mm/gfp'
import type { Mm } from '../../../main/engine/mm/mm'
import type { Zone } from '../../../main/engine/mm/mmzone'
import { nodePagecacheReclaimable, nodeReclaimWanted, setupNodeReclaim, worthReclaiming } from '../../../main/engine/mm/node-reclaim'
import { allocPageFast } from '../../../main/engine/mm/page-alloc'
import { NUMA_SPILL } from '../../../main/lab/presets/numa-spill'
import { completeScenario } from '../../../main/lab/scenario/complete'
import linux61 from '../../../plugins/kernels/linux-6.1'
import { expectIdentities } from '../support/identities'
import { idleMm } from '../support/idle'
import { hooked } from '../support/policies'
import { delta, run, snapValue } from '../support/run'
import { MIB, fread, fwrite, machine, map, mmapf, open, scenario, sleep, snap, sysctl, touch } from '../support/tiny'

const TWO_NODES = [{ node: 0, name: 'Normal', managed: 32 * MIB }, { node: 1, name: 'Normal', managed: 32 * MIB }] as const

function twoNodes(mode: number, cpus = 2, distances?: readonly (readonly number[])[]): { mm: Mm; near: Zone; far: Zone } {
  const mm = idleMm({ zones: TWO_NODES, cpus }, { 'vm.zone_reclaim_mode': mode })
  if (distances) mm.nodes.forEach((node, i) => node.distances.splice(0, 2, ...distances[i]))
  return { mm, near: mm.zones[0], far: mm.zones[1] }
}

test('off by default; limits are 1 % and 5 % of each zone, and follow writes of their sysctls only', () => {
  expect(linux61.sysctls['vm.zone_reclaim_mode'].default).toBe(0)
  const { mm } = twoNodes(0)
  expect([mm.nodeReclaimMode, mm.nodes[0].minUnmappedPages, mm.nodes[0].minSlabPages]).toEqual([0, 81, 409])
  mm.sysctl.preset('vm.min_slab_ratio', 10)
  setupNodeReclaim(mm)
  expect([mm.nodes[0].minUnmappedPages, mm.nodes[0].minSlabPages]).toEqual([81, 819])
})

test('either limit exceeded is enough (seed 002 names both)', () => {
  const { mm } = twoNodes(1)
  const node = mm.nodes[0]
  const worth = (file: number, slab: number): boolean => {
    node.stat.nr_inactive_file = file
    node.stat.nr_slab_reclaimable = slab
    return worthReclaiming(mm, node)
  }
  expect([worth(81, 409), worth(82, 0), worth(0, 410), worth(82, 410)]).toEqual([false, true, true, true])
})

test('what counts as reclaimable follows the mode: mapped pages with bit 4 only, dirty ones with bit 2 only', () => {
  const { mm } = twoNodes(1)
  const node = mm.nodes[0]
  Object.assign(node.stat, { nr_inactive_file: 600, nr_active_file: 400, nr_file_pages: 1100, nr_mapped: 300, nr_dirty: 150 })
  const amounts = [1, 3, 5, 7].map((mode) => {
    mm.nodeReclaimMode = mode
    return nodePagecacheReclaimable(mm, node)
  })
  expect(amounts).toEqual([550, 700, 950, 1100])
  Object.assign(node.stat, { nr_mapped: 1200, nr_dirty: 0 })
  mm.nodeReclaimMode = 1
  expect(nodePagecacheReclaimable(mm, node)).toBe(0)
})

test('not for those who can\'t wait or reclaim already, not beyond distance 30, not on a node with CPUs of its own, not while another is at it', () => {
  const { mm, near, far } = twoNodes(1)
  mm.nodes[0].stat.nr_inactive_file = mm.nodes[1].stat.nr_inactive_file = 1000
  const wanted = (zone: Zone, gfp = GFP_HIGHUSER_MOVABLE): boolean => nodeReclaimWanted(mm, near, zone, gfp)
  expect([wanted(near), wanted(near, GFP_ATOMIC), wanted(far)]).toEqual([true, false, false])
  mm.current.memalloc = true
  expect(wanted(near)).toBe(false)
  mm.current.memalloc = false
  mm.nodes[0].reclaimLocked = true
  expect(wanted(near)).toBe(false)
  const lonely = twoNodes(1, 1)
  lonely.mm.nodes[1].stat.nr_inactive_file = 1000
  expect(nodeReclaimWanted(lonely.mm, lonely.near, lonely.far, GFP_HIGHUSER_MOVABLE), 'a node without CPUs').toBe(true)
  const far31 = twoNodes(1, 1, [[10, 31], [31, 10]])
  far31.mm.nodes[1].stat.nr_inactive_file = 1000
  expect(nodeReclaimWanted(far31.mm, far31.near, far31.far, GFP_HIGHUSER_MOVABLE), 'too far').toBe(false)
})

test('the fast path goes on to the far node with mode 0 and hands over to the slow path with mode 1', () => {
  for (const mode of [0, 1]) {
    const { mm, near } = twoNodes(mode)
    mm.nodes[0].stat.nr_inactive_file = 1000
    const taken: number[] = []
    for (let pfn = allocPageFast(mm, GFP_HIGHUSER_MOVABLE, 0); pfn >= 0 && mm.zoneOf(pfn) === near; pfn = allocPageFast(mm, GFP_HIGHUSER_MOVABLE, 0)) taken.push(pfn)
    expect(allocPageFast(mm, GFP_HIGHUSER_MOVABLE, 0) >= 0).toBe(mode === 0)
    // Interrupts don't wait for anybody's reclaim.
    expect(allocPageFast(mm, GFP_ATOMIC, 0)).toBeGreaterThanOrEqual(0)
  }
})

/** Two nodes; a file fills the near one, then anonymous memory is wanted there. */
function cacheThenAnon(mode: number, fill: Parameters<typeof scenario>[0]['processes'][number], policies: readonly PolicyInstance[] = []) {
  const work = [...(fill as readonly ReturnType<typeof open>[]), sysctl('vm.zone_reclaim_mode', mode), map('a', 4000), touch('a', 'w', 4000), snap('done')]
  return run(scenario({
    machine: machine({ zones: TWO_NODES, cpus: 2 }), files: 7000, sysctls: { 'vm.watermark_boost_factor': 0, 'vm.dirty_ratio': 90, 'vm.dirty_background_ratio': 80 },
    processes: [{ name: 'p', node: 0, phases: work }],
  }), { everyTurns: 100, policies })
}

test('policies are told that a pass is node reclaim\'s', () => {
  const told = new Set<unknown>()
  const listening = hooked('scanBalance', (args) => void told.add((args as ScanBalanceArgs).reclaimer))
  cacheThenAnon(1, [open('f', 7000), fread(7000)], [listening])
  expect(told).toContain('node-reclaim')
  expect(told).not.toContain('direct')
})

test('mode 1 takes clean unmapped page cache, and neither mapped pages nor dirty ones; bits 4 and 2 do', () => {
  const clean = cacheThenAnon(1, [open('f', 7000), fread(7000)])
  expect(delta(clean.recording, 'pgsteal_direct')).toBeGreaterThan(1000)
  expect(delta(clean.recording, 'zone_reclaim_failed')).toBe(0)
  // Two in ten pages are unmapped, so that the mode is tried at all.
  const mapped = [mmapf('m', 7000), touch('m', 'r', 5600), open('f', 7000), fread(7000)]
  const kept = cacheThenAnon(1, mapped)
  const unmapped = cacheThenAnon(5, mapped)
  expect(snapValue(kept.recording, 'done', 'pgsteal_direct')).toBeGreaterThan(500)
  expect(snapValue(kept.recording, 'done', 'nr_mapped')).toBeGreaterThanOrEqual(5600)
  expect(snapValue(unmapped.recording, 'done', 'nr_mapped')).toBeLessThan(5600)
  const dirty = cacheThenAnon(1, [open('f', 7000), fwrite(7000)])
  expect(delta(dirty.recording, 'pgsteal_direct')).toBe(0)
  expect(delta(dirty.recording, 'nr_vmscan_write')).toBe(0)
  expect(dirty.recording.events.some((event) => event.kind === 'node_reclaim')).toBe(false)
  for (const { recording } of [clean, kept, unmapped, dirty]) expectIdentities(recording)
})

test('the preset: mode 0 spills to the far node and reclaims nothing, mode 1 stays at home; the event tells why', () => {
  const { recording } = run(completeScenario(NUMA_SPILL.scenario), { everyTurns: 2000 })
  const between = (from: string, to: string, name: string): number => snapValue(recording, to, name) - snapValue(recording, from, name)
  expect(between('cache full', 'mode 0', 'numa_miss')).toBeGreaterThan(10_000)
  expect(between('cache full', 'mode 0', 'pgscan_direct') + between('cache full', 'mode 0', 'pgscan_kswapd')).toBe(0)
  expect(between('cache full again', 'mode 1', 'numa_miss')).toBeLessThan(1000)
  expect(between('cache full again', 'mode 1', 'pgsteal_direct')).toBeGreaterThan(10_000)
  expect(snapValue(recording, 'end', 'numa_miss')).toBe(snapValue(recording, 'end', 'numa_foreign'))
  expect(snapValue(recording, 'end', 'numa_hit') + snapValue(recording, 'end', 'numa_miss')).toBe(snapValue(recording, 'end', 'numa_local') + snapValue(recording, 'end', 'numa_other'))
  const event = recording.events.find((each) => each.kind === 'node_reclaim')
  expect(event?.task).toBe('worker')
  expect(event?.cause?.path.slice(-2)).toEqual(['get_page_from_freelist', 'node_reclaim'])
  expect(event?.cause?.zones[0].short).toBeGreaterThan(0)
  expect(Number(event?.args['nr_reclaimed'])).toBeGreaterThanOrEqual(1)
  expectIdentities(recording)
})

test('a CPU\'s pages of another node go home, a batch every three seconds without use; its own node\'s stay', () => {
  const zones = [{ node: 0, name: 'Normal', managed: 64 * MIB }, { node: 1, name: 'Normal', managed: 64 * MIB }] as const
  const counts: number[][] = []
  run(scenario({ machine: machine({ zones, cpus: 2 }), processes: [{ name: 'p', node: 0, phases: [map('a', 20_000), touch('a', 'w', 20_000), { op: 'unmap', r: 'a' }, sleep(9000)] }] }), {
    everyTurns: 5, watch: (mm) => counts.push([mm.zones[0].pcp[0].count, mm.zones[1].pcp[0].count, mm.zones[1].pcp[0].batch]),
  })
  const remote = counts.map((each) => each[1])
  const most = remote.lastIndexOf(Math.max(...remote))
  const last = counts[counts.length - 1]
  expect(remote[most]).toBeGreaterThan(last[2])
  expect(remote[most] - last[1]).toBeGreaterThanOrEqual(2 * last[2])
  expect(last[0]).toBe(counts[most][0])
})
