/**
 * The kernel's printout of its memory, line by line: totals, nodes, zones, free blocks, swap.
 * Source: mm/page_alloc.c:__show_free_areas, show_migration_types; lib/show_mem.c:__show_mem; mm/swap_state.c:show_swap_cache_info (v6.1, x86-64 with NUMA and huge pages built in).
 */
import { NR_MIGRATETYPES } from './gfp'
import type { Mm } from './mm'
import { MAX_NR_ZONES, MAX_ORDER, WMARK_HIGH, WMARK_LOW, WMARK_MIN } from './mmzone'
import type { Pgdat, Zone } from './mmzone'
import { MAX_RECLAIM_RETRIES } from './scan-control'
import type { NodeStatName } from './vmstat'
import { wmarkPages } from './watermark'

const KB = 4
/** By migrate type: UNMOVABLE, MOVABLE, RECLAIMABLE, HIGHATOMIC. */
const TYPE_LETTERS = 'UMEH'

/** __show_mem for zones up to `highestZoneidx`. */
export function showMem(mm: Mm, highestZoneidx: number): string[] {
  const zones = mm.zones.filter((zone) => zone.managed > 0 && zone.idx <= highestZoneidx)
  const sum = (name: NodeStatName): number => mm.nodes.reduce((total, node) => total + node.stat[name], 0)
  const present = mm.zones.reduce((total, zone) => total + zone.present, 0)
  return [
    'Mem-Info:', ...totals(mm, zones, sum), ...mm.nodes.filter((node) => zones.some((zone) => zone.node === node.id)).map(nodeLine),
    ...zones.flatMap((zone) => zoneLines(mm, zone)), ...zones.map(freeBlocks),
    ...mm.nodes.map((node) => `Node ${node.id} hugepages_total=0 hugepages_free=0 hugepages_surp=0 hugepages_size=2048kB`),
    `${sum('nr_file_pages')} total pagecache pages`, `${sum('nr_swapcached')} pages in swap cache`, `Free swap  = ${mm.swap.nrSwapPages * KB}kB`, `Total swap = ${mm.swap.totalSwapPages * KB}kB`,
    `${present} pages RAM`, '0 pages HighMem/MovableOnly', `${present - mm.totalRamPages} pages reserved`, '0 pages hwpoisoned',
  ]
}

function totals(mm: Mm, zones: readonly Zone[], sum: (name: NodeStatName) => number): string[] {
  const free = mm.zones.reduce((total, zone) => total + zone.free, 0)
  return [
    `active_anon:${sum('nr_active_anon')} inactive_anon:${sum('nr_inactive_anon')} isolated_anon:${sum('nr_isolated_anon')}`,
    ` active_file:${sum('nr_active_file')} inactive_file:${sum('nr_inactive_file')} isolated_file:${sum('nr_isolated_file')}`,
    ` unevictable:${sum('nr_unevictable')} dirty:${sum('nr_dirty')} writeback:${sum('nr_writeback')}`,
    ` slab_reclaimable:${sum('nr_slab_reclaimable')} slab_unreclaimable:${sum('nr_slab_unreclaimable')}`,
    ` mapped:${sum('nr_mapped')} shmem:${sum('nr_shmem')} pagetables:${sum('nr_page_table_pages')}`,
    ' sec_pagetables:0 bounce:0', ' kernel_misc_reclaimable:0',
    ` free:${free} free_pcp:${zones.reduce((total, zone) => total + pcpPages(zone), 0)} free_cma:0`,
  ]
}

function nodeLine({ id, stat, kswapdFailures }: Pgdat): string {
  const kb = (name: NodeStatName): string => `${stat[name] * KB}kB`
  return [
    `Node ${id} active_anon:${kb('nr_active_anon')} inactive_anon:${kb('nr_inactive_anon')} active_file:${kb('nr_active_file')} inactive_file:${kb('nr_inactive_file')} unevictable:${kb('nr_unevictable')}`,
    `isolated(anon):${kb('nr_isolated_anon')} isolated(file):${kb('nr_isolated_file')} mapped:${kb('nr_mapped')} dirty:${kb('nr_dirty')} writeback:${kb('nr_writeback')} shmem:${kb('nr_shmem')}`,
    `shmem_thp:0kB shmem_pmdmapped:0kB anon_thp:0kB writeback_tmp:0kB kernel_stack:${stat.nr_kernel_stack}kB pagetables:${kb('nr_page_table_pages')} sec_pagetables:0kB`,
    `all_unreclaimable? ${kswapdFailures >= MAX_RECLAIM_RETRIES ? 'yes' : 'no'}`,
  ].join(' ')
}

function zoneLines(mm: Mm, zone: Zone): string[] {
  const kb = (pages: number): string => `${pages * KB}kB`
  const [inactiveAnon, activeAnon, inactiveFile, activeFile, unevictable] = zone.nrLru
  return [
    [
      `Node ${zone.node} ${zone.name} free:${kb(zone.free)} boost:${kb(zone.boost)} min:${kb(wmarkPages(zone, WMARK_MIN))} low:${kb(wmarkPages(zone, WMARK_LOW))} high:${kb(wmarkPages(zone, WMARK_HIGH))}`,
      `reserved_highatomic:${zone.nrReservedHighatomic * KB}KB active_anon:${kb(activeAnon)} inactive_anon:${kb(inactiveAnon)} active_file:${kb(activeFile)} inactive_file:${kb(inactiveFile)}`,
      `unevictable:${kb(unevictable)} writepending:${kb(zone.nrWritePending)} present:${kb(zone.present)} managed:${kb(zone.managed)} mlocked:0kB bounce:0kB`,
      `free_pcp:${kb(pcpPages(zone))} local_pcp:${kb(zone.pcp[mm.cpu].count)} free_cma:0kB`,
    ].join(' '),
    // The last of the kernel's five zones is ZONE_DEVICE, of which there is none.
    `lowmem_reserve[]: ${[...Array.from(zone.lowmemReserve).slice(0, MAX_NR_ZONES), zone.lowmemReserve[MAX_NR_ZONES - 1]].join(' ')}`,
  ]
}

/** `Node 0 DMA: 1*4kB (U) 0*8kB … = 15360kB`; the letters tell the migrate types that have blocks of the order. */
function freeBlocks(zone: Zone): string {
  let total = 0
  const orders = Array.from({ length: MAX_ORDER }, (_, order) => {
    const count = zone.nrFree[order]
    total += count << order
    const types = [...TYPE_LETTERS].filter((__, type) => zone.freeLists.head[order * NR_MIGRATETYPES + type] !== 0).join('')
    return `${count}*${KB << order}kB ${count > 0 ? `(${types}) ` : ''}`
  })
  return `Node ${zone.node} ${zone.name}: ${orders.join('')}= ${total * KB}kB`
}

function pcpPages(zone: Zone): number {
  return zone.pcp.reduce((sum, pcp) => sum + pcp.count, 0)
}
