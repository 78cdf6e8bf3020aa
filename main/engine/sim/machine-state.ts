/**
 * The whole state of a machine, as the files of /proc show it: read only, so that a look never changes a run.
 * Source: mm/vmstat.c:zoneinfo_show_print, frag_show_print, pagetypeinfo_showfree_print, pagetypeinfo_showblockcount_print (v6.1). Counters are exact; per-cpu deltas are not modelled.
 */
import type { FileMapping } from '../mm/file'
import { NR_MIGRATETYPES } from '../mm/gfp'
import { LRU_GEN_ANON, LRU_GEN_FILE, lruGenFromSeq } from '../mm/lru-gen'
import { genSize } from '../mm/lru-gen-aging'
import type { Lruvec } from '../mm/lruvec'
import type { Mm } from '../mm/mm'
import { MAX_ORDER, PAGEBLOCK_ORDER, PAGEBLOCK_PAGES } from '../mm/mmzone'
import type { Zone } from '../mm/mmzone'
import { waitGraph } from '../mm/wait-graph'
import { pageblockMap } from './pageblocks'
import type { GenerationState, MachineState, NodeState, ZoneCounters, ZoneState } from './recording'
import { memcgStates } from './memcg-view'
import { zoneSnapshot } from './snapshots'
import { VMSTAT_NAMES, vmstatValue } from './vmstat-view'
import { zoneCounters } from './zone-counters'

/** MAX_RECLAIM_RETRIES: after so many fruitless runs kswapd gives a node up. */
const HOPELESS = 16

export function takeMachineState(mm: Mm, t: number): MachineState {
  const vmstat: Record<string, number> = {}
  for (const name of VMSTAT_NAMES) vmstat[name] = vmstatValue(mm, name) ?? 0
  const sysctls: Record<string, number | readonly number[]> = {}
  for (const name of mm.sysctl.names()) sysctls[name] = mm.sysctl.value(name)
  const memcgs = memcgStates(mm)
  const counters = mm.traits.lruLists === 'zone' ? zoneCounters(mm) : []
  return {
    t, procFiles: mm.traits.procFiles, cpus: mm.cpus, hz: mm.hz, zones: mm.zones.map((zone, i) => zoneState(mm, zone, counters[i])), nodes: mm.nodes.map(nodeState), generations: mm.lruvecs.flatMap((lruvec) => generations(mm, lruvec)),
    pageblocks: mm.zones.map((zone) => pageblockMap(mm, zone)), huge: hugeState(mm), vmstat, sysctls,
    totalreservePages: mm.totalreservePages, swapTotal: mm.swap.totalSwapPages, swapFree: mm.swap.nrSwapPages, swapAreas: swapAreas(mm),
    committed: mm.areas.reduce((sum, area) => sum + (area === undefined || area.file !== undefined ? 0 : area.pages), 0) + mm.files.reduce((sum, file) => sum + (file.tmpfs ? tmpfsBlocks(file) : 0), 0),
    buffers: mm.files.reduce((sum, file) => sum + (file.metadata ? file.nrPages : 0), 0),
    pressure: mm.psi.pressure(), waits: waitGraph(mm),
    ...(memcgs === undefined ? {} : { memcgs }),
  }
}

/** shmem_acct_block: what a tmpfs file has, in memory or in swap. */
function tmpfsBlocks(file: FileMapping): number {
  return file.nrPages + file.nodeShadows.reduce((sum, values) => sum + values, 0)
}

function swapAreas(mm: Mm): MachineState['swapAreas'] {
  let zrams = 0
  return mm.swap.areas.toSorted((a, b) => a.id - b.id).map(({ disk, zram, pages, inUsePages, priority }) => ({ device: zram === undefined ? mm.io.diskName(disk) : `zram${zrams++}`, pages: pages - 1, used: inUsePages - 1, priority }))
}

function zoneState(mm: Mm, zone: Zone, counters: ZoneCounters | undefined): ZoneState {
  return {
    ...zoneSnapshot(zone), startPfn: zone.startPfn, lru: [...zone.nrLru], writePending: zone.nrWritePending,
    freeByType: Array.from({ length: MAX_ORDER }, (_, order) => Array.from({ length: NR_MIGRATETYPES }, (__, type) => listLength(mm, zone, order * NR_MIGRATETYPES + type))),
    blocksByType: countBlocks(mm, zone), pagesets: zone.pcp.map(({ count, high, batch }) => ({ count, high, batch })),
    numa: { numa_hit: zone.numaHit, numa_miss: zone.numaMiss, numa_foreign: zone.numaForeign, numa_local: zone.numaHit + zone.numaMiss - zone.numaOther, numa_other: zone.numaOther },
    ...(counters === undefined ? {} : { counters }),
  }
}

function hugeState(mm: Mm): MachineState['huge'] {
  const anonPages = mm.nodes.reduce((sum, node) => sum + node.anonThps, 0)
  const events = {
    nr_anon_transparent_hugepages: anonPages / PAGEBLOCK_PAGES, thp_split_page: mm.huge.splitPage, thp_split_pmd: mm.huge.splitPmd, thp_swpout_fallback: mm.huge.swpoutFallback,
  }
  return { anonPages, pool: mm.hugePool.heads.length, events }
}

function nodeState(node: Mm['nodes'][number]): NodeState {
  return { node: node.id, stat: { ...node.stat, nr_anon_transparent_hugepages: node.anonThps / PAGEBLOCK_PAGES }, unreclaimable: node.kswapdFailures >= HOPELESS }
}

/** mm/vmscan.c:lru_gen_seq_show. */
function generations(mm: Mm, { memcg, node, gen }: Lruvec): GenerationState[] {
  const first = gen.minSeq[LRU_GEN_ANON]
  return Array.from({ length: gen.maxSeq - first + 1 }, (_, i) => {
    const index = lruGenFromSeq(first + i)
    return { memcg, node: node.id, seq: first + i, age: mm.clock.now - gen.timestamps[index], anon: genSize(gen, index, LRU_GEN_ANON), file: genSize(gen, index, LRU_GEN_FILE) }
  })
}

function listLength(mm: Mm, zone: Zone, list: number): number {
  let length = 0
  for (let link = zone.freeLists.head[list]; link !== 0; link = mm.frames.next[link - 1]) length++
  return length
}

function countBlocks(mm: Mm, zone: Zone): readonly number[] {
  const counts = new Array<number>(NR_MIGRATETYPES).fill(0)
  for (let block = zone.startPfn >>> PAGEBLOCK_ORDER; block << PAGEBLOCK_ORDER < zone.endPfn; block++) counts[mm.blockType[block]]++
  return counts
}
