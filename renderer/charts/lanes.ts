/** Events as lanes over time: stretches (kswapd awake, direct reclaim) and instants (OOM, ejections, sysctl writes). */
import type { EventKind, RunEvent } from '../../preload/contract'

export type LaneId = 'kswapd' | 'direct' | 'throttle' | 'oom' | 'failed' | 'ejected' | 'policies' | 'sysctl' | 'boost' | 'compaction' | 'hung' | 'disk' | 'task'

export interface Mark { readonly from: number; readonly to: number; /** Index into the run's events. */ readonly index: number }

const LANES: readonly { readonly id: LaneId; readonly kinds: readonly EventKind[]; readonly always: boolean }[] = [
  { id: 'kswapd', kinds: ['mm_vmscan_kswapd_wake', 'mm_vmscan_kswapd_sleep', 'mm_vmscan_wakeup_kswapd'], always: true },
  { id: 'direct', kinds: ['mm_vmscan_direct_reclaim_begin', 'mm_vmscan_direct_reclaim_end', 'node_reclaim', 'mm_vmscan_memcg_reclaim_end'], always: true },
  { id: 'throttle', kinds: ['mm_vmscan_throttled', 'memcg_throttled'], always: false },
  { id: 'oom', kinds: ['mark_victim', 'lowmemory_kill', 'oom_reap', 'panic'], always: true },
  { id: 'failed', kinds: ['mm_page_alloc_failed'], always: false },
  { id: 'ejected', kinds: ['policy_ejected'], always: false },
  { id: 'policies', kinds: ['policy_attached', 'policy_detached'], always: false },
  { id: 'sysctl', kinds: ['sysctl_write', 'memcg_write'], always: false },
  { id: 'boost', kinds: ['watermark_boost'], always: false },
  { id: 'hung', kinds: ['sched_process_hang'], always: false },
  { id: 'disk', kinds: ['disk_stall'], always: false },
  { id: 'compaction', kinds: ['mm_compaction_end', 'mm_compaction_wakeup_kcompactd'], always: false },
  { id: 'task', kinds: ['task_start', 'task_exit', 'snap'], always: false },
]

/** Lanes that any of the runs needs, in order; every run gets the same ones. */
export function lanesFor(runs: readonly (readonly RunEvent[])[]): readonly LaneId[] {
  const kinds = new Set(runs.flatMap((events) => events.map((event) => event.kind)))
  return LANES.filter((lane) => lane.always || lane.kinds.some((kind) => kinds.has(kind))).map((lane) => lane.id)
}

export function marksOf(id: LaneId, events: readonly RunEvent[], end: number): readonly Mark[] {
  if (id === 'kswapd') return awake(events, end)
  const lane = LANES.find((known) => known.id === id)
  const marks: Mark[] = []
  events.forEach((event, index) => {
    if (!lane?.kinds.includes(event.kind)) return
    // Whatever has a length stands at its start, the end of direct reclaim too.
    marks.push({ from: event.t, to: event.t + event.duration, index })
  })
  return marks
}

/** From each wake of a node's kswapd to its next sleep. The mark stands for the allocation that asked for kswapd, which knows why, where one did. */
function awake(events: readonly RunEvent[], end: number): readonly Mark[] {
  const asked = new Map<string, number>()
  const since = new Map<string, { readonly t: number; readonly index: number }>()
  const marks: Mark[] = []
  events.forEach((event, index) => {
    const node = String(event.args.node ?? event.args.nid ?? 0)
    if (event.kind === 'mm_vmscan_wakeup_kswapd' && event.cause && !since.has(node) && !asked.has(node)) asked.set(node, index)
    if (event.kind === 'mm_vmscan_kswapd_wake' && !since.has(node)) since.set(node, { t: event.t, index: asked.get(node) ?? index })
    if (event.kind !== 'mm_vmscan_kswapd_sleep') return
    asked.delete(node)
    const from = since.get(node)
    if (from) marks.push({ from: from.t, to: event.t, index: from.index })
    since.delete(node)
  })
  for (const { t, index } of since.values()) marks.push({ from: t, to: end, index })
  return marks
}

/** The mark under or nearest to a time, within a tolerance. */
export function markAt(marks: readonly Mark[], t: number, tolerance: number): Mark | undefined {
  let best: Mark | undefined
  let bestGap = tolerance
  for (const mark of marks) {
    const gap = t < mark.from ? mark.from - t : t > mark.to ? t - mark.to : 0
    if (gap <= bestGap && (gap < bestGap || !best || mark.to - mark.from < best.to - best.from)) { best = mark; bestGap = gap }
  }
  return best
}
