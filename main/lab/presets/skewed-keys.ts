/** cache_ext's YCSB: requests for a few keys more than for others, nobody else. */
import type { ProcessSpec } from '../../engine'
import { definePreset } from './define'
import { open } from './phases'
import { policyMachine } from './policy-machine'

const FILE = 120_000
const READS = 200_000

const get = (name: string): ProcessSpec => ({ name, phases: [open('f', '/srv/keys', FILE, 'random'), { op: 'fread', r: 'f', pat: 'zipf', s: 0.9, start: 0, len: FILE, count: READS, rate: 0 }] })

export const SKEWED_KEYS = definePreset({
  id: 'skewed-keys',
  title: { en: 'Skewed requests', zh: '偏斜请求' },
  about: {
    en: 'Two threads answer requests for keys of which some are asked for far more often than others (zipf, s = 0.9); the file is 3.7 times memory. Who counts uses (LFU, and by proxy S3-FIFO and SIEVE) keeps more of the favourites than two lists and a second chance do. cache_ext measured up to 37 % more requests for LFU (SOSP 2025).',
    zh: '两个线程回答请求，键的热度差别很大（zipf，s = 0.9）；文件是内存的 3.7 倍。统计使用次数的策略（LFU，以及近似的 S3-FIFO、SIEVE）比两条链表加第二次机会留住更多热门页。cache_ext 测得 LFU 的请求数最多增加 37 %（SOSP 2025）。',
  },
  machine: policyMachine(),
  files: [{ path: '/srv/keys', pages: FILE, disk: 'vda' }],
  processes: [get('get-1'), get('get-2')],
  durationMs: 60_000,
  policies: ['lfu', 's3-fifo', 'sieve', 'lhd', 'mglru-lite', 'fifo'],
  seeds: 10,
})
