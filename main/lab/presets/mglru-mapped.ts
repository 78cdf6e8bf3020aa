/** A mapped file larger than memory, under both LRUs. */
import { definePreset } from './define'
import { COUNTED, FILE, GUEST, mapFile, touchZipf } from './mglru'

export const MGLRU_MAPPED = definePreset({
  ...GUEST, id: 'mglru-mapped',
  title: { en: 'MGLRU: a mapped file larger than memory', zh: '多代 LRU：大于内存的映射文件' },
  about: {
    en: `A mapped file of 640 MiB is touched in order and then with favourites. Fault-around makes every mapped page young, so the classic lists scan each about twice; the generations find most of that out by walking page tables, and the reverse map is asked less. ${COUNTED.en}`,
    zh: `先顺序、再有热点地访问一个 640 MiB 的映射文件。fault-around 使每个映射页都是 young，经典链表因此大约把每页扫描两次；多代 LRU 大多靠遍历页表得知，少查反向映射。${COUNTED.zh}`,
  },
  processes: [{ name: 'app', phases: [mapFile('M'), { op: 'touch', r: 'M', rw: 'r', pat: 'seq', start: 0, len: FILE, count: FILE, rate: 0 }, touchZipf('M', FILE, 0.9, 3000, 40)] }],
  durationMs: 60_000,
})
