/** Seed 000's machine with more work than it has memory for: the lab's first comparison. */
import { definePreset } from './define'
import { seed000Machine } from './machines'
import { hog, hotReads, hotTouches, open, readThrough, signal, sleep, unmap, wait } from './phases'

const ANON = 600_000
const FILE = 450_000
const BURST = 40_000
const BURSTS = 8

export const SEED_000 = definePreset({
  id: 'seed-000',
  title: { en: 'A 4 GiB machine under pressure', zh: '一台有压力的 4 GiB 机器' },
  about: {
    en: 'The machine of the first article, with its zones and free pages. A program uses 2.3 GiB of anonymous memory, a reader 1.7 GiB of a file, and every 2.5 s a burst takes 160 MiB more. Swap is on. Compares two policies with linux-6.1: `watermark-early` starts kswapd sooner, `file-first` spares anonymous memory.',
    zh: '第一篇文章里的机器，zone 大小和空闲页照原文。一个程序用 2.3 GiB 匿名内存，一个读者读 1.7 GiB 的文件，每 2.5 秒再来一阵 160 MiB 的突发申请，开着 swap。把两个策略和 linux-6.1 对比：`watermark-early` 让 kswapd 更早开始，`file-first` 少动匿名内存。',
  },
  machine: seed000Machine({ free: [758_226, 145_291], swapPages: 524_287 }),
  files: [{ path: '/data/big.dat', pages: FILE, disk: 'vda' }],
  processes: [
    { name: 'app', phases: [...hog('heap', ANON, 300_000), signal(1), hotTouches('heap', ANON, 0.9, 120_000, 24_000)] },
    { name: 'reader', phases: [
      open('scan', '/data/big.dat', FILE), readThrough('scan', 300_000),
      open('file', '/data/big.dat', FILE, 'random'), hotReads('file', FILE, 0.8, 12_000, 24_000),
    ] },
    { name: 'burst', phases: [wait(1), sleep(1000), ...Array.from({ length: BURSTS }, (_, i) => [...hog(`b${i}`, BURST), sleep(500), unmap(`b${i}`), sleep(2000)]).flat()] },
  ],
  durationMs: 40_000,
  policies: ['watermark-early', 'file-first'],
  seeds: 3,
})
