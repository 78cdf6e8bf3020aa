/** A working set as large as memory lets it be. */
import { definePreset } from './define'
import { open, readThrough } from './phases'
import { policyMachine, swapDisk } from './policy-machine'

const FILE = 31_000

export const JUST_FITS = definePreset({
  id: 'just-fits',
  title: { en: 'It just fits', zh: '刚好放得下' },
  about: {
    en: 'A server reads 121 MiB of files at random, on a machine of 128 MiB: with the kernel\'s marks it is all cached. Whatever keeps memory free for bursts takes that room from the cache, and reads begin to miss. Nothing comes for free.',
    zh: '服务在 128 MiB 的机器上随机读 121 MiB 的文件：按内核的水位全部缓存得下。凡是为突发留出空闲内存的办法都从缓存里拿走了这部分，读就开始不命中。没有免费的东西。',
  },
  machine: policyMachine(swapDisk(20_000)),
  files: [{ path: '/srv/data', pages: FILE, disk: 'vda' }],
  processes: [{ name: 'server', phases: [open('f', '/srv/data', FILE), readThrough('f', FILE), open('r', '/srv/data', FILE, 'random'), { op: 'fread', r: 'r', pat: 'rand', start: 0, len: FILE, count: 60_000, rate: 8000 }] }],
  durationMs: 12_000,
  policies: ['watermark-early', 'extra-free', 'senpai', 'damos'],
})
