/** What the three kernels are said to differ in, as outcomes of real runs: every row of the table of structural differences, and every kind of stall. Directions and zeros, not exact counts. */
import type { KernelDefinition } from 'reclaim-lab'
import { describe, expect, test } from 'vitest'
import type { PresetInfo } from '../../preload/contract'
import type { Recording } from '../../main/engine'
import { KERNELS_ANON } from '../../main/lab/presets/kernels-anon'
import { KERNELS_BLOCKS } from '../../main/lab/presets/kernels-blocks'
import { KERNELS_DIRTY } from '../../main/lab/presets/kernels-dirty'
import { KERNELS_ISOLATED } from '../../main/lab/presets/kernels-isolated'
import { KERNELS_LRU } from '../../main/lab/presets/kernels-lru'
import { KERNELS_OOM } from '../../main/lab/presets/kernels-oom'
import { KERNELS_ZONES } from '../../main/lab/presets/kernels-zones'
import android from '../../plugins/kernels/android-3.18'
import linux515 from '../../plugins/kernels/linux-5.15'
import linux61 from '../../plugins/kernels/linux-6.1'
import { delta, runScenario, snapValue } from '../engine/support/run'

const recorded = new Map<string, Recording>()

function on({ id, scenario }: PresetInfo, kernel: KernelDefinition): Recording {
  const key = `${id} ${kernel.name}`
  const known = recorded.get(key) ?? runScenario(scenario, { kernel, everyTurns: 0 })
  recorded.set(key, known)
  return known
}

/** [6.1, 5.15, 3.18]. */
function three<T>(preset: PresetInfo, look: (recording: Recording) => T): readonly [T, T, T] {
  return [look(on(preset, linux61)), look(on(preset, linux515)), look(on(preset, android))]
}

function pauses({ events }: Recording, reason: string): number {
  return events.filter((event) => event.kind === 'mm_vmscan_throttled' && event.args['reason'] === reason).length
}

function happened({ events }: Recording, kind: string): number {
  return events.filter((event) => event.kind === kind).length
}

describe('anonymous memory', () => {
  test('new pages begin active in 3.18, inactive since 5.9', () => {
    const [now, then, old] = three(KERNELS_ANON, (r) => [snapValue(r, 'filled', 'nr_active_anon'), snapValue(r, 'filled', 'nr_inactive_anon')])
    for (const [active, inactive] of [now, then]) expect([active, inactive > 29_000]).toEqual([0, true])
    expect(old[0]).toBeGreaterThan(29_000)
    expect(old[1]).toBeLessThan(100)
  })
  test('who comes back from swap is remembered since 5.9', () => {
    const [now, then, old] = three(KERNELS_ANON, (r) => [delta(r, 'pswpin') > 0, delta(r, 'workingset_refault_anon') > 0])
    expect([now, then, old]).toEqual([[true, true], [true, true], [true, false]])
  })
  test('costs divide the scan since 5.8, in 3.18 rotations do: another share of the scan goes to anon', () => {
    const [now, , old] = three(KERNELS_ANON, (r) => delta(r, 'pgscan_anon') / (delta(r, 'pgscan_anon') + delta(r, 'pgscan_file')))
    expect(Math.abs(now - old)).toBeGreaterThan(0.05)
  })
})

describe('dirty pages', () => {
  test('go to the active list while they are written; in 3.18 they stay', () => {
    const [now, then, old] = three(KERNELS_DIRTY, (r) => delta(r, 'pgactivate'))
    expect(Math.min(now, then)).toBeGreaterThan(100_000)
    expect(old).toBeLessThan(1000)
  })
  test('kswapd of 3.18 writes them as soon as a batch was dirty, later only what it meets again', () => {
    const [now, then, old] = three(KERNELS_DIRTY, (r) => delta(r, 'nr_vmscan_write') - delta(r, 'pswpout'))
    expect(old).toBeGreaterThan(3 * Math.max(now, then))
  })
  test('3.18 waits for disks to clear, as it is all that holds it; nobody else knows congestion', () => {
    expect(three(KERNELS_DIRTY, (r) => pauses(r, 'wait_iff_congested') > 10)).toEqual([false, false, true])
    expect(three(KERNELS_DIRTY, (r) => r.events.some((event) => String(event.args['reason'] ?? '').startsWith('VMSCAN_THROTTLE')))[2]).toBe(false)
  })
})

describe('waits of a crowd', () => {
  test('too many isolated: 20 ms at most, a plain tenth of a second, a disk', () => {
    expect(three(KERNELS_ISOLATED, (r) => [pauses(r, 'VMSCAN_THROTTLE_ISOLATED') > 1000, pauses(r, 'too_many_isolated') > 100])).toEqual([[true, false], [false, true], [false, false]])
  })
  test('too much writeback after a pass: 3.18 alone waits (throttle_vm_writeout)', () => {
    expect(three(KERNELS_ISOLATED, (r) => pauses(r, 'throttle_vm_writeout') > 100)).toEqual([false, false, true])
  })
  test('pages under writeback met again: reclaim_throttle, congestion_wait', () => {
    expect(three(KERNELS_ISOLATED, (r) => [pauses(r, 'VMSCAN_THROTTLE_WRITEBACK') > 0, pauses(r, 'congestion_wait') > 0])).toEqual([[true, false], [false, true], [false, true]])
  })
  test('no progress: only 6.1 waits for somebody else\'s', () => {
    expect(three(KERNELS_ISOLATED, (r) => pauses(r, 'VMSCAN_THROTTLE_NOPROGRESS') > 0)).toEqual([true, false, false])
  })
})

describe('two zones of a node', () => {
  test('they take turns in 3.18, in proportion to their size; later the lower one is not touched before the higher is at LOW', () => {
    const [now, then, old] = three(KERNELS_ZONES, (r) => snapValue(r, 'taken', 'pgalloc_dma32') / (snapValue(r, 'taken', 'pgalloc_dma32') + snapValue(r, 'taken', 'pgalloc_normal')))
    expect([now, then]).toEqual([0, 0])
    expect(old).toBeGreaterThan(0.49)
    expect(old).toBeLessThan(0.51)
  })
  test('one balanced zone lets kswapd stop; 3.18 needs all, and runs half as often for the same work', () => {
    const [now, then, old] = three(KERNELS_ZONES, (r) => [delta(r, 'pageoutrun'), delta(r, 'pgsteal_kswapd')])
    expect(now).toEqual(then)
    expect(old[0]).toBeLessThan(0.7 * now[0])
    expect(Math.abs(old[1] - now[1]) / now[1]).toBeLessThan(0.05)
  })
})

describe('LRU lists', () => {
  test('by node, pages of a zone that can\'t serve are met and skipped; by zone there are none', () => {
    const [now, then, old] = three(KERNELS_LRU, (r) => [delta(r, 'pgskip_movable'), delta(r, 'pgscan_kswapd')])
    for (const [skipped] of [now, then]) expect(skipped).toBeGreaterThan(5000)
    expect(old[0]).toBe(0)
    expect(old[1]).toBeLessThan(0.7 * now[1])
  })
})

describe('large blocks', () => {
  test('boosts since 5.0, kcompactd since 4.6: none in 3.18', () => {
    const [now, then, old] = three(KERNELS_BLOCKS, (r) => [happened(r, 'watermark_boost') > 0, delta(r, 'compact_daemon_wake') > 0])
    expect([now, then]).toEqual([[true, true], [true, true]])
    expect(old).toEqual([false, false])
  })
  test('marks halved by order refuse blocks while some are there', () => {
    const [now, then, old] = three(KERNELS_BLOCKS, (r) => delta(r, 'pgalloc_dma32'))
    expect(now).toBe(then)
    expect(old).toBeLessThan(now)
  })
})

describe('out of memory', () => {
  test('with pages on the lists that can\'t be freed, 3.18 gives up in less than a tenth of a second; later kernels try 17 times, with pauses', () => {
    const [now, then, old] = three(KERNELS_OOM, ({ events }) => {
      const kill = events.findIndex((e) => e.kind === 'mark_victim')
      const tries = events.slice(0, kill).filter((e) => e.kind === 'mm_vmscan_direct_reclaim_begin' && e.task === events[kill].task)
      return { ms: (events[kill].t - tries[0].t) / 1e6, tries: tries.length }
    })
    expect(old.ms).toBeLessThan(100)
    expect(old.tries).toBeLessThan(17)
    for (const { ms, tries } of [now, then]) expect([ms > 1500, tries]).toEqual([true, 17])
    expect(now.ms).toBeGreaterThan(then.ms)
  })
  test('the reaper comes after two seconds, at once, never', () => {
    const seconds = three(KERNELS_OOM, ({ events }) => ((events.find((e) => e.kind === 'oom_reap')?.t ?? NaN) - (events.find((e) => e.kind === 'mark_victim')?.t ?? NaN)) / 1e9)
    expect(seconds[0]).toBeGreaterThan(1.99)
    expect(seconds[1]).toBeLessThan(0.1)
    expect(seconds[2]).toBeNaN()
  })
  test('so in 3.18 whoever lacks memory loops until the lock is free', () => {
    const [now, then, old] = three(KERNELS_OOM, (r) => r.summary.durationNs / 1e9)
    expect(Math.max(now, then)).toBeLessThan(30.5)
    expect(old).toBeGreaterThan(30.5)
    expect(three(KERNELS_OOM, (r) => delta(r, 'oom_kill'))).toEqual([1, 1, 1])
  })
})
