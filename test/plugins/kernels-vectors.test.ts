/** Decisions of linux-5.15 and android-3.18 against numbers worked out by hand from the kernels' sources; and android-3.18's mechanisms that are arithmetic: tests of marks, per-cpu lists, turns, reserves. */
import { expect, test } from 'vitest'
import type { KernelContext, ScanBalanceArgs, ZoneIndex, ZoneView } from 'reclaim-lab'
import { DIRTY_KSWAPD, DIRTY_NODE, DIRTY_SEEN, FOLIO_EXEC, FOLIO_FILE, FOLIO_REFERENCED, FOLIO_SWAPBACKED, FOLIOREF_ACTIVATE, FOLIOREF_KEEP, FOLIOREF_RECLAIM, FOLIOREF_RECLAIM_CLEAN } from 'reclaim-lab'
import { intSqrt, mulDiv } from '../../main/engine/core/maths'
import { MIGRATE_RESERVE } from '../../main/engine/mm/gfp'
import { WMARK_HIGH, WMARK_LOW, WMARK_MIN } from '../../main/engine/mm/mmzone'
import { zoneWatermarkOkWith } from '../../main/engine/mm/watermark'
import android from '../../plugins/kernels/android-3.18'
import linux515 from '../../plugins/kernels/linux-5.15'
import { boot } from '../engine/support/run'
import { machine, scenario } from '../engine/support/tiny'

const k: KernelContext = { math: { intSqrt, mulDiv } }
const SCAN: ScanBalanceArgs = {
  inactiveAnon: 10_000, activeAnon: 10_000, inactiveFile: 10_000, activeFile: 10_000, reclaimer: 'kswapd', memcg: 0, memcgReclaim: false, priority: 12, swappiness: 60, maySwap: true, freeSwap: 1000, anonCost: 0,
  fileCost: 0, fileIsTiny: false, cacheTrimMode: false,
}

test('5.15: shares of the scan at swappiness 60 by what each side has cost', () => {
  const share = (anonCost: number, fileCost: number): readonly number[] => {
    const { mode, anon, file } = linux515.hooks.scanBalance({ ...SCAN, anonCost, fileCost })
    expect(mode).toBe('fract')
    return [anon, file]
  }
  expect([share(0, 0), share(100, 100), share(0, 100), share(100, 0)]).toEqual([[60, 140], [119, 279], [178, 209], [89, 417]])
})

test('3.18: shares by how many of the pages looked at were in use', () => {
  const share = (rotation: NonNullable<ScanBalanceArgs['rotation']>, swappiness = 60): unknown => android.hooks.scanBalance({ ...SCAN, swappiness, rotation })
  expect(share({ scannedAnon: 0, rotatedAnon: 0, scannedFile: 0, rotatedFile: 0 })).toEqual({ mode: 'fract', anon: 60, file: 140 })
  // All anonymous pages in use, no file page: 60 * 1001 / 1001, 140 * 1001 / 1.
  expect(share({ scannedAnon: 1000, rotatedAnon: 1000, scannedFile: 1000, rotatedFile: 0 })).toEqual({ mode: 'fract', anon: 60, file: 140_140 })
  expect(share({ scannedAnon: 999, rotatedAnon: 99, scannedFile: 999, rotatedFile: 499 }, 100)).toEqual({ mode: 'fract', anon: 1000, file: 200 })
})

test('3.18: the branches before that, in their order', () => {
  const mode = (over: Partial<ScanBalanceArgs>): string => android.hooks.scanBalance({ ...SCAN, ...over }).mode
  expect([mode({ freeSwap: 0, fileIsTiny: true }), mode({ memcgReclaim: true, swappiness: 0, priority: 0 }), mode({ priority: 0, fileIsTiny: true }), mode({ fileIsTiny: true, cacheTrimMode: true }), mode({ cacheTrimMode: true }), mode({})])
    .toEqual(['file', 'file', 'equal', 'anon', 'file', 'fract'])
})

test('how short an inactive list may be: by the lists\' size in 5.15, by the zone\'s in 3.18, one to one for files', () => {
  const GIB = 262_144
  const ratio = (low: (inactive: number, active: number) => boolean, pages: number): number => {
    for (let r = 1; r < 200; r++) if (!low(1 + Math.floor(pages / (r + 1)), pages - 1 - Math.floor(pages / (r + 1)))) return r
    return 0
  }
  const of515 = (gib: number): number => intSqrt(10 * gib)
  for (const [gib, expected] of [[1, 3], [4, 6], [10, 10], [100, 31]] as const) {
    expect(of515(gib)).toBe(expected)
    const active = expected * 1000
    expect(linux515.hooks.inactiveIsLow(gib * GIB - Math.floor((gib * GIB * expected) / (expected + 1)), Math.floor((gib * GIB * expected) / (expected + 1)), k)).toBe(false)
    expect(android.hooks.inactiveIsLowInZone({ node: 0, zone: 2, file: false, inactive: 1000, active, managed: gib * GIB }, k)).toBe(false)
    expect(android.hooks.inactiveIsLowInZone({ node: 0, zone: 2, file: false, inactive: 1000, active: active + 1, managed: gib * GIB }, k)).toBe(true)
  }
  expect(ratio((inactive, active) => linux515.hooks.inactiveIsLow(inactive, active, k), GIB - 1)).toBe(1)
  for (const managed of [1000, 100 * GIB]) expect([1000, 1001].map((active) => android.hooks.inactiveIsLowInZone({ node: 0, zone: 2, file: true, inactive: 1000, active, managed }, k))).toEqual([false, true])
})

test('references: an anonymous page in use is active at once in 3.18, the second time in 5.15', () => {
  const verdicts = (kernel: typeof android | typeof linux515, facts: number): readonly number[] => [0, 1, 2].map((young) => kernel.hooks.folioReferences(young, facts))
  expect(verdicts(android, FOLIO_SWAPBACKED)).toEqual([FOLIOREF_RECLAIM, FOLIOREF_ACTIVATE, FOLIOREF_ACTIVATE])
  expect(verdicts(linux515, FOLIO_SWAPBACKED)).toEqual([FOLIOREF_RECLAIM, FOLIOREF_KEEP, FOLIOREF_ACTIVATE])
  for (const kernel of [android, linux515]) {
    expect(verdicts(kernel, FOLIO_FILE)).toEqual([FOLIOREF_RECLAIM, FOLIOREF_KEEP, FOLIOREF_ACTIVATE])
    expect(verdicts(kernel, FOLIO_FILE | FOLIO_REFERENCED)).toEqual([FOLIOREF_RECLAIM_CLEAN, FOLIOREF_ACTIVATE, FOLIOREF_ACTIVATE])
    expect(verdicts(kernel, FOLIO_FILE | FOLIO_EXEC)[1]).toBe(FOLIOREF_ACTIVATE)
  }
})

test('dirty file pages: kswapd of 3.18 writes where the zone is flagged, that of 5.15 only what it has met before', () => {
  const writes = (kernel: typeof android | typeof linux515): readonly boolean[] => [DIRTY_KSWAPD | DIRTY_NODE, DIRTY_KSWAPD | DIRTY_NODE | DIRTY_SEEN, DIRTY_NODE | DIRTY_SEEN, DIRTY_KSWAPD | DIRTY_SEEN].map((bits) => kernel.hooks.pageoutDirty(bits))
  expect(writes(android)).toEqual([true, true, false, false])
  expect(writes(linux515)).toEqual([false, true, false, false])
})

function view(over: Partial<ZoneView>): ZoneView {
  return { node: 0, zone: 2, name: 'Normal', managed: 10_000, free: 0, min: 100, low: 125, high: 150, boost: 0, reserve: 0, hasBlock: true, ...over }
}

test('balanced: one zone with its reserve in 5.15; in 3.18 every zone, without reserves, but for those that have nothing left', () => {
  const dma = view({ zone: 0, free: 200, reserve: 3914 })
  const ask = (zones: readonly ZoneView[], order = 0): readonly boolean[] => [linux515, android].map((kernel) => kernel.hooks.kswapdBalanced({ node: 0, order, highestZoneidx: 3 as ZoneIndex, zones }))
  expect(ask([dma, view({ free: 151 })])).toEqual([true, true])
  expect(ask([dma, view({ free: 150 })])).toEqual([false, false])
  expect(ask([view({ zone: 1, free: 10 }), view({ free: 151 })])).toEqual([true, false])
  expect(ask([dma])).toEqual([false, true])
  expect(ask([view({ zone: 1, free: 10, allUnreclaimable: true }), view({ free: 151 })])).toEqual([true, true])
  // A large order: a quarter of the pages in such zones is enough.
  expect(ask([view({ zone: 1, managed: 30_000, free: 10 }), view({ free: 151 })], 3)[1]).toBe(true)
  expect(ask([view({ zone: 1, managed: 30_001 + 3, free: 10 }), view({ free: 151 })], 3)[1]).toBe(false)
})

test('3.18: retry as long as anything was reclaimed, and never otherwise; 5.15 sixteen times while there is hope', () => {
  const zones = [{ ...view({ free: 50 }), reclaimable: 100 }]
  const ask = (noProgressLoops: number, didSomeProgress: boolean): readonly boolean[] => [linux515, android].map((kernel) => kernel.hooks.reclaimRetry({ order: 0, highestZoneidx: 3, noProgressLoops, didSomeProgress, zones }))
  expect([ask(0, true), ask(1, false), ask(16, false), ask(17, false)]).toEqual([[true, true], [true, false], [true, false], [false, false]])
})

test('3.18: slab is shrunk in step with the lists', () => {
  const ask = (freeable: number, deferred: number, scanned: number, lruPages: number): unknown => android.hooks.slabScan({ node: 0, shrinker: 'dentry', freeable, deferred, seeks: 2, priority: 12, share: { scanned, lruPages } }, k)
  // 4 * 100 / 2 * 5000 / 10,000; nothing scanned counts as 32.
  expect(ask(5000, 0, 100, 9999)).toEqual({ delta: 100, total: 100 })
  expect(ask(5000, 0, 0, 9999)).toEqual({ delta: 32, total: 32 })
  // Work put off alone empties half of the cache, with a quarter asked for by the pass all of it, twice at most.
  expect(ask(1000, 100_000, 100, 9999)).toEqual({ delta: 20, total: 500 })
  expect(ask(1000, 100_000, 5000, 9999)).toEqual({ delta: 1000, total: 2000 })
})

test('5.15 waits a tenth of a second, and before a retry only for much that is being written; 3.18 a fiftieth then', () => {
  const ask = (kernel: typeof android | typeof linux515, reason: 'VMSCAN_THROTTLE_WRITEBACK' | 'VMSCAN_THROTTLE_ISOLATED' | 'VMSCAN_THROTTLE_NOPROGRESS' | 'VMSCAN_THROTTLE_CONGESTED', writePending: number): number =>
    kernel.hooks.reclaimThrottle({ node: 0, reason, kswapd: false, failures: 0, reclaimable: 100, writePending, hz: 250 })
  expect([ask(linux515, 'VMSCAN_THROTTLE_ISOLATED', 0), ask(linux515, 'VMSCAN_THROTTLE_NOPROGRESS', 50), ask(linux515, 'VMSCAN_THROTTLE_NOPROGRESS', 51), ask(linux515, 'VMSCAN_THROTTLE_CONGESTED', 99)]).toEqual([25, 0, 25, 0])
  expect([ask(android, 'VMSCAN_THROTTLE_ISOLATED', 0), ask(android, 'VMSCAN_THROTTLE_NOPROGRESS', 0)]).toEqual([25, 5])
})

test('3.18 takes nobody who may be killed for less than 1 point', () => {
  const ask = (kernel: typeof android | typeof linux515, oomScoreAdj: number): number => kernel.hooks.oomBadness({ task: 't', rss: 100, swapents: 0, pagetablePages: 1, oomScoreAdj, totalpages: 100_000, ageNs: 0 })
  expect([ask(linux515, -500), ask(android, -500), ask(android, 10)]).toEqual([-49_899, 1, 1101])
})

/** One zone of 3.18, large enough for every rule. */
function zone318(managed: number, minFreeKb: number) {
  const { mm } = boot(scenario({ machine: machine({ zones: [{ node: 0, name: 'Normal', managed }] }), sysctls: { 'vm.min_free_kbytes': minFreeKb }, processes: [] }), { kernel: android })
  return { mm, zone: mm.zones[0] }
}

test('3.18: a mark halves with the order, and the smaller blocks don\'t count', () => {
  const { zone } = zone318(243_597, 8000)
  zone.nrFree.fill(0)
  zone.nrFree[0] = 100
  zone.nrFree[1] = 20
  const ok = (order: number, mark: number, free: number): boolean => zoneWatermarkOkWith(zone, order, mark, 0, 0, free)
  // Order 1: more than 80 + 1 in all, and more than 40 without the 100 single pages.
  expect([ok(0, 80, 81), ok(0, 80, 80), ok(1, 80, 142), ok(1, 80, 141)]).toEqual([true, false, true, false])
  // Order 2: 3 for the block, 100 singles, 40 in pairs; more than 20 must be left.
  expect([ok(2, 80, 164), ok(2, 80, 163)]).toEqual([true, false])
})

test('3.18: six batches in per-cpu lists, HIGH - LOW pages a turn, one or two RESERVE pageblocks', () => {
  const { mm, zone } = zone318(243_597, 8000)
  expect([zone.pcp[0].batch, zone.pcp[0].high]).toEqual([31, 186])
  expect(zone.allocBatch).toBe(zone.mark[WMARK_HIGH] - zone.mark[WMARK_LOW])
  const reserved = (): number => mm.blockType.filter((type) => type === MIGRATE_RESERVE).length
  expect([zone.mark[WMARK_MIN], reserved()]).toEqual([2000, 2])
  expect(zone318(60_000, 800).mm.blockType.filter((type) => type === MIGRATE_RESERVE).length).toBe(1)
  // Lower marks give the second one back.
  mm.sysctl.write('vm.min_free_kbytes', 1000)
  expect(reserved()).toBe(1)
})

test('3.18: extra_free_kbytes widens MIN to LOW only', () => {
  const { mm, zone } = zone318(243_597, 8000)
  const before = [...zone.mark]
  mm.sysctl.write('vm.extra_free_kbytes', 4000)
  expect([zone.mark[WMARK_MIN] - before[WMARK_MIN], zone.mark[WMARK_LOW] - before[WMARK_LOW], zone.mark[WMARK_HIGH] - before[WMARK_HIGH]]).toEqual([0, 1000, 1000])
})
