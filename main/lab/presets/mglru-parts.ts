/** The multi-generational LRU whole, and without one part at a time. */
import type { Variant } from '../../../preload/contract'
import { definePreset } from './define'
import { ALL, COUNTED, FILE, GUEST, MGLRU, mapFile, touchZipf, zipf } from './mglru'
import { hog, open } from './phases'

const off = (label: string, set: Readonly<Record<string, number>>): Variant => ({ label, set: { ...ALL, ...set } })

export const MGLRU_PARTS = definePreset({
  ...GUEST, id: 'mglru-parts',
  title: { en: 'MGLRU: what each of its parts does', zh: '多代 LRU：各个部件的作用' },
  about: {
    en: `Anonymous memory and a mapped file compete, with favourites in both. The base runs the classic lists; beside it stand the generations whole, and with one part switched off at a time: the walk of page tables, the look around a page found young, the tiers, the choice between anon and file by refaults, the Bloom filters, and the fix of 6.1.69 for page cache. Of these a kernel can switch only the first. ${COUNTED.en}`,
    zh: `匿名内存与映射文件竞争，二者都有热点。基准用经典链表；旁边是完整的多代 LRU，以及每次关掉一个部件：遍历页表、对 young 页的环顾、分层、按 refault 选择匿名页或文件页、Bloom 过滤器、6.1.69 对页缓存的修正。其中内核自己只能开关第一个。${COUNTED.zh}`,
  },
  variants: [
    MGLRU, off('no page-table walk', { 'lru_gen.enabled': 1 }), off('no look-around', { 'lru_gen.lab.look_around': 0 }), off('no tiers', { 'lru_gen.lab.tiers': 0 }),
    off('no type control', { 'lru_gen.lab.type_control': 0 }), off('no Bloom filters', { 'lru_gen.lab.bloom_filter': 0 }), off('before 6.1.69', { 'lru_gen.lab.protect_page_cache': 0 }),
  ],
  processes: [
    { name: 'app', phases: [...hog('A', 80_000), touchZipf('A', 80_000, 0.9, 10_000, 30)] },
    { name: 'mapped', phases: [mapFile('M'), touchZipf('M', FILE, 0.8, 3000, 30)] },
    { name: 'reader', phases: [open('F', '/mnt/big.dat', FILE, 'random'), { op: 'fread', r: 'F', ...zipf(40_000, 0.9, 3000, 30) }] },
  ],
  durationMs: 40_000, seeds: 1,
})
