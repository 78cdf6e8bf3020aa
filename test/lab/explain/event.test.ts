/** Why things happened: every wake, direct reclaim, failed allocation and kill carries its cause, its numbers are true, and the sentences say them. */
import { expect, test } from 'vitest'
import { createSimulation } from '../../../main/engine'
import type { Recording, RunEvent, Scenario } from '../../../main/engine'
import { explainEvent } from '../../../main/lab/explain/event'
import { PRESETS } from '../../../main/lab/presets'
import linux61 from '../../../plugins/kernels/linux-6.1'
import { MIB, fread, map, mmapf, open, scenario, touch } from '../../engine/support/tiny'

function run(of: Scenario): Recording {
  const sim = createSimulation({ scenario: of, kernel: linux61, policies: [], seed: 1 })
  while (sim.step(10_000));
  return sim.finish()
}

function preset(id: string): Scenario {
  const found = PRESETS.find((one) => one.id === id)
  if (found === undefined) throw new Error(`no preset ${id}`)
  return { ...found.scenario, durationMs: Math.min(found.scenario.durationMs, 15_000) }
}

const ofKind = (recording: Recording, kind: RunEvent['kind']) => recording.events.filter((event) => event.kind === kind)

test('seed 000: who woke kswapd, with which gfp, by which path, and how far each zone missed LOW', () => {
  const [wake, ...more] = ofKind(run(preset('seed-000-raise-min-free')), 'mm_vmscan_wakeup_kswapd')
  expect(more).toEqual([])
  const { cause } = wake
  expect(cause).toMatchObject({ task: 'memhog-300M', order: 0, gfp: 'GFP_HIGHUSER_MOVABLE' })
  // The article's stack, in the words of 6.1.
  expect(cause?.path).toEqual(expect.arrayContaining(['asm_exc_page_fault', 'handle_mm_fault', '__alloc_pages', '__alloc_pages_slowpath', 'wake_all_kswapds', 'wakeup_kswapd']))
  expect(cause?.path.indexOf('__alloc_pages_slowpath')).toBe((cause?.path.indexOf('__alloc_pages') ?? 0) + 1)
  expect(cause?.zones.map(({ zone, mark, reserve }) => [zone, mark, reserve])).toEqual([['Normal', 227_002, 0], ['DMA32', 706_917, 951], ['DMA', 3577, 3914]])
  const [normal, dma32, dma] = cause?.zones ?? []
  // Normal and DMA as they were; DMA32 just below LOW + reserve = 707,868, by no more than a batch of the per-cpu list.
  expect([normal.free, normal.short, dma.free, dma.short]).toEqual([145_221, 81_782, 3840, 3652])
  expect(dma32.short).toBe(707_868 - dma32.free + 1)
  expect(dma32.short).toBeGreaterThan(0)
  expect(dma32.short).toBeLessThanOrEqual(63)
})

const CAUSED: readonly RunEvent['kind'][] = ['mm_vmscan_wakeup_kswapd', 'mm_vmscan_direct_reclaim_begin', 'mm_vmscan_direct_reclaim_end', 'mm_page_alloc_failed', 'mark_victim']

/** One small zone, no swap, and a task that wants more than there is; beside it one that maps and reads a file. */
const OUT_OF_MEMORY = scenario({
  machine: { pages: 8 * MIB }, files: 4 * MIB, sysctls: { 'vm.watermark_boost_factor': 0 },
  processes: [[map('a', 12 * MIB), touch('a', 'w', 12 * MIB)], [open(), fread(4 * MIB, { count: 40 * MIB }), mmapf('m', 4 * MIB), touch('m', 'r', 4 * MIB)]],
})

test.each([
  ['kswapd-vs-direct', () => preset('kswapd-vs-direct')], ['anon-file-with-swap', () => preset('anon-file-with-swap')], ['dirty-then-reclaim', () => preset('dirty-then-reclaim')], ['out of memory', () => OUT_OF_MEMORY],
])('%s: every wake, direct reclaim, failed allocation and kill has a cause that holds', (_, of) => {
  const recording = run(of())
  const caused = recording.events.filter((event) => CAUSED.includes(event.kind))
  expect(caused.length).toBeGreaterThan(2)
  expect(recording.summary.eventsDropped).toBe(0)
  for (const event of caused) holds(event)
})

function holds(event: RunEvent): void {
  const { cause } = event
  if (cause === undefined) throw new Error(`${event.kind} at ${event.t} has no cause`)
  expect(cause.task).toBe(event.task)
  if (event.args.order !== undefined) expect([cause.order, cause.gfp]).toEqual([event.args.order, event.args.gfp ?? cause.gfp])
  expect(cause.path.length).toBeGreaterThan(2)
  expect(cause.zones.length).toBeGreaterThan(0)
  for (const zone of cause.zones) expect(zone.short).toBe(zone.mark + zone.reserve - zone.free + 1)
  // A boost wakes kswapd without anybody lacking a page. A failed allocation of a task that was killed may come when memory is there again.
  if (cause.gfp !== '0' && event.kind !== 'mm_page_alloc_failed') for (const zone of cause.zones) expect(zone.short > 0 || zone.noBlock === true, JSON.stringify(event)).toBe(true)
}

test('out of memory: the kill and the failed allocation are told, the marks are MIN', () => {
  const recording = run(OUT_OF_MEMORY)
  const [kill] = ofKind(recording, 'mark_victim')
  expect(kill.cause?.zones.map((zone) => zone.mark)).toEqual([recording.summary.marks[0].min])
  const text = explainEvent(kill)
  expect(text.en).toMatch(/^The OOM killer chose p0, when p\d could get no page\. It held [\d,]+ anonymous and 0 file pages and 0 in swap\. p\d asked for one page with .*No zone passed the test at MIN: Normal has/)
  expect(text.zh).toMatch(/^p\d 分配不到页，OOM killer 选中了 p0。它占有 [\d,]+ 个匿名页/)
})

test('sentences of a wake, in both languages, with numbers and path', () => {
  const [wake] = ofKind(run(preset('seed-000-raise-min-free')), 'mm_vmscan_wakeup_kswapd')
  const { en, zh } = explainEvent(wake)
  expect(en).toMatch(/^memhog-300M woke kswapd of node 0\. memhog-300M asked for one page with GFP_HIGHUSER_MOVABLE, by way of asm_exc_page_fault > .* > wakeup_kswapd\. No zone passed the test at LOW: /)
  expect(en).toContain('Normal has 145,221 free, must have more than mark 227,002 and is 81,782 short; DMA32 has ')
  expect(en).toContain('DMA has 3,840 free, must have more than mark 3,577 + reserve 3,914 and is 3,652 short.')
  expect(zh).toContain('memhog-300M 以 GFP_HIGHUSER_MOVABLE 申请一页')
  expect(zh).toContain('Normal 空闲 145,221，须多于水位 227,002，差 81,782')
})

test('a boost is told as what it is, a block too large as missing, an unknown kind by its name', () => {
  const cause = { task: 'hog', order: 0, gfp: '0', path: ['get_page_from_freelist', 'rmqueue', 'wakeup_kswapd'], zones: [{ node: 0, zone: 'DMA32', free: 900, mark: 1505, reserve: 0, short: 606 }] }
  const wake = { t: 1, kind: 'mm_vmscan_wakeup_kswapd', duration: 0, task: 'hog', args: { node: 0, zone: 'DMA32', order: 0, gfp: '0' }, cause } as const
  expect(explainEvent(wake).en).toBe('hog woke kswapd of node 0. It had to split a free block of another migrate type, so zone DMA32\'s marks are boosted: HIGH is 1,505 now, 900 pages are free.')
  const failed = { ...wake, kind: 'mm_page_alloc_failed', cause: { ...cause, order: 9, gfp: 'GFP_ATOMIC', zones: [{ ...cause.zones[0], free: 5000, mark: 250, short: -4749, noBlock: true }] } } as const
  expect(explainEvent(failed).en).toContain('hog asked for a block of 512 pages (order 9) with GFP_ATOMIC')
  expect(explainEvent(failed).en).toContain('DMA32 has 5,000 free, enough, but no block that large')
  expect(explainEvent({ ...wake, kind: 'later' as 'snap' })).toEqual({ en: 'later', zh: 'later' })
})

test('every kind of event has words in both languages', () => {
  const kinds = ['mm_vmscan_kswapd_wake', 'mm_vmscan_kswapd_sleep', 'mm_vmscan_throttled', 'watermark_boost', 'sysctl_write', 'snap', 'task_start', 'task_exit', 'policy_ejected', 'node_reclaim', 'mm_vmscan_direct_reclaim_end'] as const
  for (const kind of kinds) {
    const { en, zh } = explainEvent({ t: 0, kind, duration: 2_500_000, task: 'x', args: { node: 0, order: 0, reason: 'WRITEBACK', zone: 'Normal', boost: 512, name: 'vm.swappiness', value: '10', label: 'l', policy: 'p', hook: 'h', message: 'm｜n', nr_reclaimed: 32 } })
    expect([kind, en]).not.toEqual([kind, kind])
    expect(en, kind).not.toMatch(/undefined|[\u4e00-\u9fff]/)
    expect(zh, kind).toMatch(/[\u4e00-\u9fff]/)
    expect(zh, kind).not.toContain('undefined')
  }
})

test('memory cgroups: reclaim inside one, sleeps, kills and writes', () => {
  const event = { t: 0, duration: 2_500_000, task: 'hog' } as const
  const said = (kind: 'mm_vmscan_memcg_reclaim_end' | 'memcg_throttled' | 'memcg_write' | 'mark_victim', args: Readonly<Record<string, number | string>>): string => {
    const { en, zh } = explainEvent({ ...event, kind, args })
    expect(zh).toMatch(/[\u4e00-\u9fff]/)
    expect(`${en}${zh}`).not.toContain('undefined')
    return en
  }
  expect(said('mm_vmscan_memcg_reclaim_end', { memcg: 'a/b', nr_to_reclaim: 1, nr_reclaimed: 32 })).toBe('hog reclaimed 32 pages inside the memory cgroup a/b in 2.5 ms.')
  expect(said('mm_vmscan_memcg_reclaim_end', { memcg: 'a', nr_to_reclaim: 500, nr_reclaimed: 500, proactive: 1 })).toBe('hog reclaimed 500 pages inside the memory cgroup a in 2.5 ms. memory.reclaim had asked for 500.')
  expect(said('memcg_throttled', { memcg: 'a', usage: 1200, high: 1000 })).toBe('hog slept 2.5 ms because its memory cgroup a is over memory.high: 1,200 pages, 1,000 allowed.')
  expect(said('mark_victim', { victim: 'big', memcg: 'a', usage: 600, max: 600, anon_rss: 590, file_rss: 0, swapents: 0 })).toMatch(/^The OOM killer chose big, when the memory cgroup a was full \(600 of 600 pages\) and hog needed one more\./)
  expect(said('memcg_write', { memcg: 'a', knob: 'memory.max', value: 2 ** 51 - 1, result: 0 })).toBe('hog wrote max to memory.max of a.')
  expect(said('memcg_write', { memcg: 'a', knob: 'memory.reclaim', value: 500, result: -11 })).toBe('hog wrote 500 to memory.reclaim of a. The kernel answered EAGAIN.')
  expect(said('memcg_write', { memcg: 'a', knob: 'rmdir', value: 0, result: -16 })).toBe('hog could not remove the memory cgroup a: EBUSY.')
  expect(said('memcg_write', { memcg: 'a', knob: 'memory.max', value: 5, refused: 'a was removed' })).toBe('hog could not write 5 to memory.max of a: a was removed.')
})
