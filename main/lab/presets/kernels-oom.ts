/** Three kernels out of memory: when somebody is killed, and what becomes of a victim that can't exit. */
import type { Phase } from '../../engine'
import { definePreset } from './define'
import { OTHER_KERNELS } from './kernels'
import { measuredGuest } from './machines'
import { hog, sleep } from './phases'

const lock: Phase = { op: 'lock', name: 'orders', kind: 'mutex' }

export const KERNELS_OOM = definePreset({
  id: 'kernels-oom',
  title: { en: 'Three kernels: out of memory', zh: '三个内核：内存耗尽' },
  about: {
    en: 'Two hogs want more than there is; the larger waits for a mutex that somebody else holds for half a minute, so when it is killed it can\'t exit. 6.1\'s reaper takes its memory two seconds later, 5.15\'s at once. 3.18 has none: while a victim lives nobody else is chosen, and whoever lacks memory loops until the mutex is free. And it kills sooner: one direct reclaim that freed nothing, with no zone left that could be reclaimed, is enough, where later kernels try up to sixteen times as long as the sum of free and reclaimable pages gives hope.',
    zh: '两个 memhog 要的比内存多；较大的那个在等别人占了半分钟的互斥锁，所以被杀也退不出来。6.1 的收割者（oom_reaper）两秒后拿走它的内存，5.15 立刻。3.18 没有收割者：受害者还活着就不选别人，缺内存的任务一直循环到锁被放开。3.18 杀得也更早：一次直接回收毫无所得、又没有 zone 还能回收，就动手；后来的内核只要空闲与可回收之和还有希望，最多再试十六次。',
  },
  machine: { ...measuredGuest(0), kernelMemory: undefined, zones: [{ node: 0, name: 'Normal', managed: 65_536 }] },
  processes: [
    { name: 'keeper', phases: [lock, sleep(30_000)] },
    { name: 'victim', phases: [sleep(10), ...hog('a', 36_000), lock, sleep(1)] },
    { name: 'hog', phases: [sleep(1500), ...hog('b', 34_000), sleep(1000)] },
  ],
  variants: OTHER_KERNELS,
  durationMs: 60_000,
})
