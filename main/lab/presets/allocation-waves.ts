/** Memory is asked for in waves, while the page cache holds all there is. */
import type { Phase } from '../../engine'
import { definePreset } from './define'
import { hog, open, readThrough, sleep, unmap } from './phases'
import { policyMachine, swapDisk } from './policy-machine'

const FILE = 60_000
const WAVE = 5000

const wave: readonly Phase[] = [...hog('wave', WAVE), unmap('wave'), sleep(900)]

export const ALLOCATION_WAVES = definePreset({
  id: 'allocation-waves',
  title: { en: 'Allocation waves', zh: '分配浪潮' },
  about: {
    en: 'A program takes 20 MiB at once, gives it back, and rests; a reader keeps the page cache full meanwhile. At the kernel\'s marks every wave meets full memory: kswapd is woken too late and the program reclaims for itself. Room made before the wave (higher marks, extra-free, a daemon that knows the rate or reclaims in quiet times) takes it in; the price is page cache.',
    zh: '程序一次取 20 MiB，归还，再休息；同时读者让页缓存一直是满的。按内核的水位，每一波都遇到满的内存：kswapd 醒得太晚，程序只好自己回收。浪潮之前腾出的空间（更高的水位、extra-free、了解速率或在安静时回收的守护进程）可以接住它；代价是页缓存。',
  },
  machine: policyMachine(swapDisk(20_000)),
  files: [{ path: '/srv/data', pages: FILE, disk: 'vda' }],
  processes: [
    { name: 'waves', phases: Array.from({ length: 12 }, () => wave).flat() },
    { name: 'reader', daemon: 1, phases: [open('f', '/srv/data', FILE), readThrough('f', FILE, 1), { op: 'fread', r: 'f', pat: 'zipf', s: 0.8, start: 0, len: FILE, count: 40_000, rate: 3000 }] },
  ],
  durationMs: 14_000,
  policies: ['watermark-early', 'extra-free', 'proactive-kswapd', 'senpai', 'damos'],
})
