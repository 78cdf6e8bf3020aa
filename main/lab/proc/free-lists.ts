/** /proc/buddyinfo and /proc/pagetypeinfo as linux-6.1 prints them (mm/vmstat.c:frag_show_print, pagetypeinfo_show). */
import { fragmentationIndex } from '../../engine'
import type { MachineState, ZoneState } from '../../engine'

/** In the order of enum migratetype; no CMA. The simulator isolates no pageblocks. */
const TYPES = ['Unmovable', 'Movable', 'Reclaimable', 'HighAtomic', 'Isolate'] as const
/** The kernel counts no further than this on one list. */
const MOST_COUNTED = 100_000

export function buddyinfo(state: MachineState): string {
  return state.zones.map((zone) => `Node ${zone.node}, zone ${zone.zone.padStart(8)} ${zone.freeByOrder.map(count).join('')}\n`).join('')
}

/** /sys/kernel/debug/extfrag/extfrag_index (mm/vmstat.c:extfrag_show_print): by order, -1.000 where a block exists, towards 1 where memory is only in pieces. */
export function extfragIndex(state: MachineState): string {
  const index = (zone: ZoneState, order: number): string => {
    const value = fragmentationIndex(zone.freeByOrder, order)
    return `${String(Math.trunc(value / 1000)).padStart(2)}.${String(Math.abs(value) % 1000).padStart(3, '0')} `
  }
  return state.zones.map((zone) => `Node ${zone.node}, zone ${zone.zone.padStart(8)} ${zone.freeByOrder.map((_, order) => index(zone, order)).join('')}\n`).join('')
}

/** Every node starts with its own head, as the kernel's seq_file does. */
export function pagetypeinfo(state: MachineState): string {
  return state.nodes.map(({ node }) => nodeText(state.zones.filter((zone) => zone.node === node))).join('')
}

function nodeText(zones: readonly ZoneState[]): string {
  const orders = zones[0].freeByType.map((_, order) => `${String(order).padStart(6)} `).join('')
  const types = TYPES.map((name) => `${name.padStart(12)} `).join('')
  return `Page block order: 9\nPages per block:  512\n\n${'Free pages count per migrate type at order'.padEnd(43)} ${orders}\n${zones.map(freeText).join('')}`
    + `\n${'Number of blocks type '.padEnd(23)}${types}\n${zones.map(blocksText).join('')}`
}

function freeText(zone: ZoneState): string {
  const line = (name: string, type: number): string => `Node ${String(zone.node).padStart(4)}, zone ${zone.zone.padStart(8)}, type ${name.padStart(12)} ${zone.freeByType.map((types) => capped(types[type] ?? 0)).join('')}\n`
  return TYPES.map(line).join('')
}

function blocksText(zone: ZoneState): string {
  return `Node ${zone.node}, zone ${zone.zone.padStart(8)} ${TYPES.map((_, type) => `${String(zone.blocksByType[type] ?? 0).padStart(12)} `).join('')}\n`
}

function capped(blocks: number): string {
  return blocks < MOST_COUNTED ? count(blocks) : `>${count(MOST_COUNTED)}`
}

function count(blocks: number): string {
  return `${String(blocks).padStart(6)} `
}
