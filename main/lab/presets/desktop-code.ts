/** A desktop under pressure: the code of running programs against their memory. */
import { definePreset } from './define'
import { hog, hotTouches, signal, wait } from './phases'
import { policyMachine, swapDisk } from './policy-machine'

const CODE = 10_000
const HEAP = 34_000

export const DESKTOP_CODE = definePreset({
  id: 'desktop-code',
  title: { en: 'Desktop: code against heaps', zh: '桌面：代码与堆' },
  about: {
    en: 'Programs run code of 39 MiB, all of it now and then, and fill 133 MiB of memory of which little is hot; memory is 128 MiB, swap is on an SSD. The kernel drops code, which is clean, and has it read back. A floor under the page cache (le9) lets cold heaps go to swap instead.',
    zh: '程序运行 39 MiB 的代码（都会不时用到），并占用 133 MiB 内存，其中热的很少；内存 128 MiB，swap 在 SSD 上。内核丢弃干净的代码页，又要读回来。给页缓存设下限（le9）则让冷的堆进入 swap。',
  },
  machine: policyMachine(swapDisk(60_000)),
  files: [{ path: '/usr/bin', pages: CODE, disk: 'vda' }],
  processes: [
    { name: 'app', phases: [wait(1), ...hog('heap', HEAP, 20_000), hotTouches('heap', HEAP, 1.2, 10_000, 8000)] },
    { name: 'code', phases: [{ op: 'mmapf', r: 'code', path: '/usr/bin', pages: CODE, adv: 'random', exec: 1 }, { op: 'touch', r: 'code', rw: 'r', pat: 'seq', start: 0, len: CODE, count: CODE, rate: 0 }, signal(1), { op: 'touch', r: 'code', rw: 'r', pat: 'rand', start: 0, len: CODE, count: 40_000, rate: 4000 }] },
  ],
  durationMs: 12_000,
  policies: ['le9', 'refault-balance'],
})
