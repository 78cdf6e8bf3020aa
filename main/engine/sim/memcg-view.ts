/**
 * Memory cgroups as their files show them: memory.current, memory.peak, the limits, memory.events, memory.stat (mm/memcontrol.c:memory_stats, memcg_vm_event_stat, v6.1). Gauges of
 * memory.stat are counted over frames, so a look costs time and changes nothing.
 */
import { LRU_ACTIVE_ANON, LRU_ACTIVE_FILE, LRU_INACTIVE_ANON, LRU_INACTIVE_FILE, LRU_UNEVICTABLE } from 'reclaim-lab'
import type { Memcg } from '../mm/memcg'
import { MEMCG_STAT_NAMES, memcgIsDescendant, memcgStat } from '../mm/memcg'
import type { Mm } from '../mm/mm'
import { PG_DEAD, PG_KERNEL, PG_MAPPED, PG_SHMEM, PG_SWAPCACHE, PG_TAIL, folioNrPages, isAnonFolio } from '../mm/page'
import { PAGE_COUNTER_MAX } from '../mm/page-counter'
import type { MemcgState } from './recording'

const LRU_STATS = [
  ['inactive_anon', LRU_INACTIVE_ANON], ['active_anon', LRU_ACTIVE_ANON], ['inactive_file', LRU_INACTIVE_FILE], ['active_file', LRU_ACTIVE_FILE], ['unevictable', LRU_UNEVICTABLE],
] as const

/** Every group but the root; undefined where there are none. */
export function memcgStates(mm: Mm): readonly MemcgState[] | undefined {
  return mm.memcgs.inUse ? mm.memcgs.groups.slice(1).map((memcg) => memcgState(mm, memcg)) : undefined
}

function memcgState(mm: Mm, memcg: Memcg): MemcgState {
  return {
    path: memcg.path, current: memcg.memory.usage, peak: memcg.memory.watermark, swap: memcg.swap.usage, limits: limitsOf(mm, memcg), events: { ...memcg.events }, stat: statOf(mm, memcg),
    ...(memcg.online ? {} : { removed: true as const }), ...(mm.memcgs.legacy ? { legacy: true as const } : {}),
  }
}

function limitsOf(mm: Mm, { memory, swap, softLimit }: Memcg): Record<string, number> {
  const all: readonly (readonly [string, number])[] = mm.memcgs.legacy
    ? [['memory.limit_in_bytes', memory.max], ['memory.soft_limit_in_bytes', softLimit]]
    : [['memory.min', memory.min], ['memory.low', memory.low], ['memory.high', memory.high], ['memory.max', memory.max], ['memory.swap.high', swap.high], ['memory.swap.max', swap.max]]
  return Object.fromEntries(all.filter(([name, value]) => value < PAGE_COUNTER_MAX && (value > 0 || !/min|low/.test(name))))
}

function statOf(mm: Mm, memcg: Memcg): Record<string, number> {
  const stat: Record<string, number> = { ...frameStats(mm, memcg) }
  for (const [name, lru] of LRU_STATS) stat[name] = memcgLruPages(memcg, lru)
  for (const name of MEMCG_STAT_NAMES) stat[name] = memcgStat(mm.memcgs, memcg, name)
  return stat
}

/** Pages on a list, of the group and those below it, all nodes. */
function memcgLruPages(memcg: Memcg, lru: number): number {
  return memcg.lruvecs.reduce((sum, lruvec) => sum + lruvec.treeSize[lru], 0)
}

/** What only the frames tell: pages mapped, cached, the kernel's. */
function frameStats(mm: Mm, memcg: Memcg): Record<'anon' | 'file' | 'kernel' | 'shmem' | 'file_mapped' | 'swapcached', number> {
  const sums = { anon: 0, file: 0, kernel: 0, shmem: 0, file_mapped: 0, swapcached: 0 }
  const owners = mm.memcgOf ?? []
  for (let id = memcg.id; id <= memcg.last; id++) sums.kernel += mm.memcgs.groups[id].kmem
  for (let pfn = 0; pfn < owners.length; pfn++) {
    if (owners[pfn] === 0 || !memcgIsDescendant(mm.memcgs.groups[owners[pfn]], memcg)) continue
    const flags = mm.frames.flags[pfn]
    if ((flags & (PG_KERNEL | PG_DEAD | PG_TAIL)) !== 0) continue
    const anon = isAnonFolio(flags)
    const mapped = (flags & PG_MAPPED) !== 0
    if (anon && mapped) sums.anon += folioNrPages(flags)
    // NR_FILE_PAGES counts tmpfs and the swap cache too.
    if (!anon || (flags & PG_SWAPCACHE) !== 0) sums.file++
    if (!anon && mapped) sums.file_mapped++
    if ((flags & PG_SWAPCACHE) !== 0) sums.swapcached++
    else if ((flags & PG_SHMEM) !== 0) sums.shmem++
  }
  return sums
}

/** Series of one group, sampled with the machine's: cheap ones only. */
export const MEMCG_SERIES: readonly (readonly [string, (mm: Mm, memcg: Memcg) => number])[] = [
  ['current', (_mm, { memory }) => memory.usage],
  ['min', (_mm, { memory }) => shown(memory.min)],
  ['low', (_mm, { memory }) => shown(memory.low)],
  ['high', (_mm, { memory }) => shown(memory.high)],
  ['max', (_mm, { memory }) => shown(memory.max)],
  ['soft_limit', (_mm, { softLimit }) => shown(softLimit)],
  ['swap', (_mm, { swap }) => swap.usage],
  ['anon', (_mm, memcg) => memcgLruPages(memcg, LRU_INACTIVE_ANON) + memcgLruPages(memcg, LRU_ACTIVE_ANON)],
  ['file', (_mm, memcg) => memcgLruPages(memcg, LRU_INACTIVE_FILE) + memcgLruPages(memcg, LRU_ACTIVE_FILE)],
  ['pgscan', (mm, memcg) => memcgStat(mm.memcgs, memcg, 'pgscan_kswapd') + memcgStat(mm.memcgs, memcg, 'pgscan_direct')],
  ['pgsteal', (mm, memcg) => memcgStat(mm.memcgs, memcg, 'pgsteal_kswapd') + memcgStat(mm.memcgs, memcg, 'pgsteal_direct')],
  ['refault', (mm, memcg) => memcgStat(mm.memcgs, memcg, 'workingset_refault_anon') + memcgStat(mm.memcgs, memcg, 'workingset_refault_file')],
  ['high_throttled_us', (mm, memcg) => Math.floor(memcgStat(mm.memcgs, memcg, 'high_throttled_ns') / 1000)],
  ['events.low', (_mm, { events }) => events.low], ['events.high', (_mm, { events }) => events.high], ['events.max', (_mm, { events }) => events.max],
  ['events.oom', (_mm, { events }) => events.oom], ['events.oom_kill', (_mm, { events }) => events.oom_kill],
]

/** A limit that is not set is drawn as none. */
function shown(limit: number): number {
  return limit < PAGE_COUNTER_MAX ? limit : 0
}
