/** Seed 004 quotes the kernel: min_free_kbytes below 1024 and "your system will become subtly broken, and prone to deadlock under high loads". */
import type { Phase } from '../../engine'
import { definePreset } from './define'
import { measuredGuest } from './machines'
import { hog, open, sleep } from './phases'

const FILE = { path: '/mnt/large.dat', pages: 400_000, disk: 'vda' } as const
const bursts: Phase = { op: 'netrx', pages: 300, order: 0, everyMs: 20, count: 200, holdMs: 10 }

export const MIN_FREE_TOO_LOW = definePreset({
  id: 'min-free-too-low',
  title: { en: 'min_free_kbytes below 1024', zh: 'min_free_kbytes 低于 1024' },
  about: {
    en: 'Documentation of vm.min_free_kbytes: "if you set this to lower than 1024KB, your system will become subtly broken". Here it is 256. Nothing seems wrong: programs run at the same speed, nobody is killed. But who can\'t wait lives on the reserves: of 60,000 buffers that the network asks for in interrupts (GFP_ATOMIC) over two hundred fail, and the task that reclaims has less to do it with. With the automatic value (2742 kB on this machine) not one fails: --set vm.min_free_kbytes=2742.',
    zh: 'vm.min_free_kbytes 的文档说：“低于 1024KB，系统会以微妙的方式损坏”。这里设为 256。表面上一切正常：程序速度不变，也没有进程被杀。但不能等待的申请靠保留内存过活：网络在中断里（GFP_ATOMIC）要的 60,000 个缓冲有两百多个失败，回收者自己可用的也更少。用自动值（本机 2742 kB）则一个也不失败：--set vm.min_free_kbytes=2742。',
  },
  machine: measuredGuest(131_071),
  sysctls: { 'vm.min_free_kbytes': 256 },
  files: [FILE],
  processes: [
    { name: 'reader', phases: [open('f', FILE.path, FILE.pages), { op: 'fread', r: 'f', pat: 'seq', start: 0, len: FILE.pages, count: FILE.pages, rate: 0, dur: 8000 }] },
    { name: 'hog', phases: [sleep(500), ...hog('heap', 90_000), sleep(4000)] },
    { name: 'eth0', nice: -20, phases: [sleep(2000), bursts] },
  ],
  durationMs: 12_000,
})
