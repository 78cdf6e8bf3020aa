/** What happened and why, as sentences in both languages: one event of a run's log, with the numbers of its cause. The CLI's `run --events` and the window show the same. */
import type { EventCause, RunEvent, Text, ZoneMiss } from '../../engine'
import { inChinese } from '../words/in-both'

export function explainEvent(event: RunEvent): Text {
  const say = SENTENCES[event.kind]
  return say === undefined ? both(event.kind) : say(event)
}

type Sentence = (event: RunEvent) => Text

const SENTENCES: Readonly<Partial<Record<RunEvent['kind'], Sentence>>> = {
  mm_vmscan_wakeup_kswapd: wakeup,
  mm_vmscan_kswapd_wake: ({ args }) => say`kswapd of node ${args.node} runs, for order ${args.order}.｜节点 ${args.node} 的 kswapd 开始运行，阶数 ${args.order}。`,
  mm_vmscan_kswapd_sleep: ({ args }) => say`kswapd of node ${args.node} goes to sleep.｜节点 ${args.node} 的 kswapd 去睡眠。`,
  mm_vmscan_direct_reclaim_begin: (event) => joined([say`${event.task} has to reclaim for itself.｜${event.task} 只好自己回收。`, request(event.cause), missed(event.cause, 'MIN')]),
  mm_vmscan_direct_reclaim_end: (event) => joined([say`${event.task} reclaimed ${count(event.args.nr_reclaimed)} pages for itself in ${duration(event.duration)}.｜${event.task} 自己回收了 ${count(event.args.nr_reclaimed)} 页，用时 ${duration(event.duration)}。`]),
  mm_vmscan_throttled: (event) => say`${event.task} was made to wait ${duration(event.duration)} in reclaim: ${event.args.reason}.｜${event.task} 在回收中被限速，等了 ${duration(event.duration)}：${event.args.reason}。`,
  mm_page_alloc_failed: (event) => joined([say`An allocation of ${event.task} failed.｜${event.task} 的一次申请失败。`, request(event.cause), missed(event.cause, 'MIN')]),
  mark_victim: victim,
  lowmemory_kill: ({ task, args }) => say`Android's low-memory killer took ${args.victim} (oom_score_adj ${args.oom_score_adj}, ${count(args.size)} pages) while ${task} reclaimed: ${count(args.free)} free pages and ${count(args.cache)} of page cache are both below its limit of ${count(args.limit)} for oom_score_adj ${args.min_adj} and more.｜${task} 回收时，Android 的 low-memory killer 杀死了 ${args.victim}（oom_score_adj ${args.oom_score_adj}，${count(args.size)} 页）：空闲 ${count(args.free)} 页、页缓存 ${count(args.cache)} 页都低于 oom_score_adj 不小于 ${args.min_adj} 的限值 ${count(args.limit)}。`,
  watermark_boost: ({ args }) => say`A free block of another migrate type was split in zone ${args.zone} of node ${args.node}: its marks are raised by ${count(args.boost)} pages until kswapd has worked them off.｜节点 ${args.node} 的 ${args.zone} 区拆分了其他迁移类型的空闲块：水位抬高 ${count(args.boost)} 页，直到 kswapd 补回。`,
  sysctl_write: ({ task, args }) => args.refused === undefined ? say`${task} wrote ${args.name} = ${args.value}.｜${task} 写入 ${args.name} = ${args.value}。` : say`${task} could not write ${args.name} = ${args.value}: ${args.refused}.｜${task} 未能写入 ${args.name} = ${args.value}：${inChinese(String(args.refused))}。`,
  mm_vmscan_memcg_reclaim_end: ({ task, args, duration: ns }) => joined([
    say`${task} reclaimed ${count(args.nr_reclaimed)} pages inside the memory cgroup ${args.memcg} in ${duration(ns)}.｜${task} 在内存 cgroup ${args.memcg} 内回收了 ${count(args.nr_reclaimed)} 页，用时 ${duration(ns)}。`,
    args.proactive === 1 ? say`memory.reclaim had asked for ${count(args.nr_to_reclaim)}.｜这是 memory.reclaim 要求的 ${count(args.nr_to_reclaim)} 页。` : both(''),
  ]),
  memcg_throttled: ({ task, args, duration: ns }) => say`${task} slept ${duration(ns)} because its memory cgroup ${args.memcg} is over memory.high: ${count(args.usage)} pages, ${count(args.high)} allowed.｜内存 cgroup ${args.memcg} 超过 memory.high（${count(args.usage)} 页，允许 ${count(args.high)} 页），${task} 睡眠了 ${duration(ns)}。`,
  memcg_write: memcgWrite,
  node_reclaim: ({ task, args }) => args.zone !== undefined
    ? say`${task} reclaimed zone ${args.zone} of node ${args.node} before it took a page from further away.｜${task} 先回收节点 ${args.node} 的 ${args.zone} 区，而不去更远的地方取页。`
    : say`${task} reclaimed on node ${args.node} before it took a page from further away.｜${task} 先在节点 ${args.node} 上回收，而不去更远的节点取页。`,
  oom_reap: ({ args }) => args.how === 'reaped'
    ? say`${args.victim} did not exit in time, so the reaper took its anonymous memory: ${count(args.anon_rss)} anonymous and ${count(args.file_rss)} file pages are left.｜${args.victim} 没能及时退出，收割者（oom_reaper）拿走了它的匿名内存：还剩 ${count(args.anon_rss)} 个匿名页、${count(args.file_rss)} 个文件页。`
    : say`The reaper gave ${args.victim} up: its mmap_lock could not be had. From now on another victim may be chosen.｜收割者放弃了 ${args.victim}：拿不到它的 mmap_lock。此后可以另选受害者。`,
  sched_process_hang: ({ task, args }) => say`${task} has been in uninterruptible sleep for more than ${args.seconds} seconds. ${args.chain}.｜${task} 处于不可中断睡眠已超过 ${args.seconds} 秒。等待链：${links(args.chain)}。`,
  disk_stall: (event) => say`Disk ${event.args.disk} answers nothing for ${duration(event.duration)}: a fault that the scenario makes.｜磁盘 ${event.args.disk} 在 ${duration(event.duration)} 内不应答：场景注入的故障。`,
  panic: (event) => joined([say`The kernel stopped: ${event.args.message}.｜内核停止：${event.args.message}。`, request(event.cause), missed(event.cause, 'MIN')]),
  mm_compaction_begin: ({ task, args }) => say`${task} begins to compact zone ${args.zone} of node ${args.node}${ofOrder(args.order).en}: from frame ${args.migrate_pfn} up it looks for pages to move, from ${args.free_pfn} down for room.｜${task} 开始规整节点 ${args.node} 的 ${args.zone} 区${ofOrder(args.order).zh}：从页框 ${args.migrate_pfn} 向上找要搬的页，从 ${args.free_pfn} 向下找空位。`,
  mm_compaction_end: (event) => say`${event.task} compacted zone ${event.args.zone} of node ${event.args.node} for ${duration(event.duration)}: ${count(event.args.migrate_scanned)} pages looked at to move, ${count(event.args.free_scanned)} for room; ${statusText(event.args.status).en}｜${event.task} 规整节点 ${event.args.node} 的 ${event.args.zone} 区，用时 ${duration(event.duration)}：为搬移查看 ${count(event.args.migrate_scanned)} 页，为空位查看 ${count(event.args.free_scanned)} 页；${statusText(event.args.status).zh}`,
  mm_compaction_wakeup_kcompactd: ({ task, args }) => say`${task} woke kcompactd of node ${args.node} for order ${args.order}.｜${task} 为 ${args.order} 阶唤醒了节点 ${args.node} 的 kcompactd。`,
  mm_compaction_kcompactd_wake: ({ args }) => say`kcompactd of node ${args.node} runs, for order ${args.order}.｜节点 ${args.node} 的 kcompactd 开始运行，阶数 ${args.order}。`,
  task_start: ({ task }) => say`${task} starts.｜${task} 开始。`,
  task_exit: ({ task }) => say`${task} ends.｜${task} 结束。`,
  snap: ({ task, args }) => say`${task} took a snapshot: ${args.label}.｜${task} 记下快照：${args.label}。`,
  policy_attached: ({ args }) => say`Policy ${args.policy} is attached: reclaim that begins from now on asks it.｜策略 ${args.policy} 已挂接：此后开始的回收会询问它。`,
  policy_detached: ({ args }) => say`Policy ${args.policy} is detached: reclaim that begins from now on asks what lies below it.｜策略 ${args.policy} 已卸下：此后开始的回收由其下层决定。`,
  policy_ejected: ({ args }) => say`Policy ${args.policy} was ejected in ${args.hook}: ${args.message}.｜策略 ${args.policy} 在 ${args.hook} 中被弹出：${inChinese(String(args.message))}。`,
  policy_log: ({ args }) => say`${args.policy}: ${args.message}｜${args.policy}：${args.message}`,
}

// ---- those with a cause -------------------------------------------------------------------------------------------------

function wakeup(event: RunEvent): Text {
  const { task, cause, args } = event
  const head = say`${task} woke kswapd of node ${args.node}.｜${task} 唤醒了节点 ${args.node} 的 kswapd。`
  // A boost wakes without a request: wakeup_kswapd() gets no gfp mask then.
  if (cause?.gfp === '0') {
    const boosted = cause.zones.map(({ zone, mark, free }) => say`It had to split a free block of another migrate type, so zone ${zone}'s marks are boosted: HIGH is ${count(mark)} now, ${count(free)} pages are free.｜它拆分了其他迁移类型的空闲块，因此 ${zone} 区的水位被抬高：HIGH 现为 ${count(mark)}，空闲 ${count(free)} 页。`)
    return joined([head, ...boosted])
  }
  return joined([head, request(cause), missed(cause, 'LOW')])
}

/** Limits of 2^51 - 1 pages are none. */
const NO_LIMIT = 2 ** 51 - 1
const ERRNO: Readonly<Record<number, string>> = { [-4]: 'EINTR', [-11]: 'EAGAIN', [-16]: 'EBUSY', [-22]: 'EINVAL' }

function memcgWrite({ task, args }: RunEvent): Text {
  const value = args.value === NO_LIMIT ? 'max' : count(args.value)
  if (args.refused !== undefined) return say`${task} could not write ${value} to ${args.knob} of ${args.memcg}: ${args.refused}.｜${task} 未能向 ${args.memcg} 的 ${args.knob} 写入 ${value}：${inChinese(String(args.refused))}。`
  const error = ERRNO[Number(args.result)]
  if (args.knob === 'rmdir') return error === undefined ? say`${task} removed the memory cgroup ${args.memcg}.｜${task} 删除了内存 cgroup ${args.memcg}。` : say`${task} could not remove the memory cgroup ${args.memcg}: ${error}.｜${task} 未能删除内存 cgroup ${args.memcg}：${error}。`
  const done = say`${task} wrote ${value} to ${args.knob} of ${args.memcg}.｜${task} 向 ${args.memcg} 的 ${args.knob} 写入 ${value}。`
  return error === undefined ? done : joined([done, say`The kernel answered ${error}.｜内核返回 ${error}。`])
}

function victim(event: RunEvent): Text {
  const { args, cause, task } = event
  const holds = say`It held ${count(args.anon_rss)} anonymous and ${count(args.file_rss)} file pages and ${count(args.swapents)} in swap.｜它占有 ${count(args.anon_rss)} 个匿名页、${count(args.file_rss)} 个文件页，换出 ${count(args.swapents)} 页。`
  const shared = args.shmem_rss === undefined ? both('') : say`It mapped ${count(args.shmem_rss)} pages of tmpfs, which its death does not free.｜它还映射了 ${count(args.shmem_rss)} 个 tmpfs 页，它死后这些页也不会释放。`
  if (args.memcg !== undefined) {
    return joined([say`The OOM killer chose ${args.victim}, when the memory cgroup ${args.memcg} was full (${count(args.usage)} of ${count(args.max)} pages) and ${task} needed one more.｜内存 cgroup ${args.memcg} 已满（${count(args.usage)}/${count(args.max)} 页）而 ${task} 还要一页，OOM killer 选中了 ${args.victim}。`, holds, shared])
  }
  return joined([say`The OOM killer chose ${args.victim}, when ${task} could get no page.｜${task} 分配不到页，OOM killer 选中了 ${args.victim}。`, holds, shared, request(cause), missed(cause, 'MIN')])
}

/** -1 is all of the zone. */
function ofOrder(order: unknown): Text {
  return order === -1 ? both('') : { en: ` for a block of order ${String(order)}`, zh: `，为得到 ${String(order)} 阶的块` }
}

const STATUS: Readonly<Record<string, Text>> = {
  success: { en: 'such a block is free now.', zh: '现在有这样的块了。' },
  complete: { en: 'the scanners met, the whole zone was gone through, and there is still none.', zh: '两个扫描器相遇，整个区都看过了，仍然没有。' },
  partial_skipped: { en: 'the scanners met, having passed over blocks that lately gave nothing.', zh: '两个扫描器相遇，跳过了最近无所得的块。' },
  contended: { en: 'it gave up before the end.', zh: '没到头就放弃了。' },
}

function statusText(status: unknown): Text {
  return STATUS[String(status)] ?? both(`${String(status)}.`)
}

function request(cause: EventCause | undefined): Text {
  if (cause === undefined) return both('')
  const pages = 2 ** cause.order
  const size = pages === 1 ? say`one page｜一页` : say`a block of ${pages} pages (order ${cause.order})｜${pages} 页的块（${cause.order} 阶）`
  const path = cause.path.join(' > ')
  return { en: `${cause.task} asked for ${size.en} with ${cause.gfp}, by way of ${path}.`, zh: `${cause.task} 以 ${cause.gfp} 申请${size.zh}，路径为 ${path}。` }
}

function missed(cause: EventCause | undefined, mark: string): Text {
  if (cause === undefined || cause.zones.length === 0) return both('')
  const nodes = new Set(cause.zones.map((zone) => zone.node)).size
  const zones = cause.zones.map((zone) => miss(zone, nodes > 1))
  return { en: `No zone passed the test at ${mark}: ${zones.map((zone) => zone.en).join('; ')}.`, zh: `没有一个区通过 ${mark} 检查：${zones.map((zone) => zone.zh).join('；')}。` }
}

function miss({ node, zone, free, mark, reserve, short, noBlock }: ZoneMiss, named: boolean): Text {
  const where = named ? { en: `${zone} of node ${node}`, zh: `节点 ${node} 的 ${zone}` } : both(zone)
  const needed = { en: `mark ${count(mark)}${reserve > 0 ? ` + reserve ${count(reserve)}` : ''}`, zh: `水位 ${count(mark)}${reserve > 0 ? ` + 保留 ${count(reserve)}` : ''}` }
  if (short > 0) return { en: `${where.en} has ${count(free)} free, must have more than ${needed.en} and is ${count(short)} short`, zh: `${where.zh} 空闲 ${count(free)}，须多于${needed.zh}，差 ${count(short)}` }
  if (noBlock === true) return { en: `${where.en} has ${count(free)} free, enough, but no block that large`, zh: `${where.zh} 空闲 ${count(free)}，够，但没有那么大的块` }
  return { en: `${where.en} has ${count(free)} free, more than ${needed.en}, by now`, zh: `${where.zh} 空闲 ${count(free)}，此刻已多于${needed.zh}` }
}

// ---- words --------------------------------------------------------------------------------------------------------------

/** One template for both languages: English, then Chinese behind a full-width bar. Only the template is split, never a value. */
function say(parts: TemplateStringsArray, ...values: readonly unknown[]): Text {
  const languages = [0, 1].map(() => '')
  let language = 0
  parts.forEach((part, i) => {
    const [before, after] = part.split('｜')
    languages[language] += before
    if (after !== undefined) languages[++language] += after
    if (i < values.length) languages[language] += String(values[i])
  })
  return { en: languages[0], zh: languages[1] }
}

function joined(texts: readonly Text[]): Text {
  return { en: texts.map((text) => text.en).filter((text) => text !== '').join(' '), zh: texts.map((text) => text.zh).join('') }
}

function both(text: string): Text {
  return { en: text, zh: text }
}

/** The engine's own words for who waits for what, one link after the other. */
function links(chain: unknown): string {
  return String(chain).split('; ').map(inChinese).join('；')
}

function count(value: unknown): string {
  return typeof value === 'number' ? value.toLocaleString('en-US') : String(value)
}

function duration(ns: number): string {
  return ns < 1e6 ? `${(ns / 1e3).toFixed(1)} µs` : `${(ns / 1e6).toFixed(1)} ms`
}
