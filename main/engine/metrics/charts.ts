/**
 * The charts of a run, as data: which series belong together, in what unit, drawn how. Series are named as the sampler names them: /proc/vmstat names
 * verbatim, `zone.<node>.<name>.<what>` per zone, `disk.<name>.<what>`, `slab.<cache>.<what>` where file systems are mounted, `kswapd.<node>.awake`,
 * `memcg.<path>.<what>`. `{node}`, `{zone}`, `{disk}`, `{cache}` and `{memcg}` stand for every one there is.
 * `rate` lines are counters shown per second.
 */
import type { Text } from '../sim/scenario'

export interface ChartLine {
  readonly series: string
  readonly label: Text
  /** `stack`: areas on top of each other, which add up. */
  readonly style: 'line' | 'mark' | 'area' | 'stack'
  readonly rate: boolean
}

export interface Chart {
  readonly id: string
  readonly title: Text
  readonly unit: string
  /** Repeats for every zone. */
  readonly perZone: boolean
  readonly lines: readonly ChartLine[]
}

export const CHARTS: readonly Chart[] = [
  {
    id: 'zone-free', title: { en: 'Free pages, node {node} {zone}', zh: '空闲页，节点 {node} {zone}' }, unit: 'pages', perZone: true,
    lines: [
      gauge('zone.{node}.{zone}.free', 'free', '空闲', 'area'),
      gauge('zone.{node}.{zone}.min', 'min', 'min', 'mark'),
      gauge('zone.{node}.{zone}.low', 'low', 'low', 'mark'),
      gauge('zone.{node}.{zone}.high', 'high', 'high', 'mark'),
      gauge('zone.{node}.{zone}.boost', 'boost', 'boost', 'line'),
    ],
  },
  {
    id: 'lru', title: { en: 'LRU lists', zh: 'LRU 链表' }, unit: 'pages', perZone: false,
    lines: [
      gauge('nr_active_anon', 'active anon', '活动匿名页'), gauge('nr_inactive_anon', 'inactive anon', '非活动匿名页'),
      gauge('nr_active_file', 'active file', '活动文件页'), gauge('nr_inactive_file', 'inactive file', '非活动文件页'),
    ],
  },
  {
    id: 'held', title: { en: 'What memory holds', zh: '内存里有什么' }, unit: 'pages', perZone: false,
    lines: [
      gauge('nr_anon_pages', 'anonymous, mapped', '匿名页（已映射）'), gauge('nr_file_pages', 'page cache, tmpfs and swap cache', '页缓存，含 tmpfs 与 swap cache'),
      gauge('nr_shmem', 'of it tmpfs', '其中 tmpfs'), gauge('nr_swapcached', 'of it swap cache', '其中 swap cache'),
    ],
  },
  {
    id: 'scan-by-reclaimer', title: { en: 'Scanned and reclaimed, by whom', zh: '扫描与回收，按回收者' }, unit: 'pages/s', perZone: false,
    lines: [
      rate('pgscan_kswapd', 'scanned by kswapd', 'kswapd 扫描'), rate('pgsteal_kswapd', 'reclaimed by kswapd', 'kswapd 回收'),
      rate('pgscan_direct', 'scanned by tasks', '任务扫描'), rate('pgsteal_direct', 'reclaimed by tasks', '任务回收'),
    ],
  },
  {
    id: 'scan-by-type', title: { en: 'Scanned and reclaimed, anon and file', zh: '扫描与回收，匿名页与文件页' }, unit: 'pages/s', perZone: false,
    lines: [
      rate('pgscan_anon', 'anon scanned', '匿名页扫描'), rate('pgsteal_anon', 'anon reclaimed', '匿名页回收'),
      rate('pgscan_file', 'file scanned', '文件页扫描'), rate('pgsteal_file', 'file reclaimed', '文件页回收'),
    ],
  },
  {
    id: 'refaults', title: { en: 'Refaults', zh: '重新缺页' }, unit: 'pages/s', perZone: false,
    lines: [
      rate('workingset_refault_anon', 'anon', '匿名页'), rate('workingset_refault_file', 'file', '文件页'),
      rate('pgmajfault', 'major faults', '主要缺页'),
    ],
  },
  {
    id: 'kernel-memory', title: { en: 'Kernel memory', zh: '内核内存' }, unit: 'pages', perZone: false,
    lines: [
      gauge('nr_slab_reclaimable', 'slab, reclaimable', 'slab，可回收'), gauge('nr_slab_unreclaimable', 'slab, not reclaimable', 'slab，不可回收'),
      gauge('nr_page_table_pages', 'page tables', '页表'), gauge('nr_zspages', "zram's pool", 'zram 池'), gauge('slab.{cache}.pages', '{cache}', '{cache}'),
    ],
  },
  {
    id: 'slab-objects', title: { en: 'Slab objects', zh: 'slab 对象' }, unit: 'count', perZone: false,
    lines: [gauge('slab.{cache}.objects', '{cache}', '{cache}')],
  },
  {
    id: 'shrinkers', title: { en: 'Shrinkers', zh: 'shrinker' }, unit: 'count/s', perZone: false,
    lines: [rate('slabs_scanned', 'objects scanned', '扫描的对象'), rate('workingset_nodereclaim', 'shadow nodes freed', '释放的影子节点')],
  },
  {
    id: 'swap', title: { en: 'Swap', zh: '交换' }, unit: 'pages/s', perZone: false,
    lines: [rate('pswpin', 'in', '换入'), rate('pswpout', 'out', '换出')],
  },
  {
    id: 'disk', title: { en: 'Disk traffic', zh: '磁盘流量' }, unit: 'pages/s', perZone: false,
    lines: [rate('disk.{disk}.read_pages', '{disk} read', '{disk} 读'), rate('disk.{disk}.write_pages', '{disk} written', '{disk} 写')],
  },
  {
    id: 'alloc-latency', title: { en: 'Allocation latency', zh: '分配延迟' }, unit: 'ns', perZone: false,
    lines: [gauge('alloc_latency_max_ns', 'worst of the interval', '区间最大'), gauge('alloc_latency_mean_ns', 'mean of the interval', '区间平均')],
  },
  {
    id: 'stalls', title: { en: 'Where slow allocations spend their time', zh: '慢分配的时间去向' }, unit: 'ns/s', perZone: false,
    lines: [
      stack('stall.scan_ns', 'scan: CPU in reclaim', '扫描：回收中的 CPU'), stack('stall.throttle_ns', 'throttled in reclaim', '回收中被节流'), stack('stall.io_ns', 'waiting for IO', '等待 IO'),
      stack('stall.compaction_ns', 'compaction', '内存规整'), stack('stall.lock_ns', 'waiting for locks', '等锁'), stack('stall.oom_ns', 'waiting for the OOM killer', '等待 OOM killer'),
      stack('stall.runnable_ns', 'waiting for the CPU', '等待 CPU'), stack('stall.other_ns', 'other', '其他'),
    ],
  },
  {
    id: 'dirty', title: { en: 'Dirty and under writeback', zh: '脏页与回写' }, unit: 'pages', perZone: false,
    lines: [gauge('nr_dirty', 'dirty', '脏页'), gauge('nr_writeback', 'under writeback', '回写中')],
  },
  {
    id: 'compaction', title: { en: 'Compaction', zh: '内存规整' }, unit: 'pages/s', perZone: false,
    lines: [
      rate('compact_migrate_scanned', 'scanned to move', '迁移扫描'), rate('compact_free_scanned', 'scanned for room', '空闲扫描'), rate('pgmigrate_success', 'moved', '搬移'),
    ],
  },
  {
    id: 'pressure', title: { en: 'Memory pressure (PSI)', zh: '内存压力（PSI）' }, unit: 'µs/s', perZone: false,
    lines: [rate('psi_mem_some_us', 'some', 'some'), rate('psi_mem_full_us', 'full', 'full')],
  },
  {
    id: 'memcg', title: { en: 'Memory cgroups', zh: '内存 cgroup' }, unit: 'pages', perZone: false,
    lines: [
      gauge('memcg.{memcg}.current', '{memcg}', '{memcg}'), gauge('memcg.{memcg}.min', '{memcg}: memory.min', '{memcg}：memory.min', 'mark'), gauge('memcg.{memcg}.low', '{memcg}: memory.low', '{memcg}：memory.low', 'mark'),
      gauge('memcg.{memcg}.high', '{memcg}: memory.high', '{memcg}：memory.high', 'mark'), gauge('memcg.{memcg}.max', '{memcg}: memory.max', '{memcg}：memory.max', 'mark'),
    ],
  },
  {
    id: 'memcg-lists', title: { en: 'Memory cgroups: anonymous, file, swap', zh: '内存 cgroup：匿名页、文件页、交换' }, unit: 'pages', perZone: false,
    lines: [gauge('memcg.{memcg}.anon', '{memcg}: anon', '{memcg}：匿名页'), gauge('memcg.{memcg}.file', '{memcg}: file', '{memcg}：文件页'), gauge('memcg.{memcg}.swap', '{memcg}: swap', '{memcg}：交换')],
  },
  {
    id: 'memcg-reclaim', title: { en: 'Memory cgroups: reclaimed and refaulted', zh: '内存 cgroup：回收与重新缺页' }, unit: 'pages/s', perZone: false,
    lines: [rate('memcg.{memcg}.pgsteal', '{memcg}: reclaimed', '{memcg}：回收'), rate('memcg.{memcg}.refault', '{memcg}: refaults', '{memcg}：重新缺页')],
  },
  {
    id: 'memcg-events', title: { en: 'Memory cgroups: memory.events', zh: '内存 cgroup：memory.events' }, unit: '/s', perZone: false,
    lines: [
      rate('memcg.{memcg}.events.low', '{memcg}: low', '{memcg}：low'), rate('memcg.{memcg}.events.high', '{memcg}: high', '{memcg}：high'), rate('memcg.{memcg}.events.max', '{memcg}: max', '{memcg}：max'),
      rate('memcg.{memcg}.events.oom_kill', '{memcg}: oom_kill', '{memcg}：oom_kill'),
    ],
  },
  {
    id: 'policy', title: { en: 'Counters of the policy', zh: '策略计数器' }, unit: 'count', perZone: false,
    lines: [gauge('policy.*', '*', '*')],
  },
]

const RATES = CHARTS.flatMap((chart) => chart.lines).filter((line) => line.rate).map((line) => pattern(line.series))

/** Is this series a counter that is shown per second? */
export function isRateSeries(id: string): boolean {
  return RATES.some((rated) => rated.test(id))
}

function pattern(series: string): RegExp {
  const escaped = series.replace(/[.*+?^$()|[\]\\]/g, '\\$&')
  return new RegExp(`^${escaped.replace(/\{\w+\}/g, '.+')}$`)
}

function gauge(series: string, en: string, zh: string, style: ChartLine['style'] = 'line'): ChartLine {
  return { series, label: { en, zh }, style, rate: false }
}

/** A counter, per second, on top of the ones before it. */
function stack(series: string, en: string, zh: string): ChartLine {
  return { series, label: { en, zh }, style: 'stack', rate: true }
}

function rate(series: string, en: string, zh: string): ChartLine {
  return { series, label: { en, zh }, style: 'line', rate: true }
}
