/** /proc/vmstat, under the names of each kernel. */
import type { MachineState } from '../../engine'
import { NODE_LAYOUT_NAMES, ZONE_SUFFIXES } from './names'
import { VMSTAT_ITEMS_3_18, ZONE_EVENTS_3_18, ZONE_ITEMS_3_18 } from './names-3.18'

type Values = Readonly<Record<string, number>>

export function vmstat(state: MachineState): string {
  if (state.procFiles === 'linux-3.18') return print(VMSTAT_ITEMS_3_18, valuesOf318(state))
  return `${print(NODE_LAYOUT_NAMES[state.procFiles].vmstat, { ...state.vmstat, ...zoneLru(state), ...state.huge.events })}nr_unstable 0\n`
}

function print(names: readonly string[], values: Values): string {
  return names.map((name) => `${name} ${values[name] ?? 0}\n`).join('')
}

const LRU_NAMES = ['inactive_anon', 'active_anon', 'inactive_file', 'active_file', 'unevictable'] as const

function zoneLru({ zones }: MachineState): Values {
  return Object.fromEntries(LRU_NAMES.map((name, lru) => [`nr_zone_${name}`, zones.reduce((sum, zone) => sum + zone.lru[lru], 0)]))
}

/** What zones count is the sum over them, or with the zone's name behind that over zones of this name. */
function valuesOf318({ vmstat: v, zones, huge }: MachineState): Values {
  const ofZones = ZONE_ITEMS_3_18.map((name) => [name, zones.reduce((sum, zone) => sum + (zone.counters?.stat[name] ?? zone.numa[name] ?? 0), 0)] as const)
  const suffixed = ZONE_EVENTS_3_18.flatMap((name) => ZONE_SUFFIXES.map((suffix) => {
    const sum = zones.filter(({ zone }) => zone.toLowerCase() === suffix).reduce((total, { counters }) => total + (counters?.events[name] ?? 0), 0)
    return [`${name}_${suffix}`, sum] as const
  }))
  const allocstall = ZONE_SUFFIXES.reduce((sum, suffix) => sum + (v[`allocstall_${suffix}`] ?? 0), 0)
  return { ...v, ...Object.fromEntries([...ofZones, ...suffixed]), allocstall, thp_split: huge.events['thp_split_page'] ?? 0 }
}
