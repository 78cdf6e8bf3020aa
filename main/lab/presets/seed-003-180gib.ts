/** Seed 003's other machine: 180 GiB on one node with min_free_kbytes at 3 GiB. */
import { definePreset } from './define'
import { ssd } from './machines'
import { hog, sleep, snap, unmap } from './phases'

export const SEED_003_180GIB = definePreset({
  id: 'seed-003-180gib',
  title: { en: '180 GiB with 3 GiB of min_free_kbytes', zh: '180 GiB 内存，min_free_kbytes 为 3 GiB' },
  about: {
    en: 'The third article prints min_free_kbytes 3145728 and MIN 63, 7139 and 779229: together 786,431 of 786,432 pages, as three floor divisions lose one. Zones of about 181 GiB give exactly these; their sizes are computed, what the used memory holds is assumed. In 6.1 HIGH is 93, 10707 and 1168843: the printed 94 and 10708 are those of kernels before 4.6 (see `lab marks seed-003-180gib`). 4.2 GiB of Normal are free, 0.5 GiB above LOW; a program takes 2 GiB: once Normal is at its LOW, DMA32 gives what lies above its own LOW and reserve, then kswapd is woken with 4.4 GiB still free. Nobody stalls.',
    zh: '第三篇文章打印了 min_free_kbytes 3145728 和 MIN 63、7139、779229：合计 786,431，比 786,432 少一页，因为三次整除丢了一页。约 181 GiB 的 zone 正好得到这些数；zone 大小由此算出，已用内存的内容是假设。6.1 的 HIGH 为 93、10707、1168843：文中的 94 和 10708 是 4.6 以前的算法（见 `lab marks seed-003-180gib`）。Normal 有 4.2 GiB 空闲，比 LOW 高 0.5 GiB；一个程序占用 2 GiB：Normal 到 LOW 之后，由 DMA32 给出高于其 LOW 与保留的部分，随后在还有 4.4 GiB 空闲时 kswapd 就被唤醒。没有进程停顿。',
  },
  machine: {
    cpus: 1, profile: 'server', preemption: 'voluntary', hz: 250, thp: 'never',
    zones: [
      { node: 0, name: 'DMA', managed: 3840, present: 3998, spanned: 4095, free: 3840 },
      { node: 0, name: 'DMA32', managed: 431_673, present: 520_192, spanned: 1_044_480, free: 431_000 },
      { node: 0, name: 'Normal', managed: 47_114_313, present: 47_710_208, free: 1_100_000, lru: { inactiveAnon: 0, activeAnon: 0, inactiveFile: 700_000, activeFile: 300_000, unevictable: 0 } },
    ],
    disks: [ssd('vda')], swap: [],
  },
  sysctls: { 'vm.min_free_kbytes': 3_145_728 },
  processes: [{ name: 'program', phases: [...hog('heap', 524_288), snap('2 GiB held'), sleep(1000), unmap('heap'), snap('freed')] }],
  durationMs: 20_000,
  sampleMs: 20,
})
