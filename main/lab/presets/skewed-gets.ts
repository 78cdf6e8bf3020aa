/** cache_ext's key-value store: requests for a few keys more than for others, beside scans over all. */
import type { ProcessSpec } from '../../engine'
import { definePreset } from './define'
import { open, readThrough } from './phases'
import { policyMachine } from './policy-machine'

const FILE = 120_000
const READS = 25_000

const get = (name: string): ProcessSpec => ({ name, phases: [open('f', '/srv/keys', FILE, 'random'), { op: 'fread', r: 'f', pat: 'zipf', s: 1, start: 0, len: FILE, count: READS, rate: 0 }] })

export const SKEWED_GETS = definePreset({
  id: 'skewed-gets',
  title: { en: 'Skewed requests beside scans', zh: '偏斜请求与扫描并行' },
  about: {
    en: 'Two threads answer requests for keys of which some are asked for far more often than others (zipf, s = 1), a third scans everything round and round; the file is 3.7 times memory. Counting uses (LFU) keeps the favourites that the scan washes out of an LRU list; knowing who scans (GET-SCAN: by the threads\' names) keeps them all. cache_ext measured up to 37 % and 70 % more requests (SOSP 2025). The scan pays.',
    zh: '两个线程回答请求，键的热度差别很大（zipf，s = 1），第三个线程不停地扫描全部；文件是内存的 3.7 倍。按使用次数（LFU）能留住被扫描从 LRU 链表上冲走的热门页；知道谁在扫描（GET-SCAN：按线程名）则能全部留住。cache_ext 测得请求数最多增加 37 % 和 70 %（SOSP 2025）。代价由扫描承担。',
  },
  machine: policyMachine(),
  files: [{ path: '/srv/keys', pages: FILE, disk: 'vda' }],
  processes: [get('get-1'), get('get-2'), { name: 'scan', daemon: 1, phases: [open('f', '/srv/keys', FILE), readThrough('f', FILE, 30)] }],
  durationMs: 60_000,
  policies: ['lfu', 'get-scan', 's3-fifo'],
  seeds: 10,
})
