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
    en: 'Seed 001 advises to write back earlier and to raise low and min. A writer, a reader, a program with 156 MiB and two that want 98 MiB each for a moment, on 469 MiB with dirty ratios of 30/60: about 950 direct reclaims, 2.7 s of them, allocations of up to 0.35 s, most of it waiting for the disk. Try with --set (figures of three seeds): dirty_ratio=10, dirty_background_ratio=1, dirty_writeback_centisecs=100, dirty_expire_centisecs=200: the stalls are all but gone, and the writer is held to 40 % of its speed. min_free_kbytes=10968 (4 times): a fifth fewer stalls, but half as much time again in them, and single waits as long as before, since what is kept free is taken from what can be used. watermark_scale_factor=400: two fifths of the time in direct reclaim, but the longest waits are four times as long, 1.5 s. 1000: one twenty-fifth of the time in direct reclaim; tasks wait for kswapd instead, up to 0.9 s at once, and the program reads some percent more of its pages back from swap.',
    zh: '种子 001 建议更早回写、调高 low 与 min。一个写者、一个读者、一个占 156 MiB 的程序，加上两个短暂各要 98 MiB 的进程，机器 469 MiB，脏页比例 30/60：约 950 次直接回收，共 2.7 秒，单次申请最长 0.35 秒，多数时间在等磁盘。可用 --set 试验（三个种子的数字）：dirty_ratio=10、dirty_background_ratio=1、dirty_writeback_centisecs=100、dirty_expire_centisecs=200：停顿几乎消失，写者速度降到 40%。min_free_kbytes=10968（4 倍）：停顿次数少五分之一，总时间却多一半，单次等待和原来一样长，因为多留的空闲来自可用内存。watermark_scale_factor=400：直接回收时间只剩五分之二，但最长的等待是四倍，1.5 秒；1000：直接回收时间只剩二十五分之一，任务改为等待 kswapd，一次最长 0.9 秒，程序从 swap 多读回百分之几的页。',
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
