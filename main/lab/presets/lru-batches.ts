/** Seed 002, question 5: the "lru cache" in front of the LRU lists. */
import { definePreset } from './define'
import { MEASURED_SYSCTLS, measuredGuest } from './machines'
import { hog, sleep } from './phases'

export const LRU_BATCHES = definePreset({
  id: 'lru-batches',
  title: { en: 'The batch in front of the LRU lists', zh: 'LRU 链表前面的 batch' },
  about: {
    en: '"New pages first go to the lru cache and reach the lists when there are enough; lru_add_drain adds them all." A new page waits in a batch of the CPU it was allocated on: 15 pages in 5.15 and 6.1 (14 in 3.18). The fifteenth takes all to the list\'s head. A drain takes them sooner, but only those of the CPU that drains: reclaim begins each batch with one. On CPU 1 `idle` has written three pages and nothing more; on CPU 0 a hog and kswapd scan 100,000 pages, and the three are on no list for five seconds: reclaim can\'t see them. Try: lab follow lru-batches --page idle:few:0, and hog:heap:7',
    zh: '“新页先放进 lru cache，超过一定数量才一次性加到链表；lru_add_drain 会把它们全部加进去。”新页在分配它的那个 CPU 的 batch 里等待：5.15 和 6.1 是 15 页（3.18 是 14 页），第 15 页把大家一起带到链表头部。drain 会提前加入，但只限执行 drain 的那个 CPU：回收每一批开始时都会做一次。CPU 1 上的 `idle` 只写了三页；CPU 0 上 hog 和 kswapd 扫描了 10 万页，这三页五秒内不在任何链表上，回收看不见它们。可试：lab follow lru-batches --page idle:few:0，以及 hog:heap:7',
  },
  machine: { ...measuredGuest(131_071), cpus: 2 },
  sysctls: MEASURED_SYSCTLS,
  // Tasks are dealt to CPUs in turn, after kswapd (0) and the flusher (1).
  processes: [
    { name: 'hog', phases: [...hog('heap', 140_000)] },
    { name: 'idle', phases: [...hog('few', 3), sleep(5000), { op: 'unmap', r: 'few' }] },
  ],
  durationMs: 30_000,
})
