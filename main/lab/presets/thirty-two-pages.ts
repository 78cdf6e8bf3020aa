/** Seed 002: "direct reclaim can only reclaim 32 pages". */
import { definePreset } from './define'
import { MEASURED_SYSCTLS, measuredGuest } from './machines'
import { hog, open, readThrough, signal, wait } from './phases'

const FILE = 60_000

export const THIRTY_TWO_PAGES = definePreset({
  id: 'thirty-two-pages',
  title: { en: '32 pages: a target, not a limit', zh: '32 页：是目标，不是上限' },
  about: {
    en: '"The difference between direct reclaim and kswapd is that it can only reclaim 32 pages." 32 (SWAP_CLUSTER_MAX) is what a direct reclaimer wants. It is checked between rounds: a round takes up to 32 pages of each list, so a call ends with 32 pages only by chance, usually with 33 to 63, at times with up to 96; at priority 12 the whole quota is scanned first. When writing to swap is all that can be done, a call frees nothing yet and goes on. kswapd\'s target is the sum of the HIGH marks. Events mm_vmscan_direct_reclaim_end carry nr_reclaimed: look at its spread.',
    zh: '“直接回收与 kswapd 的差别在于只能回收 32 个页面。”32（SWAP_CLUSTER_MAX）是直接回收的目标，每轮之间才检查：一轮从每个链表最多取 32 页，所以正好 32 页只是碰巧，通常是 33 到 63 页，有时到 96 页；优先级 12 时还要先扫完全部配额。只能往 swap 写时，一次调用可能还什么都没释放就继续。kswapd 的目标是各区 HIGH 之和。mm_vmscan_direct_reclaim_end 事件里有 nr_reclaimed：请看它的分布。',
  },
  machine: measuredGuest(131_071),
  sysctls: MEASURED_SYSCTLS,
  files: [{ path: '/mnt/big.dat', pages: FILE, disk: 'vda' }],
  processes: [
    { name: 'reader', phases: [open('f', '/mnt/big.dat', FILE), readThrough('f', FILE), signal(1), readThrough('f', FILE), wait(2, 3)] },
    ...['hog-1', 'hog-2', 'hog-3'].map((name) => ({ name, phases: [wait(1), ...hog('heap', 45_000), signal(2)] })),
  ],
  durationMs: 40_000,
})
