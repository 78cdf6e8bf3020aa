/** Three kernels out of memory: how soon somebody is killed, and what becomes of a victim that can't exit. */
import type { Phase } from '../../engine'
import { definePreset } from './define'
import { OTHER_KERNELS } from './kernels'
import { measuredGuest } from './machines'
import { hog, open, sleep } from './phases'

/** Pages of the file that its disk won't take. */
const STUCK = 4000

const lock: Phase = { op: 'lock', name: 'orders', kind: 'mutex' }

export const KERNELS_OOM = definePreset({
  id: 'kernels-oom',
  title: { en: 'Three kernels: out of memory', zh: '三个内核：内存耗尽' },
  about: {
    en: 'Two hogs want more than there is, and 16 MiB of page cache are dirty on a disk that does not answer for 20 seconds. Is there hope that reclaim gets on? 3.18 gives up once a direct reclaim freed nothing and no zone is left that could be reclaimed, that is, six times the pages on its lists were scanned without one coming free: it kills within a tenth of a second. 5.15 and 6.1 count those pages as reclaimable, so free and reclaimable together reach MIN, and they try sixteen times more, pausing on the way: it takes them seconds. (With nothing on the lists all three kill at once.) The larger hog waits for a mutex that somebody else holds for half a minute, so when it is killed it can\'t exit. 6.1\'s reaper takes its memory two seconds later, 5.15\'s at once. 3.18 has none: while a victim lives nobody else is chosen, and whoever lacks memory loops until the mutex is free.',
    zh: '两个 memhog 要的比内存多，另有 16 MiB 页缓存是脏的，而磁盘 20 秒没有响应。回收还有没有希望？3.18：一次直接回收毫无所得、又没有 zone 还能回收（扫描量达到链表页数的六倍而没有一页释放）就放弃，不到 0.1 秒便杀。5.15 和 6.1 把这些页算作可回收，空闲与可回收之和够得着 MIN，于是再试十六次，中间还要等待，要几秒才杀。（链表上什么都没有时，三者都立刻杀。）较大的那个 memhog 在等别人占了半分钟的互斥锁，所以被杀也退不出来。6.1 的收割者（oom_reaper）两秒后拿走它的内存，5.15 立刻。3.18 没有收割者：受害者还活着就不选别人，缺内存的任务一直循环到锁被放开。',
  },
  machine: { ...measuredGuest(0), kernelMemory: undefined, zones: [{ node: 0, name: 'Normal', managed: 65_536 }] },
  // So that nobody is stopped for dirtying, nor 3.18's reclaimers for what is under writeback (throttle_vm_writeout).
  sysctls: { 'vm.dirty_ratio': 100, 'vm.dirty_background_ratio': 99 },
  files: [{ path: '/mnt/stuck', pages: STUCK, disk: 'vda' }],
  processes: [
    { name: 'keeper', phases: [lock, sleep(30_000)] },
    { name: 'writer', phases: [open('f', '/mnt/stuck', STUCK), { op: 'fwrite', r: 'f', pat: 'seq', start: 0, len: STUCK, count: STUCK, rate: 0 }, { op: 'stall', disk: 'vda', ms: 20_000 }] },
    { name: 'victim', phases: [sleep(1000), ...hog('a', 36_000 - STUCK), lock, sleep(1)] },
    { name: 'hog', phases: [sleep(2500), ...hog('b', 34_000), sleep(1000)] },
  ],
  variants: OTHER_KERNELS,
  durationMs: 60_000,
})
