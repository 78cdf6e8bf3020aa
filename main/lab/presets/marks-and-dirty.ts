/** Seed 001: "with low marks, dirty pages pile up until reclaim begins". */
import { definePreset } from './define'
import { MEASURED_SYSCTLS, measuredGuest } from './machines'
import { open, snap, sysctl } from './phases'

const FILE = 80_000

export const MARKS_AND_DIRTY = definePreset({
  id: 'marks-and-dirty',
  title: { en: 'Low marks and the heap of dirty pages', zh: '低水位与堆积的脏页' },
  about: {
    en: '"If low and min are set too low, reclaim hardly runs and dirty pages pile up." The heap is bounded by dirty_background_ratio, dirty_ratio and their age (dirty_expire_centisecs), whatever the marks: from the point halfway between the two ratios writers are held back. One process writes as fast as it can. After 6 s min_free_kbytes becomes four times as much: the heap stays (a little less, since reserves don\'t count as dirtyable memory). After 12 s the ratios go from 10/20 to 2/4: it falls to a fifth. Watch nr_dirty at the snapshots.',
    zh: '“low、min 水位设置得太低，一直没怎么回收，脏页就大量累积。”堆积量由 dirty_background_ratio、dirty_ratio 和脏页年龄（dirty_expire_centisecs）限制，与水位无关：超过两个比例的中点，写者就被限速。一个进程全速写。6 秒后 min_free_kbytes 变为四倍：堆积不变（略少，因为保留内存不算可脏内存）。12 秒后比例从 10/20 改为 2/4：降到五分之一。请看各快照的 nr_dirty。',
  },
  machine: measuredGuest(0),
  sysctls: MEASURED_SYSCTLS,
  files: [{ path: '/mnt/wr.dat', pages: FILE, disk: 'vda' }],
  processes: [
    { name: 'writer', phases: [open('out', '/mnt/wr.dat', FILE), { op: 'fwrite', r: 'out', pat: 'seq', start: 0, len: FILE, count: FILE * 10, rate: 0, dur: 18_000 }] },
    { name: 'operator', phases: [
      { op: 'at', ms: 6000 }, snap('low marks'), sysctl('min_free_kbytes', 4 * 2742), { op: 'at', ms: 12_000 }, snap('high marks'),
      sysctl('dirty_background_ratio', 2), sysctl('dirty_ratio', 4), { op: 'at', ms: 17_500 }, snap('small ratios'),
    ] },
  ],
  durationMs: 30_000,
})
