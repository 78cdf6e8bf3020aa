/** Programs with swap on a slow disk, beside a server of files that fit on a quick one. */
import { definePreset } from './define'
import { ssd } from './machines'
import { hog, hotTouches, open, signal, wait } from './phases'
import { policyMachine, swapDisk } from './policy-machine'

const HEAP = 24_000
const FILE = 24_000

export const SLOW_SWAP_QUICK_FILES = definePreset({
  id: 'slow-swap-quick-files',
  title: { en: 'Slow swap, quick files', zh: '慢速 swap，快速文件' },
  about: {
    en: 'A program touches 94 MiB of memory, a server reads 94 MiB of files, all alike; memory is 128 MiB. Files are on an SSD, swap is on a disk that turns (8 ms a request). The kernel weighs a page that comes back from swap like one that comes back from a file, or about so, and the program waits for the disk at every fault. Not swapping while pages come back (slow-swap-guard) lets the files pay, which cost a tenth of a millisecond each.',
    zh: '程序访问 94 MiB 内存，服务均匀地读 94 MiB 文件；内存 128 MiB。文件在 SSD 上，swap 在机械盘上（每个请求 8 毫秒）。内核把从 swap 换回的页与从文件读回的页看得差不多，于是程序每次缺页都要等磁盘。有页换回时不再换出（slow-swap-guard），就让文件付出代价，每页只要十分之一毫秒。',
  },
  machine: { ...policyMachine(swapDisk(60_000)), disks: [ssd('vda'), { name: 'vdb', readLatencyUs: 8000, writeLatencyUs: 8000, iops: 125, bytesPerSec: 80_000_000, burstMs: 50, tags: 32, maxRequestKb: 1280, readaheadPages: 32 }] },
  files: [{ path: '/srv/files', pages: FILE, disk: 'vda' }],
  processes: [
    { name: 'app', phases: [...hog('heap', HEAP), signal(1), hotTouches('heap', HEAP, 0.7, 6000, 12_000)] },
    { name: 'server', daemon: 1, phases: [wait(1), open('f', '/srv/files', FILE, 'random'), { op: 'fread', r: 'f', pat: 'zipf', s: 0.3, start: 0, len: FILE, count: 200_000, rate: 6000 }] },
  ],
  durationMs: 20_000,
  policies: ['slow-swap-guard', 'refault-balance', 'file-first'],
})
