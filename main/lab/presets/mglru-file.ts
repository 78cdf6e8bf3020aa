/** Reads with favourites and a scan, under both LRUs. */
import { definePreset } from './define'
import { COUNTED, FILE, GUEST, zipf } from './mglru'
import { open, readThrough, sleep } from './phases'

export const MGLRU_FILE = definePreset({
  ...GUEST, id: 'mglru-file',
  title: { en: 'MGLRU: favourites in a file, and a scan', zh: '多代 LRU：文件中的热点与一次扫描' },
  about: {
    en: `Random reads with favourites (zipf 0.9) from a file larger than memory, and one scan through it all in the middle. The classic lists activate what is read twice; the generations count reads in tiers and protect a tier only while it refaults more than pages read once. The outcome is nearly the same: within a few percent of the reads. ${COUNTED.en}`,
    zh: `从一个大于内存的文件里随机读，有热点（zipf 0.9），中途有一次全文件扫描。经典 LRU 激活读过两次的页；多代 LRU 按读次数分层，只有某层的 refault 高于只读过一次的页时才保护它。结果几乎相同：读盘量相差百分之几。${COUNTED.zh}`,
  },
  processes: [
    { name: 'hot', phases: [open('F', '/mnt/big.dat', FILE), readThrough('F', FILE), open('H', '/mnt/big.dat', FILE, 'random'), { op: 'fread', r: 'H', ...zipf(FILE, 0.9, 3000, 40) }] },
    { name: 'scan', phases: [sleep(20_000), open('S', '/mnt/big.dat', FILE), readThrough('S', FILE, 1, 8000)] },
  ],
  durationMs: 60_000,
})
