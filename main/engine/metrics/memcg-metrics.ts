/** Metrics of single memory cgroups, `memcg_<what>.<path>`: what reclaim took from them, what they missed, and how long they had to wait. */
import type { MemcgState, RunSummary } from '../sim/recording'
import type { Text } from '../sim/scenario'
import type { Metric } from './metric'

type Kind = Omit<Metric, 'id' | 'label' | 'about' | 'of'> & { readonly label: Text; readonly about: Text; readonly of: (state: MemcgState) => number }

/** By the word between `memcg_` and the path. */
const KINDS: Readonly<Record<string, Kind>> = {
  peak: {
    label: { en: 'Most memory', zh: '内存峰值' }, unit: 'pages', better: 'neutral', group: 'free', floor: 256,
    about: { en: 'The most pages that were charged to the group (memory.peak).', zh: '记在该组名下的最大页数（memory.peak）。' }, of: ({ peak }) => peak,
  },
  refault: {
    label: { en: 'Refaults', zh: '重新缺页' }, unit: 'pages', better: 'lower', group: 'refault', floor: 64,
    about: { en: 'Pages of the group that had been reclaimed and were needed again, anonymous and file.', zh: '该组被回收后又被需要的页数（匿名页与文件页）。' },
    of: ({ stat }) => stat['workingset_refault_anon'] + stat['workingset_refault_file'],
  },
  pgsteal: {
    label: { en: 'Reclaimed from it', zh: '被回收' }, unit: 'pages', better: 'neutral', group: 'scan', floor: 256,
    about: { en: 'Pages of the group that were reclaimed, by kswapd and by tasks.', zh: '从该组回收的页数（kswapd 与任务）。' }, of: ({ stat }) => stat['pgsteal_kswapd'] + stat['pgsteal_direct'],
  },
  high_throttled: {
    label: { en: 'Sleep for memory.high', zh: '因 memory.high 睡眠' }, unit: 'ms', better: 'lower', group: 'stall', floor: 1,
    about: { en: 'Time that tasks of the group slept because it was over memory.high, all tasks together.', zh: '该组任务因超过 memory.high 而睡眠的时间总和。' }, of: ({ stat }) => stat['high_throttled_ns'] / 1e6,
  },
  low: {
    label: { en: 'memory.low broken', zh: 'memory.low 被打破' }, unit: 'count', better: 'lower', group: 'scan', floor: 4,
    about: { en: 'Times the group was scanned although it was within memory.low (memory.events low).', zh: '该组在 memory.low 之内仍被扫描的次数（memory.events 的 low）。' }, of: ({ events }) => events['low'],
  },
  max: {
    label: { en: 'memory.max reached', zh: '达到 memory.max' }, unit: 'count', better: 'lower', group: 'stall', floor: 4,
    about: { en: 'Times a charge met memory.max and had to reclaim (memory.events max).', zh: '记账触到 memory.max 而必须回收的次数（memory.events 的 max）。' }, of: ({ events }) => events['max'],
  },
  oom_kill: {
    label: { en: 'OOM kills', zh: 'OOM 杀死' }, unit: 'count', better: 'lower', group: 'oom', floor: 0,
    about: { en: 'Processes of the group that an OOM killer took.', zh: '该组被 OOM killer 杀死的进程数。' }, of: ({ events }) => events['oom_kill'],
  },
}

const ID = /^memcg_(\w+)\.(.+)$/

/** The metric of this id, or undefined for an id that is none of these. */
export function memcgMetric(id: string): Metric | undefined {
  const [, what, path] = ID.exec(id) ?? []
  const kind = what === undefined || !Object.hasOwn(KINDS, what) ? undefined : KINDS[what]
  if (kind === undefined || path === undefined) return undefined
  return {
    ...kind, id, label: { en: `${kind.label.en}: ${path}`, zh: `${kind.label.zh}：${path}` },
    of: (summary: RunSummary) => {
      const state = summary.memcgs?.find((memcg) => memcg.path === path)
      return state === undefined ? undefined : kind.of(state)
    },
  }
}

/** Those of every group of a run. */
export function memcgMetrics(paths: readonly string[]): readonly Metric[] {
  return paths.flatMap((path) => Object.keys(KINDS).map((what) => memcgMetric(`memcg_${what}.${path}`)).filter((metric) => metric !== undefined))
}
