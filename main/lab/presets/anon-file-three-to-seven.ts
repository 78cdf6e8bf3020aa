/** Seed 001: "anon and file pages are about 3:7". When it is so, and when it is anything but. */
import { definePreset } from './define'
import { MEASURED_SYSCTLS, measuredGuest } from './machines'
import { hog, hotReads, open, readThrough, signal, sleep, snap, wait } from './phases'

const FILE = 150_000
const ANON = 60_000

export const ANON_FILE_THREE_TO_SEVEN = definePreset({
  id: 'anon-file-three-to-seven',
  title: { en: 'Is it 3:7? One machine, three answers', zh: '真是 3:7 吗？一台机器，三种答案' },
  about: {
    en: '"If swap is on, anon and file pages are reclaimed about 3:7." In 5.15 and 6.1 that is only the weight of swappiness 60 (60:140), in one branch of get_scan_count (SCAN_FRACT) and while both costs are equal; then it is multiplied by the lists\' sizes. Three stages. A file is streamed past cold memory: cache_trim_mode, anon isn\'t scanned at all. File pages are wanted back: now the weight is exactly 3:7, yet nearly 4 of 10 scanned pages are anon, as the inactive anon list is longer. More memory is taken: writing to swap makes anon costly, file refaults make file costly, the weight of anon wanders between 18 and 46 %, and more anon than file pages are scanned. Compare pgscan_anon and pgscan_file between the snapshots.',
    zh: '“系统开启了 swap，anon page 和 file page 的比例大概是 3:7。”在 5.15 和 6.1 中，这只是 swappiness 60 的权重（60:140），只出现在 get_scan_count 的一个分支（SCAN_FRACT）、且两边代价相等时；还要乘以链表长度。三个阶段：让文件流过冷的匿名内存，处于 cache_trim_mode，完全不扫描匿名页；文件页被再次需要，此时权重正好 3:7，但扫描的页里近四成是匿名页，因为 inactive anon 链表更长；再申请更多内存，写 swap 抬高匿名代价，文件 refault 抬高文件代价，匿名的权重在 18% 到 46% 之间移动，扫描的匿名页反而比文件页多。请在各快照之间比较 pgscan_anon 与 pgscan_file。',
  },
  machine: measuredGuest(131_071),
  sysctls: MEASURED_SYSCTLS,
  files: [{ path: '/mnt/big.dat', pages: FILE, disk: 'vda' }],
  processes: [
    { name: 'app', phases: [...hog('heap', ANON), signal(1), wait(2), ...hog('more', 40_000, 5000), sleep(5000)] },
    { name: 'reader', phases: [
      wait(1), snap('filled'), open('scan', '/mnt/big.dat', FILE), readThrough('scan', FILE), snap('streamed'),
      open('file', '/mnt/big.dat', FILE, 'random'), hotReads('file', 80_000, 0.4, 8000, 16_000), snap('file wanted'),
      signal(2), hotReads('file', 80_000, 0.4, 8000, 12_000), snap('swapping'),
    ] },
  ],
  durationMs: 45_000,
})
