/** Makes the recording of a finished run, and its digest over what happened in it. */
import type { Mm } from '../mm/mm'
import { WMARK_HIGH, WMARK_LOW, WMARK_MIN, WMARK_PROMO } from '../mm/mmzone'
import { ENGINE_VERSION } from '../version'
import { memcgStates } from './memcg-view'
import type { PolicySink } from './policy-sink'
import type { Ejection, HookStats, MachineState, Recording, RunSummary, Snapshot, SwapAreaSummary, TaskStats } from './recording'
import { recordingDigest } from './recording-digest'
import type { RunInput } from './run-input'
import type { Sampler } from './sampler'

export interface RecorderParts {
  readonly input: RunInput
  readonly mm: Mm
  readonly sampler: Sampler
  readonly sink: PolicySink
  readonly snapshots: readonly Snapshot[]
  readonly ejections: readonly Ejection[]
  readonly end: RunSummary['end']
  readonly diagnosis: string | undefined
  readonly tasks: readonly TaskStats[]
  readonly hooks: readonly HookStats[]
  readonly states: readonly MachineState[]
}

export function buildRecording(parts: RecorderParts): Recording {
  const { input, mm } = parts
  const series = parts.sampler.series()
  const policySeries = parts.sink.series()
  const summary = summarize(parts)
  const digest = recordingDigest({ series, events: mm.trace.events, summary, snapshots: parts.snapshots })
  return {
    engine: ENGINE_VERSION, scenario: input.scenario.id, kernel: input.kernel.name, policies: input.policies.map((p) => p.definition.name), seed: input.seed, digest,
    series, policySeries, events: mm.trace.events, snapshots: parts.snapshots, hooks: parts.hooks, ejections: parts.ejections, summary,
    ...(input.snapshotsAt === undefined ? {} : { states: parts.states }),
    ...(mm.pageTrace === undefined ? {} : { pageLife: mm.pageTrace.life() }),
  }
}

function swapAreas(mm: Mm): readonly SwapAreaSummary[] {
  return [...mm.swap.areas].sort((a, b) => a.id - b.id).map(({ priority, pages, inUsePages, zram }) => {
    const area = { kind: zram === undefined ? 'disk' as const : 'zram' as const, priority, pages, used: inUsePages - 1 }
    if (zram === undefined) return area
    const { pages: stored, same, huge, bytes, poolMax, failedWrites } = zram.stats
    return { ...area, zram: { stored, same, huge, bytes, pool: zram.pool.pages, poolMax, failedWrites } }
  })
}

function summarize(parts: RecorderParts): RunSummary {
  const { mm, sampler, input } = parts
  const memcgs = memcgStates(mm)
  const io: Record<string, RunSummary['io'][string]> = {}
  input.scenario.machine.disks.forEach((disk, i) => (io[disk.name] = mm.io.counters(i)))
  return {
    durationNs: mm.clock.now - mm.startTime, end: parts.end, ...(parts.diagnosis !== undefined ? { diagnosis: parts.diagnosis } : {}),
    delta: sampler.deltas(), gauge: sampler.gauges(), psiMemory: { some: Math.floor(mm.psi.some / 1000), full: Math.floor(mm.psi.full / 1000) },
    kswapdCpuNs: mm.kswapds.reduce((sum, kswapd) => sum + kswapd.task.cpuTime, 0), tasks: parts.tasks,
    directReclaim: { count: mm.trace.directCount, totalNs: mm.trace.directTotal, maxNs: mm.trace.directMax, reclaimed: mm.trace.directReclaimed },
    allocLatency: mm.allocLatency.stats(), stalls: mm.stalls.stats(),
    marks: mm.zones.map((zone) => ({ node: zone.node, zone: zone.name, min: zone.mark[WMARK_MIN], low: zone.mark[WMARK_LOW], high: zone.mark[WMARK_HIGH], promo: zone.mark[WMARK_PROMO] })),
    io, swap: swapAreas(mm), eventsDropped: mm.trace.dropped, ...(memcgs === undefined ? {} : { memcgs }),
  }
}
