/**
 * What a rule may depend on. `look` conditions are about the machine: the policy's controller looks at them every so often, and hooks go by what it found. `here` conditions
 * can be told where the decision is taken, from the hook's own arguments.
 */
import type { RuleField, Text } from '../../../preload/contract'
import type { HookName } from 'reclaim-lab'
import { choice, MEMCG_PATH, number, percent, SIDE, sign, TASK_NAME, text, words } from './fields'
import { quoted, said, shown } from './literals'

export type Values = Readonly<Record<string, string | number>>

/** What a look needs to be read first. */
export type Need = 'zones' | 'psi' | 'swaps' | 'anon' | 'file' | 'dirty' | Rate
export const RATES = {
  'refault-anon': ['workingset_refault_anon', 'anonRefaults', 'anonymous pages refault', '匿名页重新缺页'], 'refault-file': ['workingset_refault_file', 'fileRefaults', 'file pages refault', '文件页重新缺页'],
  'swap-in': ['pswpin', 'swapIns', 'pages are swapped in', '换入'], 'swap-out': ['pswpout', 'swapOuts', 'pages are swapped out', '换出'],
  'direct-scan': ['pgscan_direct', 'directScans', 'pages are scanned by direct reclaim', '直接回收扫描'],
} as const
export type Rate = keyof typeof RATES

/** Gives the parameter that a field became, as code. */
export type ParamOf = (field: string, name: string, about: string) => string

export interface ConditionKind {
  readonly id: string
  readonly label: Text
  readonly about: Text
  readonly fields: readonly RuleField[]
  /** Actions it goes with; absent: all. */
  readonly only?: readonly string[]
  /** Completes "when …". */
  words(values: Values): string
  look?(values: Values, param: ParamOf): { readonly needs: readonly Need[]; readonly test: string }
  here?(values: Values, hook: HookName): string
}

const THAN = (unit: string, max: number, standard: number): RuleField => number('than', text('than', '阈值'), { min: 0, max, unit, default: standard })

export const CONDITIONS: readonly ConditionKind[] = [
  {
    id: 'free', label: text('free memory', '空闲内存'), about: text('Free pages of a zone or of all zones, against all their pages or one of their marks.', '某个区或所有区的空闲页，与其全部页或某个水位相比。'),
    fields: [
      choice('zone', text('zone', '区'), [['machine', 'all zones', '所有区'], ['DMA', 'DMA', 'DMA'], ['DMA32', 'DMA32', 'DMA32'], ['Normal', 'Normal', 'Normal'], ['Movable', 'Movable', 'Movable']]),
      SIDE, percent('percent', text('percent', '百分比'), 10, 10_000), choice('of', text('of', '相对于'), [['managed', 'its memory', '其内存'], ['min', 'MIN', 'MIN'], ['low', 'LOW', 'LOW'], ['high', 'HIGH', 'HIGH']]),
    ],
    words: ({ zone, side, percent: share, of }) => `free memory${zone === 'machine' ? '' : ` of zone ${zone}`} is ${side} ${said(share)} % of ${of === 'managed' ? 'all there is' : String(of).toUpperCase()}`,
    look: ({ zone, side, of }, param) => ({
      needs: ['zones'],
      test: `freePercent(${zone === 'machine' ? 'zones' : `zones.filter((zone) => zone.name === ${quoted(zone)})`}, ${quoted(of)}) ${sign(side)} ${param('percent', `free${side === 'below' ? 'Below' : 'Above'}`, `Holds while ${side === 'below' ? 'less' : 'more'} than this is free.`)}`,
    }),
  },
  {
    id: 'psi', label: text('memory pressure (PSI avg10)', '内存压力（PSI avg10）'), about: text('Share of the last ten seconds in which some task, or all that could run, waited for memory.', '最近十秒中有任务（some）或所有可运行任务（full）等待内存的时间比例。'),
    fields: [choice('line', text('line', '行'), [['some', 'some', 'some'], ['full', 'full', 'full']]), { ...SIDE, default: 'above' } as RuleField, percent('percent', text('percent', '百分比'), 5)],
    words: ({ line, side, percent: share }) => `PSI ${line} avg10 is ${side} ${said(share)} %`,
    look: ({ line, side }, param) => ({ needs: ['psi'], test: `k.state.${line}10 ${sign(side)} ${param('percent', `psi${line === 'some' ? 'Some' : 'Full'}`, `PSI ${line} avg10 must be ${side} this.`)}` }),
  },
  {
    id: 'time', label: text('time', '时间'), about: text('Between two moments of virtual time.', '虚拟时间的两个时刻之间。'),
    fields: [number('fromMs', text('from', '从'), { min: 0, max: 1e9, unit: 'ms', default: 0, step: 1, fixed: true }), number('untilMs', text('until', '到'), { min: 1, max: 1e9, unit: 'ms', default: 1e9, step: 1, fixed: true })],
    words: ({ fromMs, untilMs }) => `the time is from ${said(fromMs)} ms ${Number(untilMs) < 1e9 ? `to ${said(untilMs)} ms` : 'on'}`,
    here: ({ fromMs, untilMs }) => [...(Number(fromMs) > 0 ? [`k.now >= ${shown(fromMs)} * MS`] : []), ...(Number(untilMs) < 1e9 ? [`k.now < ${shown(untilMs)} * MS`] : [])].join(' && ') || 'true',
  },
  {
    id: 'task', label: text('task', '任务'), about: text('The task whose page comes in, or whose badness is asked for.', '带入页面的任务，或被询问 badness 的任务。'), only: ['admit', 'oom'],
    fields: [words('name', text('name', '名称'), TASK_NAME, 'the name of a task: 1 to 64 characters, no control characters', 'app')],
    words: ({ name }) => `the task is ${name}`,
    here: ({ name }, hook) => `${hook === 'oomBadness' ? 'args.task' : 'k.taskName(task)'} === ${quoted(name)}`,
  },
  {
    id: 'memcg', label: text('memory cgroup', '内存 cgroup'), about: text('What a memory cgroup of the scenario uses (memory.current). The policy is ejected where there is no such group.', '场景中某个内存 cgroup 的用量（memory.current）。没有该组时策略会被弹出。'),
    fields: [words('path', text('path', '路径'), MEMCG_PATH, 'the path of a memory cgroup such as "a" or "a/b"', 'a'), { ...SIDE, default: 'above' } as RuleField, THAN('MiB', 16_777_216, 64)],
    words: ({ path, side, than }) => `memory cgroup ${path} uses ${side === 'above' ? 'more' : 'less'} than ${said(than)} MiB`,
    look: ({ path, side }, param) => ({ needs: [], test: `k.memcg(${quoted(path)}, 'memory.current') ${sign(side)} ${param('than', 'groupMib', `Usage of ${path} that it is measured against.`)} * 256` }),
  },
  {
    id: 'anon-share', label: text('anonymous share', '匿名页比例'), about: text('Anonymous pages (and tmpfs) among all pages on the LRU lists.', 'LRU 链表上匿名页（含 tmpfs）所占比例。'),
    fields: [SIDE, percent('percent', text('percent', '百分比'), 50)],
    words: ({ side, percent: share }) => `the anonymous share of the LRU lists is ${side} ${said(share)} %`,
    look: ({ side }, param) => ({ needs: ['anon', 'file'], test: `anon * 100 ${sign(side)} (anon + file) * ${param('percent', 'anonShare', `Anonymous share of the lists that it must be ${side}.`)}` }),
  },
  {
    id: 'swap-used', label: text('swap in use', '交换区用量'), about: text('Slots in use of all swap areas. Never holds without swap.', '所有交换区中已用槽位的比例；没有交换区时从不成立。'),
    fields: [{ ...SIDE, default: 'above' } as RuleField, percent('percent', text('percent', '百分比'), 80)],
    words: ({ side, percent: share }) => `swap in use is ${side} ${said(share)} %`,
    look: ({ side }, param) => ({ needs: ['swaps'], test: `swapPercent(swaps) ${sign(side)} ${param('percent', 'swapUsed', `Share of swap in use that it must be ${side}.`)}` }),
  },
  {
    id: 'dirty', label: text('dirty share', '脏页比例'), about: text('Dirty pages against file pages on the LRU lists.', '脏页与 LRU 链表上文件页之比。'),
    fields: [{ ...SIDE, default: 'above' } as RuleField, percent('percent', text('percent', '百分比'), 10)],
    words: ({ side, percent: share }) => `dirty pages are ${side} ${said(share)} % of the page cache`,
    look: ({ side }, param) => ({ needs: ['dirty', 'file'], test: `dirty * 100 ${sign(side)} file * ${param('percent', 'dirtyShare', `Dirty share of the page cache that it must be ${side}.`)}` }),
  },
  {
    id: 'rate', label: text('pages a second', '每秒页数'), about: text('How many pages refault, are swapped or scanned a second, since the last look.', '自上次查看以来每秒重新缺页、交换或被扫描的页数。'),
    fields: [choice('of', text('what', '对象'), Object.entries(RATES).map(([id, [, , en, zh]]) => [id, en, zh] as const)), { ...SIDE, default: 'above' } as RuleField, THAN('pages/s', 10_000_000, 100)],
    words: ({ of, side, than }) => `${side === 'above' ? 'more' : 'fewer'} than ${said(than)} ${RATES[of as Rate][2]} a second`,
    look: ({ of, side }, param) => ({ needs: [of as Rate], test: `${RATES[of as Rate][1]} ${sign(side)} ${param('than', `${RATES[of as Rate][1]}Rate`, 'Pages a second that it is measured against.')}` }),
  },
  {
    id: 'reclaimer', label: text('who reclaims', '回收者'), about: text('kswapd, or a task for itself.', 'kswapd，或任务自己。'), only: ['balance', 'swappiness'],
    fields: [choice('is', text('is', '为'), [['kswapd', 'kswapd', 'kswapd'], ['direct', 'direct reclaim', '直接回收']])],
    words: ({ is }) => (is === 'kswapd' ? 'kswapd reclaims' : 'a task reclaims for itself'),
    here: ({ is }) => `args.reclaimer === ${quoted(is)}`,
  },
  {
    id: 'priority', label: text('reclaim priority', '回收优先级'), about: text('12 is gentle, 0 everything; lower presses harder.', '12 最温和，0 扫描全部；越低压力越大。'), only: ['balance', 'swappiness', 'kswapd-target', 'slab'],
    fields: [SIDE, number('than', text('than', '阈值'), { min: 0, max: 12, step: 1, unit: '', default: 10, fixed: true })],
    words: ({ side, than }) => `the priority is ${side} ${said(than)}`,
    here: ({ side, than }) => `args.priority ${sign(side)} ${shown(than)}`,
  },
  {
    id: 'order', label: text('order of the request', '请求的阶'), about: text('0 is a single page, 9 a huge page of 2 MiB.', '0 是单页，9 是 2 MiB 大页。'), only: ['kswapd-target', 'kswapd-until', 'kswapd-off', 'direct-target', 'direct-wait'],
    fields: [{ ...SIDE, default: 'above' } as RuleField, number('than', text('than', '阈值'), { min: 0, max: 10, step: 1, unit: '', default: 0, fixed: true })],
    words: ({ side, than }) => `the order asked for is ${side} ${said(than)}`,
    here: ({ side, than }) => `args.order ${sign(side)} ${shown(than)}`,
  },
]

export function conditionOf(value: Values): ConditionKind {
  const kind = CONDITIONS.find(({ id }) => id === value['if'])
  if (kind === undefined) throw new Error(`no condition ${value['if']}`)
  return kind
}
