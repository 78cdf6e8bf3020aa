/** What happened to a followed page, one sentence an event, in both languages. Kernel words stay as they are. */
import type { PageEvent, PageEventKind, Text } from '../../engine'
import { grouped } from '../numbers'
import { say } from '../say'

type Args = PageEvent['args']
type Sentence = (args: Args, task: string) => Text

export function pageSentence({ kind, args, task }: PageEvent): Text {
  return SENTENCES[kind](args, task)
}

const SENTENCES: Readonly<Record<PageEventKind, Sentence>> = {
  allocated: (a) => say(
    `A frame is allocated for it (${PURPOSE[word(a.for)]?.en ?? a.for}): pfn ${a.pfn}, zone ${a.zone} of node ${a.node}, from ${a.from === 'pcp' ? 'the per-cpu list' : 'the buddy lists'}, ${MARKS[word(a.mark)]?.en ?? ''}.`,
    `为它分配页框（${PURPOSE[word(a.for)]?.zh ?? a.for}）：pfn ${a.pfn}，节点 ${a.node} 的 ${a.zone} 区，取自${a.from === 'pcp' ? '每 CPU 链表' : '伙伴链表'}，${MARKS[word(a.mark)]?.zh ?? ''}。`),
  zero_page: () => say('Read before it was written: the shared zero page is mapped, it has no frame of its own.', '没写过就被读：映射共享零页，还没有自己的页框。'),
  mapped: (a) => say(`It is mapped ${a.how === 'swap' ? 'again, in place of the swap entry' : 'from the page cache'}${yes(a.write) ? ', for writing' : ''}; the new PTE is young.`, `${a.how === 'swap' ? '取代 swap entry 重新映射' : '从页缓存映射'}${yes(a.write) ? '，可写' : ''}；新 PTE 是 young 的。`),
  write_fault: () => say('The first write since it became read-only: a minor fault, the PTE is dirty now.', '变为只读后的第一次写：次缺页，PTE 变脏。'),
  zapped: (a) => say(`The ${a.was} leaves the page table: munmap, MADV_DONTNEED or the end of the process.`, `${a.was === 'page' ? '页' : 'swap entry'} 从页表中去掉：munmap、MADV_DONTNEED 或进程结束。`),
  freed: (a) => say(`Its frame ${a.pfn} is free again, on the per-cpu list of zone ${a.zone}.`, `页框 ${a.pfn} 重新空闲，在 ${a.zone} 区的每 CPU 链表上。`),
  batch_add: (a) => say(`It waits in the add batch of CPU ${a.cpu} with ${count(a.waiting)} before it (${a.size} fit): on no LRU list yet.`, `它在 CPU ${a.cpu} 的 add batch 里等着，前面有 ${count(a.waiting)} 页（容量 ${a.size}）：还不在任何 LRU 链表上。`),
  lru_add: (a) => say(`${yes(a.full) ? 'The batch is full' : 'The batch is drained before it is full'}: with ${count(a.others)} others it reaches the head of ${a.list}.`, `${yes(a.full) ? 'batch 满了' : 'batch 未满就被 drain'}：和另外 ${count(a.others)} 页一起到 ${a.list} 头部。`),
  accessed: (a) => a.effect === 'referenced' ? say('It counts as accessed: PG_referenced is set.', '记为被访问：置 PG_referenced。') : say('It counts as accessed a second time: on its way to the active list.', '第二次记为被访问：将去 active 链表。'),
  activated: (a) => say(`The activate batch moves it to the head of ${a.list}.`, `activate batch 把它移到 ${a.list} 头部。`),
  deactivated: (a) => say(`Its user doesn't need it any more: moved within ${a.list} to go soon.`, `使用者不再需要它：移到 ${a.list} 中，很快会被回收。`),
  promoted: (a) => say(`The aging finds it young: it belongs to the youngest generation now (${a.generation}) and is moved when the eviction meets it.`, `老化时发现它是 young：它属于最年轻的一代（${a.generation}），换出扫描遇到它时才移动。`),
  protected: (a) => say(`It was read often enough for tier ${a.tier}, and only tiers up to ${a.limit} go: one generation younger.`, `读的次数使它在第 ${a.tier} 层，只回收到第 ${a.limit} 层：升一代。`),
  isolated: (a) => say(`${by(a.by).en} takes it off the tail of ${a.list} at priority ${a.priority}, after ${count(a.others)} others.`, `${by(a.by).zh}在优先级 ${a.priority} 把它从 ${a.list} 尾部取下，排在 ${count(a.others)} 页之后。`),
  skipped: (a) => say(`A scan for lower zones meets it: zone ${a.zone} is no help, so it goes back to the head of ${a.list}.`, `为低区扫描时遇到它：${a.zone} 区帮不上忙，放回 ${a.list} 头部。`),
  references: references,
  fate: (a) => FATES[word(a.why)] ?? say(`${a.fate}: ${a.why}`, `${a.fate}：${a.why}`),
  putback: (a) => say(`It goes back to the head of ${a.list}.`, `放回 ${a.list} 头部。`),
  swap_slot: slot,
  swap_cache_add: (a) => say(`It is in the swap cache under slot ${a.slot}${yes(a.shadow) ? ', where a shadow was waiting' : ''}.`, `它以槽 ${a.slot} 进入 swap cache${yes(a.shadow) ? '，那里有它的 shadow' : ''}。`),
  swap_cache_del: (a) => yes(a.shadow) ? say(`It leaves the swap cache; a shadow stays in slot ${a.slot}.`, `离开 swap cache；槽 ${a.slot} 里留下 shadow。`) : say(`It leaves the swap cache and gives up slot ${a.slot}: memory is its only copy now.`, `离开 swap cache 并放弃槽 ${a.slot}：内存里是唯一的副本。`),
  swap_cache_hit: (a) => say(`A fault finds it in the swap cache: no read is needed${yes(a.readahead) ? '; readahead had brought it' : ''}.`, `缺页时在 swap cache 里找到它：不用读盘${yes(a.readahead) ? '；是预读带来的' : ''}。`),
  slot_freed: () => say('Its swap slot has no user any more and is given back.', '它的 swap 槽没有使用者了，归还。'),
  unmapped: (a) => a.entry === 'swap'
    ? say(`Its PTE becomes a swap entry (slot ${a.slot}): not present, no frame number${yes(a.dirty) ? '; the dirty bit moves to the page' : ''}.`, `PTE 变成 swap entry（槽 ${a.slot}）：不在内存、没有页框号${yes(a.dirty) ? '；脏位移到页上' : ''}。`)
    : yes(a.tmpfs) ? say(`Its PTE in ${a.from} is cleared: of a tmpfs page no swap entry goes there${yes(a.dirty) ? '; the dirty bit moves to the page' : ''}.`, `${a.from} 里的 PTE 被清空：tmpfs 页不在页表里放 swap entry${yes(a.dirty) ? '；脏位移到页上' : ''}。`)
    : say(`Its PTE in ${a.from} is cleared: a file page leaves nothing in the page table${yes(a.dirty) ? '; the dirty bit moves to the page' : ''}.`, `${a.from} 里的 PTE 被清空：文件页在页表里什么也不留${yes(a.dirty) ? '；脏位移到页上' : ''}。`),
  cache_add: (a) => a.file !== undefined ? tmpfsAdd(a) : say(`It is in the page cache as page ${a.index} of its file${yes(a.marker) ? ', with the mark that starts the next readahead' : ''}.`, `作为文件第 ${a.index} 页进入页缓存${yes(a.marker) ? '，带着启动下一次预读的标记' : ''}。`),
  cache_del: (a) => a.slot !== undefined
    ? say(`Place ${a.index} of ${a.file} in the mapping holds the swap entry now (slot ${a.slot}): page tables hold nothing of it, the file does.`, `mapping 中 ${a.file} 的第 ${a.index} 项现在放着 swap entry（槽 ${a.slot}）：页表里什么也没有，由文件记着。`)
    : yes(a.shadow) ? say('It leaves the page cache; its slot keeps a shadow.', '离开页缓存；原位置留下 shadow。') : say('It leaves the page cache, without a shadow.', '离开页缓存，不留 shadow。'),
  shadow: (a) => a.generation !== undefined ? say(`The shadow notes generation ${a.generation} and ${a.refs} further accesses.`, `shadow 记下第 ${a.generation} 代和另外 ${a.refs} 次访问。`) : say(`The shadow notes the eviction clock, ${count(a.clock)}${yes(a.workingset) ? ', and that it was in the workingset' : ''}.`, `shadow 记下换出时钟 ${count(a.clock)}${yes(a.workingset) ? '，以及它曾属于 workingset' : ''}。`),
  refault: refault,
  read_submit: (a) => a.slot !== undefined ? say('Its read from swap is sent.', '发出从 swap 的读。') : say(`Its read is sent, page ${Number(a.position) + 1} of ${a.of} read together.`, `发出读请求，是一起读的 ${a.of} 页中的第 ${Number(a.position) + 1} 页。`),
  read_done: (a) => say(`The read has ended: one request of ${count(a.pages)} ${pages(a.pages)}. The page is up to date and unlocked.`, `读完成：一个 ${count(a.pages)} 页的请求。页内容有效并解锁。`),
  compact_isolated: (a, task) => say(`${task} compacts the zone and takes it off ${a.list}, after ${count(a.others)} others, to move it.`, `${task} 在做内存规整，把它从 ${a.list} 取下准备搬走，前面有 ${count(a.others)} 页。`),
  migrated: (a) => say(`It moves from frame ${a.from} to frame ${a.pfn}: content, page table entry, flags and all.`, `从页框 ${a.from} 搬到页框 ${a.pfn}：内容、页表项、标志都跟着走。`),
  dirtied: () => say('It becomes dirty.', '变脏。'),
  write_submit: (a, task) => a.to === 'zram'
    ? say(`${task} compresses it into zram: done when the call returns.`, `${task} 把它压缩进 zram：调用返回即完成。`)
    : say(`${task} sends its write to ${a.to === 'swap' ? 'swap' : 'its file'}: clean from now on, under writeback${yes(a.reclaim) ? ', marked for reclaim' : ''}.`, `${task} 发出写${a.to === 'swap' ? '到 swap' : '回文件'}的请求：从此是干净的，正在 writeback${yes(a.reclaim) ? '，带有 PG_reclaim' : ''}。`),
  write_done: (a) => say(`The write has ended: it went as one request of ${count(a.pages)} ${pages(a.pages)}.`, `写完成：合并成一个 ${count(a.pages)} 页的请求。`),
  rotate_batch: () => say('Reclaim wants it: it waits in the rotate batch.', '回收要它：在 rotate batch 里等着。'),
  rotate_missed: (a) => say(`Reclaim wants it, but it can't be rotated now: it is ${yes(a.dirty) ? 'dirty again' : 'on no list'}.`, `回收要它，但现在不能旋转：${yes(a.dirty) ? '又脏了' : '不在任何链表上'}。`),
  rotated: (a) => say(`Moved to the tail of ${a.list}: the next scan meets it first.`, `移到 ${a.list} 尾部：下次扫描最先遇到它。`),
}

const PURPOSE: Readonly<Record<string, Text>> = {
  anonymous: say('first write to anonymous memory', '匿名内存的第一次写'), tmpfs: say('for a hole of a tmpfs file', '填 tmpfs 文件的空洞'), write: say('to be written by write()', '由 write() 写入'), read: say('to be read from its file', '从文件读入'), 'swap-in': say('to be read back from swap', '从 swap 读回'),
}

const MARKS: Readonly<Record<string, Text>> = {
  LOW: say('on the fast path (LOW held)', '走快路径（LOW 满足）'), MIN: say('on the slow path (MIN held)', '走慢路径（MIN 满足）'), HIGH: say('at the last try before OOM (HIGH held)', 'OOM 前的最后一次尝试（HIGH 满足）'), none: say('from the reserves, without a mark', '动用保留内存，不看水位'),
}

/** shrink_folio_list's reasons. */
const FATES: Readonly<Record<string, Text>> = {
  young: say('Kept: the aging found it young while it was off the lists.', '保留：它不在链表上时，老化发现它是 young。'),
  locked: say('Kept: it is locked, its IO is under way.', '保留：被锁住，IO 还没完。'),
  dead: say('Kept: nobody owns it any more; it is freed when reclaim lets go.', '保留：已没有所有者，回收放手后就释放。'),
  'may-not-unmap': say('Kept: this pass may not unmap.', '保留：这一轮不许解除映射。'),
  'no-io': say('Kept: the request behind this reclaim may not start IO.', '保留：引起回收的申请不允许 IO。'),
  'no-fs': say('Kept: a tmpfs page still in its file, and the request behind this reclaim may not enter a file system.', '保留：tmpfs 页还在文件里，而引起回收的申请不允许进入文件系统。'),
  'no-swap': say('Activated: a tmpfs page, and there is no swap.', '激活：tmpfs 页，而没有 swap。'),
  'no-slot': say('Activated: swap has no slot for it.', '激活：没有 swap 槽给它。'),
  'still-mapped': say('Activated: it could not be unmapped.', '激活：无法解除映射。'),
  buffers: say('Activated: its buffers are in use.', '激活：它的 buffer 正被使用。'),
  writeback: say('Activated: it is under writeback; nobody waits for it, the end of the write will rotate it.', '激活：正在 writeback；没人等它，写完后会被旋转。'),
  'dirty-file': say('Activated: a dirty file page, which reclaim does not write. It is marked so that the flusher\'s write rotates it.', '激活：脏文件页，回收不写它；打上标记，等 flusher 写完后旋转。'),
  'dirty-referenced': say('Kept: dirty and used lately.', '保留：脏，而且刚用过。'),
  'may-not-write': say('Kept: this pass may not write.', '保留：这一轮不许写。'),
  dirty: say('To be written now: dirty, and its swap slot is ready.', '现在就写：脏的，swap 槽已备好。'),
  held: say('Kept: somebody else holds it (a batch, a mapping).', '保留：还有别人持有它（batch 或映射）。'),
  clean: say('Reclaimed: clean, unmapped, held by nobody else.', '回收：干净、未映射、没有别人持有。'),
  'zram-full': say('Kept: zram found no room for it, in memory or below its limit.', '保留：zram 没有内存存放它，或已到上限。'),
}

function references(a: Args): Text {
  const found = say(
    `${Number(a.young) > 0 ? `Its young bit is found and cleared (${a.young} PTE)` : 'No young PTE'}, PG_referenced ${yes(a.referenced) ? 'was' : 'was not'} set: `,
    `${Number(a.young) > 0 ? `发现并清除 young 位（${a.young} 个 PTE）` : '没有 young 的 PTE'}，PG_referenced ${yes(a.referenced) ? '已' : '未'}置：`)
  const verdict = VERDICTS[word(a.verdict)] ?? say(word(a.verdict), word(a.verdict))
  return say(found.en + verdict.en, found.zh + verdict.zh)
}

const VERDICTS: Readonly<Record<string, Text>> = {
  reclaim: say('go on to reclaim it.', '继续回收。'), 'reclaim-clean': say('reclaim it if it is clean.', '若干净就回收。'), keep: say('kept for one more round.', '再留一轮。'), activate: say('activated.', '激活。'),
  deactivate: say('deactivated.', '移到 inactive。'), 'keep-active': say('stays active (referenced code).', '留在 active（被引用的代码）。'),
}

/** A tmpfs page comes into its file's mapping: new, or back from swap. */
function tmpfsAdd(a: Args): Text {
  return a.slot === undefined
    ? say(`It is page ${a.index} of ${a.file}, in the file's mapping: page cache that only swap can hold.`, `它是 ${a.file} 的第 ${a.index} 页，放进文件的 mapping：只能换出到 swap 的页缓存。`)
    : say(`It takes its place ${a.index} of ${a.file} in the mapping again, where the swap entry (slot ${a.slot}) stood.`, `它回到 mapping 中 ${a.file} 的第 ${a.index} 项，取代那里的 swap entry（槽 ${a.slot}）。`)
}

function slot(a: Args): Text {
  const [before, after, offset] = [Number(a.before), Number(a.after), Number(a.offset)]
  const near = before === offset - 1 || after === offset + 1
  const known = before >= 0 || after >= 0
  const en = !known ? 'its neighbours are not in swap' : near ? `beside its neighbour's slot (${before === offset - 1 ? `page before: ${before}` : `page after: ${after}`})` : `not beside its neighbours' (page before: ${before < 0 ? 'none' : before}, page after: ${after < 0 ? 'none' : after})`
  const zh = !known ? '相邻的页不在 swap 里' : near ? `与相邻页的槽相连（${before === offset - 1 ? `前一页：${before}` : `后一页：${after}`}）` : `与相邻页的槽不相连（前一页：${before < 0 ? '无' : before}，后一页：${after < 0 ? '无' : after}）`
  return say(`It gets slot ${offset} of swap area ${a.area}, in cluster ${a.cluster}; ${en}.`, `得到 swap 区 ${a.area} 的槽 ${offset}，在簇 ${a.cluster}；${zh}。`)
}

function refault(a: Args): Text {
  if (a.recent !== undefined) return yes(a.recent) ? say('It is back while its generation is still being evicted: that counts against its tier.', '它所在的一代还在换出时它就回来了：记到它那一层的账上。') : say('It is back, but its generation is long gone: not counted.', '它回来了，但它那一代早已过去：不计。')
  const near = yes(a.activate)
  return say(
    `It is back: ${count(a.distance)} evictions and activations since it left, against ${count(a.size)} pages it competes with, so it goes to the ${near ? 'active' : 'inactive'} list${yes(a.workingset) ? ' (it was in the workingset before)' : ''}.`,
    `它回来了：离开后有 ${count(a.distance)} 次换出和激活，与它竞争的有 ${count(a.size)} 页，因此去 ${near ? 'active' : 'inactive'} 链表${yes(a.workingset) ? '（此前属于 workingset）' : ''}。`)
}

function by(reclaimer: number | string | undefined): Text {
  return reclaimer === 'kswapd' ? say('kswapd', 'kswapd') : reclaimer === 'direct' ? say('Direct reclaim', '直接回收') : say(`Reclaim (${reclaimer})`, `回收（${reclaimer}）`)
}

const yes = (value: number | string | undefined): boolean => value === 1
const word = (value: number | string | undefined): string => String(value)
const pages = (value: number | string | undefined): string => (value === 1 ? 'page' : 'pages')

function count(value: number | string | undefined): string {
  return grouped(String(value))
}
