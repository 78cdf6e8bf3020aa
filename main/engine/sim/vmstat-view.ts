/** /proc/vmstat of a machine: every gauge and counter under its own name, summed over nodes and zones. */
import { domainDirtyLimits } from '../mm/dirty-limits'
import type { Mm } from '../mm/mm'
import { ZONE_SUFFIX } from '../mm/mmzone'
import { NODE_COUNTER_NAMES, NODE_STAT_NAMES, VM_EVENT_NAMES } from '../mm/vmstat'

const NUMA_EVENTS = ['numa_hit', 'numa_miss', 'numa_foreign', 'numa_local', 'numa_other'] as const
const ZONE_FAMILIES = ['pgalloc', 'allocstall', 'pgskip'] as const

/** Names of things that can go down. */
export const GAUGE_NAMES: readonly string[] = ['nr_free_pages', 'nr_zone_write_pending', ...NODE_STAT_NAMES.filter((name) => !NODE_COUNTER_NAMES.has(name)), 'nr_dirty_threshold', 'nr_dirty_background_threshold']

/** Names of things that only grow. */
export const COUNTER_NAMES: readonly string[] = [
  ...NODE_STAT_NAMES.filter((name) => NODE_COUNTER_NAMES.has(name)), ...VM_EVENT_NAMES, ...NUMA_EVENTS, ...ZONE_FAMILIES.flatMap((family) => ZONE_SUFFIX.map((zone) => `${family}_${zone}`)),
]

export const VMSTAT_NAMES: readonly string[] = [...GAUGE_NAMES, ...COUNTER_NAMES]

/** One value by name; undefined for a name /proc/vmstat doesn't have. */
export function vmstatValue(mm: Mm, name: string): number | undefined {
  return readers.get(name)?.(mm)
}

const readers = new Map<string, (mm: Mm) => number>()
for (const name of NODE_STAT_NAMES) readers.set(name, (mm) => sumNodes(mm, name))
for (const name of VM_EVENT_NAMES) readers.set(name, (mm) => mm.vm[name])
readers.set('nr_free_pages', (mm) => mm.zones.reduce((sum, zone) => sum + zone.free, 0))
readers.set('nr_zone_write_pending', (mm) => mm.zones.reduce((sum, zone) => sum + zone.nrWritePending, 0))
readers.set('nr_dirty_threshold', (mm) => domainDirtyLimits(mm).thresh)
readers.set('nr_dirty_background_threshold', (mm) => domainDirtyLimits(mm).background)
readers.set('numa_hit', (mm) => mm.zones.reduce((sum, zone) => sum + zone.numaHit, 0))
readers.set('numa_miss', (mm) => mm.zones.reduce((sum, zone) => sum + zone.numaMiss, 0))
readers.set('numa_foreign', (mm) => mm.zones.reduce((sum, zone) => sum + zone.numaForeign, 0))
readers.set('numa_local', (mm) => mm.zones.reduce((sum, zone) => sum + zone.numaHit + zone.numaMiss - zone.numaOther, 0))
readers.set('numa_other', (mm) => mm.zones.reduce((sum, zone) => sum + zone.numaOther, 0))
ZONE_SUFFIX.forEach((suffix, idx) => {
  readers.set(`pgalloc_${suffix}`, (mm) => sumZones(mm, idx, 'pgalloc'))
  readers.set(`pgskip_${suffix}`, (mm) => sumZones(mm, idx, 'pgskip'))
  readers.set(`allocstall_${suffix}`, (mm) => mm.allocstall[idx])
})

function sumNodes(mm: Mm, name: (typeof NODE_STAT_NAMES)[number]): number {
  let sum = 0
  for (const node of mm.nodes) sum += node.stat[name]
  return sum
}

function sumZones(mm: Mm, idx: number, field: 'pgalloc' | 'pgskip'): number {
  let sum = 0
  for (const zone of mm.zones) if (zone.idx === idx) sum += zone[field]
  return sum
}

