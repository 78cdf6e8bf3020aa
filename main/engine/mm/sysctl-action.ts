/** Sysctls whose write is work for the task that writes: vm.nr_hugepages (mm/hugetlb.c) and vm.compact_memory (mm/compaction.c:sysctl_compaction_handler) (v6.1). */
import type { Episode } from '../core/clock'
import { compactNodes } from './compaction'
import { setMaxHugePages } from './hugetlb'
import type { Mm } from './mm'

/** Only a task can write these: the write may sleep. */
export const SYSCTL_ACTIONS: readonly string[] = ['vm.nr_hugepages', 'vm.compact_memory']

/** What the current task has to do after it has written `name`, if anything. */
export function sysctlAction(mm: Mm, name: string, value: number | readonly number[]): Episode<void> | undefined {
  if (name === 'vm.compact_memory') return compactNodes(mm)
  return name === 'vm.nr_hugepages' && typeof value === 'number' ? setMaxHugePages(mm, value) : undefined
}
