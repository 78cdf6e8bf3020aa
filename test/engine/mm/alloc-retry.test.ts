/** The slow path's rules: who retries, who fails, who may use which reserve; and sysctls that can be written at any time. */
import { expect, test } from 'vitest'
import {
  ALLOC_HARDER, ALLOC_NO_WATERMARKS, ALLOC_OOM, ALLOC_WMARK_MIN, GFP_ATOMIC_FLAG, GFP_HIGHUSER_MOVABLE, GFP_KERNEL, GFP_NOFAIL, GFP_NORETRY, GFP_RETRY_MAYFAIL, GFP_THISNODE, MIGRATE_HIGHATOMIC, MIGRATE_MOVABLE,
  NR_MIGRATETYPES,
} from '../../../main/engine/mm/gfp'
import { reserveHighatomicPageblock, unreserveHighatomicPageblock } from '../../../main/engine/mm/buddy'
import type { Episode } from '../../../main/engine/core/clock'
import type { Mm } from '../../../main/engine/mm/mm'
import { PAGEBLOCK_ORDER, WMARK_LOW, WMARK_MIN, zonelist } from '../../../main/engine/mm/mmzone'
import { allocPageFast, getPageFromFreelist } from '../../../main/engine/mm/page-alloc'
import { updatePcp } from '../../../main/engine/mm/pcp'
import { allocPagesSlowpath } from '../../../main/engine/mm/slowpath'
import { zoneWatermarkOk } from '../../../main/engine/mm/watermark'
import { idleMm } from '../support/idle'
import { MIB } from '../support/tiny'

/** All memory in use, nothing to reclaim. */
function empty(mm: Mm, flags = ALLOC_NO_WATERMARKS): number[] {
  const taken: number[] = []
  for (let pfn = getPageFromFreelist(mm, GFP_HIGHUSER_MOVABLE, 0, flags); pfn >= 0; pfn = getPageFromFreelist(mm, GFP_HIGHUSER_MOVABLE, 0, flags)) taken.push(pfn)
  return taken
}

/** Runs an episode; sleeps end at once. Stops after `most` turns. */
function ends<T>(episode: Episode<T>, most = 5000): T | 'goes on' {
  for (let turn = 0; turn < most; turn++) {
    const { done, value } = episode.next()
    if (done === true) return value
  }
  return 'goes on'
}

test('with nothing to reclaim NORETRY fails after one round, RETRY_MAYFAIL and THISNODE without a kill, and NOFAIL never', () => {
  for (const [gfp, order, most] of [[GFP_KERNEL | GFP_NORETRY, 0, 1], [GFP_KERNEL | GFP_RETRY_MAYFAIL, 0, 40], [GFP_KERNEL | GFP_THISNODE, 0, 40], [GFP_KERNEL, 4, 1]] as const) {
    const mm = idleMm({ pages: 8 * MIB })
    empty(mm)
    const before = mm.allocstall.reduce((sum, n) => sum + n, 0)
    expect(ends(allocPagesSlowpath(mm, gfp, order))).toBe(-1)
    const rounds = mm.allocstall.reduce((sum, n) => sum + n, 0) - before
    expect(rounds).toBeGreaterThan(0)
    expect(rounds).toBeLessThanOrEqual(most)
    expect(mm.vm.oom_kill).toBe(0)
  }
  const mm = idleMm({ pages: 8 * MIB })
  empty(mm)
  mm.clock.limit = 0
  expect(ends(allocPagesSlowpath(mm, GFP_KERNEL | GFP_NOFAIL | GFP_NORETRY, 0), 300)).toBe('goes on')
})

test('NOFAIL is helped with a quarter of MIN, no more', () => {
  const mm = idleMm({ pages: 64 * MIB }, { 'vm.watermark_boost_factor': 0 })
  const [zone] = mm.zones
  empty(mm, ALLOC_WMARK_MIN)
  expect(allocPageFast(mm, GFP_KERNEL, 0)).toBe(-1)
  const episode = allocPagesSlowpath(mm, GFP_KERNEL | GFP_NOFAIL | GFP_NORETRY, 0)
  expect(ends(episode)).toBeGreaterThanOrEqual(0)
  empty(mm, ALLOC_WMARK_MIN | ALLOC_HARDER)
  expect(zone.free).toBeLessThanOrEqual(zone.mark[WMARK_MIN] - Math.floor(zone.mark[WMARK_MIN] / 4))
})

test('who may reclaim has no claim to the atomic reserves, whatever its mask says', () => {
  const mm = idleMm({ pages: 64 * MIB })
  const [zone] = mm.zones
  empty(mm, ALLOC_WMARK_MIN)
  const free = zone.free
  expect(ends(allocPagesSlowpath(mm, GFP_KERNEL | GFP_ATOMIC_FLAG | GFP_NORETRY, 0))).toBe(-1)
  expect(zone.free).toBe(free)
})

test('__GFP_THISNODE sees no other node', () => {
  const mm = idleMm({ cpus: 2, zones: [{ node: 0, name: 'Normal', managed: 4096 }, { node: 1, name: 'Normal', managed: 4096 }] })
  expect(zonelist(mm, GFP_HIGHUSER_MOVABLE).map((zone) => zone.node)).toEqual([0, 1])
  expect(zonelist(mm, GFP_HIGHUSER_MOVABLE | GFP_THISNODE).map((zone) => zone.node)).toEqual([0])
  mm.cpu = 1
  expect(zonelist(mm, GFP_HIGHUSER_MOVABLE | GFP_THISNODE).map((zone) => zone.node)).toEqual([1])
})

test('HIGHATOMIC pageblocks count against ordinary requests, and are given back one by one, the last by force only', () => {
  const mm = idleMm({ pages: 512 * 200 })
  const [zone] = mm.zones
  const free = zone.free
  const ok = (flags: number): boolean => zoneWatermarkOk(zone, 0, free - 600, 2, flags)
  expect([ok(0), ok(ALLOC_HARDER)]).toEqual([true, true])
  for (const block of [4, 6, 8]) reserveHighatomicPageblock(mm, zone, block << PAGEBLOCK_ORDER)
  // 1 % of 102,400 pages and a pageblock: 1536 pages.
  expect(zone.nrReservedHighatomic).toBe(1536)
  reserveHighatomicPageblock(mm, zone, 10 << PAGEBLOCK_ORDER)
  expect(zone.nrReservedHighatomic).toBe(1536)
  expect([ok(0), ok(ALLOC_HARDER), ok(ALLOC_OOM)]).toEqual([false, true, true])
  const given = (force: boolean): boolean => unreserveHighatomicPageblock(mm, [zone], MIGRATE_MOVABLE, force)
  expect([given(false), given(false), given(false), zone.nrReservedHighatomic]).toEqual([true, true, false, 512])
  expect([given(true), given(true), zone.nrReservedHighatomic]).toEqual([true, false, 0])
  for (let order = 0; order < 11; order++) expect(zone.freeLists.head[order * NR_MIGRATETYPES + MIGRATE_HIGHATOMIC]).toBe(0)
})

test('per-cpu lists: as long as LOW over the node\'s CPUs, over all CPUs where it has none, or a fraction of the zone', () => {
  const mm = idleMm({ cpus: 2, zones: [{ node: 0, name: 'Normal', managed: 100_000 }, { node: 1, name: 'Normal', managed: 100_000 }, { node: 2, name: 'Normal', managed: 100_000 }] })
  const [near, , without] = mm.zones
  expect(near.pcp[0].high).toBe(Math.max(near.mark[WMARK_LOW], 4 * near.pcp[0].batch))
  expect(without.pcp[0].high).toBe(Math.max(Math.floor(without.mark[WMARK_LOW] / 2), 4 * without.pcp[0].batch))
  mm.sysctl.preset('vm.percpu_pagelist_high_fraction', 8)
  for (const zone of mm.zones) updatePcp(mm, zone)
  expect([near.pcp[0].high, without.pcp[0].high]).toEqual([12_500, 6250])
})

test('a list sysctl written with fewer words keeps the others', () => {
  const mm = idleMm({ pages: 4096 })
  mm.sysctl.write('vm.lowmem_reserve_ratio', [128, 64])
  expect(mm.sysctl.list('vm.lowmem_reserve_ratio')).toEqual([128, 64, 32, 0])
})
