/**
 * /proc/zoneinfo as linux-6.1 prints it (mm/vmstat.c:zoneinfo_show_print). All four zones of a node are listed, empty ones in short, since lowmem_reserve_ratio works on all of them.
 * Marks are printed with the boost in them, as min_wmark_pages() gives them. `start_pfn` is the simulator's own numbering, where a node's zones follow each other without holes.
 */
import type { MachineState, NodeState, ZoneState } from '../../engine'
import { NODE_ITEMS, NUMA_ITEMS, ZONE_ITEMS } from './names'

const ZONES = ['DMA', 'DMA32', 'Normal', 'Movable'] as const

export function zoneinfo(state: MachineState): string {
  return state.nodes.map((node) => nodeText(state, node)).join('')
}

function nodeText(state: MachineState, node: NodeState): string {
  const zones = state.zones.filter((zone) => zone.node === node.node)
  return ZONES.map((name) => {
    const zone = zones.find((one) => one.zone === name)
    return zone === undefined ? emptyZone(node.node, name) : zoneText(state, node, zone, zone === zones[0])
  }).join('')
}

function emptyZone(node: number, name: string): string {
  return header(node, name) + sizes([0, 0, 0, 0, 0, 0, 0, 0, 0]) + protection([0, 0, 0, 0]) + '\n'
}

function zoneText(state: MachineState, node: NodeState, zone: ZoneState, first: boolean): string {
  const { boost } = zone
  return header(zone.node, zone.zone)
    + (first ? nodeStats(node) : '')
    + sizes([zone.free, boost, zone.min + boost, zone.low + boost, zone.high + boost, zone.spanned, zone.present, zone.managed, 0])
    + protection(zone.protection)
    + zoneStats(zone)
    + '\n  pagesets' + zone.pagesets.map((pageset, cpu) => pagesetText(pageset, cpu, statThreshold(state.cpus, zone.managed))).join('')
    + `\n  node_unreclaimable:  ${node.unreclaimable ? 1 : 0}\n  start_pfn:           ${zone.startPfn}\n`
}

function header(node: number, name: string): string {
  return `Node ${node}, zone ${name.padStart(8)}`
}

function nodeStats({ stat }: NodeState): string {
  return '\n  per-node stats' + NODE_ITEMS.map((name) => item(name, stat[name] ?? 0)).join('')
}

const SIZES = ['boost', 'min', 'low', 'high', 'spanned', 'present', 'managed', 'cma'] as const

function sizes([free, ...rest]: readonly number[]): string {
  return `\n  pages free     ${free}` + SIZES.map((name, i) => `\n        ${name.padEnd(8)} ${rest[i]}`).join('')
}

function protection(reserves: readonly number[]): string {
  return `\n        protection: (${reserves.join(', ')})`
}

function zoneStats(zone: ZoneState): string {
  const [inactiveAnon, activeAnon, inactiveFile, activeFile, unevictable] = zone.lru
  const values: Readonly<Record<string, number>> = {
    nr_free_pages: zone.free, nr_zone_inactive_anon: inactiveAnon, nr_zone_active_anon: activeAnon, nr_zone_inactive_file: inactiveFile, nr_zone_active_file: activeFile,
    nr_zone_unevictable: unevictable, nr_zone_write_pending: zone.writePending,
  }
  return [...ZONE_ITEMS, ...NUMA_ITEMS].map((name) => item(name, values[name] ?? 0)).join('')
}

function item(name: string, value: number): string {
  return `\n      ${name.padEnd(12)} ${value}`
}

function pagesetText({ count, high, batch }: ZoneState['pagesets'][number], cpu: number, threshold: number): string {
  return `\n    cpu: ${cpu}\n              count: ${count}\n              high:  ${high}\n              batch: ${batch}\n  vm stats threshold: ${threshold}`
}

const PAGES_PER_128_MIB = 1 << 15

/** mm/vmstat.c:calculate_normal_threshold. */
function statThreshold(cpus: number, managed: number): number {
  return Math.min(125, 2 * fls(cpus) * (1 + fls(Math.floor(managed / PAGES_PER_128_MIB))))
}

/** Number of the highest bit set, from 1; 0 of 0. */
function fls(value: number): number {
  return 32 - Math.clz32(value)
}
