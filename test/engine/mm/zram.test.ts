/** zram end to end: pool pages, swap-in without swap cache, two areas by priority, and what a page's content does to its size. */
import { expect, test } from 'vitest'
import type { CompressedShare, Machine, Phase, SwapSpec } from '../../../main/engine/index'
import type { Mm } from '../../../main/engine/mm/mm'
import { ZramDevice } from '../../../main/engine/mm/zram'
import { checkMm } from '../../../main/engine/sim/check-mm'
import { idleMm, newArea } from '../support/idle'
import { delta, runScenario } from '../support/run'
import { MIB, machine, map, scenario, snap, touch } from '../support/tiny'

const PAGES = 16 * MIB

function withSwap(swap: readonly SwapSpec[]): Machine {
  return { ...machine({ pages: PAGES }), swap }
}

/** Fills more than memory, then reads it back. */
function overcommit(rw: 'w' | 'f', fillb = 2048): readonly Phase[] {
  const fill: Phase = rw === 'w' ? touch('a', 'w', PAGES + 1000) : { op: 'touch', r: 'a', rw: 'f', fillb, pat: 'seq', start: 0, len: PAGES + 1000, count: PAGES + 1000, rate: 0 }
  return [map('a', PAGES + 1000), fill, snap('filled'), touch('a', 'r', PAGES + 1000)]
}

test('pages go to memory, not to a disk, and come back by synchronous faults', () => {
  const recording = runScenario(scenario({ machine: withSwap([{ kind: 'zram', pages: PAGES, priority: 100 }]), processes: [overcommit('w')] }))
  expect(recording.summary.end).toBe('done')
  expect(delta(recording, 'pswpout')).toBeGreaterThan(1000)
  expect(delta(recording, 'pswpin')).toBe(delta(recording, 'pgmajfault'))
  expect(delta(recording, 'pgpgout')).toBe(0)
  expect(delta(recording, 'pgrotated')).toBe(0)
  expect(delta(recording, 'pgsteal_anon')).toBe(delta(recording, 'pswpout'))
  expect(delta(recording, 'swap_ra')).toBe(0)
})

test('half-random pages take 4/7 of a page each in the pool', () => {
  const recording = runScenario(scenario({ machine: withSwap([{ kind: 'zram', pages: PAGES, priority: 100 }]), processes: [overcommit('f')] }))
  const filled = recording.snapshots.find((s) => s.label === 'filled')?.vmstat ?? {}
  const stored = filled.pswpout - filled.pswpin
  expect(stored).toBeGreaterThan(1000)
  expect(filled.nr_zspages / stored).toBeCloseTo(4 / 7, 2)
})

test('the pool is empty when every process has ended', () => {
  const recording = runScenario(scenario({ machine: withSwap([{ kind: 'zram', pages: PAGES, priority: 100 }]), processes: [overcommit('w')] }))
  // Up to 64 freed slots wait in the return cache; their objects may hold as many groups.
  expect(recording.snapshots.at(-1)?.vmstat.nr_zspages).toBeLessThanOrEqual(64)
})

test('the area of higher priority is used first, equal ones in turn', () => {
  const disks: readonly SwapSpec[] = [{ kind: 'disk', disk: 'vdb', pages: PAGES, priority: -2 }, { kind: 'zram', pages: 600, priority: 100 }]
  const first = runScenario(scenario({ machine: withSwap(disks), processes: [overcommit('w')] }))
  expect(delta(first, 'pgpgout') / 4).toBeLessThan(delta(first, 'pswpout'))
  expect(delta(first, 'pgpgout')).toBeGreaterThan(0)
  const equal: readonly SwapSpec[] = [{ kind: 'disk', disk: 'vda', pages: PAGES, priority: 5 }, { kind: 'disk', disk: 'vdb', pages: PAGES, priority: 5 }]
  const { vda, vdb } = runScenario(scenario({ machine: withSwap(equal), processes: [overcommit('w')] })).summary.io
  expect(Math.abs(vda.writePages - vdb.writePages)).toBeLessThanOrEqual(64)
})

const KINDS: readonly CompressedShare[] = [{ share: 0.1, same: 1 }, { share: 0.5, bytes: [700, 1500] }, { share: 0.4, bytes: [2000, 4096] }]

function device(mm: Mm, compressed: readonly CompressedShare[], memLimit = 0, seed = 7): ZramDevice {
  return new ZramDevice(mm, { pages: 20_000, seed, compressed, memLimit })
}

test('kinds of pages come in their shares, and each page is the same kind every time', () => {
  const mm = idleMm({ pages: 64 * MIB })
  const area = newArea(mm, 10_000)
  const zram = device(mm, KINDS)
  for (let index = 0; index < 10_000; index++) expect(zram.store(index, area, index)).toBe(true)
  const { pages, same, huge, bytes } = zram.stats
  expect(pages).toBe(10_000)
  expect(same / pages).toBeCloseTo(0.1, 1)
  // Of the third kind 840 of 2097 lengths are stored whole.
  expect(huge / pages).toBeCloseTo(0.4 * (840 / 2097), 2)
  expect(bytes / pages).toBeGreaterThan(0.5 * 1100)
  const before = { ...zram.stats, pool: zram.pool.pages }
  const again = device(mm, KINDS)
  for (let index = 9999; index >= 0; index--) again.store(index, area, index)
  expect({ ...again.stats, pool: again.pool.pages }).toEqual(before)
  // Another seed is another machine.
  const other = device(mm, KINDS, 0, 8)
  for (let index = 0; index < 10_000; index++) other.store(index, area, index)
  expect(other.stats.bytes).not.toBe(bytes)
  for (const each of [zram, again, other]) for (let index = 0; index < 10_000; index++) each.drop(index)
  expect([zram.stats.pages, zram.stats.bytes, zram.stats.same, zram.stats.huge, zram.pool.pages]).toEqual([0, 0, 0, 0, 0])
  checkMm(mm)
})

test('one kind alone is what compressedBytes says, page by page', () => {
  const mm = idleMm({ pages: 16 * MIB })
  const area = newArea(mm, 500)
  const [one, two] = [device(mm, [{ share: 1, bytes: [800, 2200] }]), device(mm, [{ share: 0, same: 1 }, { share: 1, bytes: [800, 2200] }])]
  for (let index = 0; index < 500; index++) for (const each of [one, two]) each.store(index, area, index)
  expect(two.stats).toEqual(one.stats)
})

test('a same-filled page takes no memory and no compression', () => {
  const mm = idleMm()
  const area = newArea(mm, 100)
  const zram = device(mm, [{ share: 1, same: 1 }])
  const [pages, now] = [mm.nodes[0].stat.nr_zspages, mm.clock.now]
  for (let index = 0; index < 100; index++) zram.store(index, area, index)
  expect([zram.stats.same, zram.pool.pages, mm.nodes[0].stat.nr_zspages - pages]).toEqual([100, 0, 0])
  expect(mm.clock.now - now).toBe(100 * mm.cost.zramSameFilled)
  zram.load(5)
  expect(mm.clock.now - now).toBe(101 * mm.cost.zramSameFilled)
})

test('at its limit the pool takes objects only where there is room', () => {
  const mm = idleMm({ pages: 16 * MIB })
  const area = newArea(mm, 300)
  // Class 1360: three objects a page.
  const zram = device(mm, [{ share: 1, bytes: [1300, 1300] }], 10)
  const stored = Array.from({ length: 40 }, (_, index) => zram.store(index, area, index))
  expect(stored.map(Number)).toEqual([...new Array<number>(30).fill(1), ...new Array<number>(10).fill(0)])
  expect([zram.pool.pages, zram.stats.poolMax, zram.stats.failedWrites]).toEqual([10, 11, 10])
  zram.drop(4)
  expect(zram.store(40, area, 40)).toBe(true)
  expect(zram.store(41, area, 41)).toBe(false)
  checkMmPools(mm, zram)
})

function checkMmPools(mm: Mm, zram: ZramDevice): void {
  expect(mm.nodes.reduce((sum, node) => sum + node.stat.nr_zspages, 0)).toBe(zram.pool.pages)
}

test('a limit does not spill: writes fail, each such page keeps its slot, and the disk behind is not asked while there are others', () => {
  const limited: readonly SwapSpec[] = [{ kind: 'zram', pages: 4 * PAGES, priority: 100, compressedBytes: [2000, 2000], memLimitPages: 200 }, { kind: 'disk', disk: 'vdb', pages: PAGES, priority: -2 }]
  const [behind, alone] = [limited, limited.slice(0, 1)].map((swap) => runScenario(scenario({ machine: withSwap(swap), processes: [[map('a', PAGES + 60), touch('a', 'w', PAGES + 60), snap('filled'), touch('a', 'r', 1000)]], durationMs: 60_000 })))
  for (const { summary } of [behind, alone]) {
    const zram = summary.swap?.[0].zram
    expect(zram?.failedWrites).toBeGreaterThan(0)
    expect(zram?.poolMax).toBe(201)
  }
  expect(delta(behind, 'pgpgout')).toBe(0)
})

test('kinds of pages end to end: the pool is as large as they need, and pages stored whole gain nothing', () => {
  const run = (compressed: readonly CompressedShare[]) => runScenario(scenario({ machine: withSwap([{ kind: 'zram', pages: PAGES, priority: 100, compressed }]), processes: [overcommit('w')] }))
  const share = (compressed: readonly CompressedShare[]): number => {
    const filled = run(compressed).snapshots.find((s) => s.label === 'filled')?.vmstat ?? {}
    expect(filled.pswpout - filled.pswpin).toBeGreaterThan(900)
    return filled.nr_zspages / (filled.pswpout - filled.pswpin)
  }
  expect(share([{ share: 1, same: 1 }])).toBe(0)
  expect(share(KINDS)).toBeGreaterThan(0.35)
  expect(share(KINDS)).toBeLessThan(0.6)
  expect(delta(run([{ share: 1, bytes: [3257, 4096] }]), 'oom_kill')).toBe(1)
})
