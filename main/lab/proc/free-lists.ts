/** /proc/buddyinfo and /proc/pagetypeinfo as each kernel prints them (mm/vmstat.c:frag_show_print, pagetypeinfo_show). */
import { fragmentationIndex } from '../../engine'
import type { MachineState, ZoneState } from '../../engine'

/** In the order of enum migratetype, with the engine's number; no CMA. The simulator isolates no pageblocks. */
const TYPES = [['Unmovable', 0], ['Movable', 1], ['Reclaimable', 2], ['HighAtomic', 3], ['Isolate', 4]] as const
/** MIGRATE_RESERVE has HIGHATOMIC's number. */
const TYPES_3_18 = [['Unmovable', 0], ['Reclaimable', 2], ['Movable', 1], ['Reserve', 3], ['Isolate', 4]] as const
type Types = typeof TYPES | typeof TYPES_3_18
/** The kernel counts no further than this on one list (5.4 on). */
const MOST_COUNTED = 100_000

export function buddyinfo(state: MachineState): string {
  return state.zones.map((zone) => `Node ${zone.node}, zone ${zone.zone.padStart(8)} ${zone.freeByOrder.map(count).join('')}\n`).join('')
}

/** /sys/kernel/debug/extfrag/extfrag_index (mm/vmstat.c:extfrag_show_print): by order, -1.000 where a block exists, towards 1 where memory is only in pieces. */
export function extfragIndex(state: MachineState): string {
  const index = (zone: ZoneState, order: number): string => {
    const value = fragmentationIndex(zone.freeByOrder, order)
    return `${String(Math.trunc(value / 1000)).padStart(state.procFiles === 'linux-6.1' ? 2 : 1)}.${String(Math.abs(value) % 1000).padStart(3, '0')} `
  }
  return state.zones.map((zone) => `Node ${zone.node}, zone ${zone.zone.padStart(8)} ${zone.freeByOrder.map((_, order) => index(zone, order)).join('')}\n`).join('')
}

/** Every node starts with its own head, as the kernel's seq_file does. */
export function pagetypeinfo(state: MachineState): string {
  const old = state.procFiles === 'linux-3.18'
  return state.nodes.map(({ node }) => nodeText(state.zones.filter((zone) => zone.node === node), old ? TYPES_3_18 : TYPES, old ? Infinity : MOST_COUNTED)).join('')
}

function nodeText(zones: readonly ZoneState[], types: Types, most: number): string {
  const orders = zones[0].freeByType.map((_, order) => `${String(order).padStart(6)} `).join('')
  const names = types.map(([name]) => `${name.padStart(12)} `).join('')
  return `Page block order: 9\nPages per block:  512\n\n${'Free pages count per migrate type at order'.padEnd(43)} ${orders}\n${zones.map((zone) => freeText(zone, types, most)).join('')}`
    + `\n${'Number of blocks type '.padEnd(23)}${names}\n${zones.map((zone) => blocksText(zone, types)).join('')}`
}

function freeText(zone: ZoneState, types: Types, most: number): string {
  const head = `Node ${String(zone.node).padStart(4)}, zone ${zone.zone.padStart(8)}, type`
  return types.map(([name, type]) => `${head} ${name.padStart(12)} ${zone.freeByType.map((blocks) => capped(blocks[type] ?? 0, most)).join('')}\n`).join('')
}

function blocksText(zone: ZoneState, types: Types): string {
  return `Node ${zone.node}, zone ${zone.zone.padStart(8)} ${types.map(([, type]) => `${String(zone.blocksByType[type] ?? 0).padStart(12)} `).join('')}\n`
}

function capped(blocks: number, most: number): string {
  return blocks < most ? count(blocks) : `>${count(most)}`
}

function count(blocks: number): string {
  return `${String(blocks).padStart(6)} `
}
