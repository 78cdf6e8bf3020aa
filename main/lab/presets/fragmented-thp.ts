/** Transparent huge pages on memory in pieces: each first touch of 2 MiB compacts, falls back to a small page, or finds compaction deferred. */
import { definePreset } from './define'
import { MEASURED_SYSCTLS, measuredGuest } from './machines'
import { hog, sleep, snap, sysctl } from './phases'
import type { Phase } from '../../engine'

const PAGES = 104_000
const HUGE_PAGE = 512
const holes: Phase = { op: 'dontneed', r: 'heap', start: 0, len: PAGES, stride: 2, run: 1 }

/** One touch in each of `count` stretches of 2 MiB, 50 a second. */
function touchHuge(r: string, count: number): readonly Phase[] {
  return [{ op: 'map', r, pages: count * HUGE_PAGE, huge: 1 }, { op: 'touch', r, rw: 'w', pat: 'seq', start: 0, len: count, count, stride: HUGE_PAGE, rate: 50 }]
}

export const FRAGMENTED_THP = definePreset({
  id: 'fragmented-thp',
  title: { en: 'Huge page faults: compaction, fallback, deferral', zh: '大页缺页：规整、退回与推迟' },
  about: {
    en: 'Half of memory is free, in single pages. A process with madvise(MADV_HUGEPAGE) touches 40 stretches of 2 MiB for the first time, then 100 others. In the first round vm.extfrag_threshold 1000 keeps compaction out: as soon as the large blocks are gone every fault falls back to one small page, at no cost. In the second round compaction may work: most faults get huge pages, and the task that faults pays for moving hundreds of pages with its own time; when the scanners have met, compaction is deferred, and faults fall back again. The latency of the two touch phases tells the price.',
    zh: '一半内存空闲，但全是单页。一个用了 madvise(MADV_HUGEPAGE) 的进程先首次访问 40 段 2 MiB 内存，再访问另外 100 段。第一轮 vm.extfrag_threshold 为 1000，不做规整：大块用完后每次缺页都退回一个小页，几乎没有代价。第二轮允许规整：多数缺页得到大页，但搬移几百页的时间由缺页的任务自己付；两个扫描器相遇后规整被推迟，缺页又退回小页。两个访问阶段的延迟就是价钱。',
  },
  machine: { ...measuredGuest(0), thp: 'madvise' },
  sysctls: { ...MEASURED_SYSCTLS, 'vm.watermark_boost_factor': 0 },
  processes: [{
    name: 'app',
    phases: [
      ...hog('heap', PAGES), holes, snap('in pieces'),
      sysctl('extfrag_threshold', 1000), ...touchHuge('first', 40), snap('without compaction'), sleep(100),
      sysctl('extfrag_threshold', 500), ...touchHuge('second', 100), snap('with compaction'), sleep(100),
    ],
  }],
  durationMs: 10_000,
  sampleMs: 10,
})
