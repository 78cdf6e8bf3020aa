/** The two-node machine whose /proc/buddyinfo seed 003 prints. */
import { definePreset } from './define'
import { ssd } from './machines'
import { hog, sleep, snap } from './phases'

/** As printed, orders 0 to 10. */
const BUDDYINFO = {
  dma: [1, 1, 0, 0, 2, 1, 1, 0, 1, 1, 3],
  dma32: [2, 5, 16, 16, 14, 3, 2, 2, 3, 0, 355],
  normal0: [9518, 5664, 1708, 531, 159, 77, 44, 16, 6, 6, 11_536],
  normal1: [1346, 921, 437, 116, 122, 79, 38, 20, 14, 5, 13_223],
} as const

const freeOf = (blocks: readonly number[]): { readonly free: number; readonly freeByOrder: readonly number[] } => ({ free: blocks.reduce((sum, count, order) => sum + count * 2 ** order, 0), freeByOrder: blocks })

export const SEED_003_BUDDYINFO = definePreset({
  id: 'seed-003-buddyinfo',
  title: { en: 'Reading buddyinfo: a two-node server', zh: '读 buddyinfo：双节点服务器' },
  about: {
    en: 'The free blocks of the third article\'s /proc/buddyinfo, 98 GiB of them on two nodes; how large the zones are is not printed and assumed (64 GiB a node). A column counts blocks, not pages: node 0\'s 5,664 blocks of order 1 are 11,328 pages. One program on each node takes 320 MiB page by page and stays on its node. Blocks of orders 4 to 9 go first, then 67 of order 10 are split. The thousands of smaller ones stay, since they are not of the Movable type: buddyinfo doesn\'t tell types, so the lab takes small fragments for the kernel\'s own; `lab proc pagetypeinfo` shows them.',
    zh: '空闲块照第三篇文章的 /proc/buddyinfo，两个节点共 98 GiB；zone 的大小文中没有，按每节点 64 GiB 假设。每列数的是块而不是页：节点 0 的 5,664 个 1 阶块是 11,328 页。两个节点上各有一个程序逐页占用 320 MiB，都留在本节点。先用 4 到 9 阶的块，然后拆 67 个 10 阶块。几千个更小的块留着不动，因为它们不是 Movable 类：buddyinfo 不说类型，本工具把小碎片当作内核自己的；`lab proc pagetypeinfo` 可见。',
  },
  machine: {
    cpus: 2, profile: 'server', preemption: 'voluntary', hz: 250, thp: 'never',
    zones: [
      { node: 0, name: 'DMA', managed: 3992, present: 3998, spanned: 4095, ...freeOf(BUDDYINFO.dma) },
      { node: 0, name: 'DMA32', managed: 486_240, present: 520_192, spanned: 1_044_480, ...freeOf(BUDDYINFO.dma32) },
      { node: 0, name: 'Normal', managed: 15_472_640, present: 15_728_640, ...freeOf(BUDDYINFO.normal0) },
      { node: 1, name: 'Normal', managed: 16_515_072, present: 16_777_216, ...freeOf(BUDDYINFO.normal1) },
    ],
    disks: [ssd('vda')], swap: [],
  },
  // Tasks are dealt to CPUs in turn and CPUs to nodes: kswapd0, kswapd1 and the flusher come first.
  processes: [
    { name: 'on-node-1', phases: [...hog('heap', 81_920), snap('320 MiB held'), sleep(500)] },
    { name: 'on-node-0', phases: [...hog('heap', 81_920), snap('320 MiB held'), sleep(500)] },
  ],
  durationMs: 10_000,
  sampleMs: 5,
})
