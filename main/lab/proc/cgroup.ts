/**
 * The memory files of every cgroup but the root, as `grep . memory.*` prints them in its directory (mm/memcontrol.c:memory_files, swap_files, memory_stats,
 * memcg_vm_event_stat; for v1 mem_cgroup_legacy_files), with what 5.15 and 3.18 have of them. Bytes, as there. Simplification: what the simulator does not account by group is left out rather than printed as 0.
 */
import type { MachineState, MemcgState } from '../../engine'

const PAGE_BYTES = 4096
/** PAGE_COUNTER_MAX in bytes: what v1 prints where no limit is set. */
const NO_LIMIT = '9223372036854771712'

/** memory.stat: sizes in bytes, then counts of pages and events, in the kernel's order. */
const SIZES = [
  'anon', 'file', 'kernel', 'file_mapped', 'file_dirty', 'file_writeback', 'swapcached', 'inactive_anon', 'active_anon', 'inactive_file', 'active_file', 'unevictable',
] as const
const COUNTS = [
  'workingset_refault_anon', 'workingset_refault_file', 'workingset_activate_anon', 'workingset_activate_file', 'workingset_restore_anon', 'workingset_restore_file', 'pgscan', 'pgsteal',
  'pgscan_kswapd', 'pgscan_direct', 'pgsteal_kswapd', 'pgsteal_direct', 'pgfault', 'pgmajfault', 'pgrefill', 'pgactivate', 'pgdeactivate',
] as const

/** Lines of memory.stat that came after 5.15; memory.peak and oom_group_kill did too. v1 has told of dirty pages since 4.2. */
const SINCE_5_15: ReadonlySet<string> = new Set(['kernel', 'pgscan_kswapd', 'pgscan_direct', 'pgsteal_kswapd', 'pgsteal_direct'])
/** 5.15 prints its events in this order. */
const COUNTS_5_15 = [...COUNTS.filter((name) => name.startsWith('workingset')), 'pgfault', 'pgmajfault', 'pgrefill', 'pgscan', 'pgsteal', 'pgactivate', 'pgdeactivate'] as const

type Layout = MachineState['procFiles']
type Lines = readonly (readonly [file: string, line: string])[]

export function cgroup({ memcgs = [], procFiles }: MachineState): string {
  return memcgs.filter((memcg) => memcg.removed !== true).map((memcg) => (memcg.legacy === true ? v1(memcg, procFiles) : v2(memcg, procFiles)).map(([file, line]) => `${memcg.path}/${file}:${line}\n`).join('')).join('')
}

function v2({ current, peak, swap, limits, events, stat }: MemcgState, layout: Layout): Lines {
  const since515 = layout === 'linux-6.1'
  const limit = (file: string, unset: string): readonly [string, string] => [file, limits[file] === undefined ? unset : bytes(limits[file])]
  const list = (file: string, names: readonly string[], prefix = ''): Lines => names.map((name) => [file, `${name} ${events[`${prefix}${name}`]}`])
  return [
    ['memory.current', bytes(current)], ...list('memory.events', ['low', 'high', 'max', 'oom', 'oom_kill', ...(since515 ? ['oom_group_kill'] : [])]), limit('memory.high', 'max'), limit('memory.low', '0'), limit('memory.max', 'max'),
    limit('memory.min', '0'), ...(since515 ? [['memory.peak', bytes(peak)] as const] : []), ...statLines(stat, layout), ['memory.swap.current', bytes(swap)], ...list('memory.swap.events', ['high', 'max', 'fail'], 'swap_'),
    limit('memory.swap.high', 'max'), limit('memory.swap.max', 'max'),
  ]
}

/** v1's names of what is also in v2; of a group and those below it, so `total_`. */
const V1_SIZES = [
  ['cache', 'file'], ['rss', 'anon'], ['mapped_file', 'file_mapped'], ['dirty', 'file_dirty'], ['writeback', 'file_writeback'],
] as const
const V1_LISTS = ['inactive_anon', 'active_anon', 'inactive_file', 'active_file', 'unevictable'] as const

function v1({ current, peak, swap, limits, stat }: MemcgState, layout: Layout): Lines {
  const sizes = V1_SIZES.filter(([name]) => name !== 'dirty' || layout !== 'linux-3.18')
  const limit = (file: string): readonly [string, string] => [file, limits[file] === undefined ? NO_LIMIT : bytes(limits[file])]
  const total = (name: string, value: number | string): readonly [string, string] => ['memory.stat', `total_${name} ${value}`]
  return [
    limit('memory.limit_in_bytes'), ['memory.max_usage_in_bytes', bytes(peak)], limit('memory.soft_limit_in_bytes'), ...sizes.map(([name, of]) => total(name, bytes(stat[of]))), total('swap', bytes(swap)),
    total('pgfault', stat['pgfault']), total('pgmajfault', stat['pgmajfault']), ...V1_LISTS.map((name) => total(name, bytes(stat[name]))), ['memory.usage_in_bytes', bytes(current)],
  ]
}

function statLines(stat: MemcgState['stat'], layout: Layout): Lines {
  const since515 = layout === 'linux-6.1'
  const sizes = SIZES.filter((name) => since515 || !SINCE_5_15.has(name))
  const sums: Readonly<Record<string, number>> = { ...stat, pgscan: stat['pgscan_kswapd'] + stat['pgscan_direct'], pgsteal: stat['pgsteal_kswapd'] + stat['pgsteal_direct'] }
  return [...sizes.map((name) => ['memory.stat', `${name} ${bytes(sums[name])}`] as const), ...(since515 ? COUNTS : COUNTS_5_15).map((name) => ['memory.stat', `${name} ${sums[name]}`] as const)]
}

function bytes(pages: number): string {
  return String(pages * PAGE_BYTES)
}
