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
    en: 'A file 1.1 times the free memory is read round and round: nearly every read misses, since the page needed next was evicted shortly before. Refault distances (workingset.c) do not help here: a page is only kept when it comes back within what the active list holds, and that is empty. Then the same file with favourites (zipf): pages read twice while cached go to the active list and stay.',
    zh: '反复顺序读一个相当于空闲内存 1.1 倍的文件：几乎每次读都不命中，因为马上要用的页不久前刚被换掉。refault 距离（workingset.c）在这里帮不上忙：距离不超过 active 链表的大小才会留下，而它是空的。随后换成有偏好的读（zipf）：在缓存里被读两次的页进入 active 链表并留下。',
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
