/** Work that moves on: what was hot is never used again. */
import { definePreset } from './define'
import { open } from './phases'
import { policyMachine } from './policy-machine'

const PART = 24_000
const PARTS = 5

export const MOVING_WORK = definePreset({
  id: 'moving-work',
  title: { en: 'Work that moves on', zh: '工作集转移' },
  about: {
    en: 'A program works on one part of its data after the other; each fits into memory, none is used again. What remembers old fame, or keeps what is there (LFU, MRU), lets dead pages sit in memory; what forgets (FIFO, the kernel) follows.',
    zh: '程序依次处理数据的各个部分；每一部分都放得下，但不再使用。记住旧热度或保留现有页的策略（LFU、MRU）让无用的页占着内存；会遗忘的策略（FIFO、内核）跟得上。',
  },
  machine: policyMachine(),
  files: [{ path: '/srv/data', pages: PART * PARTS, disk: 'vda' }],
  processes: [{ name: 'work', phases: [open('f', '/srv/data', PART * PARTS, 'random'), ...Array.from({ length: PARTS }, (_, i) => ({ op: 'fread' as const, r: 'f', pat: 'zipf' as const, s: 0.5, start: i * PART, len: PART, count: 50_000, rate: 0 }))] }],
  durationMs: 60_000,
  variants: [{ label: 'lfu, from 4 s on fifo', policies: ['lfu@..4000', 'fifo@4000..'] }],
  policies: ['mru', 'lfu', 'fifo'],
})
