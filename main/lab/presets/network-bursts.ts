/** Bursts of network packets against page cache that fills all memory: how much must be free for interrupts, which can't wait. */
import { definePreset } from './define'
import { MEASURED_SYSCTLS, measuredGuest } from './machines'
import { open, readThrough, sleep, snap, sysctl } from './phases'
import type { Phase } from '../../engine'

const FILE = { path: '/mnt/large.dat', pages: 400_000, disk: 'vda' } as const

/** 200 bursts of 4.7 MiB within 10 s; every buffer is free again after 20 ms. */
const bursts: Phase = { op: 'netrx', pages: 1200, order: 0, everyMs: 50, count: 200, holdMs: 20 }

export const NETWORK_BURSTS = definePreset({
  id: 'network-bursts',
  title: { en: 'Network bursts: who keeps memory free for them', zh: '网络突发：谁为它们留着空闲内存' },
  about: {
    en: 'A file larger than memory is read without end, so nearly all of memory is page cache and what is free lies between the marks. Every 50 ms a burst of packets asks for 1200 pages from its interrupt (GFP_ATOMIC): it cannot reclaim or wait, may go down to three eighths of MIN, and drops what it cannot get. After 10 s min_free_kbytes goes from 2742 to 8192 and the same bursts come again. A wider gap between the marks (policy watermark-early, or extra_free_kbytes on Android) keeps pages for bursts too, without raising MIN.',
    zh: '不断读一个比内存还大的文件，几乎所有内存都成了页缓存，空闲页停在各水位之间。每 50 ms 来一批网络包，在中断里要 1200 页（GFP_ATOMIC）：不能回收也不能等，最低可用到 MIN 的八分之三，拿不到就丢包。10 秒后 min_free_kbytes 从 2742 升到 8192，同样的突发再来一遍。加宽水位间距（策略 watermark-early，或 Android 的 extra_free_kbytes）也能为突发留页，而不抬高 MIN。',
  },
  machine: measuredGuest(0),
  sysctls: MEASURED_SYSCTLS,
  files: [FILE],
  processes: [
    { name: 'reader', phases: [open('f', FILE.path, FILE.pages), readThrough('f', FILE.pages, 20)] },
    { name: 'eth0', nice: -20, phases: [sleep(6000), snap('before bursts'), bursts, snap('min_free 2742'), sysctl('min_free_kbytes', 8192), sleep(1000), bursts, snap('min_free 8192')] },
  ],
  durationMs: 28_000,
  sampleMs: 50,
  policies: ['watermark-early'],
})
