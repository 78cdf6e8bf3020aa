/** Three kernels and a kernel's own request: lists by node must be searched for pages of the right zone, lists by zone hold nothing else. */
import { definePreset } from './define'
import { OTHER_KERNELS } from './kernels'
import { open, readThrough, snap } from './phases'
import { policyMachine } from './policy-machine'

const FILE = 30_000
const NAMES = 40_000

export const KERNELS_LRU = definePreset({
  id: 'kernels-lru',
  title: { en: 'Three kernels: LRU lists by zone or by node', zh: '三个内核：LRU 按 zone 还是按节点' },
  about: {
    en: 'A file fills Normal and the larger Movable; then 40,000 names are looked up, whose dentries and inodes the kernel can only put into Normal. Since 4.8 a node has one set of LRU lists: reclaim for such a request meets pages of Movable, skips them (pgskip_movable, tens of thousands) and they count as scanned. In 3.18 every zone has its own lists, only Normal\'s are scanned, and nothing is skipped: kswapd scans far fewer pages for the same work.',
    zh: '一个文件先填满 Normal 和更大的 Movable；再查找 40,000 个名字，其 dentry 和 inode 内核只能放在 Normal。4.8 起每个节点只有一组 LRU 链表：为这种申请回收会碰到 Movable 的页，只能跳过（pgskip_movable 数以万计），还算作扫描过。3.18 每个 zone 有自己的链表，只扫 Normal 的，没有跳过：同样的活 kswapd 扫描的页少得多。',
  },
  machine: { ...policyMachine(), zones: [{ node: 0, name: 'Normal', managed: 8192 }, { node: 0, name: 'Movable', managed: 16_384 }] },
  files: [{ path: '/srv/data', pages: FILE, disk: 'vda' }],
  trees: [{ path: '/home', files: NAMES, disk: 'vda' }],
  processes: [{ name: 'reader', phases: [open('f', '/srv/data', FILE), readThrough('f', FILE), snap('full'), { op: 'stat', path: '/home', pat: 'seq', start: 0, len: NAMES, count: NAMES, rate: 0 }, snap('looked up')] }],
  variants: OTHER_KERNELS,
  durationMs: 20_000,
})
