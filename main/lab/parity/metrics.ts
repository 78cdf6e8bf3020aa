/**
 * What a simulated run and a measured one are compared by: the counters and gauges of both summaries, and below which size a difference says nothing.
 * Counts come first; times follow from the machine's cost profile.
 */
export type MetricKind = 'volume' | 'dynamics' | 'time'

/** The part of a summary.json that the metrics read. */
export interface SummaryReading {
  readonly ok?: boolean
  readonly guest_duration_ms?: number
  readonly delta?: Readonly<Record<string, number>>
  readonly gauge?: Readonly<Record<string, { readonly start?: number; readonly end?: number; readonly min?: number; readonly max?: number }>>
  readonly psi_mem_us?: { readonly some?: number }
  readonly kswapd_cpu_ms?: number
}

export interface ParityMetric {
  readonly kind: MetricKind
  readonly name: string
  /** Where both sides stay below this, the cell is left out; no error is taken relative to less. */
  readonly floor: number
  of(summary: SummaryReading): number
  /** Does this summary tell it at all? */
  told(summary: SummaryReading): boolean
}

const PAGES = 256
const EVENTS = 16
const MS = 50
/** Fewer scanned pages than this give no meaningful ratio. */
const RATIO_PAGES = 1024

const ZONES = ['dma', 'dma32', 'normal', 'movable']
const SKIPPED = ZONES.map(zone => `pgskip_${zone}`)
const ALLOCSTALL = ZONES.map(zone => `allocstall_${zone}`)
const SCANNED = ['pgscan_kswapd', 'pgscan_direct']
const STOLEN = ['pgsteal_kswapd', 'pgsteal_direct']

export const PARITY_METRICS: readonly ParityMetric[] = [
  ...counters('volume', PAGES, ['pgsteal_anon', 'pgsteal_file', 'pswpin', 'pswpout', 'workingset_refault_file', 'nr_dirtied', 'nr_written', 'pgfault', 'pgmajfault']),
  ...counters('volume', 1, ['oom_kill']),
  // Pages of other zones that are walked over count as scanned; here they are a metric of their own.
  derived('scan_kswapd (less skipped)', PAGES, delta => sum(delta, ['pgscan_kswapd']) - sum(delta, SKIPPED)),
  derived('pgskip', PAGES, delta => sum(delta, SKIPPED)),
  ...counters('dynamics', PAGES, [
    'pgscan_direct', 'pgsteal_kswapd', 'pgsteal_direct', 'pgscan_anon', 'pgrefill', 'pgactivate', 'pgdeactivate', 'pgrotated', 'workingset_activate_anon', 'workingset_activate_file',
    'workingset_restore_anon', 'workingset_restore_file', 'nr_vmscan_immediate_reclaim', 'compact_migrate_scanned', 'compact_free_scanned',
  ]),
  ...counters('dynamics', EVENTS, ['pageoutrun', 'kswapd_low_wmark_hit_quickly', 'kswapd_high_wmark_hit_quickly', 'compact_stall', 'compact_success']),
  derived('allocstall', EVENTS, delta => sum(delta, ALLOCSTALL)),
  derived('steal/scan', 0.02, stealPerScan),
  ...gauges('min', ['nr_free_pages']),
  ...gauges('end', ['nr_inactive_file', 'nr_active_file']),
  ...gauges('max', ['nr_inactive_anon', 'nr_active_anon', 'nr_dirty', 'nr_writeback']),
  time('duration_ms', summary => summary.guest_duration_ms ?? 0),
  time('psi_memory_some_ms', summary => (summary.psi_mem_us?.some ?? 0) / 1000),
  time('kswapd_cpu_ms', summary => summary.kswapd_cpu_ms ?? 0),
]

type Delta = Readonly<Record<string, number>>

function sum(delta: Delta, names: readonly string[]): number {
  return names.reduce((total, name) => total + (delta[name] ?? 0), 0)
}

function stealPerScan(delta: Delta): number {
  const scanned = sum(delta, SCANNED) - sum(delta, SKIPPED)
  return scanned < RATIO_PAGES ? 0 : sum(delta, STOLEN) / scanned
}

function derived(name: string, floor: number, of: (delta: Delta) => number, kind: MetricKind = 'dynamics'): ParityMetric {
  return { kind, name, floor, of: summary => of(summary.delta ?? {}), told: summary => summary.delta !== undefined }
}

function counters(kind: MetricKind, floor: number, names: readonly string[]): readonly ParityMetric[] {
  return names.map(name => derived(name, floor, delta => delta[name] ?? 0, kind))
}

function gauges(stat: 'end' | 'min' | 'max', names: readonly string[]): readonly ParityMetric[] {
  return names.map(name => ({
    kind: 'dynamics', name: `${name}.${stat}`, floor: PAGES,
    of: summary => summary.gauge?.[name]?.[stat] ?? 0, told: summary => summary.gauge?.[name] !== undefined,
  }))
}

function time(name: string, of: (summary: SummaryReading) => number): ParityMetric {
  return { kind: 'time', name, floor: MS, of, told: () => true }
}

/** A summary without what no metric reads; what is left out of `delta` is 0, as in the whole one. */
export function metricsPart(summary: SummaryReading): SummaryReading {
  const wanted = new Set([...PARITY_METRICS.map(metric => metric.name), ...SKIPPED, ...ALLOCSTALL, ...SCANNED, ...STOLEN])
  const gaugeNames = new Set(PARITY_METRICS.flatMap(({ name }) => (name.includes('.') ? [name.split('.')[0]] : [])))
  return {
    ...(summary.ok === undefined ? {} : { ok: summary.ok }),
    guest_duration_ms: summary.guest_duration_ms,
    delta: pick(summary.delta ?? {}, wanted),
    gauge: pick(summary.gauge ?? {}, gaugeNames),
    psi_mem_us: { some: summary.psi_mem_us?.some },
    kswapd_cpu_ms: summary.kswapd_cpu_ms,
  }
}

function pick<T>(from: Readonly<Record<string, T>>, names: ReadonlySet<string>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(from).filter(([name]) => names.has(name)))
}
