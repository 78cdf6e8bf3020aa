/**
 * The memory files of every cgroup but the root, as `grep . memory.*` prints them in its directory under linux-6.1 (mm/memcontrol.c:memory_files, swap_files, memory_stats,
 * memcg_vm_event_stat; for v1 mem_cgroup_legacy_files). Bytes, as there. Simplification: what the simulator does not account by group is left out rather than printed as 0.
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

type Lines = readonly (readonly [file: string, line: string])[]

export function cgroup({ memcgs = [] }: MachineState): string {
  return memcgs.filter((memcg) => memcg.removed !== true).map((memcg) => (memcg.legacy === true ? v1(memcg) : v2(memcg)).map(([file, line]) => `${memcg.path}/${file}:${line}\n`).join('')).join('')
}

function v2({ current, peak, swap, limits, events, stat }: MemcgState): Lines {
  const limit = (file: string, unset: string): readonly [string, string] => [file, limits[file] === undefined ? unset : bytes(limits[file])]
  const list = (file: string, names: readonly string[], prefix = ''): Lines => names.map((name) => [file, `${name} ${events[`${prefix}${name}`]}`])
  return [
    ['memory.current', bytes(current)], ...list('memory.events', ['low', 'high', 'max', 'oom', 'oom_kill', 'oom_group_kill']), limit('memory.high', 'max'), limit('memory.low', '0'), limit('memory.max', 'max'),
    limit('memory.min', '0'), ['memory.peak', bytes(peak)], ...statLines(stat), ['memory.swap.current', bytes(swap)], ...list('memory.swap.events', ['high', 'max', 'fail'], 'swap_'),
    limit('memory.swap.high', 'max'), limit('memory.swap.max', 'max'),
  ]
}

/** v1's names of what is also in v2; of a group and those below it, so `total_`. */
const V1_SIZES = [
  ['cache', 'file'], ['rss', 'anon'], ['mapped_file', 'file_mapped'], ['dirty', 'file_dirty'], ['writeback', 'file_writeback'],
] as const
const V1_LISTS = ['inactive_anon', 'active_anon', 'inactive_file', 'active_file', 'unevictable'] as const

function v1({ current, peak, swap, limits, stat }: MemcgState): Lines {
  const limit = (file: string): readonly [string, string] => [file, limits[file] === undefined ? NO_LIMIT : bytes(limits[file])]
  const total = (name: string, value: number | string): readonly [string, string] => ['memory.stat', `total_${name} ${value}`]
  return [
    limit('memory.limit_in_bytes'), ['memory.max_usage_in_bytes', bytes(peak)], limit('memory.soft_limit_in_bytes'), ...V1_SIZES.map(([name, of]) => total(name, bytes(stat[of]))), total('swap', bytes(swap)),
    total('pgfault', stat['pgfault']), total('pgmajfault', stat['pgmajfault']), ...V1_LISTS.map((name) => total(name, bytes(stat[name]))), ['memory.usage_in_bytes', bytes(current)],
  ]
}

function statLines(stat: MemcgState['stat']): Lines {
  const sums: Readonly<Record<string, number>> = { ...stat, pgscan: stat['pgscan_kswapd'] + stat['pgscan_direct'], pgsteal: stat['pgsteal_kswapd'] + stat['pgsteal_direct'] }
  return [...SIZES.map((name) => ['memory.stat', `${name} ${bytes(sums[name])}`] as const), ...COUNTS.map((name) => ['memory.stat', `${name} ${sums[name]}`] as const)]
}

function bytes(pages: number): string {
  return String(pages * PAGE_BYTES)
}
