/** The gfp flags of linux-6.1 by name, with their bits and what each asks for (include/linux/gfp_types.h). KASAN's and lockdep's own flags are left out: they have bits only in kernels built for debugging. */
import type { Text } from '../../engine'

export interface GfpFlag { readonly name: string; readonly mask: number; readonly about: Text }

export const GFP_FLAGS: readonly GfpFlag[] = [
  flag('__GFP_DMA', 0x01, 'only from zone DMA', '只能来自 DMA 区'),
  flag('__GFP_HIGHMEM', 0x02, 'may come from high memory; x86-64 has none, together with __GFP_MOVABLE it allows zone Movable', '可以来自高端内存；x86-64 没有，与 __GFP_MOVABLE 一起则允许 Movable 区'),
  flag('__GFP_DMA32', 0x04, 'only from below 4 GiB: zones DMA32 and DMA', '只能来自 4 GiB 以下：DMA32 和 DMA 区'),
  flag('__GFP_MOVABLE', 0x08, 'the page can be moved or reclaimed later: it goes into Movable pageblocks', '该页以后可以迁移或回收：放入 Movable 类页块'),
  flag('__GFP_RECLAIMABLE', 0x10, 'slab that a shrinker can free: Reclaimable pageblocks', 'shrinker 可释放的 slab：放入 Reclaimable 类页块'),
  flag('__GFP_HIGH', 0x20, 'important: may take half of MIN', '重要：可以动用 MIN 的一半'),
  flag('__GFP_IO', 0x40, 'reclaim for it may start disk IO', '为它回收时可以发起磁盘 IO'),
  flag('__GFP_FS', 0x80, 'reclaim for it may call into file systems', '为它回收时可以调用文件系统'),
  flag('__GFP_ZERO', 0x100, 'the page is zeroed', '页面清零'),
  flag('__GFP_ATOMIC', 0x200, 'the caller can\'t wait and has high priority: may take another quarter of what is left of MIN', '调用者不能等待且优先级高：可再动用 MIN 剩余部分的四分之一'),
  flag('__GFP_DIRECT_RECLAIM', 0x400, 'the caller may sleep and reclaim for itself', '调用者可以睡眠并自己回收'),
  flag('__GFP_KSWAPD_RECLAIM', 0x800, 'kswapd is woken when LOW is missed; the same bit as ALLOC_KSWAPD', '低于 LOW 时唤醒 kswapd；与 ALLOC_KSWAPD 是同一个位'),
  flag('__GFP_WRITE', 0x1000, 'the page will be made dirty: nodes over their dirty limit are passed over at first', '该页将被写脏：起初跳过超过脏页上限的节点'),
  flag('__GFP_NOWARN', 0x2000, 'no message if it fails', '失败时不打印'),
  flag('__GFP_RETRY_MAYFAIL', 0x4000, 'try harder than usual, but fail rather than kill a task', '比平常更努力，但宁可失败也不杀任务'),
  flag('__GFP_NOFAIL', 0x8000, 'must not fail: retries for ever', '不许失败：一直重试'),
  flag('__GFP_NORETRY', 0x10000, 'one light attempt to reclaim, then fail', '只轻微回收一次，不成就失败'),
  flag('__GFP_MEMALLOC', 0x20000, 'it will free more memory than it takes: no mark holds for it', '它释放的会比占用的多：不受任何水位限制'),
  flag('__GFP_COMP', 0x40000, 'the block is one compound page', '该块作为一个复合页'),
  flag('__GFP_NOMEMALLOC', 0x80000, 'no use of the emergency reserves, whoever asks', '无论谁申请都不动用应急保留'),
  flag('__GFP_HARDWALL', 0x100000, 'keeps to the memory nodes of the task\'s cpuset', '限于任务 cpuset 的内存节点'),
  flag('__GFP_THISNODE', 0x200000, 'from this node or not at all', '只从本节点分配'),
  flag('__GFP_ACCOUNT', 0x400000, 'charged to the task\'s memory cgroup', '计入任务的内存 cgroup'),
  flag('__GFP_ZEROTAGS', 0x800000, 'memory tags are zeroed too (arm64)', '同时清零内存标签（arm64）'),
]

/** Names for several flags at once, besides the single ones. */
export const GFP_SETS: Readonly<Record<string, number>> = {
  GFP_ATOMIC: 0xa20, GFP_KERNEL: 0xcc0, GFP_KERNEL_ACCOUNT: 0x400cc0, GFP_NOWAIT: 0x800, GFP_NOIO: 0xc00, GFP_NOFS: 0xc40, GFP_USER: 0x100cc0, GFP_DMA: 0x01, GFP_DMA32: 0x04,
  GFP_HIGHUSER: 0x100cc2, GFP_HIGHUSER_MOVABLE: 0x100cca, GFP_TRANSHUGE_LIGHT: 0x1c20ca, GFP_TRANSHUGE: 0x1c24ca, __GFP_RECLAIM: 0xc00,
}

/** Every bit that has a name. */
export const KNOWN_BITS = GFP_FLAGS.reduce((bits, { mask }) => bits | mask, 0)

function flag(name: string, mask: number, en: string, zh: string): GfpFlag {
  return { name, mask, about: { en, zh } }
}
