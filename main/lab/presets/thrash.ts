/** A file a little larger than memory, read round and round, then with favourites. */
import { definePreset } from './define'
import { MEASURED_SYSCTLS, measuredGuest } from './machines'
import { hotReads, open, readThrough, snap } from './phases'

const FILE = 163_840
/** About 1.1 times what is free. */
const ROUND = 123_000

export const THRASH = definePreset({
  id: 'thrash',
  title: { en: 'Thrash: a little more than memory', zh: '抖动：比内存多一点' },
  about: {
    en: 'A file 1.1 times the free memory is read round and round: with plain LRU every read misses, since the page needed next was evicted last. Refault distances (workingset.c) let the kernel see it, and some pages move to the active list. Then the same file with favourites (zipf): the active list keeps most of them.',
    zh: '反复顺序读一个比空闲内存大 1.1 倍的文件：纯 LRU 下每次都不命中，因为马上要用的页刚好被换掉。内核靠 refault 距离（workingset.c）看出来，把一部分页移到 active 链表。随后换成有偏好的读（zipf）：常用页大多留在 active 链表上。',
  },
  machine: measuredGuest(0),
  sysctls: MEASURED_SYSCTLS,
  files: [{ path: '/mnt/big.dat', pages: FILE, disk: 'vda' }],
  processes: [{ name: 'reader', phases: [
    open('scan', '/mnt/big.dat', FILE), readThrough('scan', ROUND, 4), snap('cyclic'),
    open('hot', '/mnt/big.dat', FILE, 'random'), hotReads('hot', FILE, 1, 5000, 10_000), snap('zipf'),
  ] }],
  durationMs: 60_000,
})
