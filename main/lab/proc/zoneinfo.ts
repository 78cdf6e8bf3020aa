/**
 * /proc/zoneinfo as linux-6.1 and 5.15 print it, which has no line of the boost (mm/vmstat.c:zoneinfo_show_print); 3.18's is in zoneinfo-3.18.ts. All four zones of a node are listed, empty ones
 * in short, since lowmem_reserve_ratio works on all of them.
 * Marks are printed with the boost in them, as min_wmark_pages() gives them. `start_pfn` is the simulator's own numbering, where a node's zones follow each other without holes.
 */
import type { MachineState, NodeState, ZoneState } from '../../engine'
import { NODE_LAYOUT_NAMES, NUMA_ITEMS, ZONE_ITEMS } from './names'
import { protection, pagesetsText } from './zone-text'
import { zoneinfo318 } from './zoneinfo-3.18'

const ZONES = ['DMA', 'DMA32', 'Normal', 'Movable'] as const

type Layout = keyof typeof NODE_LAYOUT_NAMES

export function zoneinfo(state: MachineState): string {
  const { procFiles: layout } = state
  if (layout === 'linux-3.18') return zoneinfo318(state)
  return state.nodes.map((node) => nodeText(state, node, layout)).join('')
}

function nodeText(state: MachineState, node: NodeState, layout: Layout): string {
  const zones = state.zones.filter((zone) => zone.node === node.node)
  return ZONES.map((name) => {
    const zone = zones.find((one) => one.zone === name)
    return zone === undefined ? emptyZone(node.node, name, layout) : zoneText(state, node, zone, zone === zones[0], layout)
  }).join('')
}

function emptyZone(node: number, name: string, layout: Layout): string {
  return header(node, name) + sizes([0, 0, 0, 0, 0, 0, 0, 0, 0], layout) + protection([0, 0, 0, 0]) + '\n'
}

function zoneText(state: MachineState, node: NodeState, zone: ZoneState, first: boolean, layout: Layout): string {
  const { boost } = zone
  return header(zone.node, zone.zone)
    + (first ? nodeStats(node, layout) : '')
    + sizes([zone.free, boost, zone.min + boost, zone.low + boost, zone.high + boost, zone.spanned, zone.present, zone.managed, 0], layout)
    + protection(zone.protection)
    + zoneStats(zone)
    + pagesetsText(state.cpus, zone)
    + `\n  node_unreclaimable:  ${node.unreclaimable ? 1 : 0}\n  start_pfn:           ${zone.startPfn}\n`
}

function header(node: number, name: string): string {
  return `Node ${node}, zone ${name.padStart(8)}`
}

function nodeStats({ stat }: NodeState, layout: Layout): string {
  return '\n  per-node stats' + NODE_LAYOUT_NAMES[layout].node.map((name) => item(name, stat[name] ?? 0)).join('')
}

const SIZES = ['boost', 'min', 'low', 'high', 'spanned', 'present', 'managed', 'cma'] as const

function sizes([free, ...rest]: readonly number[], layout: Layout): string {
  const lines = SIZES.map((name, i) => (name === 'boost' && layout === 'linux-5.15' ? '' : `\n        ${name.padEnd(8)} ${rest[i]}`))
  return `\n  pages free     ${free}${lines.join('')}`
}

function zoneStats(zone: ZoneState): string {
  const [inactiveAnon, activeAnon, inactiveFile, activeFile, unevictable] = zone.lru
  const values: Readonly<Record<string, number>> = {
    nr_free_pages: zone.free, nr_zone_inactive_anon: inactiveAnon, nr_zone_active_anon: activeAnon, nr_zone_inactive_file: inactiveFile, nr_zone_active_file: activeFile,
    nr_zone_unevictable: unevictable, nr_zone_write_pending: zone.writePending, ...zone.numa,
  }
  return [...ZONE_ITEMS, ...NUMA_ITEMS].map((name) => item(name, values[name] ?? 0)).join('')
}

function item(name: string, value: number): string {
  return `\n      ${name.padEnd(12)} ${value}`
}
