/** /proc of the older kernels: exactly their lines, in their order and columns; what zones tell adds up to what the machine counts. */
import type { KernelDefinition } from 'reclaim-lab'
import { expect, test } from 'vitest'
import { createSimulation } from '../../../main/engine'
import type { MachineState } from '../../../main/engine'
import { procFiles } from '../../../main/lab/proc/proc-files'
import android318 from '../../../plugins/kernels/android-3.18'
import linux515 from '../../../plugins/kernels/linux-5.15'
import linux61 from '../../../plugins/kernels/linux-6.1'
import { MIB, fread, fwrite, machine, map, mmapf, open, scenario, sleep, touch } from '../../engine/support/tiny'

/** Two nodes, three zones, swap in use, mapped and dirty page cache, memory that the kernel held before. */
const zones = [
  { node: 0, name: 'DMA32' as const, managed: 6 * MIB, free: 5 * MIB }, { node: 0, name: 'Normal' as const, managed: 6 * MIB, free: 5 * MIB }, { node: 1, name: 'Normal' as const, managed: 8 * MIB },
]
const BUSY = scenario({
  machine: { ...machine({ zones, cpus: 2, swapPages: 64 * MIB }), kernelMemory: { slabReclaimable: 200, slabUnreclaimable: 100, pageTables: 30, kernelStack: 40 } }, files: 12 * MIB, durationMs: 3000,
  processes: [
    [map('a', 10 * MIB), touch('a', 'w', 10 * MIB), touch('a', 'r', 10 * MIB), sleep(500)], [map('b', 8 * MIB), touch('b', 'w', 8 * MIB), sleep(500)],
    [open('f', 12 * MIB), fread(6 * MIB), fwrite(MIB), mmapf('m', 2 * MIB), touch('m', 'r', 2 * MIB), sleep(10), fread(6 * MIB)],
  ],
})

function stateOf(kernel: KernelDefinition, t = 400e6): MachineState {
  const sim = createSimulation({ scenario: BUSY, kernel, policies: [], seed: 1, snapshotsAt: [t] })
  while (sim.step(10_000));
  const [state] = sim.finish().states ?? []
  return state
}

const states = { 'linux-3.18': stateOf(android318), 'linux-5.15': stateOf(linux515), 'linux-6.1': stateOf(linux61) }
const old = procFiles(states['linux-3.18'])
const mid = procFiles(states['linux-5.15'])

const words = (text: string) => text.trim().split(/\s+/)
const names = (vmstat: string) => [...vmstat.matchAll(/^(\w+) \d+$/gm)].map(([, name]) => name)
const number = (vmstat: string, name: string) => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(vmstat)?.[1])
/** Digits as #, so that only words and columns count. */
const shape = (text: string) => text.replace(/\d+/g, '#')

test('vmstat of 3.18: its 115 lines', () => {
  expect(names(old.vmstat)).toEqual(words(`
  nr_free_pages nr_alloc_batch nr_inactive_anon nr_active_anon nr_inactive_file nr_active_file nr_unevictable nr_mlock nr_anon_pages nr_mapped nr_file_pages nr_dirty
  nr_writeback nr_slab_reclaimable nr_slab_unreclaimable nr_page_table_pages nr_kernel_stack nr_unstable nr_bounce nr_vmscan_write nr_vmscan_immediate_reclaim
  nr_writeback_temp nr_isolated_anon nr_isolated_file nr_shmem nr_dirtied nr_written nr_pages_scanned numa_hit numa_miss numa_foreign numa_interleave numa_local numa_other
  workingset_refault workingset_activate workingset_nodereclaim nr_anon_transparent_hugepages nr_free_cma nr_dirty_threshold nr_dirty_background_threshold pgpgin pgpgout
  pswpin pswpout pgalloc_dma pgalloc_dma32 pgalloc_normal pgalloc_movable pgfree pgactivate pgdeactivate pgfault pgmajfault pgrefill_dma pgrefill_dma32 pgrefill_normal
  pgrefill_movable pgsteal_kswapd_dma pgsteal_kswapd_dma32 pgsteal_kswapd_normal pgsteal_kswapd_movable pgsteal_direct_dma pgsteal_direct_dma32 pgsteal_direct_normal
  pgsteal_direct_movable pgscan_kswapd_dma pgscan_kswapd_dma32 pgscan_kswapd_normal pgscan_kswapd_movable pgscan_direct_dma pgscan_direct_dma32 pgscan_direct_normal
  pgscan_direct_movable pgscan_direct_throttle zone_reclaim_failed pginodesteal slabs_scanned kswapd_inodesteal kswapd_low_wmark_hit_quickly kswapd_high_wmark_hit_quickly
  pageoutrun allocstall pgrotated drop_pagecache drop_slab numa_pte_updates numa_huge_pte_updates numa_hint_faults numa_hint_faults_local numa_pages_migrated
  pgmigrate_success pgmigrate_fail compact_migrate_scanned compact_free_scanned compact_isolated compact_stall compact_fail compact_success htlb_buddy_alloc_success
  htlb_buddy_alloc_fail unevictable_pgs_culled unevictable_pgs_scanned unevictable_pgs_rescued unevictable_pgs_mlocked unevictable_pgs_munlocked unevictable_pgs_cleared
  unevictable_pgs_stranded thp_fault_alloc thp_fault_fallback thp_collapse_alloc thp_collapse_alloc_failed thp_split thp_zero_page_alloc thp_zero_page_alloc_failed
`))
  expect(old.vmstat.split('\n')).toHaveLength(116)
})

test('vmstat of 5.15: its 156 lines', () => {
  expect(names(mid.vmstat)).toEqual(words(`
  nr_free_pages nr_zone_inactive_anon nr_zone_active_anon nr_zone_inactive_file nr_zone_active_file nr_zone_unevictable nr_zone_write_pending nr_mlock nr_bounce nr_zspages
  nr_free_cma numa_hit numa_miss numa_foreign numa_interleave numa_local numa_other nr_inactive_anon nr_active_anon nr_inactive_file nr_active_file nr_unevictable
  nr_slab_reclaimable nr_slab_unreclaimable nr_isolated_anon nr_isolated_file workingset_nodes workingset_refault_anon workingset_refault_file workingset_activate_anon
  workingset_activate_file workingset_restore_anon workingset_restore_file workingset_nodereclaim nr_anon_pages nr_mapped nr_file_pages nr_dirty nr_writeback
  nr_writeback_temp nr_shmem nr_shmem_hugepages nr_shmem_pmdmapped nr_file_hugepages nr_file_pmdmapped nr_anon_transparent_hugepages nr_vmscan_write
  nr_vmscan_immediate_reclaim nr_dirtied nr_written nr_kernel_misc_reclaimable nr_foll_pin_acquired nr_foll_pin_released nr_kernel_stack nr_page_table_pages nr_swapcached
  nr_dirty_threshold nr_dirty_background_threshold pgpgin pgpgout pswpin pswpout pgalloc_dma pgalloc_dma32 pgalloc_normal pgalloc_movable allocstall_dma allocstall_dma32
  allocstall_normal allocstall_movable pgskip_dma pgskip_dma32 pgskip_normal pgskip_movable pgfree pgactivate pgdeactivate pglazyfree pgfault pgmajfault pglazyfreed
  pgrefill pgreuse pgsteal_kswapd pgsteal_direct pgdemote_kswapd pgdemote_direct pgscan_kswapd pgscan_direct pgscan_direct_throttle pgscan_anon pgscan_file pgsteal_anon
  pgsteal_file zone_reclaim_failed pginodesteal slabs_scanned kswapd_inodesteal kswapd_low_wmark_hit_quickly kswapd_high_wmark_hit_quickly pageoutrun pgrotated
  drop_pagecache drop_slab oom_kill numa_pte_updates numa_huge_pte_updates numa_hint_faults numa_hint_faults_local numa_pages_migrated pgmigrate_success pgmigrate_fail
  thp_migration_success thp_migration_fail thp_migration_split compact_migrate_scanned compact_free_scanned compact_isolated compact_stall compact_fail compact_success
  compact_daemon_wake compact_daemon_migrate_scanned compact_daemon_free_scanned htlb_buddy_alloc_success htlb_buddy_alloc_fail unevictable_pgs_culled
  unevictable_pgs_scanned unevictable_pgs_rescued unevictable_pgs_mlocked unevictable_pgs_munlocked unevictable_pgs_cleared unevictable_pgs_stranded thp_fault_alloc
  thp_fault_fallback thp_fault_fallback_charge thp_collapse_alloc thp_collapse_alloc_failed thp_file_alloc thp_file_fallback thp_file_fallback_charge thp_file_mapped
  thp_split_page thp_split_page_failed thp_deferred_split_page thp_split_pmd thp_split_pud thp_zero_page_alloc thp_zero_page_alloc_failed thp_swpout thp_swpout_fallback
  swap_ra swap_ra_hit direct_map_level2_splits direct_map_level3_splits nr_unstable
`))
  expect(mid.vmstat.split('\n')).toHaveLength(157)
})

test('zoneinfo of 3.18, whole: only zones that have pages, all counts by zone', () => {
  const zone = (node: number, name: string) => [
    `Node ${node}, zone ${name}`, '  pages free     #', ...['min     ', 'low     ', 'high    ', 'scanned ', 'spanned ', 'present ', 'managed '].map((field) => `        ${field} #`),
    ...words(`
  nr_free_pages nr_alloc_batch nr_inactive_anon nr_active_anon nr_inactive_file nr_active_file nr_unevictable nr_mlock nr_anon_pages nr_mapped nr_file_pages nr_dirty
  nr_writeback nr_slab_reclaimable nr_slab_unreclaimable nr_page_table_pages nr_kernel_stack nr_unstable nr_bounce nr_vmscan_write nr_vmscan_immediate_reclaim
  nr_writeback_temp nr_isolated_anon nr_isolated_file nr_shmem nr_dirtied nr_written nr_pages_scanned numa_hit numa_miss numa_foreign numa_interleave numa_local numa_other
  workingset_refault workingset_activate workingset_nodereclaim nr_anon_transparent_hugepages nr_free_cma
`).map((name) => `    ${name.padEnd(12)} #`), '        protection: (#, #, #, #)', '  pagesets',
    ...['#', '#'].flatMap((cpu) => [`    cpu: ${cpu}`, '              count: #', '              high:  #', '              batch: #', '  vm stats threshold: #']),
    '  all_unreclaimable: #', '  start_pfn:         #', '  inactive_ratio:    #',
  ].map((line) => line.replace('DMA32', 'DMA#')).map((line) => line.replace(/^Node \d/, 'Node #'))
  expect(shape(old.zoneinfo).split('\n')).toEqual([...zone(0, '   DMA32'), ...zone(0, '  Normal'), ...zone(1, '  Normal'), ''])
})

test('zoneinfo of 5.15: 6.1\'s without the boost and what came after', () => {
  const without = shape(procFiles(states['linux-6.1']).zoneinfo).split('\n').filter((line) => !/ (boost|nr_throttled_written|nr_sec_page_table_pages|pgpromote_success) /.test(line))
  expect(shape(mid.zoneinfo).split('\n')).toEqual(without)
})

test('meminfo: lines of each kernel, in the same columns', () => {
  const kept = 'MemTotal MemFree MemAvailable Buffers Cached SwapCached Active Inactive Active(anon) Inactive(anon) Active(file) Inactive(file) Unevictable Mlocked SwapTotal SwapFree'
  const fields = (text: string) => [...text.matchAll(/^([^:]+):/gm)].map(([, name]) => name)
  expect(fields(old.meminfo)).toEqual(words(`${kept} Dirty Writeback AnonPages Mapped Shmem Slab SReclaimable SUnreclaim KernelStack PageTables NFS_Unstable Bounce WritebackTmp CommitLimit Committed_AS
    VmallocTotal VmallocUsed VmallocChunk HardwareCorrupted AnonHugePages HugePages_Total HugePages_Free HugePages_Rsvd HugePages_Surp Hugepagesize`))
  expect(fields(mid.meminfo)).toEqual(words(`${kept} Dirty Writeback AnonPages Mapped Shmem KReclaimable Slab SReclaimable SUnreclaim KernelStack PageTables NFS_Unstable Bounce WritebackTmp CommitLimit
    Committed_AS VmallocTotal VmallocUsed VmallocChunk Percpu HardwareCorrupted AnonHugePages ShmemHugePages ShmemPmdMapped FileHugePages FilePmdMapped HugePages_Total HugePages_Free HugePages_Rsvd
    HugePages_Surp Hugepagesize Hugetlb`))
  for (const line of `${old.meminfo}${mid.meminfo}`.split('\n').filter((one) => one !== '' && !one.startsWith('Vmalloc'))) expect(line.replace(/ kB$/, '').length, line).toBe(24)
})

test('3.18\'s MemAvailable is above LOW, not above the reserves', () => {
  const { zones: all, vmstat: v } = states['linux-3.18']
  const low = all.reduce((sum, zone) => sum + zone.low, 0)
  const half = (pages: number) => pages - Math.min(Math.floor(pages / 2), low)
  const available = v['nr_free_pages'] - low + half(v['nr_active_file'] + v['nr_inactive_file']) + half(v['nr_slab_reclaimable'])
  expect(Number(/MemAvailable: +(\d+)/.exec(old.meminfo)?.[1])).toBe(Math.max(0, available) * 4)
})

test('pagetypeinfo, extfrag_index, swaps, files there are: as each kernel has them', () => {
  expect(old.pagetypeinfo).toContain('\nNumber of blocks type     Unmovable  Reclaimable      Movable      Reserve      Isolate \n')
  expect(mid.pagetypeinfo).toContain('\nNumber of blocks type     Unmovable      Movable  Reclaimable   HighAtomic      Isolate \n')
  // A movable page of 3.18 lies in its third list, which is the second of later kernels.
  const [zone] = states['linux-3.18'].zones
  expect(old.pagetypeinfo).toContain(`type      Movable ${zone.freeByType.map((types) => `${String(types[1]).padStart(6)} `).join('')}\n`)
  expect(old.extfrag_index).toMatch(/^Node 0, zone {4}DMA32 (-?\d\.\d{3} ){11}\n/)
  expect(old.swaps).toMatch(/^Filename\t{4}Type\t\tSize\tUsed\tPriority\n\/dev\/vdb {32}partition\t\d+\t[1-9]\d*\t-2\n$/)
  expect(mid.swaps).toMatch(/^Filename\t{4}Type\t\tSize\t\tUsed\t\tPriority\n\/dev\/vdb {32}partition\t\d+\t\t[1-9]\d*\t\t-2\n$/)
  const common = ['zoneinfo', 'buddyinfo', 'pagetypeinfo', 'extfrag_index', 'pageblocks', 'vmstat', 'meminfo', 'swaps', 'sysctl', 'cgroup']
  expect(Object.keys(old)).toEqual(common)
  expect(Object.keys(mid)).toEqual(common.toSpliced(common.indexOf('sysctl'), 0, 'pressure/memory', 'pressure/io'))
})

test('3.18: zones add up to the machine, at several moments', () => {
  for (const t of [0, 150e6, 400e6, 1e15]) {
    const state = stateOf(android318, t)
    const { vmstat, zoneinfo } = procFiles(state)
    for (const [ours, theirs] of [
      ['nr_anon_pages'], ['nr_mapped'], ['nr_file_pages'], ['nr_dirty'], ['nr_writeback'], ['nr_slab_reclaimable'], ['nr_slab_unreclaimable'], ['nr_page_table_pages'], ['nr_isolated_anon'],
      ['nr_isolated_file'], ['nr_shmem'], ['nr_vmscan_write'], ['nr_vmscan_immediate_reclaim'], ['nr_dirtied'], ['nr_written'], ['nr_inactive_file'], ['nr_active_anon'], ['nr_free_pages'],
      ['workingset_refault', 'workingset_refault_file'], ['workingset_activate', 'workingset_activate_file'], ['workingset_nodereclaim'],
    ]) {
      expect(`${ours} ${number(vmstat, ours)}`).toBe(`${ours} ${state.vmstat[theirs ?? ours]}`)
      const printed = [...zoneinfo.matchAll(new RegExp(`^ {4}${ours} +(\\d+)$`, 'gm'))].map(([, pages]) => Number(pages))
      expect(printed).toHaveLength(3)
      expect(printed.reduce((sum, pages) => sum + pages)).toBe(number(vmstat, ours))
    }
    for (const family of ['pgscan_kswapd', 'pgscan_direct', 'pgsteal_kswapd', 'pgsteal_direct', 'pgrefill']) {
      expect(`${family} ${['dma', 'dma32', 'normal', 'movable'].reduce((sum, zone) => sum + number(vmstat, `${family}_${zone}`), 0)}`).toBe(`${family} ${state.vmstat[family]}`)
    }
    expect(number(vmstat, 'allocstall')).toBe(['dma', 'dma32', 'normal', 'movable'].reduce((sum, zone) => sum + state.vmstat[`allocstall_${zone}`], 0))
    // 40 pages are ten stacks of 16 kB.
    expect(number(vmstat, 'nr_kernel_stack')).toBe(10)
  }
  // The run was worth looking at.
  const { vmstat: end } = procFiles(stateOf(android318, 1e15))
  for (const name of ['pgscan_kswapd_dma32', 'pgscan_direct_normal', 'pgsteal_kswapd_normal', 'pgrefill_normal', 'allocstall', 'nr_vmscan_write', 'nr_dirtied', 'nr_written', 'workingset_refault']) expect(number(end, name), name).toBeGreaterThan(0)
})
