/** Metrics of reclaim itself, under the names of /proc/vmstat; efficiencies and shares as mmtests' vmstat report defines them. */
import type { RunSummary } from '../sim/recording'
import { counterMetric, counters, percent, type Metric } from './metric'

/** mmtests: steal * 100 / scan. It says 100 when nothing was scanned; here there is no number then. */
function efficiency(steal: string, scan: string) {
  return (summary: RunSummary): number | undefined => percent(counters(summary, [steal]), counters(summary, [scan]))
}

const scanned = ['pgscan_kswapd', 'pgscan_direct'] as const
const stolen = ['pgsteal_kswapd', 'pgsteal_direct'] as const

function refaultRatio(summary: RunSummary): number | undefined {
  return percent(counters(summary, ['workingset_refault_anon', 'workingset_refault_file']), counters(summary, stolen))
}

export const RECLAIM_METRICS: readonly Metric[] = [
  counterMetric('pageoutrun', {
    label: { en: 'kswapd runs', zh: 'kswapd 运行次数' }, unit: 'count', better: 'neutral', group: 'kswapd', floor: 4,
    about: { en: 'Times kswapd was woken and started to balance a node.', zh: 'kswapd 被唤醒并开始平衡节点的次数。' },
  }),
  {
    id: 'kswapd_cpu', label: { en: 'kswapd CPU time', zh: 'kswapd CPU 时间' }, unit: 'ms', better: 'lower', group: 'kswapd', floor: 10,
    about: { en: 'CPU time of all kswapd threads.', zh: '所有 kswapd 线程的 CPU 时间。' },
    of: (summary) => summary.kswapdCpuNs / 1e6,
  },
  counterMetric('kswapd_low_wmark_hit_quickly', {
    label: { en: 'kswapd: low hit quickly', zh: 'kswapd：很快又到 low' }, unit: 'count', better: 'lower', group: 'kswapd', floor: 16,
    about: { en: 'Times the low mark was hit again within the short sleep of kswapd.', zh: 'kswapd 短暂休眠期间再次触及 low 水位的次数。' },
  }),
  counterMetric('kswapd_high_wmark_hit_quickly', {
    label: { en: 'kswapd: high missed quickly', zh: 'kswapd：很快低于 high' }, unit: 'count', better: 'lower', group: 'kswapd', floor: 16,
    about: { en: 'Times free pages fell below the high mark right after kswapd had stopped.', zh: 'kswapd 刚停下空闲页就低于 high 水位的次数。' },
  }),
  counterMetric('pgscan_kswapd', {
    label: { en: 'Scanned by kswapd', zh: 'kswapd 扫描' }, better: 'neutral', group: 'scan', floor: 256,
    about: { en: 'Pages kswapd looked at on inactive lists.', zh: 'kswapd 在非活动链表上查看的页数。' },
  }),
  counterMetric('pgscan_direct', {
    label: { en: 'Scanned by tasks', zh: '任务直接扫描' }, better: 'lower', group: 'scan', floor: 256,
    about: { en: 'Pages that tasks looked at in direct reclaim.', zh: '任务在直接回收中查看的页数。' },
  }),
  counterMetric('pgsteal_kswapd', {
    label: { en: 'Reclaimed by kswapd', zh: 'kswapd 回收' }, better: 'neutral', group: 'scan', floor: 256,
    about: { en: 'Pages kswapd freed.', zh: 'kswapd 释放的页数。' },
  }),
  counterMetric('pgsteal_direct', {
    label: { en: 'Reclaimed by tasks', zh: '任务直接回收' }, better: 'lower', group: 'scan', floor: 256,
    about: { en: 'Pages that tasks freed in direct reclaim.', zh: '任务在直接回收中释放的页数。' },
  }),
  counterMetric('pgscan_anon', {
    label: { en: 'Scanned, anon', zh: '扫描，匿名页' }, better: 'neutral', group: 'scan', floor: 256,
    about: { en: 'Anonymous pages looked at by any reclaimer.', zh: '各类回收者查看的匿名页数。' },
  }),
  counterMetric('pgscan_file', {
    label: { en: 'Scanned, file', zh: '扫描，文件页' }, better: 'neutral', group: 'scan', floor: 256,
    about: { en: 'Page-cache pages looked at by any reclaimer.', zh: '各类回收者查看的文件页数。' },
  }),
  counterMetric('pgsteal_anon', {
    label: { en: 'Reclaimed, anon', zh: '回收，匿名页' }, better: 'neutral', group: 'scan', floor: 256,
    about: { en: 'Anonymous pages freed (their content is in swap).', zh: '释放的匿名页数（内容在交换区）。' },
  }),
  counterMetric('pgsteal_file', {
    label: { en: 'Reclaimed, file', zh: '回收，文件页' }, better: 'neutral', group: 'scan', floor: 256,
    about: { en: 'Page-cache pages freed.', zh: '释放的文件页数。' },
  }),
  {
    id: 'kswapd_efficiency', label: { en: 'kswapd efficiency', zh: 'kswapd 效率' }, unit: '%', better: 'higher', group: 'scan', floor: 5,
    about: { en: 'Pages kswapd freed per 100 it scanned.', zh: 'kswapd 每扫描 100 页释放的页数。' },
    of: efficiency('pgsteal_kswapd', 'pgscan_kswapd'),
  },
  {
    id: 'direct_efficiency', label: { en: 'Direct reclaim efficiency', zh: '直接回收效率' }, unit: '%', better: 'higher', group: 'scan', floor: 5,
    about: { en: 'Pages tasks freed per 100 they scanned in direct reclaim.', zh: '任务直接回收时每扫描 100 页释放的页数。' },
    of: efficiency('pgsteal_direct', 'pgscan_direct'),
  },
  {
    id: 'direct_scan_share', label: { en: 'Share of direct scans', zh: '直接扫描占比' }, unit: '%', better: 'lower', group: 'scan', floor: 5,
    about: { en: 'Of all pages scanned, how many tasks had to scan themselves.', zh: '全部扫描页中由任务自己扫描的比例。' },
    of: (summary) => percent(counters(summary, ['pgscan_direct']), counters(summary, scanned)),
  },
  counterMetric('pgrefill', {
    label: { en: 'Active pages scanned', zh: '扫描的活动页' }, better: 'neutral', group: 'lru', floor: 256,
    about: { en: 'Pages looked at on active lists (pgrefill).', zh: '在活动链表上查看的页数（pgrefill）。' },
  }),
  counterMetric('pgactivate', {
    label: { en: 'Activations', zh: '激活' }, better: 'neutral', group: 'lru', floor: 256,
    about: { en: 'Pages moved to an active list.', zh: '移到活动链表的页数。' },
  }),
  counterMetric('pgdeactivate', {
    label: { en: 'Deactivations', zh: '去激活' }, better: 'neutral', group: 'lru', floor: 256,
    about: { en: 'Pages moved from an active list to an inactive one.', zh: '从活动链表移到非活动链表的页数。' },
  }),
  counterMetric('workingset_refault_anon', {
    label: { en: 'Refaults, anon', zh: '重新缺页，匿名' }, better: 'lower', group: 'refault', floor: 64,
    about: { en: 'Anonymous pages that had been reclaimed and were needed again.', zh: '被回收后又被需要的匿名页数。' },
  }),
  counterMetric('workingset_refault_file', {
    label: { en: 'Refaults, file', zh: '重新缺页，文件' }, better: 'lower', group: 'refault', floor: 64,
    about: { en: 'Page-cache pages that had been reclaimed and were needed again.', zh: '被回收后又被需要的文件页数。' },
  }),
  {
    id: 'refault_ratio', label: { en: 'Refault ratio', zh: '重新缺页率' }, unit: '%', better: 'lower', group: 'refault', floor: 2,
    about: { en: 'Pages needed again per 100 reclaimed: how often reclaim chose the wrong page.', zh: '每回收 100 页中又被需要的页数：回收选错页的频率。' },
    of: refaultRatio,
  },
  counterMetric('workingset_activate_file', {
    label: { en: 'Refaults activated, file', zh: '重新缺页即激活，文件' }, better: 'neutral', group: 'refault', floor: 64,
    about: { en: 'Refaulted page-cache pages judged part of the working set and put on the active list at once.', zh: '被判定属于工作集而直接放入活动链表的文件页数。' },
  }),
  counterMetric('workingset_activate_anon', {
    label: { en: 'Refaults activated, anon', zh: '重新缺页即激活，匿名' }, better: 'neutral', group: 'refault', floor: 64,
    about: { en: 'Refaulted anonymous pages judged part of the working set and put on the active list at once.', zh: '被判定属于工作集而直接放入活动链表的匿名页数。' },
  }),
  counterMetric('slabs_scanned', {
    label: { en: 'Slab objects scanned', zh: '扫描的 slab 对象' }, unit: 'count', better: 'neutral', group: 'slab', floor: 1024,
    about: { en: 'Dentries, inodes and shadow nodes that shrinkers were asked to look at.', zh: '要求各 shrinker 查看的 dentry、inode 与影子节点数。' },
  }),
  {
    id: 'slab_reclaimable_max', label: { en: 'Reclaimable slab, most', zh: '可回收 slab，最多' }, unit: 'pages', better: 'neutral', group: 'slab', floor: 256,
    about: { en: 'The most pages of slab that shrinkers could give back, at any sample.', zh: '各采样点中可由 shrinker 归还的 slab 页最多的一次。' },
    of: (summary) => summary.gauge['nr_slab_reclaimable']?.max,
  },
  {
    id: 'slab_reclaimable_end', label: { en: 'Reclaimable slab, at the end', zh: '可回收 slab，结束时' }, unit: 'pages', better: 'neutral', group: 'slab', floor: 256,
    about: { en: 'Pages of reclaimable slab when the run ended.', zh: '运行结束时的可回收 slab 页数。' },
    of: (summary) => summary.gauge['nr_slab_reclaimable']?.end,
  },
]
