/**
 * /proc/meminfo as each kernel prints it (fs/proc/meminfo.c:meminfo_proc_show, mm/page_alloc.c:si_mem_available). Simplifications: no zswap, CMA
 * or vmalloc, so those are 0; of buffers only those of file systems with trees; the DirectMap lines, which come from the architecture, are left out; vm.overcommit_ratio is its default, 50 %.
 */
import type { MachineState } from '../../engine'

export function meminfo(state: MachineState): string {
  return lines(state).filter(([name]) => !LATER[state.procFiles].includes(name)).map(line).join('')
}

/** Values end at column 24; those too long for that push the line out. */
function line([name, value]: readonly [string, number]): string {
  const head = `${name}: `.padEnd(16)
  return `${head}${String(value).padStart(24 - head.length)}${name.startsWith('HugePages_') ? '' : ' kB'}\n`
}

/** What a kernel does not print yet: since 4.10 to 5.0, and since 5.19 to 6.1. */
const SINCE_3_18 = ['KReclaimable', 'Percpu', 'ShmemHugePages', 'ShmemPmdMapped', 'FileHugePages', 'FilePmdMapped', 'Hugetlb']
const SINCE_5_15 = ['Zswap', 'Zswapped', 'SecPageTables']
const LATER: Readonly<Record<MachineState['procFiles'], readonly string[]>> = { 'linux-3.18': [...SINCE_3_18, ...SINCE_5_15], 'linux-5.15': SINCE_5_15, 'linux-6.1': [] }

/** Values in kB, but for the counts of huge pages. */
function lines(state: MachineState): readonly (readonly [string, number])[] {
  const { vmstat: v } = state
  const kb = (pages: number): number => pages * 4
  const total = state.zones.reduce((sum, zone) => sum + zone.managed, 0)
  const anon = [v.nr_active_anon, v.nr_inactive_anon]
  const file = [v.nr_active_file, v.nr_inactive_file]
  return [
    ['MemTotal', kb(total)], ['MemFree', kb(v.nr_free_pages)], ['MemAvailable', kb(memAvailable(state))], ['Buffers', kb(state.buffers)], ['Cached', kb(v.nr_file_pages - v.nr_swapcached - state.buffers)],
    ['SwapCached', kb(v.nr_swapcached)], ['Active', kb(anon[0] + file[0])], ['Inactive', kb(anon[1] + file[1])], ['Active(anon)', kb(anon[0])], ['Inactive(anon)', kb(anon[1])],
    ['Active(file)', kb(file[0])], ['Inactive(file)', kb(file[1])], ['Unevictable', kb(v.nr_unevictable)], ['Mlocked', 0], ['SwapTotal', kb(state.swapTotal)], ['SwapFree', kb(state.swapFree)],
    ['Zswap', 0], ['Zswapped', 0], ['Dirty', kb(v.nr_dirty)], ['Writeback', kb(v.nr_writeback)], ['AnonPages', kb(v.nr_anon_pages)], ['Mapped', kb(v.nr_mapped)], ['Shmem', kb(v.nr_shmem)],
    ['KReclaimable', kb(v.nr_slab_reclaimable)], ['Slab', kb(v.nr_slab_reclaimable + v.nr_slab_unreclaimable)], ['SReclaimable', kb(v.nr_slab_reclaimable)], ['SUnreclaim', kb(v.nr_slab_unreclaimable)],
    ['KernelStack', v.nr_kernel_stack], ['PageTables', kb(v.nr_page_table_pages)], ['SecPageTables', 0], ['NFS_Unstable', 0], ['Bounce', 0], ['WritebackTmp', 0],
    ['CommitLimit', kb(Math.floor((total - 512 * state.huge.pool) / 2) + state.swapTotal)], ['Committed_AS', kb(state.committed)], ['VmallocTotal', VMALLOC_TOTAL_KB], ['VmallocUsed', 0], ['VmallocChunk', state.procFiles === 'linux-3.18' ? VMALLOC_TOTAL_KB : 0], ['Percpu', 0],
    ['HardwareCorrupted', 0], ['AnonHugePages', kb(state.huge.anonPages)], ['ShmemHugePages', 0], ['ShmemPmdMapped', 0], ['FileHugePages', 0], ['FilePmdMapped', 0],
    ['HugePages_Total', state.huge.pool], ['HugePages_Free', state.huge.pool], ['HugePages_Rsvd', 0], ['HugePages_Surp', 0], ['Hugepagesize', 2048], ['Hugetlb', 2048 * state.huge.pool],
  ]
}

/** 32 TiB of address space on x86-64 with four page table levels. */
const VMALLOC_TOTAL_KB = 34_359_738_367

/** si_mem_available: free pages above the reserves (3.18: above LOW), and what of page cache and slab could go without swapping. */
function memAvailable({ procFiles, vmstat: v, zones, totalreservePages }: MachineState): number {
  const low = zones.reduce((sum, zone) => sum + zone.low, 0)
  const file = v.nr_active_file + v.nr_inactive_file
  const slab = v.nr_slab_reclaimable
  const kept = procFiles === 'linux-3.18' ? low : totalreservePages
  const available = v.nr_free_pages - kept + file - Math.min(Math.floor(file / 2), low) + slab - Math.min(Math.floor(slab / 2), low)
  return Math.max(0, available)
}
