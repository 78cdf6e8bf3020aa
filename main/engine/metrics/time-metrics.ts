/** Metrics of what the programs on the machine feel: time, work done, allocation latency, stalls, pressure. */
import type { RunSummary, StallPart, TaskStats } from '../sim/recording'
import { countersFrom, type Metric } from './metric'

const NS_PER_MS = 1e6
const NS_PER_US = 1e3
const NS_PER_S = 1e9

function touchesOf(task: TaskStats): number {
  return task.phases.reduce((sum, phase) => sum + phase.touches, 0)
}

/** Touches a second while the task was touching; phases that only sleep or map don't count. */
export function taskThroughput(task: TaskStats): number | undefined {
  let touches = 0
  let ns = 0
  for (const phase of task.phases) {
    if (phase.touches === 0) continue
    touches += phase.touches
    ns += phase.endNs - phase.startNs
  }
  return ns > 0 ? (touches * NS_PER_S) / ns : undefined
}

/** Undefined without network phases. */
function networkDropped(summary: RunSummary): number | undefined {
  const networks = summary.tasks.flatMap((task) => task.phases.map((phase) => phase.network)).filter((network) => network !== undefined)
  return networks.length === 0 ? undefined : networks.reduce((sum, network) => sum + network.dropped, 0)
}

function slowest(summary: RunSummary): number | undefined {
  const rates = summary.tasks.map(taskThroughput).filter((rate) => rate !== undefined)
  return rates.length === 0 ? undefined : Math.min(...rates)
}

function latency(pick: 'mean' | 'p50' | 'p99' | 'p999' | 'max') {
  return (summary: RunSummary): number | undefined => summary.allocLatency.count === 0 ? undefined : summary.allocLatency[pick] / NS_PER_US
}

/** A part of the time of slow allocations; undefined where there were none. */
function stalled(part: StallPart) {
  return (summary: RunSummary): number | undefined => (summary.stalls.count === 0 ? undefined : summary.stalls.totals[part] / NS_PER_MS)
}

const STALL_WORDS: readonly (readonly [StallPart, string, string, string, string])[] = [
  ['scan', 'scanning', 'CPU time in reclaim', '扫描', '回收中用的 CPU 时间'], ['throttle', 'throttled', 'reclaim_throttle and waiting for kswapd', '节流', 'reclaim_throttle 与等待 kswapd'],
  ['io', 'IO', 'waiting for tags, writeback and reads', 'IO', '等待 tag、回写和读'], ['compaction', 'compaction', 'compacting memory', '规整', '内存规整'], ['lock', 'locks', 'waiting for sleeping locks', '锁', '等待睡眠锁'],
  ['oom', 'OOM', 'waiting for the OOM killer or its victim', 'OOM', '等待 OOM killer 或其受害者'], ['runnable', 'no CPU', 'ready to run, and another task had the CPU', '等 CPU', '可运行但 CPU 被别的任务占用'], ['other', 'other', 'the rest', '其他', '其余'],
]

const STALL_METRICS: readonly Metric[] = [
  {
    id: 'slow_allocs', label: { en: 'Slow allocations', zh: '慢分配' }, unit: 'count', better: 'lower', group: 'stall', floor: 1,
    about: { en: 'Allocations that took at least slowAllocMs (1 ms unless the scenario says otherwise).', zh: '耗时不少于 slowAllocMs（默认 1 毫秒）的内存申请。' },
    of: (summary) => summary.stalls.count,
  },
  ...STALL_WORDS.map(([part, en, aboutEn, zh, aboutZh]): Metric => ({
    id: `stall_${part}`, label: { en: `Slow allocations: ${en}`, zh: `慢分配：${zh}` }, unit: 'ms', better: 'lower', group: 'stall', floor: 0.1,
    about: { en: `Of the time of slow allocations: ${aboutEn}.`, zh: `慢分配耗时之中：${aboutZh}。` }, of: stalled(part),
  })),
]

export const TIME_METRICS: readonly Metric[] = [
  {
    id: 'run_time', label: { en: 'Run time', zh: '运行时间' }, unit: 'ms', better: 'lower', group: 'time', floor: 1,
    about: { en: 'Simulated time from the start of the workload to its end, or to the cut.', zh: '从负载开始到结束（或被截断）的模拟时间。' },
    of: (summary) => summary.durationNs / NS_PER_MS,
  },
  {
    id: 'touches', label: { en: 'Touches done', zh: '完成的访问数' }, unit: 'count', better: 'higher', group: 'time', floor: 100,
    about: { en: 'Page accesses that all tasks completed.', zh: '所有任务完成的页面访问次数。' },
    of: (summary) => summary.tasks.reduce((sum, task) => sum + touchesOf(task), 0),
  },
  {
    id: 'throughput', label: { en: 'Touches per second', zh: '每秒访问数' }, unit: '/s', better: 'higher', group: 'time', floor: 100,
    about: { en: 'Page accesses per simulated second of the whole run.', zh: '整个运行期间每模拟秒的页面访问次数。' },
    of: (summary) => summary.durationNs > 0 ? (summary.tasks.reduce((sum, task) => sum + touchesOf(task), 0) * NS_PER_S) / summary.durationNs : undefined,
  },
  {
    id: 'throughput_slowest', label: { en: 'Slowest task', zh: '最慢的任务' }, unit: '/s', better: 'higher', group: 'time', floor: 100,
    about: { en: 'Touches per second of the task that got the least, over the phases in which it touched pages.', zh: '得到最少的那个任务在其访问阶段内的每秒访问次数。' },
    of: slowest,
  },
  {
    id: 'alloc_latency_mean', label: { en: 'Allocation latency, mean', zh: '分配延迟，平均' }, unit: 'µs', better: 'lower', group: 'latency', floor: 0.5,
    about: { en: 'How long a page allocation by a task took on average, direct reclaim included.', zh: '任务分配一页的平均耗时，含直接回收。' },
    of: latency('mean'),
  },
  {
    id: 'alloc_latency_p50', label: { en: 'Allocation latency, median', zh: '分配延迟，中位数' }, unit: 'µs', better: 'lower', group: 'latency', floor: 0.5,
    about: { en: 'Half of all page allocations by tasks took no longer.', zh: '任务的一半页面分配不超过此值。' },
    of: latency('p50'),
  },
  {
    id: 'alloc_latency_p99', label: { en: 'Allocation latency, p99', zh: '分配延迟，p99' }, unit: 'µs', better: 'lower', group: 'latency', floor: 1,
    about: { en: 'One allocation in a hundred took longer.', zh: '每一百次分配有一次更久。' },
    of: latency('p99'),
  },
  {
    id: 'alloc_latency_p999', label: { en: 'Allocation latency, p99.9', zh: '分配延迟，p99.9' }, unit: 'µs', better: 'lower', group: 'latency', floor: 1,
    about: { en: 'One allocation in a thousand took longer.', zh: '每一千次分配有一次更久。' },
    of: latency('p999'),
  },
  {
    id: 'alloc_latency_max', label: { en: 'Allocation latency, worst', zh: '分配延迟，最大' }, unit: 'µs', better: 'lower', group: 'latency', floor: 10,
    about: { en: 'The slowest page allocation of the run.', zh: '本次运行中最慢的一次页面分配。' },
    of: latency('max'),
  },
  {
    id: 'allocstall', label: { en: 'Direct reclaim stalls', zh: '直接回收停顿' }, unit: 'count', better: 'lower', group: 'stall', floor: 4,
    about: { en: 'Times a task had to reclaim memory itself before it got a page (allocstall_* of all zones).', zh: '任务在得到页面前必须自己回收内存的次数（所有区的 allocstall_* 之和）。' },
    of: (summary) => countersFrom(summary, 'allocstall_'),
  },
  {
    id: 'network_dropped', label: { en: 'Network buffers dropped', zh: '丢弃的网络缓冲' }, unit: 'count', better: 'lower', group: 'stall', floor: 10,
    about: { en: 'Buffers that network receive could not get: GFP_ATOMIC requests of an interrupt that failed.', zh: '网络接收没能拿到的缓冲：中断里失败的 GFP_ATOMIC 请求。' },
    of: (summary) => networkDropped(summary),
  },
  {
    id: 'direct_reclaim_time', label: { en: 'Time in direct reclaim', zh: '直接回收耗时' }, unit: 'ms', better: 'lower', group: 'stall', floor: 1,
    about: { en: 'Simulated time that tasks spent in direct reclaim, all tasks together.', zh: '所有任务花在直接回收上的模拟时间总和。' },
    of: (summary) => summary.directReclaim.totalNs / NS_PER_MS,
  },
  {
    id: 'direct_reclaim_max', label: { en: 'Longest direct reclaim', zh: '最长的直接回收' }, unit: 'ms', better: 'lower', group: 'stall', floor: 1,
    about: { en: 'The longest single stall in direct reclaim.', zh: '单次直接回收的最长停顿。' },
    of: (summary) => summary.directReclaim.maxNs / NS_PER_MS,
  },
  ...STALL_METRICS,
  {
    id: 'psi_mem_some', label: { en: 'Memory pressure, some', zh: '内存压力 some' }, unit: 'ms', better: 'lower', group: 'pressure', floor: 10,
    about: { en: 'Time during which at least one task waited for memory (PSI memory some, total).', zh: '至少有一个任务因内存等待的时间（PSI memory some 总计）。' },
    of: (summary) => summary.psiMemory.some / 1e3,
  },
  {
    id: 'psi_mem_full', label: { en: 'Memory pressure, full', zh: '内存压力 full' }, unit: 'ms', better: 'lower', group: 'pressure', floor: 10,
    about: { en: 'Time during which every task that was not idle waited for memory (PSI memory full, total).', zh: '所有非空闲任务都因内存等待的时间（PSI memory full 总计）。' },
    of: (summary) => summary.psiMemory.full / 1e3,
  },
]
