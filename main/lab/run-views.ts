/** What the window and the CLI see of one recording: its summary, thinned series, events. Pure. */
import type { EventQuery, RunDetail, RunEvent, Scenario, SeriesSlice } from '../../preload/contract'
import { metricsOf, sliceSeries, type Recording } from '../engine'
import type { Sampled } from './live-samples'

/** Counters and gauges of policies are told apart from the kernel's by this. */
export const POLICY_SERIES = 'policy.'

export function runDetail(run: string, recording: Recording, scenario: Scenario): RunDetail {
  const { summary } = recording
  return {
    run, digest: recording.digest, durationNs: summary.durationNs, end: summary.end,
    ...(summary.diagnosis === undefined ? {} : { diagnosis: summary.diagnosis }),
    metrics: metricsOf(summary),
    ...seriesPlaces(recording.series.ids, recording.policySeries.ids, scenario),
    hooks: recording.hooks, ejections: recording.ejections, tasks: summary.tasks, snapshots: recording.snapshots, stalls: summary.stalls, eventsDropped: summary.eventsDropped,
  }
}

/** What the charts of a run are found by. */
export function seriesPlaces(series: readonly string[], policySeries: readonly string[], { machine }: Scenario): Pick<RunDetail, 'zones' | 'seriesIds'> {
  return { zones: machine.zones.map((zone) => ({ node: zone.node, zone: zone.name, managed: zone.managed })), seriesIds: [...series, ...policySeries.map((id) => POLICY_SERIES + id)] }
}

const MOST_POINTS = 20_000

export function seriesSlice(recording: Sampled, ids: readonly string[], t0: number, t1: number, maxPoints: number): SeriesSlice {
  const points = Math.min(MOST_POINTS, Number.isFinite(maxPoints) ? maxPoints : MOST_POINTS)
  const kernel = sliceSeries(recording.series, ids, t0, t1, points)
  const policyIds = ids.filter((id) => id.startsWith(POLICY_SERIES)).map((id) => id.slice(POLICY_SERIES.length))
  if (policyIds.length === 0) return kernel
  const policy = sliceSeries(recording.policySeries, policyIds, t0, t1, points)
  const renamed = Object.fromEntries(Object.entries(policy.columns).map(([id, column]) => [POLICY_SERIES + id, column]))
  return { times: kernel.times, columns: { ...kernel.columns, ...renamed } }
}

const MOST_EVENTS = 20_000

/** Events that overlap t0..t1, in order, the first `max` of them. */
export function eventsOf(recording: Recording, query: EventQuery): readonly RunEvent[] {
  const kinds = query.kinds === undefined ? undefined : new Set(query.kinds)
  const max = Math.min(MOST_EVENTS, Math.max(0, Math.floor(query.max) || 0))
  const found: RunEvent[] = []
  for (const event of recording.events) {
    if (found.length >= max) break
    const overlaps = event.t <= query.t1 && event.t + event.duration >= query.t0
    if (overlaps && (kinds === undefined || kinds.has(event.kind))) found.push(event)
  }
  return found
}
