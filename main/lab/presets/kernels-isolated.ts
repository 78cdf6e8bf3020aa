/** Three kernels and too many reclaimers at once: a wait until others get on, a fixed wait, a wait for a disk. */
import { definePreset } from './define'
import { OTHER_KERNELS } from './kernels'
import { MANY_RECLAIMERS } from './many-reclaimers'

const { machine, processes } = MANY_RECLAIMERS.scenario

export const KERNELS_ISOLATED = definePreset({
  id: 'kernels-isolated',
  title: { en: 'Three kernels: too many isolated', zh: '三个内核：隔离的页太多' },
  about: {
    en: 'The crowd of "Many reclaimers at once" for six seconds. When others hold too much of a list, 6.1 throttles for 20 ms at most, and 5.15 sleeps 100 ms whatever happens; both give up the second time. 3.18 waits again and again, 100 ms at most each time, until it is no longer so; a disk that clears its queue ends the wait. And it throttles whoever has reclaimed while more than the dirty limit is under writeback, swap included (throttle_vm_writeout): that keeps the crowd from ever holding so much. Compare throttled time in the chart of slow allocations.',
    zh: '“同时有许多回收者”的人群，跑六秒。别人拿走链表太多页时，6.1 最多限速 20 ms，5.15 固定睡 100 ms，两者第二次都放弃；3.18 每次最多等 100 ms，反复等到不再如此，磁盘队列疏通会提前叫醒。此外，写回中的页（含 swap）超过脏页上限时，刚回收完的都要等（throttle_vm_writeout），人群根本攒不到那么多隔离页。请比较慢分配图表中被节流的时间。',
  },
  machine, processes,
  variants: OTHER_KERNELS,
  durationMs: 6000,
})
