/** What the articles say about reclaim, against what three kernels do: the verdict, why, and the preset whose run shows it. */
import type { Text } from '../../preload/contract'

export type Verdict = 'true' | 'true-in' | 'wrong'

export interface Claim {
  /** The article. */
  readonly article: '000' | '001' | '002' | '003' | '004'
  readonly says: Text
  readonly verdict: Verdict
  /** Where it holds, for `true-in`. */
  readonly kernels?: readonly string[]
  readonly why: Text
  /** The preset that is the evidence. */
  readonly preset: string
}

const t = (en: string, zh: string): Text => ({ en, zh })

export const CLAIMS: readonly Claim[] = [
  { article: '000', says: t('Reclaim starts at LOW and stops at HIGH.', '回收在低水位触发，在高水位停止。'), verdict: 'true', why: t('For kswapd, and only once an allocation has failed at LOW in all its zones.', '对 kswapd 成立，而且要等一次申请在它所有 zone 的 LOW 上都失败。'), preset: 'kswapd-vs-direct' },
  { article: '000', says: t('Nothing is reclaimed below MIN in Normal because the node is judged as a whole.', 'Normal 低于 MIN 却没有回收，因为按整个节点判断。'), verdict: 'wrong', why: t('Nobody asked: allocations simply went on from DMA32.', '没人提出要求：申请直接改从 DMA32 取页。'), preset: 'seed-000-raise-min-free' },
  { article: '000', says: t('The small ZONE_DMA easily makes the node look balanced.', '很小的 ZONE_DMA 容易让节点看起来平衡。'), verdict: 'wrong', why: t('With its reserve it can never pass for ordinary requests; 3.18 asks for every zone.', '加上保留页，它对普通申请永远不算平衡；3.18 要求每个 zone。'), preset: 'seed-000-no-zone-dma' },
  { article: '001', says: t('With swap anon and file are reclaimed 3:7.', '有 swap 时 anon 与 file 的比例约为 3:7。'), verdict: 'wrong', why: t('A starting weight of one branch, applied to each list\'s own size.', '只是其中一个分支的初始权重，还要乘以各链表自己的大小。'), preset: 'anon-file-three-to-seven' },
  { article: '001', says: t('Hot pages are reclaimed and read again when memory is short.', '内存极度紧张时，正在用的页被回收又读回。'), verdict: 'true', why: t('In all kernels; refaults count it.', '各内核都如此，refault 计数可见。'), preset: 'hot-pages-reread' },
  { article: '001', says: t('Tasks that reclaim for long are reported as hung.', '长时间回收的任务会触发 hungtask。'), verdict: 'wrong', why: t('Every pause resets the clock; those who wait for a lock are reported.', '每次小睡都会重新计时；被报告的是等锁的任务。'), preset: 'hung-task' },
  { article: '002', says: t('kswapd reclaims until every zone is above HIGH.', 'kswapd 要让所有 zone 都高于 HIGH。'), verdict: 'true-in', kernels: ['android-3.18'], why: t('Since 4.6 to 4.8 one zone is enough.', '4.6 到 4.8 起，一个 zone 就够。'), preset: 'kernels-zones' },
  { article: '002', says: t('Direct reclaim writes dirty file pages back.', 'direct reclaim 会回写脏页。'), verdict: 'wrong', why: t('Not since 3.2; kswapd does as a last resort, flushers do the rest.', '3.2 起不再写；kswapd 最后才写，其余归 flusher。'), preset: 'who-writes-back' },
  { article: '002', says: t('After 48 scanned pages the flushers are started.', '扫描超过 48 页就启动 flush 线程。'), verdict: 'true-in', kernels: ['android-3.18'], why: t('Later: when a whole batch was dirty and nobody writes it.', '之后：整批都是脏页又没人写时。'), preset: 'kernels-dirty' },
  { article: '002', says: t('Direct reclaim takes only 32 pages.', 'direct reclaim 只回收 32 页。'), verdict: 'wrong', why: t('32 is a target; the scan it has begun is finished.', '32 是目标，已开始的扫描会做完。'), preset: 'thirty-two-pages' },
  { article: '002', says: t('Many reclaimers can run into OOM with reclaimable pages left.', '还有可回收的页也会 OOM。'), verdict: 'wrong', why: t('Possible in principle, but guarded: others wait while too much is isolated.', '原则上可能，但有防护：隔离太多时其他人要等。'), preset: 'many-reclaimers' },
  { article: '003', says: t('kswapd wakes every 100 ms.', 'kswapd 每 100 毫秒工作一次。'), verdict: 'wrong', why: t('That is its nap before it sleeps without any timeout.', '那只是入睡前的小憩，之后没有超时。'), preset: 'kswapd-vs-direct' },
  { article: '004', says: t('Below MIN, allocations must reclaim until free pages are at HIGH.', '低于 MIN 后，直到 HIGH 之前分配都要自己回收。'), verdict: 'wrong', why: t('2.3 had that hysteresis, none of these kernels; the policy low-on-memory shows it.', '2.3 才有这种滞回，这些内核都没有；策略 low-on-memory 演示它。'), preset: 'kswapd-vs-direct' },
  { article: '004', says: t('Too high a min_free_kbytes OOMs the machine instantly.', 'min_free_kbytes 太高会立刻 OOM。'), verdict: 'true', why: t('MIN is then above what can ever be free.', 'MIN 高过了可能空闲的页数。'), preset: 'min-free-too-high' },
]
