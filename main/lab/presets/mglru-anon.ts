/** More anonymous memory than there is, under both LRUs. */
import { definePreset } from './define'
import { COUNTED, GUEST, touchZipf } from './mglru'
import { hog } from './phases'

export const MGLRU_ANON = definePreset({
  ...GUEST, id: 'mglru-anon',
  title: { en: 'MGLRU: more memory than there is, swap on a disk', zh: '多代 LRU：内存不够，换到磁盘' },
  about: {
    en: `508 MiB are written and then read with favourites (zipf 0.99) where 420 MiB fit. Classic reclaim asks the reverse map of every page it scans whether it was used; the generations walk the page tables and scan half as many pages. What has to come back from swap is the same within a few percent. ${COUNTED.en}`,
    zh: `先写 508 MiB，再有热点地读（zipf 0.99），而内存只容得下 420 MiB。经典回收对扫描的每一页查反向映射问它是否被用过；多代 LRU 遍历页表，扫描的页数只有一半。要从 swap 读回的量相差百分之几。${COUNTED.zh}`,
  },
  processes: [{ name: 'app', phases: [...hog('A', 130_000), touchZipf('A', 130_000, 0.99, 5000, 30)] }],
  durationMs: 60_000,
})
