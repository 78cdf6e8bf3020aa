/** How much is scanned: fractions, branches, the priority floor, inactive ratios, refaults; and who may isolate. */
import { expect, test } from 'vitest'
import { tooManyIsolated } from '../../../main/engine/mm/isolate'
import { GFP_HIGHUSER_MOVABLE, GFP_NOFS } from '../../../main/engine/mm/gfp'
import { getScanCount, prepareScanCount } from '../../../main/engine/mm/scan-count'
import { ScanControl } from '../../../main/engine/mm/scan-control'
import { lruNoteCost } from '../../../main/engine/mm/swap-lru'
import { idleMm } from '../support/idle'
import { MIB } from '../support/tiny'

const base = {
  inactiveAnon: 100, activeAnon: 100, inactiveFile: 100, activeFile: 100, reclaimer: 'kswapd' as const, memcg: 0, priority: 12, swappiness: 60, maySwap: true, freeSwap: 1,
  anonCost: 0, fileCost: 0, fileIsTiny: false, cacheTrimMode: false, memcgReclaim: false,
}
const { decide } = idleMm({ pages: 4 * MIB })

test('scan fractions at swappiness 60 by cost', () => {
  const fractions = (anonCost: number, fileCost: number): (number | string)[] => {
    const { mode, anon, file } = decide.scanBalance({ ...base, anonCost, fileCost })
    return [mode, anon, file]
  }
  expect(fractions(0, 0)).toEqual(['fract', 60, 140])
  expect(fractions(100, 100)).toEqual(['fract', 119, 279])
  expect(fractions(0, 100)).toEqual(['fract', 178, 209])
  expect(fractions(100, 0)).toEqual(['fract', 89, 417])
})

test('branches, in their order', () => {
  const mode = (over: Partial<typeof base>): string => decide.scanBalance({ ...base, ...over }).mode
  expect(mode({ maySwap: false, priority: 0, fileIsTiny: true })).toBe('file')
  expect(mode({ freeSwap: 0, fileIsTiny: true })).toBe('file')
  expect(mode({ priority: 0, fileIsTiny: true, cacheTrimMode: true })).toBe('equal')
  expect(mode({ priority: 0, swappiness: 0 })).toBe('fract')
  expect(mode({ memcgReclaim: true, priority: 0, swappiness: 0, fileIsTiny: true })).toBe('file')
  expect(mode({ memcgReclaim: true, priority: 0, swappiness: 1 })).toBe('equal')
  expect(mode({ fileIsTiny: true, cacheTrimMode: true })).toBe('anon')
  expect(mode({ cacheTrimMode: true })).toBe('file')
  expect(decide.scanBalance({ ...base, swappiness: 0 })).toMatchObject({ mode: 'fract', anon: 0, file: 200 })
})

test('a list shorter than 2^priority gives nothing at that priority', () => {
  const mm = idleMm({ pages: 4 * MIB })
  const lruvec = mm.lruvecs[0]
  const scans = (pages: number, priority: number): number => {
    lruvec.size[2] = pages
    const sc = new ScanControl('direct')
    sc.priority = priority
    sc.maySwap = false
    const nr = new Float64Array(4)
    getScanCount(mm, lruvec, sc, nr)
    return nr[2]
  }
  expect([scans(4095, 12), scans(4095, 11), scans(4096, 12), scans(4095, 0)]).toEqual([0, 1, 1, 4095])
})

test('inactive lists may be shorter the more memory there is', () => {
  const GIB = 262_144
  for (const [gib, ratio] of [[1, 3], [4, 6], [10, 10], [100, 31], [1024, 101]] as const) {
    // inactive * ratio < active, with both adding up to the size.
    const inactive = Math.ceil((gib * GIB) / (ratio + 1))
    expect(decide.inactiveIsLow(inactive + 1, gib * GIB - inactive - 1), `${gib} GiB`).toBe(false)
    expect(decide.inactiveIsLow(inactive - 1, gib * GIB - inactive + 1), `${gib} GiB`).toBe(true)
  }
  expect([decide.inactiveIsLow(100, 100), decide.inactiveIsLow(100, 101)]).toEqual([false, true])
})

test('costs fade by half when they exceed a quarter of the lists', () => {
  const { lruvecs: [lruvec] } = idleMm({ pages: 4 * MIB })
  lruvec.size.set([100, 100, 100, 100, 0])
  lruNoteCost(lruvec, false, 60)
  lruNoteCost(lruvec, true, 40)
  expect([lruvec.anonCost, lruvec.fileCost]).toEqual([60, 40])
  lruNoteCost(lruvec, true, 1)
  expect([lruvec.anonCost, lruvec.fileCost]).toEqual([30, 20])
})

test('may deactivate: when the inactive list is short, or refaults were activated since the last look', () => {
  const mm = idleMm({ pages: 4 * MIB })
  const [lruvec] = mm.lruvecs
  const look = (): boolean[] => {
    const sc = new ScanControl('kswapd')
    prepareScanCount(mm, mm.nodes[0], lruvec, sc)
    return [sc.mayDeactivateAnon, sc.mayDeactivateFile, sc.cacheTrimMode]
  }
  lruvec.size.set([50, 40, 5000, 40, 0])
  expect(look()).toEqual([false, false, true])
  lruvec.size.set([50, 60, 5000, 6000, 0])
  expect(look()).toEqual([true, true, false])
  lruvec.size.set([50, 40, 5000, 40, 0])
  lruvec.workingsetActivate[1] = 1
  expect(look()).toEqual([false, true, false])
})

test('verdicts on inactive folios', () => {
  const [FILE, EXEC, REFERENCED, ANON] = [1, 2, 4, 8]
  const [RECLAIM, CLEAN, KEEP, ACTIVATE] = [0, 1, 2, 3]
  for (const [young, facts, verdict] of [
    [0, FILE, RECLAIM], [0, FILE | REFERENCED, CLEAN], [0, ANON | REFERENCED, RECLAIM], [1, FILE, KEEP], [1, ANON, KEEP], [1, FILE | REFERENCED, ACTIVATE], [1, ANON | REFERENCED, ACTIVATE],
    [2, FILE, ACTIVATE], [9, ANON, ACTIVATE], [1, FILE | EXEC, ACTIVATE], [1, ANON | EXEC, KEEP],
  ] as const) expect(decide.folioReferences(young, facts), `${young} young, facts ${facts}`).toBe(verdict)
  expect([decide.keepActive(1, FILE | EXEC), decide.keepActive(0, FILE | EXEC), decide.keepActive(3, FILE | REFERENCED), decide.keepActive(1, ANON | EXEC)]).toEqual([true, false, false, false])
})

test('direct reclaimers wait while more than an eighth of a list is isolated; without FS, more than all of it', () => {
  const { nodes: [node] } = idleMm({ pages: 4 * MIB })
  const tooMany = (isolated: number, by: 'direct' | 'kswapd', gfp: number): boolean => {
    const sc = new ScanControl(by)
    sc.gfp = gfp
    node.stat.nr_inactive_file = 800
    node.stat.nr_isolated_file = isolated
    return tooManyIsolated(node, true, sc)
  }
  expect([tooMany(100, 'direct', GFP_HIGHUSER_MOVABLE), tooMany(101, 'direct', GFP_HIGHUSER_MOVABLE)]).toEqual([false, true])
  expect([tooMany(800, 'direct', GFP_NOFS), tooMany(801, 'direct', GFP_NOFS)]).toEqual([false, true])
  expect(tooMany(5000, 'kswapd', GFP_HIGHUSER_MOVABLE)).toBe(false)
})

test('refaults: within the distance, inclusive', () => {
  expect([decide.refaultActivate(10, 10, 0), decide.refaultActivate(11, 10, 0), decide.refaultActivate(0, 0, 0)]).toEqual([true, false, true])
})
