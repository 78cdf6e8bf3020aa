/** The multi-generational LRU: its controller's arithmetic, ageing, tiers, switching, and what each of its parts does. */
import { expect, test } from 'vitest'
import { LruGen, LruGenCaps, folioLruGen, folioLruRefs, lruTierFromRefs } from '../../../main/engine/mm/lru-gen'
import { shouldRunAging, tryToIncMinSeq } from '../../../main/engine/mm/lru-gen-aging'
import { getTierIdx, getTypeToScan, positiveCtrlErr, readCtrlPos, resetCtrlPos } from '../../../main/engine/mm/lru-gen-control'
import { folioMarkAccessed } from '../../../main/engine/mm/swap-lru'
import { boot, delta, run } from '../support/run'
import { MIB, fread, map, open, scenario, sleep, sysctl, touch } from '../support/tiny'

const GENS = { 'lru_gen.enabled': 7 }

test('tiers are order_base_2(refs + 1)', () => {
  expect([0, 1, 2, 3, 4].map(lruTierFromRefs)).toEqual([0, 1, 2, 2, 3])
})

test('positive_ctrl_err: few refaults never count; else rates are compared by their gains', () => {
  const sp = { refaulted: 100, total: 1000, gain: 1 }
  expect(positiveCtrlErr(sp, { refaulted: 63, total: 63, gain: 2 })).toBe(true)
  // 64 * 1064 * 1 = 68,096 against 101 * total * 2.
  expect(positiveCtrlErr(sp, { refaulted: 64, total: 338, gain: 2 })).toBe(true)
  expect(positiveCtrlErr(sp, { refaulted: 64, total: 337, gain: 2 })).toBe(false)
})

test('a tier is protected when it refaults more than twice as much as the first', () => {
  const gen = new LruGen()
  const caps = new LruGenCaps()
  gen.refaulted.set([0, 0, 0, 0, 100, 0, 300, 0])
  gen.evicted.set([0, 0, 0, 0, 1000, 1000, 1000, 1000])
  // Tier 2 of file: 300 * 1064 > 101 * 1000 * 2.
  expect(getTierIdx(gen, caps, 1)).toBe(1)
  caps.tiers = false
  expect(getTierIdx(gen, caps, 1)).toBe(3)
})

test('the type with fewer refaults is scanned, by swappiness; anon without any history wins against file that refaults more than 3.6 %', () => {
  const gen = new LruGen()
  gen.evicted[4] = 3840
  gen.refaulted[4] = 140
  expect(getTypeToScan(gen, new LruGenCaps(), 60).type).toBe(1)
  // refaulted * 64 * 60 <= 3840 * 140 up to 140.
  gen.refaulted[4] = 141
  expect(getTypeToScan(gen, new LruGenCaps(), 60).type).toBe(0)
  expect(getTypeToScan(gen, new LruGenCaps(), 59).type).toBe(1)
})

test('averages take half of what the evicted generation counted', () => {
  const gen = new LruGen()
  gen.refaulted[5] = 101
  gen.evicted[5] = 200
  gen.protected[5] = 51
  resetCtrlPos(gen, 1)
  expect(readCtrlPos(gen, 1, 1, 2)).toEqual({ refaulted: 50, total: 125, gain: 2 })
  resetCtrlPos(gen, 1)
  expect(readCtrlPos(gen, 1, 1, 2)).toEqual({ refaulted: 25, total: 62, gain: 2 })
})

test('a new generation is due below three, and at three when the youngest holds over half or the oldest under a quarter', () => {
  const sized = (sizes: readonly number[], minSeq: number): boolean => {
    const gen = new LruGen()
    gen.minSeq.fill(minSeq)
    sizes.forEach((pages, i) => (gen.nrPages[((minSeq + i) % 4) * 8 + 4] = pages))
    return shouldRunAging(gen, true).due
  }
  expect(sized([10, 10, 10, 10], 0)).toBe(false)
  expect(sized([25, 25, 50], 1)).toBe(false)
  expect(sized([25, 24, 51], 1)).toBe(true)
  expect(sized([24, 30, 46], 1)).toBe(true)
  expect(sized([50, 50], 2)).toBe(true)
})

test('empty oldest generations are given up, but anon never leaves file behind', () => {
  const gen = new LruGen()
  gen.lists.head[0 * 8 + 4] = 1
  expect(tryToIncMinSeq(gen, true)).toBe(false)
  expect([...gen.minSeq]).toEqual([0, 0])
  gen.lists.head[4] = 0
  gen.lists.head[1 * 8 + 4] = 1
  expect(tryToIncMinSeq(gen, true)).toBe(true)
  expect([...gen.minSeq]).toEqual([1, 1])
})

test('without swap file goes on alone and leaves anon behind', () => {
  const gen = new LruGen()
  expect(tryToIncMinSeq(gen, false)).toBe(true)
  expect([...gen.minSeq]).toEqual([0, 2])
})

/** A machine whose generations hold a read file and written memory. */
function settled() {
  const sim = boot(scenario({ machine: { pages: 8 * MIB, swapPages: 3000 }, files: 600, sysctls: GENS, processes: [[open('f', 600), fread(300), map('a', 500), touch('a', 'w', 500), sleep(10_000)]] }))
  while (sim.progress().now < 500e6) sim.step(100)
  return sim.mm
}

test('faulted pages join the youngest generation, read ones the oldest but one; vmstat calls the two youngest active', () => {
  const mm = settled()
  const [{ gen, node }] = mm.lruvecs
  expect(gen.maxSeq).toBe(3)
  const anon = mm.frames.flags.findIndex((_, pfn) => folioLruGen(mm, pfn) === 3)
  expect(anon).toBeGreaterThanOrEqual(0)
  expect(node.stat.nr_active_anon).toBeGreaterThan(450)
  expect(node.stat.nr_inactive_anon).toBe(0)
  expect(node.stat.nr_active_file).toBe(0)
  expect(node.stat.nr_inactive_file).toBeGreaterThan(250)
  expect(gen.nrPages.reduce((a, b) => a + b)).toBe(node.stat.nr_active_anon + node.stat.nr_inactive_file)
})

test('accesses through file descriptors: referenced, workingset, then three more', () => {
  const mm = settled()
  const pfn = mm.frames.flags.findIndex((_, i) => folioLruGen(mm, i) === 1)
  const seen: number[] = []
  for (let i = 0; i < 6; i++) {
    folioMarkAccessed(mm, pfn)
    seen.push(folioLruRefs(mm, pfn))
  }
  // It had been read once.
  expect(seen).toEqual([1, 2, 3, 4, 4, 4])
})

const thrash = (sysctls: Readonly<Record<string, number>>) => scenario({
  machine: { pages: 8 * MIB, swapPages: 4000 }, files: 3000, sysctls,
  processes: [[map('hot', 600), touch('hot', 'w', 600), touch('hot', 'r', 600, { pat: 'rand', count: 40_000, rate: 20_000 })], [open('f', 3000), fread(3000, { count: 30_000 })]],
})

test('ageing by page tables keeps memory in use that a file scan would push out', () => {
  const { recording } = run(thrash(GENS))
  expect(recording.summary.end).toBe('done')
  expect(delta(recording, 'pswpout')).toBe(0)
  expect(delta(recording, 'pgsteal_file')).toBeGreaterThan(20_000)
})

test('switching back and forth in mid-run loses no page and ends in the classic lists', () => {
  const { mm, recording } = run(scenario({
    machine: { pages: 8 * MIB, swapPages: 4000 }, files: 3000,
    processes: [[map('a', 2200), touch('a', 'w', 2200), open('f', 3000), fread(3000), sysctl('lru_gen.enabled', 7), fread(3000), touch('a', 'r', 2200), sysctl('lru_gen.enabled', 0), fread(3000), sysctl('lru_gen.enabled', 1), touch('a', 'w', 2200), sysctl('lru_gen.enabled', 0), fread(500), sleep(1)]],
  }), { everyTurns: 100 })
  expect(recording.summary.end).toBe('done')
  expect(mm.lruvecs[0].gen.nrPages.every((pages) => pages === 0)).toBe(true)
  expect(delta(recording, 'pswpout')).toBeGreaterThan(0)
})

test('min_ttl_ms: when everything is younger, somebody is killed instead of everybody thrashing', () => {
  const hogs = (minTtl: number) => run(scenario({
    machine: { pages: 8 * MIB, swapPages: 8000, swapDisk: { iops: 500, tags: 8 } }, sysctls: { ...GENS, 'lru_gen.min_ttl_ms': minTtl }, durationMs: 4000,
    processes: [0, 1].map(() => [map('a', 1500), touch('a', 'w', 1500, { count: 200_000 })]),
  })).recording
  expect(delta(hogs(0), 'oom_kill')).toBe(0)
  expect(delta(hogs(2000), 'oom_kill')).toBeGreaterThan(0)
})

test('pages read five times are always protected as of 6.1.69, and were not before', () => {
  const often = (protect: number) => run(scenario({
    machine: { pages: 4 * MIB }, files: 4000, sysctls: { ...GENS, 'lru_gen.lab.protect_page_cache': protect },
    // Read without hits on the same page twice in a row, which would not count.
    processes: [[open('f', 4000, 'random'), ...Array.from({ length: 6 }, () => fread(200)), fread(1200, { start: 400 }), fread(200)]],
  })).recording
  expect(delta(often(1), 'workingset_activate_file')).toBeGreaterThan(150)
  expect(delta(often(0), 'workingset_activate_file')).toBe(0)
})
