/** Presets about hung tasks, many reclaimers, wrong reserves and remedies: each text is held to its outcome. */
import { expect, test } from 'vitest'
import { metricsOf } from '../../main/engine'
import type { Recording, Scenario } from '../../main/engine'
import { runPreset as run, withSysctls } from './preset-run'

const hung = (recording: Recording): Recording['events'] => recording.events.filter((event) => event.kind === 'sched_process_hang')
const kills = (recording: Recording): Recording['events'] => recording.events.filter((event) => event.kind === 'mark_victim')
const worst = (recording: Recording): number => Math.max(...recording.summary.stalls.worst.map((one) => one.duration))
const dropped = (recording: Recording): number => recording.summary.tasks.flatMap((task) => task.phases).reduce((sum, phase) => sum + (phase.network?.dropped ?? 0), 0)

test('hung-task: the four who wait for the lock are reported at 240 s, with the chain to the owner and the disk; nobody else is', () => {
  const recording = run('hung-task')
  expect(hung(recording).map((event) => [event.task, Math.round(event.t / 1e9)])).toEqual([1, 2, 3, 4].map((n) => [`waiter-${n}`, 240]))
  for (const event of hung(recording)) expect(event.args['chain']).toMatch(/^waiter-\d waits for mutex orders, held by owner; owner waits for a tag of vda \(64 requests under way, \d+ pages written so far\)$/)
  expect(hung(recording)[0].log?.[0]).toMatch(/INFO: task waiter-1:\d+ blocked for more than 120 seconds\.$/)
  expect(recording.summary.tasks.find((task) => task.name === 'owner')?.end).toBe('running')
  expect(recording.summary.delta['oom_kill']).toBe(0)
})

test('hung-task-none: single allocations take minutes, all of it asleep for IO, and not one report', () => {
  const recording = run('hung-task-none')
  expect(worst(recording)).toBeGreaterThan(200e9)
  const { totals } = recording.summary.stalls
  expect(totals.io / Object.values(totals).reduce((sum, ns) => sum + ns, 0)).toBeGreaterThan(0.99)
  expect(hung(recording)).toEqual([])
})

test('many-reclaimers: the guards hold; on a disk that answers nothing they don\'t, with swap free', () => {
  const recording = run('many-reclaimers')
  expect(recording.summary.end).toBe('done')
  expect(kills(recording)).toEqual([])
  const throttled = recording.events.filter((event) => event.args['reason'] === 'VMSCAN_THROTTLE_ISOLATED').length
  expect(throttled).toBeGreaterThan(1000)
  // More is isolated than any one reclaimer may hold.
  expect(recording.summary.gauge['nr_isolated_anon'].max).toBeGreaterThan(100)
  const { totals } = recording.summary.stalls
  expect(totals.throttle / Object.values(totals).reduce((sum, ns) => sum + ns, 0)).toBeGreaterThan(0.5)
  const faulty = run('many-reclaimers', { maxEvents: 200_000, change: (scenario) => ({
    ...scenario, machine: { ...scenario.machine, disks: scenario.machine.disks.map((disk) => (disk.name === 'vdb' ? { ...disk, stalls: [{ atMs: 500, ms: 45_000 }] } : disk)) },
  }) })
  expect(kills(faulty).length).toBeGreaterThan(5)
  expect(Math.round(kills(faulty)[0].t / 1e9)).toBe(38)
  const [, free] = /Free swap {2}= (\d+)kB/.exec(kills(faulty)[0].log?.join('\n') ?? '') ?? []
  expect(Number(free) / (131_070 * 4)).toBeGreaterThan(0.95)
})

test('min-free-too-low: programs notice nothing, interrupts go without memory; the automatic value cures it', () => {
  const low = run('min-free-too-low')
  const automatic = run('min-free-too-low', { change: withSysctls({ 'vm.min_free_kbytes': 2742 }) })
  expect(dropped(low)).toBeGreaterThan(100)
  expect(dropped(automatic)).toBe(0)
  expect([kills(low), kills(automatic)]).toEqual([[], []])
  expect(Math.abs(metricsOf(low.summary)['touches'] / metricsOf(automatic.summary)['touches'] - 1)).toBeLessThan(0.001)
})

test('min-free-too-high: everybody is killed within milliseconds, with 400 MiB free', () => {
  const recording = run('min-free-too-high')
  expect(recording.summary.tasks.map((task) => task.end)).toEqual(['killed', 'killed', 'killed'])
  expect(kills(recording)[0].t).toBeLessThan(2e6)
  const [, free] = / free:(\d+) free_pcp/.exec(kills(recording)[0].log?.join('\n') ?? '') ?? []
  expect(Number(free) / 256).toBeGreaterThan(400)
})

test('low-memory-remedies: what each improves, and what it costs', () => {
  const SEEDS = [1, 2, 3]
  type Runs = readonly Readonly<Record<string, number>>[]
  const of = (sysctls: Scenario['sysctls']): Runs => SEEDS.map((seed) => metricsOf(run('low-memory-remedies', { change: withSysctls(sysctls), seed }).summary))
  const mean = (runs: Runs, metric: string): number => runs.reduce((sum, each) => sum + (each[metric] ?? 0), 0) / runs.length
  const base = of({})
  const ratio = (runs: Runs, metric: string): number => mean(runs, metric) / mean(base, metric)
  expect(mean(base, 'allocstall')).toBeGreaterThan(350)
  expect(mean(base, 'direct_reclaim_time')).toBeGreaterThan(5000)
  expect(mean(base, 'stall_io')).toBeGreaterThan(0.9 * mean(base, 'direct_reclaim_time'))

  const writeback = of({ 'vm.dirty_ratio': 10, 'vm.dirty_background_ratio': 1, 'vm.dirty_writeback_centisecs': 100, 'vm.dirty_expire_centisecs': 200 })
  expect(ratio(writeback, 'direct_reclaim_time')).toBeLessThan(0.01)
  expect(mean(writeback, 'slow_allocs')).toBe(0)
  expect(ratio(writeback, 'task_throughput.writer')).toBeLessThan(0.45)

  const reserves = of({ 'vm.min_free_kbytes': 4 * 2742 })
  expect(ratio(reserves, 'allocstall')).toBeGreaterThan(1.3)
  expect(ratio(reserves, 'direct_reclaim_time')).toBeGreaterThan(1.05)
  expect(ratio(reserves, 'alloc_latency_max')).toBeLessThan(0.8)

  const scaled = of({ 'vm.watermark_scale_factor': 400 })
  expect(ratio(scaled, 'allocstall')).toBeLessThan(0.9)
  expect(ratio(scaled, 'direct_reclaim_time')).toBeGreaterThan(1.05)
  expect(ratio(scaled, 'alloc_latency_max')).toBeGreaterThan(1.2)

  const far = of({ 'vm.watermark_scale_factor': 1000 })
  expect(ratio(far, 'direct_reclaim_time')).toBeGreaterThan(1.3)
  expect(ratio(far, 'task_throughput.writer')).toBeLessThan(0.8)
})
