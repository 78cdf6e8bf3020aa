/** What a rule may do: each is an answer to one hook, or something that the policy's controller does while the rule holds. */
import type { RuleField, Text } from '../../../preload/contract'
import type { HookName } from 'reclaim-lab'
import type { ParamOf, Values } from './conditions'
import { choice, number, percent, text, words } from './fields'
import { said } from './literals'

/** An answer to a hook: `args` are the hook's own parameters, `tests` must hold too. */
export interface Answer {
  readonly tests?: readonly string[]
  /** An expression; `uses` are helpers and names of the API that it needs. */
  readonly value: string
  readonly uses?: readonly string[]
}

export interface ActionKind {
  readonly id: string
  readonly label: Text
  readonly about: Text
  readonly fields: readonly RuleField[]
  /** Absent: the controller does it. */
  readonly hook?: HookName
  /** Completes "then …". */
  words(values: Values): string
  answer?(values: Values, param: ParamOf): Answer
  /** What else it answers, so that a rule for another class of pages is no contradiction. */
  readonly part?: (values: Values) => string
}

const PAGES = choice('pages', text('pages', '页面'), [
  ['all', 'all pages', '所有页'], ['anon', 'anonymous and tmpfs', '匿名页与 tmpfs'], ['file', 'file pages', '文件页'], ['executable', 'code (executable mappings)', '代码（可执行映射）'],
  ['dirty', 'dirty pages', '脏页'], ['workingset', 'pages that came back before', '曾重新缺页的页'],
])
const BITS: Readonly<Record<string, string>> = { anon: 'FOLIO_SWAPBACKED', file: 'FOLIO_FILE', executable: 'FOLIO_EXEC', dirty: 'FOLIO_DIRTY', workingset: 'FOLIO_WORKINGSET' }
const CLASS: Readonly<Record<string, string>> = { all: 'pages', anon: 'anonymous pages', file: 'file pages', executable: 'pages of code', dirty: 'dirty pages', workingset: 'pages that came back before' }

function classOf({ pages }: Values): { readonly tests: readonly string[]; readonly uses: readonly string[] } {
  const bit = BITS[String(pages)]
  return bit === undefined ? { tests: [], uses: [] } : { tests: [`(facts & ${bit}) !== 0`], uses: [bit] }
}
const byClass = ({ pages }: Values): string => String(pages)

const FACTOR = (standard: number, max = 100): RuleField => number('factor', text('times', '倍数'), { min: 0.01, max, unit: 'x', default: standard })
const scaled = (base: string, of: string): string => `Math.round((${base} * ${of}) / 100)`

export const ACTIONS: readonly ActionKind[] = [
  {
    id: 'marks', hook: 'zoneWatermarks', label: text('move LOW and HIGH', '移动 LOW 与 HIGH'), about: text('As a multiple of their distance from MIN, and by a number of pages shared out over the zones by size. MIN stays.', '按与 MIN 距离的倍数，再加上按大小分摊到各区的页数；MIN 不变。'),
    fields: [FACTOR(3, 1000), number('extra', text('and up by', '再上移'), { min: 0, max: 4_194_304, step: 1, unit: 'pages', default: 0 })],
    words: ({ factor, extra }) => `LOW and HIGH stand ${said(factor)} times as far above MIN${extra === 0 ? '' : `, and ${said(extra)} pages more over all zones`}`,
    answer: (_values, param) => ({
      value: `moved(k.base.zoneWatermarks(args), args.zones, ${param('factor', 'distance', 'Distance of LOW and HIGH from MIN, as a multiple of the kernel\'s.')}, ${param('extra', 'extraPages', 'Pages that LOW and HIGH move up besides, over all zones.')})`, uses: ['moved'],
    }),
  },
  {
    id: 'balance', hook: 'scanBalance', label: text('divide the scan anon : file', '按比例扫描 anon : file'), about: text('A fixed share of the scan goes to anonymous memory, where there is swap and page cache to divide it between.', '在有交换区和页缓存可分时，匿名内存占固定比例。'),
    fields: [percent('anonPercent', text('anon', '匿名'), 10, 100, { step: 1 })], words: ({ anonPercent }) => `${said(anonPercent)} % of the scan goes to anonymous memory`,
    answer: (_values, param) => ({ tests: ['divisible(args)'], value: `shares(${param('anonPercent', 'anonPercent', 'Share of the scan that goes to anonymous memory.')})`, uses: ['divisible', 'shares'] }),
  },
  {
    id: 'swappiness', hook: 'scanBalance', label: text('swappiness', 'swappiness'), about: text('The kernel divides the scan as if vm.swappiness were this.', '内核按此 vm.swappiness 分配扫描。'),
    fields: [number('value', text('value', '值'), { min: 0, max: 200, step: 1, unit: '', default: 10 })], words: ({ value }) => `the scan is divided as with swappiness ${said(value)}`,
    answer: (_values, param) => ({ value: `k.base.scanBalance({ ...args, swappiness: ${param('value', 'swappiness', 'What vm.swappiness is taken to be.')} })` }),
  },
  {
    id: 'kswapd-target', hook: 'kswapdTarget', label: text('kswapd’s target', 'kswapd 目标'), about: text('How many pages kswapd goes for in one pass, as a multiple of the kernel’s.', 'kswapd 每趟的回收目标，为内核值的倍数。'),
    fields: [FACTOR(2)], words: ({ factor }) => `kswapd goes for ${said(factor)} times as many pages in a pass`,
    answer: (_values, param) => ({ value: `Math.min(MOST_PAGES, Math.max(1, Math.round(k.base.kswapdTarget(args) * ${param('factor', 'targetFactor', 'kswapd\'s target in a pass, as a multiple of the kernel\'s.')})))`, uses: ['MOST_PAGES'] }),
  },
  {
    id: 'kswapd-until', hook: 'kswapdBalanced', label: text('kswapd stops at', 'kswapd 停止于'), about: text('kswapd stops when one zone has this share of its HIGH mark free, and not before.', '某个区的空闲达到其 HIGH 水位的这一比例时 kswapd 才停止。'),
    fields: [percent('percent', text('of HIGH', 'HIGH 的'), 200, 10_000, { min: 1 })], words: ({ percent: share }) => `kswapd goes on until a zone has ${said(share)} % of HIGH free`,
    answer: (_values, param) => ({ value: `args.zones.some((zone) => zone.hasBlock && (zone.free - zone.reserve) * 100 > (zone.high + zone.boost) * ${param('percent', 'stopAt', 'Free pages at which kswapd stops, against the HIGH mark.')})` }),
  },
  {
    id: 'kswapd-awake', hook: 'kswapdSleep', label: text('kswapd only naps', 'kswapd 只小睡'), about: text('It looks again after every tenth of a second instead of sleeping until it is woken, unless it is hopeless.', '每十分之一秒再看一次，而不是睡到被唤醒；毫无希望时除外。'),
    fields: [], words: () => 'kswapd naps but does not go to sleep', answer: () => ({ tests: ['args.napped', 'args.failures < 16'], value: 'false' }),
  },
  {
    id: 'kswapd-off', hook: 'kswapdWake', label: text('kswapd is not woken', '不唤醒 kswapd'), about: text('Whoever needs pages reclaims them for itself.', '需要页面者自行回收。'),
    fields: [], words: () => 'kswapd is not woken', answer: () => ({ value: 'false' }),
  },
  {
    id: 'boost', hook: 'watermarkBoost', label: text('watermark boost', '水位提升'), about: text('What is left of the boost after an allocation fell back on a pageblock of another type; 0 turns it off.', '分配回退到其他类型 pageblock 后的水位提升保留多少；0 为关闭。'),
    fields: [percent('percent', text('of the kernel’s', '内核值的'), 0)], words: ({ percent: share }) => (share === 0 ? 'marks are not boosted' : `marks are boosted by ${said(share)} % of what the kernel would`),
    answer: (_values, param) => ({ value: `Math.floor((k.base.watermarkBoost(args) * ${param('percent', 'boostPercent', 'Share of the kernel\'s boost; 0 turns it off.')}) / 100)` }),
  },
  {
    id: 'reference', hook: 'folioReferences', label: text('verdict on inactive pages', '对非活动页的裁决'), about: text('What becomes of a class of pages that reclaim meets on an inactive list.', '回收在非活动链表上遇到某类页面时如何处理。'),
    fields: [PAGES, choice('used', text('found', '且'), [['any', 'used or not', '无论是否用过'], ['used', 'used', '用过'], ['unused', 'not used', '未用过']]), choice('verdict', text('are', '则'), [['keep', 'kept', '保留'], ['activate', 'activated', '激活'], ['reclaim', 'reclaimed', '回收'], ['reclaim-clean', 'reclaimed if clean', '干净则回收']])],
    part: ({ pages, used }) => `${pages} ${used}`,
    words: ({ pages, used, verdict }) => `inactive ${CLASS[String(pages)]}${used === 'any' ? '' : ` that were ${used === 'used' ? '' : 'not '}used`} are ${{ keep: 'kept', activate: 'activated', reclaim: 'reclaimed' }[String(verdict)] ?? 'reclaimed if they are clean'}`,
    answer: (values) => {
      const name = { keep: 'FOLIOREF_KEEP', activate: 'FOLIOREF_ACTIVATE', reclaim: 'FOLIOREF_RECLAIM' }[String(values['verdict'])] ?? 'FOLIOREF_RECLAIM_CLEAN'
      const of = classOf(values)
      return { tests: [...of.tests, ...(values['used'] === 'any' ? [] : [`young ${values['used'] === 'used' ? '>' : '==='} 0`])], value: name, uses: [...of.uses, name] }
    },
  },
  {
    id: 'keep-active', hook: 'keepActive', label: text('active pages stay active', '活动页保持活动'), about: text('Whether a class of pages leaves the active list when that is shortened.', '活动链表缩短时某类页面是否离开。'), part: byClass,
    fields: [PAGES, choice('stay', text('they', '它们'), [['stay', 'stay', '留下'], ['go', 'go', '离开']])], words: ({ pages, stay }) => `active ${CLASS[String(pages)]} ${stay === 'stay' ? 'stay active' : 'are deactivated'}`,
    answer: (values) => ({ ...classOf(values), value: String(values['stay'] === 'stay') }),
  },
  {
    id: 'refault', hook: 'refaultActivate', label: text('refaulting pages', '重新缺页的页'), about: text('Whether a page that comes back soon after its eviction goes straight to the active list.', '被回收后不久又回来的页是否直接进入活动链表。'), part: byClass,
    fields: [PAGES, choice('activate', text('go to', '进入'), [['never', 'the inactive list', '非活动链表'], ['always', 'the active list', '活动链表']])], words: ({ pages, activate }) => `refaulting ${CLASS[String(pages)]} go to the ${activate === 'always' ? 'active' : 'inactive'} list`,
    answer: (values) => ({ ...classOf(values), value: String(values['activate'] === 'always') }),
  },
  {
    id: 'dirty-pause', hook: 'dirtyPause', label: text('pause of writers', '写者的暂停'), about: text('How long a task that dirties pages has to pause, against the kernel’s pause.', '弄脏页面的任务须暂停多久，相对于内核值。'),
    fields: [percent('percent', text('of the kernel’s', '内核值的'), 200, 10_000)], words: ({ percent: share }) => `writers pause for ${said(share)} % of the kernel's time`,
    answer: (_values, param) => ({ value: `Math.min(LONGEST_PAUSE, ${scaled('k.base.dirtyPause(args)', param('percent', 'pausePercent', 'Pause of writers, against the kernel\'s.'))})`, uses: ['LONGEST_PAUSE'] }),
  },
  {
    id: 'swap-admit', hook: 'swapAdmit', label: text('no swapping out', '不换出'), about: text('A class of pages is refused a slot in swap and stays in memory.', '某类页面得不到交换槽位，留在内存。'), part: byClass,
    fields: [PAGES], words: ({ pages }) => `${CLASS[String(pages)]} are not swapped out`, answer: (values) => ({ ...classOf(values), value: 'false' }),
  },
  {
    id: 'admit', hook: 'admitFolio', label: text('new pages begin', '新页起始于'), about: text('Where a page goes that has just come in.', '刚进入的页放在何处。'), part: byClass,
    fields: [PAGES, choice('where', text('at', '位置'), [['tail', 'next to go', '最先回收'], ['inactive', 'the inactive list', '非活动链表'], ['active', 'the active list', '活动链表']])],
    words: ({ pages, where }) => `new ${CLASS[String(pages)]} begin ${{ tail: 'as the next to go', inactive: 'on the inactive list' }[String(where)] ?? 'on the active list'}`,
    answer: (values) => {
      const name = { tail: 'ADD_TAIL', inactive: 'ADD_INACTIVE' }[String(values['where'])] ?? 'ADD_ACTIVE'
      const of = classOf(values)
      return { tests: of.tests, value: name, uses: [...of.uses, name] }
    },
  },
  {
    id: 'readahead', hook: 'readaheadWindow', label: text('readahead', '预读'), about: text('Size of the readahead window against the kernel’s.', '预读窗口大小，相对于内核值。'),
    fields: [percent('percent', text('of the kernel’s', '内核值的'), 50, 10_000)], words: ({ percent: share }) => `${said(share)} % of what the kernel would is read ahead`,
    answer: (_values, param) => ({ value: `wider(k.base.readaheadWindow(args), ${param('percent', 'readaheadPercent', 'Readahead window, against the kernel\'s.')})`, uses: ['wider'] }),
  },
  {
    id: 'slab', hook: 'slabScan', label: text('slab pressure', 'slab 压力'), about: text('Objects of slab caches scanned in a pass, against the kernel’s.', '每趟扫描的 slab 对象，相对于内核值。'),
    fields: [percent('percent', text('of the kernel’s', '内核值的'), 50, 10_000)], words: ({ percent: share }) => `${said(share)} % as many slab objects are scanned`,
    answer: (_values, param) => ({ value: `fewer(k.base.slabScan(args), args.freeable, ${param('percent', 'slabPercent', 'Slab objects scanned, against the kernel\'s.')})`, uses: ['fewer'] }),
  },
  {
    id: 'direct-target', hook: 'directReclaimTarget', label: text('direct reclaim’s target', '直接回收目标'), about: text('Pages a task reclaims before it tries its allocation again; the kernel’s is 32.', '任务重试分配前回收的页数；内核为 32。'),
    fields: [number('pages', text('pages', '页数'), { min: 1, max: 1_048_576, step: 1, unit: 'pages', default: 128 })], words: ({ pages }) => `a task reclaims ${said(pages)} pages at a time`,
    answer: (_values, param) => ({ value: param('pages', 'directPages', 'Pages a task reclaims before it tries its allocation again.') }),
  },
  {
    id: 'direct-wait', hook: 'directReclaimStart', label: text('wait for kswapd', '等待 kswapd'), about: text('While kswapd is awake a task waits a tick instead of reclaiming for itself, eight times at most.', 'kswapd 醒着时任务等一个 tick 而不自行回收，最多八次。'),
    fields: [], words: () => 'tasks wait for kswapd while it is awake', answer: () => ({ tests: ['args.kswapdAwake'], value: 'false' }),
  },
  {
    id: 'oom', hook: 'oomBadness', label: text('OOM killer', 'OOM 杀手'), about: text('A task is never killed, or before all others. Needs a condition on the task.', '某任务永不被杀，或最先被杀；须有任务条件。'),
    fields: [choice('choice', text('it is', '它'), [['never', 'never killed', '永不被杀'], ['first', 'killed first', '最先被杀']])], words: ({ choice: which }) => (which === 'never' ? 'the OOM killer spares it' : 'the OOM killer takes it first'),
    answer: ({ choice: which }) => ({ value: `Number.${which === 'never' ? 'MIN' : 'MAX'}_SAFE_INTEGER` }),
  },
  {
    id: 'writeback', hook: 'writebackStart', label: text('background writeback', '后台回写'), about: text('The flusher writes whatever is dirty whenever it is awake, or only when it has to.', '回写线程醒来就写所有脏页，或只在必须时写。'),
    fields: [choice('start', text('it', '它'), [['start', 'writes at once', '立即写'], ['hold', 'holds back', '暂缓']])], words: ({ start }) => (start === 'start' ? 'the flusher writes all that is dirty' : 'the flusher holds back'),
    answer: ({ start }) => ({ value: String(start === 'start') }),
  },
  {
    id: 'sysctl', label: text('set a sysctl', '设置 sysctl'), about: text('A daemon writes it while the rule holds, and what was there before when it no longer does.', '规则成立期间由守护程序写入，不再成立时恢复原值。'), part: ({ name }) => String(name),
    fields: [words('name', text('name', '名称'), String.raw`(vm|kernel|fs)(\.[a-z][a-z0-9_]{0,40}){1,2}`, 'the name of a sysctl such as "vm.dirty_ratio"', 'vm.dirty_ratio'), number('value', text('value', '值'), { min: 0, max: 1e12, step: 1, unit: '', default: 10, fixed: true })],
    words: ({ name, value }) => `${name} is ${said(value)}`,
  },
  {
    id: 'reclaim', label: text('reclaim in the background', '后台回收'), about: text('A daemon asks for so many pages a second by memory.reclaim.', '守护程序通过 memory.reclaim 每秒要求回收若干页。'),
    fields: [number('perSecond', text('pages', '页数'), { min: 1, max: 10_000_000, step: 1, unit: 'pages/s', default: 1000 })], words: ({ perSecond }) => `${said(perSecond)} pages a second are reclaimed`,
  },
]

/** Actions that work through the controller: it must know when the rule begins and ceases to hold. */
export function needsController({ id }: ActionKind, always: boolean): boolean {
  return id === 'sysctl' || id === 'reclaim' || (id === 'marks' && !always)
}

export function actionOf(value: Values): ActionKind {
  const kind = ACTIONS.find(({ id }) => id === value['do'])
  if (kind === undefined) throw new Error(`no action ${value['do']}`)
  return kind
}
