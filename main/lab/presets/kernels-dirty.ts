/** Three kernels and dirty pages: what reclaim does with them, who writes, and how reclaimers wait. */
import { definePreset } from './define'
import { OTHER_KERNELS } from './kernels'
import { WHO_WRITES_BACK } from './who-writes-back'

const { machine, sysctls, files, processes, durationMs } = WHO_WRITES_BACK.scenario

export const KERNELS_DIRTY = definePreset({
  id: 'kernels-dirty',
  title: { en: 'Three kernels: dirty pages met in reclaim', zh: '三个内核：回收遇到脏页' },
  about: {
    en: 'The work of "Who writes back?": half of memory is dirty in pages that cannot be written together, and a hog wants it. 3.18 leaves a dirty page on the inactive list, marked (hardly any pgactivate), and meets it again; 5.15 and 6.1 move it to the active list until its write ends. In 3.18 kswapd writes file pages as soon as one batch was all dirty, later only a page that it met before. A direct reclaimer of 3.18 calls the flushers once it scanned 48 pages without reaching its target, whatever they were; later kernels do when a whole batch was dirty. And they wait differently: congestion_wait until a disk clears (3.18), a plain tenth of a second (5.15), reclaim_throttle until enough was written (6.1). See the events.',
    zh: '负载同“谁来写回？”：一半内存是不能合并写的脏页，memhog 又要内存。3.18 把脏页留在 inactive 链表上做标记（pgactivate 很少），之后再次遇到；5.15 和 6.1 把它移到 active，写完再回来。3.18 里只要一批全是脏页 kswapd 就写文件页，后来的只写第二次遇到的。3.18 的直接回收者扫描超过 48 页还没达标就叫醒 flusher，不管扫到什么；后来的内核要整批都是脏页。等待方式也不同：congestion_wait 等磁盘不再拥塞（3.18），固定 0.1 秒（5.15），reclaim_throttle 等写够为止（6.1）。见事件列表。',
  },
  machine, sysctls, files, processes, durationMs,
  variants: OTHER_KERNELS,
})
