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
    en: 'Seed 001 advises to write back earlier and to raise low and min. A writer, a reader, a program with 156 MiB and two that want 98 MiB each for a moment, on 469 MiB with dirty ratios of 30/60: about 400 direct reclaims, 6 s of them, allocations of up to 0.3 s, nearly all of it waiting for the disk: at MIN there is no memory for further writes to swap until earlier ones end. Try with --set (figures of three seeds): dirty_ratio=10, dirty_background_ratio=1, dirty_writeback_centisecs=100, dirty_expire_centisecs=200: the stalls are all but gone, and the writer is held to 40 % of its speed. The other advice does not help here, since the disk is the bottleneck and what is kept free is taken from what can be used. min_free_kbytes=10968 (4 times): two fifths more stalls and a tenth more time in them, though the longest are shorter. watermark_scale_factor=400: a sixth fewer stalls, but more time in them, and the longest are longer; 1000: half as much time again, and the writer gets a quarter less done.',
    zh: '种子 001 建议更早回写、调高 low 与 min。一个写者、一个读者、一个占 156 MiB 的程序，加上两个短暂各要 98 MiB 的进程，机器 469 MiB，脏页比例 30/60：约 400 次直接回收，共 6 秒，单次申请最长 0.3 秒，几乎都在等磁盘：到了 MIN，先前的写完成之前没有内存再向 swap 写。可用 --set 试验（三个种子的数字）：dirty_ratio=10、dirty_background_ratio=1、dirty_writeback_centisecs=100、dirty_expire_centisecs=200：停顿几乎消失，写者速度降到 40%。其余建议在此无益：瓶颈是磁盘，多留的空闲又来自可用内存。min_free_kbytes=10968（4 倍）：停顿次数多五分之二，时间多十分之一，不过最长的变短；watermark_scale_factor=400：停顿次数少六分之一，但时间更长，最长的也更长；1000：时间多一半，写者少做四分之一。',
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
