import { expect, test } from 'vitest'
import { metricById, METRICS, metricsFor, metricsOf } from '../../../main/engine/metrics/catalogue'
import { summary, task } from './recordings'

test('ids are unique and every metric has words in both languages', () => {
  expect(new Set(METRICS.map((metric) => metric.id)).size).toBe(METRICS.length)
  for (const metric of METRICS) {
    for (const text of [metric.label, metric.about]) {
      expect(text.en.length, metric.id).toBeGreaterThan(0)
      expect(text.zh, metric.id).toMatch(/[\u4e00-\u9fff]|some|full/)
    }
    expect(metric.floor, metric.id).toBeGreaterThanOrEqual(0)
  }
})

test('a counter the kernel does not have is absent, not 0', () => {
  const values = metricsOf(summary({ delta: { pgscan_kswapd: 0 } }))
  expect(values['pgscan_kswapd']).toBe(0)
  expect(values).not.toHaveProperty('pgscan_direct')
  expect(values).not.toHaveProperty('allocstall')
  expect(values).not.toHaveProperty('alloc_latency_p99')
  expect(values).not.toHaveProperty('disk_read')
  expect(values).not.toHaveProperty('free_min')
})

test('ratios: nothing scanned has no efficiency', () => {
  expect(metricsOf(summary({ delta: { pgscan_kswapd: 0, pgsteal_kswapd: 0 } }))).not.toHaveProperty('kswapd_efficiency')
  const values = metricsOf(summary({ delta: {
    pgscan_kswapd: 300, pgsteal_kswapd: 150, pgscan_direct: 100, pgsteal_direct: 50, workingset_refault_anon: 8, workingset_refault_file: 12,
  } }))
  expect(values).toMatchObject({ kswapd_efficiency: 50, direct_efficiency: 50, direct_scan_share: 25, refault_ratio: 10 })
})

test('stalls add up over zones', () => {
  expect(metricsOf(summary({ delta: { allocstall_dma32: 2, allocstall_normal: 40, allocstall_movable: 0 } }))['allocstall']).toBe(42)
})

test('units: ns become ms and µs, pages become MiB', () => {
  const values = metricsOf(summary({
    durationNs: 1.5e9, kswapdCpuNs: 2e6, psiMemory: { some: 3000, full: 1000 },
    directReclaim: { count: 1, totalNs: 7e6, maxNs: 5e6, reclaimed: 32 },
    allocLatency: { count: 9, mean: 1500, p50: 1000, p90: 2000, p99: 3000, p999: 4000, max: 5e6, histogram: [] },
    io: { vda: { readIos: 3, readPages: 512, writeIos: 1, writePages: 128 }, vdb: { readIos: 1, readPages: 256, writeIos: 0, writePages: 0 } },
    gauge: { nr_free_pages: { start: 9, end: 5, min: 3, max: 9 } },
  }))
  expect(values).toMatchObject({
    run_time: 1500, kswapd_cpu: 2, psi_mem_some: 3, psi_mem_full: 1, direct_reclaim_time: 7, direct_reclaim_max: 5,
    alloc_latency_mean: 1.5, alloc_latency_p50: 1, alloc_latency_p99: 3, alloc_latency_p999: 4, alloc_latency_max: 5000,
    disk_read: 3, disk_write: 0.5, disk_read_ios: 4, disk_write_ios: 1, free_min: 3, free_end: 5,
  })
})

test('throughput counts the time in which a task touched pages', () => {
  const fast = task('fast', 1000, 0, 5e8)
  const slow = { ...task('slow', 100, 0, 1e9), phases: [...task('slow', 100, 0, 1e9).phases, { phase: 1, op: 'sleep', startNs: 1e9, endNs: 2e9, touches: 0, minflt: 0, majflt: 0, errors: 0 }] }
  const values = metricsOf(summary({ tasks: [fast, slow] }))
  expect(values).toMatchObject({ touches: 1100, throughput: 550, throughput_slowest: 100, 'task_throughput.fast': 2000, 'task_throughput.slow': 100 })
})

test('one task needs no row of its own; a task metric is found by its id', () => {
  expect(metricsFor(['a'])).toBe(METRICS)
  expect(metricsFor(['a', 'b']).length).toBe(METRICS.length + 2)
  expect(metricById('task_throughput.a')?.label.en).toContain('a')
  expect(metricById('run_time')?.unit).toBe('ms')
  expect(metricById('no_such')).toBeUndefined()
})

test('every memory cgroup has rows of its own, found by their ids', () => {
  const state = {
    path: 'a/b', current: 5, peak: 900, swap: 0, limits: {}, events: { low: 3, max: 2, oom_kill: 1 },
    stat: { workingset_refault_anon: 1, workingset_refault_file: 20, pgsteal_kswapd: 30, pgsteal_direct: 4, high_throttled_ns: 5e6 },
  }
  expect(metricsOf(summary({ memcgs: [state] }))).toMatchObject({
    'memcg_peak.a/b': 900, 'memcg_refault.a/b': 21, 'memcg_pgsteal.a/b': 34, 'memcg_high_throttled.a/b': 5, 'memcg_low.a/b': 3, 'memcg_max.a/b': 2, 'memcg_oom_kill.a/b': 1,
  })
  expect(metricById('memcg_refault.a/b')).toMatchObject({ unit: 'pages', better: 'lower', label: { en: 'Refaults: a/b', zh: '重新缺页：a/b' } })
  expect([metricById('memcg_nothing.a'), metricById('memcg_refault.'), metricById('memcg_toString.a')]).toEqual([undefined, undefined, undefined])
  expect(Object.keys(metricsOf(summary({}))).some((id) => id.startsWith('memcg_'))).toBe(false)
})
