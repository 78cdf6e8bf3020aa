/** Why shrinking slab caches frees little: the pages of a slab stay until its last object goes. */
import { definePreset } from './define'
import { MEASURED_SYSCTLS, measuredGuest } from './machines'
import { sleep, snap } from './phases'
import type { Phase } from '../../engine'

const TREE = 150_000
/** Every 25th file: about one in each slab of 27 inodes. */
const EVERY = 25

const walk: Phase = { op: 'stat', path: '/usr', pat: 'seq', start: 0, len: TREE, count: TREE, rate: 0 }
const hold: Phase = { ...walk, keepOpen: 1, stride: EVERY, len: TREE / EVERY, count: TREE / EVERY }

export const SLAB_PINNED = definePreset({
  id: 'slab-pinned',
  title: { en: 'Slab that will not shrink', zh: '缩不掉的 slab' },
  about: {
    en: 'A walk over 150,000 files fills 210 MiB of slab with dentries and inodes; "echo 2 > drop_caches" gives nearly all of it back. Then the same walk, after which a program keeps every 25th file open, and drop_caches again: nine in ten objects are freed, but almost every slab of inodes still holds one that is in use, so most pages stay. MemAvailable counts SReclaimable as available all the same. When the program ends and the caches are dropped once more, the pages come back.',
    zh: '遍历 150,000 个文件，用 dentry 和 inode 填满 210 MiB 的 slab；echo 2 > drop_caches 几乎全部归还。然后再遍历一次，之后一个程序让每第 25 个文件保持打开，再 drop_caches：十个对象里释放了九个，但几乎每个 inode slab 都还有一个在用，大部分页留着。MemAvailable 却照样把 SReclaimable 算作可用。程序结束后再清一次，页才回来。',
  },
  machine: measuredGuest(0),
  sysctls: MEASURED_SYSCTLS,
  trees: [{ path: '/usr', files: TREE, disk: 'vda' }],
  processes: [
    { name: 'find', phases: [walk, snap('walked'), { op: 'drop_caches', what: 2 }, snap('dropped'), walk, snap('walked again'), { op: 'signal', k: 1 }] },
    { name: 'holder', phases: [{ op: 'await', k: 1, n: 1 }, hold, { op: 'drop_caches', what: 2 }, snap('dropped, some open'), { op: 'signal', k: 2 }] },
    { name: 'after', phases: [{ op: 'await', k: 2, n: 1 }, sleep(500), { op: 'drop_caches', what: 2 }, snap('dropped, none open')] },
  ],
  durationMs: 30_000,
})
