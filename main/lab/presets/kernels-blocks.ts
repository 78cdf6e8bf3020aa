/** Three kernels and large blocks: the mark's test, reserves, boosts, who compacts. */
import type { Phase } from '../../engine'
import { definePreset } from './define'
import { OTHER_KERNELS } from './kernels'
import { MEASURED_SYSCTLS, measuredGuest } from './machines'
import { hog, sleep, snap } from './phases'

const PAGES = 108_000
const holes: Phase = { op: 'dontneed', r: 'heap', start: 0, len: PAGES, stride: 2, run: 1 }
const packets: Phase = { op: 'netrx', pages: 4000, order: 3, everyMs: 100, count: 40, holdMs: 60 }

export const KERNELS_BLOCKS = definePreset({
  id: 'kernels-blocks',
  title: { en: 'Three kernels: blocks of eight pages', zh: '三个内核：八页的块' },
  about: {
    en: 'Half of memory is free, in single pages, and a network card wants blocks of eight from its interrupt, five hundred every 100 ms. 5.15 and 6.1 ask whether one such block exists; a block taken from another type\'s pageblock raises the marks (watermark_boost), and kswapd and then kcompactd come. (HIGHATOMIC, pageblocks kept for such requests, is not seen here: it takes a request that only its privileges let past the marks.) 3.18 halves the mark for every order and takes the smaller blocks\' pages off: with memory in pieces it refuses long before the last block is gone, knows no boost and no kcompactd, and keeps one or two pageblocks back from the start (MIGRATE_RESERVE). See the dropped buffers.',
    zh: '一半内存空闲，但全是单页；网卡在中断里每 100 ms 要五百个八页的块。5.15 和 6.1 只问有没有这样的块；从别的类型的 pageblock 取块会抬高水位（watermark_boost），kswapd 和 kcompactd 随后到来。（为这类请求保留的 HIGHATOMIC pageblock 在这里看不到：要有只靠特权才通过水位的申请。）3.18 每高一阶把水位减半，并扣掉更小块的页：内存破碎时，远在最后一块用完之前就拒绝；没有 boost，也没有 kcompactd，只从一开始就留一两个 pageblock（MIGRATE_RESERVE）。看被丢弃的缓冲区。',
  },
  machine: measuredGuest(0),
  sysctls: MEASURED_SYSCTLS,
  processes: [
    { name: 'app', phases: [...hog('heap', PAGES), holes, snap('in pieces'), sleep(8000)] },
    { name: 'eth0', nice: -20, phases: [sleep(2500), packets, snap('end of packets')] },
  ],
  variants: OTHER_KERNELS,
  durationMs: 9000,
})
