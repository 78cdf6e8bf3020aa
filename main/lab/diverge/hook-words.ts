/** What hooks ask, are told and answer, in plain words. A hook or a name that isn't here is shown as it is: the API grows, and everything still reads. */
import type { HookName } from 'reclaim-lab'
import type { SeenRow, Text } from '../../../preload/contract'
import { isRecord } from '../scenario/plain-data'
import { namedAnswer, namedArgs, placeOf } from './named-values'
import { say } from '../say'

/** What each hook decides, to stand after "asked". */
const ASKS: Readonly<Partial<Record<HookName, Text>>> = {
  minFreeKbytes: say('the automatic vm.min_free_kbytes', '自动的 vm.min_free_kbytes'),
  zoneWatermarks: say('where the marks lie', '各区水位'),
  lowmemReserve: say('the reserves of low zones', '低端区保留量'),
  watermarkBoost: say('how far to raise a zone’s marks for a while', '暂时把水位抬高多少'),
  kswapdWake: say('whether to wake kswapd', '是否唤醒 kswapd'),
  kswapdBalanced: say('whether the node is balanced', '节点是否已平衡'),
  kswapdTarget: say('how many pages kswapd should free in this pass', 'kswapd 这一趟要回收多少页'),
  directReclaimTarget: say('how many pages a direct reclaimer should free', '直接回收要回收多少页'),
  reclaimRetry: say('whether to try again or go to the OOM killer', '重试还是交给 OOM killer'),
  scanBalance: say('how to divide the scan between anon and file', '扫描如何在匿名页与文件页之间分配'),
  inactiveIsLow: say('whether the inactive list is too short', '非活动链表是否太短'),
  folioReferences: say('what becomes of a page of an inactive list', '非活动链表上的页如何处置'),
  keepActive: say('whether a page stays active', '页面是否留在活动链表'),
  refaultActivate: say('whether a page that came back goes straight to the active list', '重新缺页的页是否直接进入活动链表'),
  oomBadness: say('how bad a task is for the OOM killer', 'OOM killer 给任务打多少分'),
}

export function asks(hook: HookName): Text | undefined {
  return ASKS[hook]
}

const NAMES: Readonly<Record<string, Text>> = {
  inactiveAnon: say('pages on the inactive anon list', '非活动匿名链表页数'), activeAnon: say('pages on the active anon list', '活动匿名链表页数'),
  inactiveFile: say('pages on the inactive file list', '非活动文件链表页数'), activeFile: say('pages on the active file list', '活动文件链表页数'),
  reclaimer: say('who reclaims', '回收者'), memcg: say('number of the memory cgroup, 0 the root', '内存 cgroup 编号，0 为根'), memcgReclaim: say('for the limit of a memory cgroup', '因 cgroup 限额而回收'),
  priority: say('12 gentle to 0 everything', '优先级，12 最轻，0 全扫'), swappiness: say('vm.swappiness', 'vm.swappiness'), maySwap: say('may this pass swap', '此趟可否换出'),
  freeSwap: say('free swap slots', '空闲 swap 槽位'), anonCost: say('pages paid lately to reclaim anon', '近来回收匿名页的代价'), fileCost: say('pages paid lately to reclaim file', '近来回收文件页的代价'),
  fileIsTiny: say('the page cache is almost gone', '页缓存所剩无几'), cacheTrimMode: say('plenty of inactive file pages that nobody asks back', '有大量无人再要的非活动文件页'),
  node: say('node', '节点'), order: say('order of the request', '请求的阶'), highestZoneidx: say('highest zone that will do', '可用的最高区'), failures: say('kswapd runs in a row without a page', 'kswapd 连续无收获次数'),
  kthread: say('a kernel thread', '内核线程'), noProgressLoops: say('rounds in a row without progress', '连续无进展轮数'), didSomeProgress: say('something was reclaimed', '有所收获'),
  inactive: say('pages on the inactive list', '非活动链表页数'), active: say('pages on the active list', '活动链表页数'), young: say('page table entries found young', '带访问位的页表项数'), facts: say('facts of the page', '页面的事实'), bits: say('what reclaim knows of the dirty page', '回收所知的脏页情况'), where: say('where the kernel would put it', '内核会放在哪里'),
  distance: say('evictions and activations since it left', '离开后的换出与激活次数'), size: say('pages it competes with', '与之竞争的页数'),
  free: say('free pages', '空闲页'), min: say('MIN', 'MIN'), low: say('LOW', 'LOW'), high: say('HIGH', 'HIGH'), boost: say('boost', 'boost'), reserve: say('reserve for higher zones', '为高端区的保留'), managed: say('managed pages', '受管页'), ratio: say('vm.lowmem_reserve_ratio', 'vm.lowmem_reserve_ratio'), promo: say('the mark above HIGH', 'HIGH 之上的水位'),
  hasBlock: say('a free block is large enough', '有足够大的空闲块'), reclaimable: say('free and reclaimable pages', '空闲与可回收页'), minFreeKb: say('vm.min_free_kbytes', 'vm.min_free_kbytes'), scaleFactor: say('vm.watermark_scale_factor', 'vm.watermark_scale_factor'),
  rss: say('mapped pages', '已映射页'), swapents: say('pages in swap', '已换出页'), pagetablePages: say('page tables', '页表页'), oomScoreAdj: say('oom_score_adj', 'oom_score_adj'), totalpages: say('RAM and swap', '内存与 swap 总页数'), task: say('task', '任务'),
}

/** A call as it was asked and answered. */
export interface Call { readonly args: readonly unknown[]; readonly answer: unknown }

/** What a call was told, one row a value; both sides where there are two. */
export function seenRows(hook: HookName, a: readonly unknown[] | undefined, b: readonly unknown[] | undefined): readonly SeenRow[] {
  return rows(a === undefined ? undefined : flatten(namedArgs(hook, a)), b === undefined ? undefined : flatten(namedArgs(hook, b)))
}

/** The answers, whole first where they are one value. */
export function answerRows(hook: HookName, a: Call | undefined, b: Call | undefined): readonly SeenRow[] {
  return rows(a === undefined ? undefined : partsOf(hook, a), b === undefined ? undefined : partsOf(hook, b))
}

/** An answer in a few words; of a long one only what `beside` answered otherwise. */
export function answerText(hook: HookName, call: Call, beside?: Call): Text {
  const answer = namedAnswer(hook, call.answer, call.args)
  if (typeof answer === 'boolean') return answer ? say('yes', '是') : say('no', '否')
  if (hook === 'scanBalance' && isRecord(answer)) return balanceText(answer)
  if (typeof answer === 'number' || typeof answer === 'string') return same(number(answer))
  const groups = groupsOf(partsOf(hook, call))
  const others = beside === undefined ? undefined : groupsOf(partsOf(hook, beside))
  const differing = [...groups].filter(([name, text]) => others?.get(name) !== text)
  const text = (differing.length > 0 && others !== undefined ? differing : [...groups]).map(([name, parts]) => (name === '' ? parts : `${name}: ${parts}`)).join('; ')
  return same(text.length > LONGEST_ANSWER ? `${text.slice(0, LONGEST_ANSWER)}…` : text)
}

const LONGEST_ANSWER = 240

function balanceText({ mode, anon, file }: Readonly<Record<string, unknown>>): Text {
  if (mode === 'equal') return say('every list, its whole share (equal)', '每个链表各扫其全部份额（equal）')
  if (mode === 'anon' || mode === 'file') return say(`only ${mode}`, mode === 'anon' ? '只扫匿名页' : '只扫文件页')
  const [left, right] = [Number(anon), Number(file)]
  const share = Math.round((left / (left + right)) * 1000) / 10
  return say(`${share} % anon (anon ${left} to file ${right})`, `匿名页 ${share} %（anon ${left} 比 file ${right}）`)
}

function partsOf(hook: HookName, { answer, args }: Call): ReadonlyMap<string, string> {
  const named = namedAnswer(hook, answer, args)
  return flatten(typeof named === 'object' && named !== null ? named : { answer: named })
}

/** `[0 DMA32].min` and its neighbours as one text under `0 DMA32`. */
function groupsOf(parts: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const groups = new Map<string, string>()
  for (const [path, value] of parts) {
    const [, group = '', rest = path] = /^\[([^\]]+)\]\.?(.+)$/.exec(path) ?? []
    const text = `${rest.replace(/^\[(.*)\]$/, '$1')} ${value}`
    groups.set(group, groups.has(group) ? `${groups.get(group)}, ${text}` : text)
  }
  return groups
}

/** Lists of zones by the zone's name, all else by path. */
function flatten(value: unknown): ReadonlyMap<string, string> {
  const out = new Map<string, string>()
  const walk = (one: unknown, path: string): void => {
    if (Array.isArray(one)) one.forEach((item: unknown, i) => { walk(item, `${path}${placeOf(item, i)}`) })
    else if (isRecord(one)) for (const [key, item] of Object.entries(one)) walk(item, path === '' || key.startsWith('[') ? `${path}${key}` : `${path}.${key}`)
    else out.set(path, number(one))
  }
  walk(value, '')
  return out
}

function rows(a: ReadonlyMap<string, string> | undefined, b: ReadonlyMap<string, string> | undefined): readonly SeenRow[] {
  const names = [...new Set([...(a?.keys() ?? []), ...(b?.keys() ?? [])])]
  return names.map((name): SeenRow => {
    const [left, right] = [a?.get(name), b?.get(name)]
    const about = NAMES[name.replace(/\[[^\]]*\]/g, '').split('.').at(-1) ?? '']
    return { name, ...(about === undefined ? {} : { about }), ...(left === undefined ? {} : { a: left }), ...(right === undefined ? {} : { b: right }), differs: a !== undefined && b !== undefined && left !== right }
  })
}

function number(value: unknown): string {
  return typeof value === 'number' && Number.isInteger(value) ? String(value).replace(/\B(?=(\d{3})+$)/g, ',') : String(value)
}

function same(text: string): Text {
  return { en: text, zh: text }
}
