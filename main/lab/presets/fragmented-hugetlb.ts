/** Half of memory is free, and not one huge page in it: what compaction does for a hugetlb pool, and what is left without it. */
import { definePreset } from './define'
import { MEASURED_SYSCTLS, measuredGuest } from './machines'
import { hog, sleep, snap, sysctl } from './phases'
import type { Phase } from '../../engine'

const PAGES = 104_000
/** Every second page goes back: no two free pages lie beside each other. */
const holes: Phase = { op: 'dontneed', r: 'heap', start: 0, len: PAGES, stride: 2, run: 1 }

export const FRAGMENTED_HUGETLB = definePreset({
  id: 'fragmented-hugetlb',
  title: { en: 'Huge pages from memory in pieces', zh: '从碎成片的内存里要大页' },
  about: {
    en: 'A process fills 406 MiB and gives every second page back: half of memory is free, nearly all of it in single pages. Then vm.nr_hugepages asks for 100 huge pages. First with vm.extfrag_threshold 1000, at which no fragmentation is bad enough for compaction: the pool gets the few large blocks that were never split. Then with 500 again: direct compaction moves the pages of one block after another into the holes of others, and the pool grows to what was asked for. Look at "lab proc pageblocks" before and after, and at the compaction chart.',
    zh: '一个进程写满 406 MiB，再把每隔一页还回去：一半内存空闲，但几乎全是单页。然后 vm.nr_hugepages 要 100 个大页。先令 vm.extfrag_threshold 为 1000，多碎都不做规整：大页池只拿到那几个从没拆过的大块。再改回 500：直接规整把一个个块里的页搬进别处的空洞，大页池就涨到所要的数目。可看规整前后的 "lab proc pageblocks" 和规整图。',
  },
  machine: measuredGuest(0),
  sysctls: { ...MEASURED_SYSCTLS, 'vm.watermark_boost_factor': 0 },
  processes: [{
    name: 'fragmenter',
    phases: [
      ...hog('heap', PAGES), snap('filled'), holes, snap('in pieces'),
      sysctl('extfrag_threshold', 1000), sysctl('nr_hugepages', 100), snap('without compaction'), sleep(300),
      sysctl('extfrag_threshold', 500), sysctl('nr_hugepages', 100), snap('with compaction'), sleep(300),
    ],
  }],
  durationMs: 10_000,
  sampleMs: 10,
})
