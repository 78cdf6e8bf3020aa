/** Metrics of compaction and of what it is done for, under the names of /proc/vmstat. A run that asked for no huge page has no numbers of them. */
import type { RunSummary } from '../sim/recording'
import { counterMetric, counters, percent, type Metric } from './metric'

const THP = ['thp_fault_alloc', 'thp_fault_fallback'] as const
const HTLB = ['htlb_buddy_alloc_success', 'htlb_buddy_alloc_fail'] as const

/** The counter, where any of its kind has moved. */
function ofKind(name: string, kind: readonly string[]) {
  return (summary: RunSummary): number | undefined => ((counters(summary, kind) ?? 0) > 0 ? counters(summary, [name]) : undefined)
}

export const COMPACTION_METRICS: readonly Metric[] = [
  counterMetric('compact_stall', {
    label: { en: 'Compaction stalls', zh: '规整停顿' }, unit: 'count', better: 'lower', group: 'compaction', floor: 4,
    about: { en: 'Times a task compacted for itself, or would have but was told to stand back (compact_stall).', zh: '任务自己做规整、或因推迟而作罢的次数（compact_stall）。' },
  }),
  {
    id: 'compact_success_share', label: { en: 'Compaction success', zh: '规整成功率' }, unit: '%', better: 'higher', group: 'compaction', floor: 5,
    about: { en: 'Of 100 compaction stalls, how many ended with the block that was wanted.', zh: '每 100 次规整停顿中得到所需块的次数。' },
    of: (summary) => percent(counters(summary, ['compact_success']), counters(summary, ['compact_stall'])),
  },
  counterMetric('compact_migrate_scanned', {
    label: { en: 'Compaction: scanned to move', zh: '规整：迁移扫描' }, better: 'lower', group: 'compaction', floor: 512,
    about: { en: 'Pages the migrate scanner looked at (compact_migrate_scanned).', zh: '迁移扫描器查看的页数（compact_migrate_scanned）。' },
  }),
  counterMetric('compact_free_scanned', {
    label: { en: 'Compaction: scanned for room', zh: '规整：空闲扫描' }, better: 'lower', group: 'compaction', floor: 512,
    about: { en: 'Pages the free scanner looked at (compact_free_scanned).', zh: '空闲扫描器查看的页数（compact_free_scanned）。' },
  }),
  counterMetric('pgmigrate_success', {
    label: { en: 'Pages moved', zh: '搬移的页' }, better: 'neutral', group: 'compaction', floor: 256,
    about: { en: 'Pages that were moved to another frame (pgmigrate_success).', zh: '搬到另一页框的页数（pgmigrate_success）。' },
  }),
  {
    id: 'thp_fault_alloc', label: { en: 'Huge page faults', zh: '大页缺页' }, unit: 'count', better: 'higher', group: 'compaction', floor: 4,
    about: { en: 'First touches that got a transparent huge page.', zh: '首次访问即得到透明大页的次数。' }, of: ofKind('thp_fault_alloc', THP),
  },
  {
    id: 'thp_fault_fallback', label: { en: 'Huge page faults that fell back', zh: '退回小页的大页缺页' }, unit: 'count', better: 'lower', group: 'compaction', floor: 4,
    about: { en: 'First touches that could have had a huge page and got a small one.', zh: '本可得到大页却只得到小页的首次访问次数。' }, of: ofKind('thp_fault_fallback', THP),
  },
  {
    id: 'htlb_buddy_alloc_success', label: { en: 'Pool grown by', zh: '大页池增加' }, unit: 'count', better: 'higher', group: 'compaction', floor: 2,
    about: { en: 'Huge pages that the hugetlb pool got when vm.nr_hugepages was written.', zh: '写 vm.nr_hugepages 时大页池得到的大页数。' }, of: ofKind('htlb_buddy_alloc_success', HTLB),
  },
]
