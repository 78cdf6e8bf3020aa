/** Seed 000's machine with more work than it has memory for: the lab's first comparison. */
import { definePreset } from './define'
import { seed000Machine } from './machines'
import { hog, hotReads, hotTouches, open, readThrough, signal, sleep, unmap, wait } from './phases'

const ANON = 760_000
const FILE = 400_000
const BURST = 40_000
const BURSTS = 10
const MS = 30_000

const reader = (name: string) => ({ name, phases: [open('file', '/data/big.dat', FILE, 'random'), wait(1), hotReads('file', FILE, 0.5, 9000, MS)] })

export const SEED_000 = definePreset({
  id: 'seed-000',
  title: { en: 'A 4 GiB machine under pressure', zh: '一台有压力的 4 GiB 机器' },
  about: {
    en: 'The machine of the first article, with its zones and free pages. A program fills 2.9 GiB of anonymous memory and then needs a small part of it often; two readers want 1.5 GiB of a file; every 2.5 s a burst takes 160 MiB more. Swap is on. Compares two policies with linux-6.1: `watermark-early` starts kswapd sooner, so bursts reclaim less for themselves and half as much again is swapped; `file-first` takes from the page cache, so next to nothing is.',
    zh: '第一篇文章里的机器，zone 大小和空闲页照原文。一个程序写满 2.9 GiB 匿名内存，之后只常用其中一小部分；两个读者读 1.5 GiB 的文件；每 2.5 秒再来一阵 160 MiB 的突发申请，开着 swap。把两个策略和 linux-6.1 对比：`watermark-early` 让 kswapd 更早开始，突发时自己回收得少，但换出多一半；`file-first` 从页缓存里拿，几乎不 swap。',
  },
  machine: seed000Machine({ free: [758_226, 145_291], swapPages: 524_287 }),
  files: [{ path: '/data/big.dat', pages: FILE, disk: 'vda' }],
  processes: [
    { name: 'app', phases: [...hog('heap', ANON), signal(1), hotTouches('heap', ANON, 1.2, 50_000, MS)] },
    { name: 'warm-up', phases: [wait(1), open('file', '/data/big.dat', FILE), readThrough('file', 150_000), signal(2)] },
    reader('reader-1'), reader('reader-2'),
    { name: 'burst', phases: [wait(2), sleep(1000), ...Array.from({ length: BURSTS }, (_, i) => [...hog(`b${i}`, BURST), sleep(500), unmap(`b${i}`), sleep(2000)]).flat()] },
  ],
  durationMs: 40_000,
  policies: ['watermark-early', 'file-first'],
  seeds: 3,
})
