/** Full looks at the zones, as /proc/zoneinfo and /proc/buddyinfo show them. */
import type { Mm } from '../mm/mm'
import { WMARK_HIGH, WMARK_LOW, WMARK_MIN } from '../mm/mmzone'
import type { Snapshot, ZoneSnapshot } from './recording'
import { memcgStates } from './memcg-view'
import { VMSTAT_NAMES, vmstatValue } from './vmstat-view'

export function takeSnapshot(mm: Mm, label: string): Snapshot {
  const vmstat: Record<string, number> = {}
  for (const name of VMSTAT_NAMES) vmstat[name] = vmstatValue(mm, name) ?? 0
  const memcgs = memcgStates(mm)
  return { t: mm.clock.now - mm.startTime, label, zones: mm.zones.map(zoneSnapshot), vmstat, ...(memcgs === undefined ? {} : { memcgs }) }
}

export function zoneSnapshot(zone: Mm['zones'][number]): ZoneSnapshot {
  const pcp = zone.pcp[0]
  return {
    node: zone.node, zone: zone.name, free: zone.free, boost: zone.boost, min: zone.mark[WMARK_MIN], low: zone.mark[WMARK_LOW], high: zone.mark[WMARK_HIGH],
    spanned: zone.spanned, present: zone.present, managed: zone.managed, protection: [...zone.lowmemReserve],
    pcp: { count: zone.pcp.reduce((sum, p) => sum + p.count, 0), high: pcp.high, batch: pcp.batch }, freeByOrder: [...zone.nrFree],
  }
}
