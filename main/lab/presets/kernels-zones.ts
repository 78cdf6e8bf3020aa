/** Three kernels and two zones: in turns or one after the other, every zone balanced or one, LRU lists by zone or by node. */
import { definePreset } from './define'
import { OTHER_KERNELS } from './kernels'
import { measuredGuest } from './machines'
import { hog, open, readThrough, signal, sleep, snap, wait } from './phases'

const FILE = 160_000

export const KERNELS_ZONES = definePreset({
  id: 'kernels-zones',
  title: { en: 'Three kernels: two zones of a node', zh: '三个内核：一个节点的两个 zone' },
  about: {
    en: 'Two zones of 60,000 pages. A program takes 50,000: from 4.8 on all come from Normal, and DMA32 is not touched before Normal is down to its LOW mark; 3.18 lets the zones take turns (fair zone policy), so that a page lives as long wherever it lies. Then a file larger than memory is read. kswapd of 3.18 works until every zone is above HIGH and by itself scans each zone\'s own lists; that of 5.15 and 6.1 goes by the node, and one zone above HIGH is enough for it to stop: so it runs more often and the other zone stays lower.',
    zh: '两个各 60,000 页的 zone。程序先取 50,000 页：4.8 起全部来自 Normal，Normal 降到 LOW 之前不碰 DMA32；3.18 让各 zone 轮流（fair zone policy），页在哪里都活得一样久。然后读一个比内存大的文件。3.18 的 kswapd 要到每个 zone 都高于 HIGH 才停，扫描各 zone 自己的链表；5.15 和 6.1 按节点，一个 zone 高于 HIGH 就停：所以它醒得更频繁，另一个 zone 更低。',
  },
  machine: { ...measuredGuest(0), kernelMemory: undefined, zones: [{ node: 0, name: 'DMA32', managed: 60_000 }, { node: 0, name: 'Normal', managed: 60_000 }] },
  files: [{ path: '/srv/big.dat', pages: FILE, disk: 'vda' }],
  processes: [
    { name: 'app', phases: [...hog('heap', 50_000), snap('taken'), signal(1), sleep(9000)] },
    { name: 'reader', phases: [wait(1), open('f', '/srv/big.dat', FILE), readThrough('f', FILE), snap('read')] },
  ],
  variants: OTHER_KERNELS,
  durationMs: 20_000,
})
