/**
 * What the three kernels are said to differ in, as outcomes of real runs. One table: a structural difference or a kind of wait -> the preset that shows it, what is measured, and the direction in
 * [6.1, 5.15, 3.18]. Directions and zeros, not exact counts. Each preset runs once on each kernel, as long as it takes to show it.
 */
import type { KernelDefinition, PolicyContext, WritebackStartArgs } from 'reclaim-lab'
import { expect, test } from 'vitest'
import type { PresetInfo } from '../../preload/contract'
import type { Recording } from '../../main/engine'
import { PAGEBLOCK_PAGES } from '../../main/engine/mm/mmzone'
import { takeMachineState } from '../../main/engine/sim/machine-state'
import { procFiles } from '../../main/lab/proc/proc-files'
import { KERNELS_ANON } from '../../main/lab/presets/kernels-anon'
import { KERNELS_ATOMIC } from '../../main/lab/presets/kernels-atomic'
import { KERNELS_BLOCKS } from '../../main/lab/presets/kernels-blocks'
import { KERNELS_DIRTY } from '../../main/lab/presets/kernels-dirty'
import { KERNELS_ISOLATED } from '../../main/lab/presets/kernels-isolated'
import { KERNELS_LRU } from '../../main/lab/presets/kernels-lru'
import { KERNELS_OOM } from '../../main/lab/presets/kernels-oom'
import { KERNELS_NEAR } from '../../main/lab/presets/kernels-near'
import { KERNELS_ZONES } from '../../main/lab/presets/kernels-zones'
import android from '../../plugins/kernels/android-3.18'
import linux515 from '../../plugins/kernels/linux-5.15'
import linux61 from '../../plugins/kernels/linux-6.1'
import { hooked } from '../engine/support/policies'
import { delta, run, snapValue } from '../engine/support/run'

/** The structural differences, with the zones that vm.zone_reclaim_mode looks at, and the kinds of wait in reclaim. */
const STRUCTURE = [
  'LRU lists', 'reclaim unit', 'kswapd balanced', 'new anon', 'anon refaults', 'scan balance', 'order > 0 mark test', 'dirty file page met', 'reclaim writes file pages', 'reclaim wakes flushers', 'stall primitive',
  'OOM decision', 'kcompactd', 'oom_reaper', 'watermark boost', 'HIGHATOMIC', 'PSI', 'MIGRATE_RESERVE', 'fair zones', 'zone_reclaim_mode',
] as const
const STALLS = ['too many isolated', 'PG_reclaim met under writeback', 'congested', 'no progress', 'too much writeback after a pass'] as const
type Topic = (typeof STRUCTURE)[number] | (typeof STALLS)[number]

interface Ran {
  readonly recording: Recording
  /** MIGRATE_RESERVE and HIGHATOMIC pageblocks at the end. */
  readonly migrateReserve: number
  readonly highatomic: number
  /** When reclaim first called the flushers, ns. */
  readonly flushersCalled: number
  /** /proc/pressure/memory at the end; undefined where there is no such file. */
  readonly pressure: string | undefined
}

const dropped = ({ recording }: Ran): number => recording.summary.tasks.flatMap(({ phases }) => phases.map(({ network }) => network?.dropped ?? 0)).reduce((sum, n) => sum + n)

interface Row {
  readonly topic: Topic
  readonly preset: Omit<PresetInfo, 'group'>
  readonly metric: string
  /** `holds` in words. */
  readonly says: string
  measure(ran: Ran): number
  holds(now: number, then: number, old: number): boolean
}

const counter = (name: string) => ({ recording }: Ran): number => delta(recording, name)
const events = (kind: string) => ({ recording }: Ran): number => recording.events.filter((event) => event.kind === kind).length
const pauses = (reason: string) => ({ recording }: Ran): number => recording.events.filter((event) => event.kind === 'mm_vmscan_throttled' && event.args['reason'] === reason).length

function at(recording: Recording, kind: string): number {
  return recording.events.find((event) => event.kind === kind)?.t ?? NaN
}

/** The direct reclaims of whoever called the OOM killer, up to the first kill. */
function triesBeforeKill({ events: all }: Recording): { readonly ms: number; readonly tries: number } {
  const kill = all.findIndex((event) => event.kind === 'mark_victim')
  const tries = all.slice(0, kill).filter((event) => event.kind === 'mm_vmscan_direct_reclaim_begin' && event.task === all[kill].task)
  return { ms: (all[kill].t - tries[0].t) / 1e6, tries: tries.length }
}

function anonShare({ recording }: Ran): number {
  return delta(recording, 'pgscan_anon') / (delta(recording, 'pgscan_anon') + delta(recording, 'pgscan_file'))
}

function dma32Share({ recording }: Ran): number {
  const [dma32, normal] = ['pgalloc_dma32', 'pgalloc_normal'].map((name) => snapValue(recording, 'taken', name))
  return dma32 / (dma32 + normal)
}

function nearReclaims({ events: all }: Recording): Recording['events'] {
  return all.filter((event) => event.kind === 'node_reclaim')
}

/** Between two moments, by the samples. */
function leastFree({ series: { ids, times, columns } }: Recording, fromMs: number, toMs: number): number {
  const free = columns[ids.indexOf('nr_free_pages')]
  return Math.min(...free.filter((_, i) => times[i] >= fromMs * 1e6 && times[i] <= toMs * 1e6))
}

/** When the mode was set. */
function mode1(recording: Recording): number {
  return at(recording, 'sysctl_write')
}

function shareOfZones(reclaims: Recording['events']): number {
  return reclaims.filter((event) => event.args['zone'] !== undefined).length / reclaims.length
}

const TABLE: readonly Row[] = [
  { topic: 'LRU lists', preset: KERNELS_LRU, metric: 'pgskip_movable', says: 'thousands, thousands, none', measure: counter('pgskip_movable'), holds: (now, then, old) => now > 5000 && then > 5000 && old === 0 },
  { topic: 'reclaim unit', preset: KERNELS_LRU, metric: 'pgscan_kswapd', says: 'by zone far fewer for the same work', measure: counter('pgscan_kswapd'), holds: (now, then, old) => old < 0.7 * Math.min(now, then) },
  { topic: 'kswapd balanced', preset: KERNELS_ZONES, metric: 'pageoutrun', says: 'the same, and fewer where all zones must be', measure: counter('pageoutrun'), holds: (now, then, old) => now === then && old < 0.7 * now },
  { topic: 'kswapd balanced', preset: KERNELS_ZONES, metric: 'pgsteal_kswapd', says: 'much the same', measure: counter('pgsteal_kswapd'), holds: (now, then, old) => now === then && Math.abs(old - now) < 0.05 * now },
  { topic: 'new anon', preset: KERNELS_ANON, metric: 'nr_active_anon when filled', says: 'none, none, nearly all', measure: ({ recording }) => snapValue(recording, 'filled', 'nr_active_anon'), holds: (now, then, old) => now === 0 && then === 0 && old > 29_000 },
  { topic: 'new anon', preset: KERNELS_ANON, metric: 'nr_inactive_anon when filled', says: 'all, all, hardly any', measure: ({ recording }) => snapValue(recording, 'filled', 'nr_inactive_anon'), holds: (now, then, old) => Math.min(now, then) > 29_000 && old < 100 },
  { topic: 'anon refaults', preset: KERNELS_ANON, metric: 'pswpin', says: 'pages come back in all', measure: counter('pswpin'), holds: (...all) => Math.min(...all) > 0 },
  { topic: 'anon refaults', preset: KERNELS_ANON, metric: 'workingset_refault_anon', says: 'remembered, remembered, not', measure: counter('workingset_refault_anon'), holds: (now, then, old) => now > 0 && then > 0 && old === 0 },
  { topic: 'scan balance', preset: KERNELS_ANON, metric: 'share of anon in the scan', says: '3.18 differs by a twentieth at least', measure: anonShare, holds: (now, _then, old) => Math.abs(now - old) > 0.05 },
  { topic: 'order > 0 mark test', preset: KERNELS_BLOCKS, metric: 'buffers dropped', says: '3.18 refuses while blocks are there: ten times as many', measure: dropped, holds: (now, then, old) => old > 10 * Math.max(now, then, 1) },
  { topic: 'dirty file page met', preset: KERNELS_DIRTY, metric: 'pgactivate', says: 'activated, activated, left where they are', measure: counter('pgactivate'), holds: (now, then, old) => Math.min(now, then) > 80_000 && old < 1000 },
  {
    topic: 'reclaim writes file pages', preset: KERNELS_DIRTY, metric: 'nr_vmscan_write less pswpout', says: '3.18 half as many again', measure: ({ recording }) => delta(recording, 'nr_vmscan_write') - delta(recording, 'pswpout'),
    holds: (now, then, old) => old > 1.5 * Math.max(now, then),
  },
  {
    topic: 'reclaim wakes flushers', preset: KERNELS_DIRTY, metric: 'ms from the first direct reclaim to the first call', says: 'kswapd calls before, before, in 3.18 only direct reclaim does',
    measure: ({ recording, flushersCalled }) => (flushersCalled - at(recording, 'mm_vmscan_direct_reclaim_begin')) / 1e6, holds: (now, then, old) => now < 0 && then < 0 && old > 0,
  },
  {
    topic: 'stall primitive', preset: KERNELS_ISOLATED, metric: 'pauses in reclaim_throttle', says: 'thousands, never, never',
    measure: ({ recording }) => recording.events.filter((event) => String(event.args['reason'] ?? '').startsWith('VMSCAN_THROTTLE')).length, holds: (now, then, old) => now > 1000 && then === 0 && old === 0,
  },
  { topic: 'OOM decision', preset: KERNELS_OOM, metric: 'ms from the first direct reclaim to the kill', says: 'seconds, seconds, a tenth of one', measure: ({ recording }) => triesBeforeKill(recording).ms, holds: (now, then, old) => now > then && then > 1500 && old < 100 },
  { topic: 'OOM decision', preset: KERNELS_OOM, metric: 'direct reclaims before the kill', says: '17, 17, fewer', measure: ({ recording }) => triesBeforeKill(recording).tries, holds: (now, then, old) => now === 17 && then === 17 && old < 17 },
  { topic: 'OOM decision', preset: KERNELS_OOM, metric: 'oom_kill', says: 'one in each', measure: counter('oom_kill'), holds: (...all) => all.every((kills) => kills === 1) },
  {
    topic: 'oom_reaper', preset: KERNELS_OOM, metric: 's from the kill to the reaper', says: 'two, at once, never', measure: ({ recording }) => (at(recording, 'oom_reap') - at(recording, 'mark_victim')) / 1e9,
    holds: (now, then, old) => now > 1.99 && then < 0.1 && Number.isNaN(old),
  },
  { topic: 'oom_reaper', preset: KERNELS_OOM, metric: 's until all is done', says: 'in 3.18 whoever lacks memory loops until the mutex is free', measure: ({ recording }) => recording.summary.durationNs / 1e9, holds: (now, then, old) => Math.max(now, then) < 30.5 && old > 30.5 },
  { topic: 'kcompactd', preset: KERNELS_BLOCKS, metric: 'compact_daemon_wake', says: 'some, some, none', measure: counter('compact_daemon_wake'), holds: (now, then, old) => now > 0 && then > 0 && old === 0 },
  { topic: 'watermark boost', preset: KERNELS_BLOCKS, metric: 'events watermark_boost', says: 'some, some, none', measure: events('watermark_boost'), holds: (now, then, old) => now > 0 && then > 0 && old === 0 },
  { topic: 'MIGRATE_RESERVE', preset: KERNELS_BLOCKS, metric: 'MIGRATE_RESERVE pageblocks', says: 'none, none, one or two a zone', measure: ({ migrateReserve }) => migrateReserve, holds: (now, then, old) => now === 0 && then === 0 && old > 0 },
  { topic: 'HIGHATOMIC', preset: KERNELS_ATOMIC, metric: 'HIGHATOMIC pageblocks', says: 'two, two, none', measure: ({ highatomic }) => highatomic, holds: (now, then, old) => now === 2 && then === 2 && old === 0 },
  { topic: 'MIGRATE_RESERVE', preset: KERNELS_ATOMIC, metric: 'MIGRATE_RESERVE pageblocks after packets took pages of it', says: 'none, none, still there', measure: ({ migrateReserve }) => migrateReserve, holds: (now, then, old) => now === 0 && then === 0 && old === 1 },
  { topic: 'HIGHATOMIC', preset: KERNELS_ATOMIC, metric: 'fewest free pages once packets come', says: 'kept blocks are not free for others: three times as many', measure: ({ recording }) => leastFree(recording, 420, 1400), holds: (now, then, old) => now > 1400 && then > 1400 && old < 700 },
  { topic: 'PSI', preset: KERNELS_ANON, metric: 'µs of some in /proc/pressure/memory', says: 'some, some, no such file', measure: ({ pressure }) => Number(/^some .* total=(\d+)$/m.exec(pressure ?? '')?.[1]), holds: (now, then, old) => now > 0 && then > 0 && Number.isNaN(old) },
  { topic: 'fair zones', preset: KERNELS_ZONES, metric: 'share of DMA32 in the first pages', says: 'none, none, half', measure: dma32Share, holds: (now, then, old) => now === 0 && then === 0 && old > 0.49 && old < 0.51 },
  { topic: 'zone_reclaim_mode', preset: KERNELS_NEAR, metric: 'node_reclaim events with mode 0', says: 'none in any', measure: ({ recording }) => nearReclaims(recording).filter((event) => event.t < mode1(recording)).length, holds: (...all) => all.every((count) => count === 0) },
  {
    topic: 'zone_reclaim_mode', preset: KERNELS_NEAR, metric: 'page cache taken for 20,000 pages', says: 'of the node half as much again, the same, of a zone just that', measure: ({ recording }) => snapValue(recording, 'mode 1', 'pgsteal_direct'),
    holds: (now, then, old) => now > 28_000 && then === now && old > 19_000 && old < 21_000,
  },
  { topic: 'zone_reclaim_mode', preset: KERNELS_NEAR, metric: 'node_reclaim events that name a zone', says: 'none, none, all', measure: ({ recording }) => shareOfZones(nearReclaims(recording)), holds: (now, then, old) => now === 0 && then === 0 && old === 1 },
  { topic: 'zone_reclaim_mode', preset: KERNELS_NEAR, metric: 'node_reclaim events at distance 30', says: 'some, some, none', measure: ({ recording }) => nearReclaims(recording).filter((event) => event.args['node'] === 1).length, holds: (now, then, old) => now > 0 && then > 0 && old === 0 },

  { topic: 'too many isolated', preset: KERNELS_ISOLATED, metric: 'VMSCAN_THROTTLE_ISOLATED', says: 'often, never, never', measure: pauses('VMSCAN_THROTTLE_ISOLATED'), holds: (now, then, old) => now > 1000 && then === 0 && old === 0 },
  { topic: 'too many isolated', preset: KERNELS_ISOLATED, metric: 'too_many_isolated', says: 'never, often, seldom', measure: pauses('too_many_isolated'), holds: (now, then, old) => now === 0 && then > 100 && old <= 100 },
  { topic: 'PG_reclaim met under writeback', preset: KERNELS_ISOLATED, metric: 'VMSCAN_THROTTLE_WRITEBACK', says: 'some, never, never', measure: pauses('VMSCAN_THROTTLE_WRITEBACK'), holds: (now, then, old) => now > 0 && then === 0 && old === 0 },
  { topic: 'PG_reclaim met under writeback', preset: KERNELS_ISOLATED, metric: 'congestion_wait', says: 'never, some, some', measure: pauses('congestion_wait'), holds: (now, then, old) => now === 0 && then > 0 && old > 0 },
  { topic: 'congested', preset: KERNELS_DIRTY, metric: 'wait_iff_congested', says: 'hardly, hardly, often', measure: pauses('wait_iff_congested'), holds: (now, then, old) => now <= 10 && then <= 10 && old > 10 },
  { topic: 'no progress', preset: KERNELS_ISOLATED, metric: 'VMSCAN_THROTTLE_NOPROGRESS', says: 'some, never, never', measure: pauses('VMSCAN_THROTTLE_NOPROGRESS'), holds: (now, then, old) => now > 0 && then === 0 && old === 0 },
  { topic: 'too much writeback after a pass', preset: KERNELS_ISOLATED, metric: 'throttle_vm_writeout', says: 'never, never, often', measure: pauses('throttle_vm_writeout'), holds: (now, then, old) => now === 0 && then === 0 && old > 100 },
]

const KERNELS: readonly KernelDefinition[] = [linux61, linux515, android]
const known = new Map<string, readonly Ran[]>()

/** The first so many ms are enough. */
const MOST_MS: Readonly<Record<string, number>> = { 'kernels-anon': 6000, 'kernels-dirty': 3000, 'kernels-isolated': 4000, 'kernels-zones': 4000 }

/** [6.1, 5.15, 3.18]. */
function three({ id, scenario }: Omit<PresetInfo, 'group'>): readonly Ran[] {
  const before = known.get(id)
  if (before !== undefined) return before
  const ran = KERNELS.map((kernel) => {
    let flushersCalled = NaN
    const listening = hooked('writebackStart', (args, k) => {
      if ((args as WritebackStartArgs).asked && Number.isNaN(flushersCalled)) flushersCalled = (k as PolicyContext).now
    })
    const short = { ...scenario, durationMs: Math.min(scenario.durationMs, MOST_MS[id] ?? Infinity) }
    const { recording, mm } = run(short, { kernel, policies: [listening], everyTurns: 0 })
    return { recording, migrateReserve: mm.zones.reduce((sum, zone) => sum + zone.nrMigrateReserveBlock, 0), highatomic: mm.zones.reduce((sum, zone) => sum + zone.nrReservedHighatomic, 0) / PAGEBLOCK_PAGES, flushersCalled, pressure: procFiles(takeMachineState(mm, 0))['pressure/memory'] }
  })
  known.set(id, ran)
  return ran
}

test('every difference has a row in the table', () => {
  const shown = new Set<Topic>(TABLE.map(({ topic }) => topic))
  expect([...shown].sort()).toEqual([...STRUCTURE, ...STALLS].sort())
})

test.each(TABLE)('$topic: $preset.id, $metric: $says', ({ preset, measure, holds }) => {
  const [now, then, old] = three(preset).map(measure)
  expect({ now, then, old, holds: holds(now, then, old) }).toEqual({ now, then, old, holds: true })
})
