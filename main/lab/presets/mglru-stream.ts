/** A stream of file reads beside memory in use, under both LRUs. */
import { definePreset } from './define'
import { COUNTED, FILE, GUEST, touchZipf } from './mglru'
import { hog, open, readThrough, sleep } from './phases'

export const MGLRU_STREAM = definePreset({
  ...GUEST, id: 'mglru-stream',
  title: { en: 'MGLRU: a file streams past an application', zh: '多代 LRU：文件流过应用旁边' },
  about: {
    en: `270 MiB of memory in use while a file of 640 MiB is read through twice. Both keep the application's pages, without a single swap write: the classic lists because the inactive file list alone is trimmed, the generations because the walk of the page tables finds its pages young. The generations need fewer kswapd runs, 64 pages a batch instead of 32. ${COUNTED.en}`,
    zh: `应用使用 270 MiB 内存，同时把一个 640 MiB 的文件顺序读两遍。两者都保住应用的页，一次 swap 写也没有：经典 LRU 因为只修剪 inactive file 链表，多代 LRU 因为遍历页表发现这些页是 young。多代 LRU 的 kswapd 运行次数更少，每批 64 页而不是 32 页。${COUNTED.zh}`,
  },
  processes: [
    { name: 'app', phases: [...hog('A', 70_000), touchZipf('A', 70_000, 0.6, 20_000, 20)] },
    { name: 'reader', phases: [sleep(1000), open('F', '/mnt/big.dat', FILE), readThrough('F', FILE, 2)] },
  ],
  durationMs: 40_000,
})
