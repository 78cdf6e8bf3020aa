/** Three kernels, two nodes and zone_reclaim_mode: what is given up before memory is taken from the far node, a zone's own page cache or any of the node's. */
import { definePreset } from './define'
import { OTHER_KERNELS } from './kernels'
import { ssd } from './machines'
import { hog, open, readThrough, snap, sysctl } from './phases'

const FILE = 48_000
const NEAR = 20_000
const FAR = 32_000

export const KERNELS_NEAR = definePreset({
  id: 'kernels-near',
  title: { en: 'Three kernels: reclaim at home', zh: '三个内核：先回收本地' },
  about: {
    en: 'Two nodes of 128 MiB at distance 30; only node 0, of two zones, has a processor. With zone_reclaim_mode 0, the default in all three, 188 MiB of file fill node 0 and what has no room there goes to node 1: no allocation reclaims anything. Then the mode is 1 and the task wants 78 MiB. An allocation that fails at LOW now takes clean unmapped page cache away first (node_reclaim events), although slab is far below its limit: one limit exceeded is enough. 5.15 and 6.1 reclaim the node, whichever zone failed, so pages come free in the other one too: 121 MiB of file go. 3.18 reclaims the zone that failed, by itself: 79 MiB go. At last 125 MiB more are wanted, and node 1 is full. 5.15 and 6.1 reclaim a near node without processors up to distance 30; for 3.18 it must be nearer than 30: there kswapd has all the work.',
    zh: '两个 128 MiB 的节点，距离 30；只有节点 0（两个 zone）有处理器。zone_reclaim_mode 为 0（三个内核的默认值）时，188 MiB 的文件先填满节点 0，放不下的去节点 1：没有申请自己回收。然后模式改为 1，任务要 78 MiB。按 LOW 失败的申请现在先拿走干净、未映射的页缓存（node_reclaim 事件），尽管 slab 远低于它的限值：超过一个限值就够。5.15 和 6.1 不管哪个 zone 不过，都回收整个节点，另一个 zone 的页也被腾空：丢掉 121 MiB 文件页。3.18 只回收没过的那个 zone：丢掉 79 MiB。最后再要 125 MiB，节点 1 也满了。5.15 和 6.1 对没有处理器的近节点回收到距离 30 为止；3.18 要小于 30：那里全靠 kswapd。',
  },
  machine: {
    cpus: 1, profile: 'server', preemption: 'voluntary', hz: 250, thp: 'never',
    zones: [{ node: 0, name: 'DMA32', managed: 16_384 }, { node: 0, name: 'Normal', managed: 16_384 }, { node: 1, name: 'Normal', managed: 32_768 }],
    distances: [[10, 30], [30, 10]],
    disks: [ssd('vda')], swap: [],
  },
  files: [{ path: '/srv/data', pages: FILE, disk: 'vda' }],
  processes: [
    {
      name: 'worker', node: 0, phases: [
        open('f', '/srv/data', FILE), readThrough('f', FILE), snap('mode 0'), sysctl('zone_reclaim_mode', 1), ...hog('near', NEAR), snap('mode 1'), ...hog('far', FAR), snap('far node full'),
      ],
    },
  ],
  variants: OTHER_KERNELS,
  durationMs: 30_000,
  sampleMs: 10,
})
