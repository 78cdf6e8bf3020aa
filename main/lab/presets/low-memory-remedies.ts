/** Seed 001's remedies for low memory: write back earlier, raise low and min. What each improves here, and what it costs. */
import type { Phase } from '../../engine'
import { definePreset } from './define'
import { MEASURED_SYSCTLS, measuredGuest } from './machines'
import { hog, open, sleep, unmap } from './phases'

const OUT = { path: '/mnt/wr.dat', pages: 120_000, disk: 'vda' } as const
const IN = { path: '/mnt/rd.dat', pages: 90_000, disk: 'vda' } as const
/** Eight times 98 MiB for a moment. */
const bursts: readonly Phase[] = [sleep(5000), ...Array.from({ length: 8 }, (_, i): readonly Phase[] => [...hog(`burst${i}`, 25_000), sleep(300), unmap(`burst${i}`), sleep(1200)]).flat()]

export const LOW_MEMORY_REMEDIES = definePreset({
  id: 'low-memory-remedies',
  title: { en: 'Remedies for low memory, compared', zh: '低内存的几种对策比较' },
  about: {
    en: 'Seed 001 advises to write back earlier and to raise low and min. A writer, a reader, a program with 156 MiB and two that want 98 MiB each for a moment, on 469 MiB with dirty ratios of 30/60: about 900 direct reclaims, 2.6 s of them, allocations of up to 0.3 s, most of it waiting for the disk. Try with --set (figures of three seeds): dirty_ratio=10, dirty_background_ratio=1, dirty_writeback_centisecs=100, dirty_expire_centisecs=200: the stalls are all but gone, and the writer is held to 40 % of its speed. min_free_kbytes=10968 (4 times): hardly fewer stalls, no less time in them, and single waits of up to 1.8 s, since what is kept free is taken from what can be used. watermark_scale_factor=400: a third of the time in direct reclaim, but the longest waits are five times as long. 1000: hardly better, three tenths of the time in direct reclaim; tasks wait for kswapd instead, up to 1.2 s at once, and the program reads some percent more of its pages back from swap.',
    zh: '种子 001 建议更早回写、调高 low 与 min。一个写者、一个读者、一个占 156 MiB 的程序，加上两个短暂各要 98 MiB 的进程，机器 469 MiB，脏页比例 30/60：约 900 次直接回收，共 2.6 秒，单次申请最长 0.3 秒，多数时间在等磁盘。可用 --set 试验（三个种子的数字）：dirty_ratio=10、dirty_background_ratio=1、dirty_writeback_centisecs=100、dirty_expire_centisecs=200：停顿几乎消失，写者速度降到 40%。min_free_kbytes=10968（4 倍）：停顿次数略减，总时间不减，单次等待最长 1.8 秒，因为多留的空闲来自可用内存。watermark_scale_factor=400：直接回收时间只剩三分之一，但最长的等待是五倍；1000：好不了多少，直接回收时间还剩十分之三，任务改为等待 kswapd，一次最长 1.2 秒，程序从 swap 多读回百分之几的页。',
  },
  machine: { ...measuredGuest(131_071), cpus: 4, profile: 'server' },
  sysctls: { ...MEASURED_SYSCTLS, 'vm.dirty_background_ratio': 30, 'vm.dirty_ratio': 60 },
  files: [OUT, IN],
  processes: [
    { name: 'writer', phases: [open('out', OUT.path, OUT.pages), { op: 'fwrite', r: 'out', pat: 'rand', start: 0, len: OUT.pages, count: 200_000, rate: 8000, dur: 20_000 }] },
    { name: 'reader', phases: [open('in', IN.path, IN.pages), { op: 'fread', r: 'in', pat: 'zipf', s: 0.9, start: 0, len: IN.pages, count: 60_000, rate: 3000, dur: 20_000 }] },
    { name: 'app', phases: [...hog('heap', 40_000), { op: 'touch', r: 'heap', rw: 'w', pat: 'zipf', s: 0.9, start: 0, len: 40_000, count: 100_000, rate: 5000, dur: 19_000 }] },
    { name: 'bursty-1', phases: bursts }, { name: 'bursty-2', phases: bursts },
  ],
  durationMs: 40_000, seeds: 5,
})
