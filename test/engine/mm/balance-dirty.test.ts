/** The position ratio at its fixed points, and writers that outrun their disks: where dirty pages settle, and who waits how long. */
import { expect, test } from 'vitest'
import { posRatioPolynom } from '../../../main/engine/mm/balance-dirty'
import { RATIO_ONE } from '../../../main/engine/mm/bdi-writeback'
import { domainDirtyLimits } from '../../../main/engine/mm/dirty-limits'
import type { Mm } from '../../../main/engine/mm/mm'
import { run } from '../support/run'
import { MIB, disk, fwrite, machine, open, scenario, sleep, sysctl } from '../support/tiny'

const SLOW = { iops: 2000, bytesPerSec: 100_000_000 }

test('the position ratio is 1 at the set point, 2 far below, next to 0 at the limit, and falls with dirty pages', () => {
  expect(posRatioPolynom(8000, 8000, 10_000)).toBe(RATIO_ONE)
  expect(posRatioPolynom(8000, 4000, 10_000)).toBe(2 * RATIO_ONE)
  // x = trunc(-2000 * 1024 / 2001) = -1023; its square in 1/1024 is 1022, its cube, rounded down, -1022.
  expect(posRatioPolynom(8000, 10_000, 10_000)).toBe(2)
  // x = trunc(1000 * 1024 / 2001) = 511; 255, 127.
  expect(posRatioPolynom(8000, 7000, 10_000)).toBe(RATIO_ONE + 127)
  let last = Infinity
  for (let dirty = 5000; dirty <= 10_000; dirty += 50) {
    const now = posRatioPolynom(8000, dirty, 10_000)
    expect(now).toBeLessThanOrEqual(last)
    last = now
  }
})

function pending(mm: Mm): number {
  return mm.nodes.reduce((sum, { stat }) => sum + stat.nr_dirty + stat.nr_writeback, 0)
}

test('a writer faster than its disk: dirty pages stay between the free-run point and the limit, and it writes as fast as the disk', () => {
  const seen: number[] = []
  let limits = { thresh: 0, background: 0 }
  const { recording } = run(scenario({ machine: { pages: 64 * MIB, disk: SLOW }, files: 60_000, processes: [[open('f', 60_000), fwrite(60_000, { count: 40_000 })]] }), {
    everyTurns: 1000,
    watch: (mm) => {
      limits = domainDirtyLimits(mm)
      if (mm.clock.now > 3e8 && mm.tasks.some((task) => task.dirtyPausedWhen > 0)) seen.push(pending(mm))
    },
  })
  expect(seen.length).toBeGreaterThan(20)
  expect(Math.min(...seen)).toBeGreaterThan((limits.thresh + limits.background) / 2 - 700)
  expect(Math.max(...seen)).toBeLessThanOrEqual(Math.floor((64 * MIB * 20) / 100))
  const phase = recording.summary.tasks[0].phases[1]
  // 24,414 pages/s, but for the burst and what may stay dirty.
  const rate = (40_000 - limits.thresh) / ((phase.endNs - phase.startNs) / 1e9)
  expect(rate).toBeGreaterThan(20_000)
  expect(rate).toBeLessThan(28_000)
})

test('a lower dirty_ratio takes the limit down at once; the same value written again does not', () => {
  const limit = (phases: Parameters<typeof scenario>[0]['processes'][number]): number => run(scenario({ machine: { pages: 64 * MIB }, processes: [phases as never] })).mm.writeback.dirtyLimit
  const boot = Math.floor((64 * MIB * 20) / 100)
  expect(limit([sleep(1)])).toBe(boot)
  expect(limit([sysctl('dirty_ratio', 20), sleep(1)])).toBe(boot)
  const low = limit([sysctl('dirty_ratio', 5), sleep(1)])
  expect(low).toBeLessThan(Math.floor((64 * MIB * 5) / 100))
  expect(low).toBeGreaterThan(Math.floor((60 * MIB * 5) / 100))
})

test('two disks: the writer of the slow one waits, that of the fast one hardly does', () => {
  const spec = machine({ pages: 128 * MIB })
  const { recording } = run(scenario({
    machine: { ...spec, disks: [disk('vda', { iops: 0, bytesPerSec: 400_000_000 }), disk('vdb', { bytesPerSec: 8_000_000 })] },
    files: [{ path: '/fast', pages: 30_000, disk: 'vda' }, { path: '/slow', pages: 30_000, disk: 'vdb' }],
    processes: [
      [{ op: 'open', r: 'f', path: '/fast', pages: 30_000, adv: 'normal' }, fwrite(30_000, { count: 60_000 })],
      [{ op: 'open', r: 'f', path: '/slow', pages: 30_000, adv: 'normal' }, fwrite(30_000, { count: 10_000 })],
    ],
    durationMs: 60_000,
  }), { everyTurns: 2000 })
  const rate = (task: number): number => {
    const { startNs, endNs, touches } = recording.summary.tasks[task].phases[1]
    return touches / ((endNs - startNs) / 1e9)
  }
  expect(rate(0)).toBeGreaterThan(3 * rate(1))
  expect(rate(1)).toBeLessThan(6000)
})
