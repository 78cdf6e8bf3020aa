/** Three kernels and an interrupt that wants blocks of eight pages while memory is full: pageblocks that are kept for it from then on, or one or two from the start. */
import type { Phase } from '../../engine'
import { definePreset } from './define'
import { OTHER_KERNELS } from './kernels'
import { ssd } from './machines'
import { hog, open, readThrough, sleep, snap } from './phases'

const PAGES = 32_768
const FILE = 200_000
const HEAP = 8000
const packets: Phase = { op: 'netrx', pages: 320, order: 3, everyMs: 20, count: 50, holdMs: 10 }

export const KERNELS_ATOMIC = definePreset({
  id: 'kernels-atomic',
  title: { en: 'Three kernels: blocks kept for interrupts', zh: '三个内核：为中断留着的块' },
  about: {
    en: 'A file larger than memory is read without end, so what is free lies between the marks. From 0.4 s on a network card wants forty blocks of eight pages every 20 ms from its interrupt. Some pass LOW no more and get a block only because they may go below MIN: 5.15 and 6.1 then keep the pageblock it came from for such requests (HIGHATOMIC), as long as fewer than 1 % of the zone and a pageblock are kept: two of 2 MiB here. For everybody else these pages are not free, so kswapd works until there are as many more: free pages, 453 at the least before, are 1,475 at the least from then on. 3.18 has one pageblock from the start (MIGRATE_RESERVE), which comes last for everyone and counts as free: 454 at the least. See HighAtomic in pagetypeinfo.',
    zh: '不断读一个比内存还大的文件，空闲页停在各水位之间。从 0.4 s 起，网卡在中断里每 20 ms 要四十个八页的块。有些申请已过不了 LOW，只因可以用到 MIN 以下才拿到块：5.15 和 6.1 从此把这个块所在的 pageblock 留给这类申请（HIGHATOMIC），只要留下的还不到 zone 的 1% 加一个 pageblock：这里是两个，各 2 MiB。对其他申请这些页不算空闲，所以 kswapd 要多腾出同样多：空闲页此前最低 453，此后最低 1,475。3.18 一开始就留一个 pageblock（MIGRATE_RESERVE），所有申请都最后才用它，而且算作空闲：最低 454。看 pagetypeinfo 里的 HighAtomic。',
  },
  machine: { cpus: 1, profile: 'server', preemption: 'voluntary', hz: 250, thp: 'never', zones: [{ node: 0, name: 'Normal', managed: PAGES }], disks: [ssd('vda')], swap: [] },
  files: [{ path: '/srv/stream', pages: FILE, disk: 'vda' }],
  processes: [
    { name: 'app', phases: [...hog('heap', HEAP), sleep(1000)] },
    { name: 'reader', phases: [open('f', '/srv/stream', FILE), readThrough('f', FILE)] },
    { name: 'eth0', nice: -20, phases: [sleep(400), snap('before packets'), packets, snap('end of packets')] },
  ],
  variants: OTHER_KERNELS,
  durationMs: 1500,
  sampleMs: 10,
})
