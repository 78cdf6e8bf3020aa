/** Names in a condition that the machine doesn't have: said at once, with what there is, since a run to its end for a slip is a long answer. */
import type { Result } from '../../../preload/contract'
import { VMSTAT_NAMES, type Condition, type EventKind, type Scenario } from '../../engine'
import { suggestion } from '../nearest'
import { done, fail, show } from '../problems'

const KINDS: Readonly<Record<EventKind, 1>> = {
  mm_vmscan_kswapd_wake: 1, mm_vmscan_kswapd_sleep: 1, mm_vmscan_wakeup_kswapd: 1, mm_vmscan_direct_reclaim_begin: 1, mm_vmscan_direct_reclaim_end: 1, mm_vmscan_throttled: 1, mm_page_alloc_failed: 1,
  mark_victim: 1, lowmemory_kill: 1, sysctl_write: 1, watermark_boost: 1, snap: 1, task_start: 1, task_exit: 1, policy_ejected: 1, policy_log: 1, policy_attached: 1, policy_detached: 1, node_reclaim: 1, oom_reap: 1,
  sched_process_hang: 1, disk_stall: 1, panic: 1, mm_vmscan_memcg_reclaim_end: 1, memcg_throttled: 1, memcg_write: 1, mm_compaction_begin: 1, mm_compaction_end: 1, mm_compaction_wakeup_kcompactd: 1,
  mm_compaction_kcompactd_wake: 1,
}
const ZONE_SERIES = ['free', 'min', 'low', 'high', 'boost'] as const

export function checkNames(condition: Condition, { machine }: Scenario): Result<Condition> {
  if (condition.kind === 'event' && condition.event !== undefined && !Object.hasOwn(KINDS, condition.event)) return fail('until', `names a kind of event that there isn't, ${show(condition.event)}.${suggestion(condition.event, Object.keys(KINDS))}`)
  if (condition.kind !== 'metric') return done(condition)
  const zones = machine.zones.flatMap(({ node, name }) => ZONE_SERIES.map((series) => `zone.${node}.${name}.${series}`))
  const unknown = [condition.left, condition.right].find((operand) => typeof operand === 'string' && !zones.includes(operand) && !VMSTAT_NAMES.includes(operand))
  if (unknown === undefined) return done(condition)
  return fail('until', `names a series that this machine doesn't have, ${show(unknown)}.${suggestion(String(unknown), [...zones, ...VMSTAT_NAMES])}`)
}
