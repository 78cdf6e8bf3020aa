/** Seed 000 as the article tells it: raising min_free_kbytes, then memhog 10M and 300M. */
import { expect, test } from 'vitest'
import { seed000Machine } from '../../../main/lab/presets/machines'
import { delta, run, runScenario, snapValue } from '../support/run'
import { map, scenario, sleep, snap, sysctl, touch, unmap } from '../support/tiny'

const MACHINE = seed000Machine({ free: [757_824, 145_221], swapPages: 0 })
const RAISE = sysctl('/proc/sys/vm/min_free_kbytes', 3_000_000)
const hog = (pages: number): ReturnType<typeof scenario> => scenario({ machine: MACHINE, processes: [[snap('boot'), RAISE, snap('raised'), map('a', pages), touch('a', 'w', pages), snap('held'), sleep(50), unmap('a')]] })

test('boot marks, the nine raised marks, protections, and memhog 10M that wakes nobody', () => {
  const recording = runScenario(hog(2560), { everyTurns: 0 })
  const marks = (label: string): number[][] => recording.snapshots.find((s) => s.label === label)?.zones.map((z) => [z.min, z.low, z.high]) ?? []
  expect(marks('boot')).toEqual([[7, 10, 13], [1505, 2257, 3009], [487, 730, 973]])
  expect(marks('raised')).toEqual([[2862, 3577, 4292], [565_534, 706_917, 848_300], [181_602, 227_002, 272_402]])
  expect(recording.snapshots[0].zones.map((z) => z.protection)).toEqual([[0, 2963, 3914, 3914], [0, 0, 951, 951], [0, 0, 0, 0]])
  expect(delta(recording, 'pageoutrun')).toBe(0)
  expect(recording.events.some((e) => e.kind === 'mm_vmscan_wakeup_kswapd')).toBe(false)
  expect(recording.summary.directReclaim.count).toBe(0)
})

test('memhog 300M wakes kswapd when 49,956 pages are used, never stalls; kswapd aims at 1,124,994 pages and becomes hopeless', () => {
  const { recording, mm } = run(hog(76_800), { everyTurns: 0 })
  const wake = recording.events.find((e) => e.kind === 'mm_vmscan_wakeup_kswapd')
  expect(delta(recording, 'pageoutrun')).toBeGreaterThan(0)
  for (const zone of ['dma', 'dma32', 'normal', 'movable']) expect(delta(recording, `allocstall_${zone}`)).toBe(0)
  expect(snapValue(recording, 'held', 'pageoutrun')).toBeGreaterThan(0)
  expect(wake?.cause).toMatchObject({ task: 'p0', order: 0, gfp: 'GFP_HIGHUSER_MOVABLE' })
  expect(wake?.cause?.path.slice(-4)).toEqual(['__alloc_pages', '__alloc_pages_slowpath', 'wake_all_kswapds', 'wakeup_kswapd'])
  const dma32 = wake?.cause?.zones.find((z) => z.zone === 'DMA32')
  // The slack is used up to a per-cpu refill: free is at most LOW + reserve, and not a batch of 63 below.
  expect(dma32).toMatchObject({ mark: 706_917, reserve: 951 })
  expect(dma32?.free).toBeLessThanOrEqual(707_868)
  expect(dma32?.free).toBeGreaterThan(707_868 - 63)
  expect(mm.nodes[0].kswapdFailures).toBeLessThanOrEqual(16)
})

test('kswapd\'s target is the sum of the high marks', () => {
  const targets: number[] = []
  const watch = { definition: { api: 1 as const, name: 'watch', hooks: { kswapdTarget: (_a: unknown, k: { base: { kswapdTarget(): number } }) => { targets.push(k.base.kswapdTarget()); return undefined } } } as never, params: {} }
  runScenario(hog(52_000), { everyTurns: 0, policies: [watch] })
  expect(new Set(targets)).toEqual(new Set([4292 + 848_300 + 272_402]))
})
