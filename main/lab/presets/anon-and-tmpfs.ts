/** Seed 002, question 7: an anonymous page and a tmpfs page on their way to swap and back. */
import { definePreset } from './define'
import { MEASURED_SYSCTLS, measuredGuest } from './machines'
import { hog, signal, snap, unmap, wait } from './phases'

const PAGES = 30_000
const PATH = '/dev/shm/shared'

/** What the second process maps of it. */
const SHARED = 10_000

const readAgain = (r: string, len = PAGES) => ({ op: 'touch', r, rw: 'r', pat: 'seq', start: 0, len, count: len, rate: 0 } as const)

export const ANON_AND_TMPFS = definePreset({
  id: 'anon-and-tmpfs',
  title: { en: 'Anonymous and tmpfs pages: where the swap entry stands', zh: '匿名页与 tmpfs 页：swap entry 放在哪里' },
  about: {
    en: '"Swapped out, an anonymous page leaves its swap entry in place of the PTE; a shmem page\'s PTEs are just cleared, and the entry replaces the swap cache slot." The first half is right. The tmpfs page\'s entry goes into the file: in the page-cache slot (the mapping) where the page stood, once, however many processes map it; the swap cache is where the page itself goes, like the anonymous one. So tmpfs memory in swap belongs to no process (swapents, VmSwap), and outlives them all. Two more differences follow. A fault maps an anonymous page even while it is being written, and it keeps its slot while swap is at most half full: dropped again unchanged, it needs no write. A tmpfs page waits for the end of the write, takes its place in the mapping, gives the slot up and is dirty. And its readahead goes by neighbouring slots, not by neighbouring addresses. A program fills a heap and a shared file; a hog drives both out; both are read again, twice. A second process maps the first third of the file: there two young PTEs count as two references at once, so those pages go to the active list and stay. Try: lab follow anon-and-tmpfs --page app:heap:20000 --page file:/dev/shm/shared:20000',
    zh: '“匿名页在回收时，swap entry 替换原来的页表项；shmem 页直接清掉页表项，swap entry 替换对应 swap cache 的位置。”前半句对。tmpfs 页的 entry 放进文件：替换 mapping（页缓存）里该页原来的那一项，不管多少进程映射都只有一份；swap cache 则是页本身去的地方，和匿名页一样。所以换出的 tmpfs 内存不属于任何进程（swapents、VmSwap），进程都退出了它还在。由此还有两点不同：匿名页正在写出时也能立刻映射回来，而且 swap 用量不过半就保留槽，没改过再被回收就不用再写；tmpfs 页要等写完，回到 mapping，放弃槽，而且是脏的。它的预读按相邻的槽，而不是相邻的地址。一个程序写满一个堆和一个共享文件；memhog 把两者都挤出去，再各读两遍。第二个进程映射文件的前三分之一：那里两个 young 的 PTE 一次就算两次引用，这些页进 active 链表，留了下来。可试：lab follow anon-and-tmpfs --page app:heap:20000 --page file:/dev/shm/shared:20000',
  },
  machine: measuredGuest(131_071),
  sysctls: MEASURED_SYSCTLS,
  files: [{ path: PATH, pages: PAGES, tmpfs: 1 }],
  processes: [
    { name: 'app', phases: [
      ...hog('heap', PAGES), { op: 'mmapf', r: 'shared', path: PATH, pages: PAGES, adv: 'normal' }, { op: 'touch', r: 'shared', rw: 'w', pat: 'seq', start: 0, len: PAGES, count: PAGES, rate: 0 },
      signal(1), wait(3), snap('driven out'), readAgain('heap'), snap('heap read'), readAgain('shared'), snap('shared read'),
      signal(4), wait(5), snap('driven out again'), readAgain('heap'), readAgain('shared'),
    ] },
    { name: 'other', phases: [wait(1), { op: 'mmapf', r: 'view', path: PATH, pages: PAGES, adv: 'normal' }, readAgain('view', SHARED), signal(2), wait(5)] },
    { name: 'hog', phases: [wait(2), ...hog('first', 100_000, 50_000), unmap('first'), signal(3), wait(4), ...hog('second', 100_000, 50_000), unmap('second'), signal(5)] },
  ],
  durationMs: 50_000,
})
