/** updatedb walks more files than memory has room for: whose pages make room, and what vm.vfs_cache_pressure changes about it. */
import { definePreset } from './define'
import { MEASURED_SYSCTLS, measuredGuest } from './machines'
import { open, readThrough, snap } from './phases'
import type { Phase } from '../../engine'

const FILE = 40_000
const TREE = 300_000

const walk: Phase = { op: 'stat', path: '/usr', pat: 'seq', start: 0, len: TREE, count: TREE, rate: 0 }

export const UPDATEDB_INODES = definePreset({
  id: 'updatedb-inodes',
  title: { en: 'updatedb fills memory with inodes', zh: 'updatedb 用 inode 填满内存' },
  about: {
    en: 'A file of 156 MiB is read twice, then a walk looks up 300,000 small files, as updatedb and find do: each needs a dentry (192 bytes, 21 a page) and an inode (1184 bytes, 27 in 8 pages) in slab memory, 400 MiB in all. Then both again. After each pass over the LRU lists the file system\'s shrinker is asked for a share of its objects; vm.vfs_cache_pressure is the percentage at which they count. At 100 file and inodes both give way, and nearly a third of the file must be read again: blocks of the inode table, touched once for each of their 16 inodes, are active pages too and press on it. At 1000 the inodes go first and the file stays. At 1 they stay and page cache goes, the file with it, but the second walk takes less than half the time. Objects scanned are slabs_scanned; a slab\'s pages come free only with its last object.',
    zh: '先把 156 MiB 的文件读两遍，再像 updatedb、find 那样查看 300,000 个小文件：每个需要一个 dentry（192 字节，每页 21 个）和一个 inode（1184 字节，8 页 27 个），都在 slab 里，共 400 MiB。然后两者再来一次。每次扫完 LRU 链表，就向文件系统的 shrinker 要一部分对象；vm.vfs_cache_pressure 是它们计数的百分比。为 100 时文件与 inode 都让位，文件近三分之一得重读：inode 表的块每个被它的 16 个 inode 各访问一次，也是活动页，同样挤占文件。为 1000 时 inode 先走，文件留下。为 1 时 inode 留下、页缓存连同文件都走了，但第二次遍历用时不到一半。扫描的对象数是 slabs_scanned；一个 slab 的页要等最后一个对象释放才归还。',
  },
  machine: measuredGuest(0),
  variants: [1000, 1].map(pressure => ({ label: `pressure ${pressure}`, set: { 'vm.vfs_cache_pressure': pressure } })),
  sysctls: MEASURED_SYSCTLS,
  files: [{ path: '/mnt/rd.dat', pages: FILE, disk: 'vda' }],
  trees: [{ path: '/usr', files: TREE, disk: 'vda' }],
  processes: [{ name: 'updatedb', phases: [
    open('f', '/mnt/rd.dat', FILE), readThrough('f', FILE, 2), snap('file read'), walk, snap('walked'), readThrough('f', FILE), snap('file read again'), walk, snap('walked again'),
  ] }],
  durationMs: 60_000,
})
