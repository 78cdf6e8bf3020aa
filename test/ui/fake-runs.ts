/** Made-up but plausible results: the same for the same run, so that screenshots repeat. */
import type { Comparison, ExperimentStatus, MetricInfo, RunDetail, RunEvent, SeriesSlice, Verdict } from '../../preload/contract'

const LENGTH_NS = 12e9
const ZONES = [{ node: 0, zone: 'DMA', managed: 3840 }, { node: 0, zone: 'DMA32', managed: 758_592 }, { node: 0, zone: 'Normal', managed: 243_597 }]
const PLAIN = ['nr_active_anon', 'nr_inactive_anon', 'nr_active_file', 'nr_inactive_file', 'pgscan_kswapd', 'pgsteal_kswapd', 'pgscan_direct', 'pgsteal_direct', 'pgscan_anon', 'pgsteal_anon',
  'pgscan_file', 'pgsteal_file', 'workingset_refault_anon', 'workingset_refault_file', 'pgmajfault', 'pswpin', 'pswpout', 'disk.sda.read_pages', 'disk.sda.write_pages', 'alloc_latency_max_ns', 'alloc_latency_mean_ns',
  'nr_dirty', 'nr_writeback', 'psi_mem_some_us', 'psi_mem_full_us']
const IDS = [...ZONES.flatMap(({ zone }) => ['free', 'min', 'low', 'high', 'boost'].map((what) => `zone.0.${zone}.${what}`)), ...PLAIN]

export function fakeDetail(run: string, machine: number): RunDetail {
  return {
    run, digest: 'c0ffee', durationNs: LENGTH_NS - machine * 4e8, end: 'done', metrics: {}, zones: ZONES, seriesIds: IDS,
    hooks: machine === 0 ? [] : [
      { policy: 'p', hook: 'zoneWatermarks', called: 2, overrode: 2, agreed: 0, fuel: 300 },
      { policy: 'p', hook: 'scanBalance', called: 14_233, overrode: 9120, agreed: 5113, fuel: 427_000 },
      { policy: 'p', hook: 'kswapdBalanced', called: 0, overrode: 0, agreed: 0, fuel: 0 },
    ],
    ejections: [], tasks: [], snapshots: [], stalls: { thresholdNs: 1e6, count: 0, totals: { scan: 0, throttle: 0, io: 0, compaction: 0, lock: 0, oom: 0, runnable: 0, other: 0 }, worst: [] }, eventsDropped: 0,
  }
}

export function fakeSeries(machine: number, ids: readonly string[], t0: number, t1: number, max: number): SeriesSlice {
  const count = Math.min(max, 400)
  const times = Float64Array.from({ length: count }, (_none, index) => t0 + ((t1 - t0) * index) / (count - 1))
  return { times, columns: Object.fromEntries(ids.map((id) => [id, times.map((t) => valueOf(id, machine, t / LENGTH_NS, t))])) }
}

function valueOf(id: string, machine: number, x: number, t: number): number {
  const zone = ZONES.find((known) => id.startsWith(`zone.0.${known.zone}.`))
  const mark = (zone?.managed ?? 0) * 0.012
  if (id.endsWith('.min')) return Math.round(mark)
  if (id.endsWith('.low')) return Math.round(mark * (1.25 + machine * 0.5))
  if (id.endsWith('.high')) return Math.round(mark * (1.5 + machine))
  if (id.endsWith('.boost')) return 0
  const saw = ((t / 1e9) * (2 + machine)) % 1
  if (zone) return Math.round(Math.max(mark * (1.2 + machine * 0.4) + saw * mark * 0.3, zone.managed * (0.9 - x * 2.4)))
  const seed = [...id].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 1009, 7)
  const burst = x > 0.35 ? 1 : 0
  return Math.round(burst * (seed * 40) * (0.6 + 0.4 * Math.sin(t / 3e8 + seed)) * (1 - machine * 0.25) + (id.startsWith('nr_') ? seed * 120 : 0))
}

export function fakeEvents(machine: number): readonly RunEvent[] {
  const events: RunEvent[] = [{ t: 5e8, kind: 'sysctl_write', duration: 0, task: 'sh', args: { name: 'vm.min_free_kbytes', value: 48_000 } }]
  for (let t = 4.2e9; t < LENGTH_NS - 1e9; t += 3.1e8) {
    events.push({ t, kind: 'mm_vmscan_kswapd_wake', duration: 0, task: 'kswapd0', args: { node: 0, order: 0 }, cause: CAUSE })
    events.push({ t: t + 9e7, kind: 'mm_vmscan_kswapd_sleep', duration: 0, task: 'kswapd0', args: { node: 0 } })
    if (machine === 0 && t > 7e9) events.push({ t: t + 5e7, kind: 'mm_vmscan_direct_reclaim_begin', duration: 1.4e7, task: 'memhog', args: { order: 0, gfp_flags: 'GFP_HIGHUSER_MOVABLE' }, cause: CAUSE })
  }
  if (machine === 0) events.push({ t: 1.08e10, kind: 'mark_victim', duration: 0, task: 'memhog', args: { pid: 812, rss: 76_800 }, cause: CAUSE })
  return events.toSorted((a, b) => a.t - b.t)
}

const CAUSE: NonNullable<RunEvent['cause']> = {
  task: 'memhog', order: 0, gfp: 'GFP_HIGHUSER_MOVABLE|__GFP_ZERO',
  path: ['do_anonymous_page', 'alloc_zeroed_user_highpage_movable', '__alloc_pages', '__alloc_pages_slowpath', 'wake_all_kswapds', 'wakeup_kswapd'],
  zones: [{ node: 0, zone: 'Normal', free: 3520, mark: 3653, reserve: 0, short: 133 }, { node: 0, zone: 'DMA32', free: 11_200, mark: 11_378, reserve: 951, short: 1129 }, { node: 0, zone: 'DMA', free: 3840, mark: 57, reserve: 3914, short: 131 }],
}

export function fakeComparison(metrics: readonly MetricInfo[], status: ExperimentStatus, partial: boolean): Comparison | undefined {
  const seeds = Math.max(...status.runs.filter((run) => run.state === 'done').map((run) => run.seed), 0)
  const finished = (machine: number): boolean => status.runs.some((run) => run.machine === machine && run.state === 'done')
  if (seeds === 0 || !finished(0)) return undefined
  const known = metrics.filter((metric) => !metric.id.includes('{'))
  const rows = known.map((metric, index) => ({
    metric: metric.id, base: estimate(index * 137.5, seeds),
    policies: status.machines.slice(1).map((_machine, at) => {
      const ratio = index % 3 === 0 ? -0.37 + at * 0.2 + index * 0.01 : index % 5 === 0 ? 0.12 : 0
      const base = index * 137.5
      const verdict: Verdict = ratio === 0 ? 'same' : metric.better === 'neutral' ? 'different' : (ratio < 0) === (metric.better === 'lower') ? 'better' : 'worse'
      return { estimate: estimate(base * (1 + ratio), seeds), mean: base * ratio, ...(base === 0 ? {} : { ratio }), ...(seeds > 1 ? { interval: [base * ratio * 1.2, base * ratio * 0.8] as const } : {}), verdict }
    }),
  }))
  const names = known.filter((_metric, index) => index % 3 === 0 && index > 0).map((metric) => metric.id)
  const findings = status.machines.slice(1).map((_machine, at) => (
    finished(at + 1) ? { machine: at + 1, kind: at === 0 ? 'differs' as const : seeds < 2 ? 'too-few-seeds' as const : 'no-difference' as const, metrics: at === 0 ? names : [] } : { machine: at + 1, kind: 'not-finished' as const, metrics: [] }))
  return { partial, seeds, rows, findings }
}

function estimate(mean: number, seeds: number): { readonly mean: number; readonly sd: number; readonly values: readonly number[] } {
  return { mean, sd: seeds > 1 ? mean * 0.031 : 0, values: Array.from({ length: seeds }, () => mean) }
}
