/**
 * /proc/zoneinfo as 3.18 prints it (mm/vmstat.c:zoneinfo_show_print): only zones that have pages, LRU lists and all other counts by zone, how many pages were scanned since the last one came free,
 * and whether reclaim has given the zone up.
 */
import type { MachineState, ZoneState } from '../../engine'
import { ZONE_ITEMS_3_18 } from './names-3.18'
import { pagesetsText, protection } from './zone-text'

export function zoneinfo318(state: MachineState): string {
  return state.zones.map((zone) => zoneText(state, zone)).join('')
}

function zoneText({ cpus }: MachineState, zone: ZoneState): string {
  const { stat = {}, scanned = 0, allUnreclaimable = false, inactiveRatio = 1 } = zone.counters ?? {}
  const sizes: readonly (readonly [string, number])[] = [
    ['min', zone.min], ['low', zone.low], ['high', zone.high], ['scanned', scanned], ['spanned', zone.spanned], ['present', zone.present], ['managed', zone.managed],
  ]
  return `Node ${zone.node}, zone ${zone.zone.padStart(8)}\n  pages free     ${zone.free}${sizes.map(([name, pages]) => `\n        ${name.padEnd(8)} ${pages}`).join('')}`
    + ZONE_ITEMS_3_18.map((name) => `\n    ${name.padEnd(12)} ${stat[name] ?? zone.numa[name] ?? 0}`).join('')
    + protection(zone.protection) + pagesetsText(cpus, zone)
    + `\n  all_unreclaimable: ${allUnreclaimable ? 1 : 0}\n  start_pfn:         ${zone.startPfn}\n  inactive_ratio:    ${inactiveRatio}\n`
}
