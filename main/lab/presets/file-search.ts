/** cache_ext's file search: the same files searched again and again, more of them than memory holds. */
import { definePreset } from './define'
import { open, readThrough } from './phases'
import { policyMachine } from './policy-machine'

const FILES = 50_000

export const FILE_SEARCH = definePreset({
  id: 'file-search',
  title: { en: 'File search: newest out first', zh: '文件搜索：最新的先走' },
  about: {
    en: 'A program searches 195 MiB of files six times over, on a machine of 128 MiB. LRU gives up the page that is needed soonest, always: nothing is ever found in memory. MRU gives up what was read last and keeps a part that is found in every round. The authors of cache_ext measured about half the time for it (SOSP 2025); so does this.',
    zh: '程序在 128 MiB 的机器上把 195 MiB 的文件搜索六遍。LRU 总是放弃马上要用的页：内存里永远找不到。MRU 放弃刚读过的页，留下的那部分每一轮都能命中。cache_ext 的作者测得用时约为一半（SOSP 2025）；这里也是。',
  },
  machine: policyMachine(),
  files: [{ path: '/srv/src', pages: FILES, disk: 'vda' }],
  processes: [{ name: 'search', phases: [open('f', '/srv/src', FILES), readThrough('f', FILES, 6)] }],
  durationMs: 60_000,
  policies: ['mru', 'fifo', 'lfu'],
  seeds: 10,
})
