/** Two nodes: memory that does not fit on its own node spills to the other one, or pushes page cache out first. */
import { definePreset } from './define'
import { ssd } from './machines'
import { hog, open, readThrough, signal, sleep, snap, sysctl, unmap, wait } from './phases'
import type { Machine } from '../../engine'

/** Each node: 128 MiB and two of four CPUs; the other one is at distance 20. */
const NODE_PAGES = 32_768
const FILE = { path: '/srv/data', pages: 24_000, disk: 'vda' } as const

const machine: Machine = {
  cpus: 4, profile: 'server', preemption: 'voluntary', hz: 250, thp: 'never',
  zones: [
    { node: 0, name: 'Normal', managed: NODE_PAGES }, { node: 1, name: 'Normal', managed: NODE_PAGES },
  ],
  distances: [[10, 20], [20, 10]],
  disks: [ssd('vda')], swap: [],
}

export const NUMA_SPILL = definePreset({
  id: 'numa-spill',
  title: { en: 'Two nodes: spill to the other, or reclaim at home (zone_reclaim_mode)', zh: '双节点：溢出到远端，还是先回收本地（zone_reclaim_mode）' },
  about: {
    en: 'A reader on node 0 fills 94 of its 128 MiB with page cache. Then a task on node 0 wants 80 MiB. With zone_reclaim_mode 0 (the default) what node 0 has not free comes from node 1: numa_miss grows and nothing is reclaimed while node 1 has room. The task ends, the reader fills the cache again, zone_reclaim_mode becomes 1, and the same task comes again: now node 0 gives up clean unmapped page cache first and the task stays at home (node_reclaim events). Good for work that must be near its memory, bad for whoever needed the cache.',
    zh: '节点 0 上的读者用页缓存占满 128 MiB 中的 94 MiB，随后节点 0 上的任务要 80 MiB。zone_reclaim_mode 为 0（默认）时，节点 0 没有空闲的部分取自节点 1：numa_miss 增长，只要节点 1 还有空间就不回收。任务结束后读者再把缓存填满，zone_reclaim_mode 改为 1，同样的任务再来：节点 0 先放弃干净、未映射的页缓存，任务留在本地（node_reclaim 事件）。对必须靠近内存的工作是好事，对需要那些缓存的程序是坏事。',
  },
  machine,
  // Without boosting, so that nothing but the mode decides.
  sysctls: { 'vm.watermark_boost_factor': 0 },
  files: [FILE],
  processes: [
    { name: 'reader', node: 0, phases: [open('f', FILE.path, FILE.pages), readThrough('f', FILE.pages), signal(1), wait(2), readThrough('f', FILE.pages), signal(3), sleep(10)] },
    {
      name: 'worker', node: 0, phases: [
        wait(1), snap('cache full'), ...hog('spill', 20_480), snap('mode 0'), unmap('spill'), signal(2),
        wait(3), sysctl('zone_reclaim_mode', 1), snap('cache full again'), ...hog('home', 20_480), snap('mode 1'),
      ],
    },
  ],
  durationMs: 30_000,
  sampleMs: 10,
})
