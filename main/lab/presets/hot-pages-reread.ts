/** Seed 001: under extreme pressure the kernel takes pages in use, and reads the same data again and again. */
import { definePreset } from './define'
import { MEASURED_SYSCTLS, measuredGuest } from './machines'
import { hog, hotReads, open, signal, snap, wait } from './phases'

const HOT = 8_000
const ROOMY = 85_000
const TIGHT = 22_500

export const HOT_PAGES_REREAD = definePreset({
  id: 'hot-pages-reread',
  title: { en: 'Hot pages reclaimed and read again', zh: '热页被回收、又被读回' },
  about: {
    en: '"When anonymous memory leaves little to reclaim, the kernel goes for active data: the same data is reclaimed and read several times." True in all kernels, most of all without swap, when file pages are all that can go. A server reads 8,000 pages of a file over and over: first with room for them, then a hog takes all but a few thousand pages. With room each page is read once and never again; now every page is read two or three times more in as long, each read a refault (workingset_refault_file), and the disk can\'t keep up: a quarter of the requests aren\'t served. The refault distance shows how near each page was to staying: file pages that come back within reach are activated at once, yet the active list cannot hold what does not fit.',
    zh: '“匿名页很多、可回收的很少时，内核会对活跃数据下手：同一份数据被多次回收和读入。”各版本内核都是如此，尤其没有 swap、只有文件页能回收时。一个服务反复读文件的 8,000 页：起初放得下，然后 memhog 占到只剩几千页。放得下时每页只读一次；现在同样长的时间里每页又被读两三遍，每次都是 refault（workingset_refault_file），磁盘跟不上：四分之一的请求没能完成。refault 距离表明每页离留下有多近：距离够近的页回来就直接激活，但放不下的，active 链表也装不下。',
  },
  machine: measuredGuest(0),
  sysctls: MEASURED_SYSCTLS,
  files: [{ path: '/srv/hot.dat', pages: HOT, disk: 'vda' }],
  processes: [
    { name: 'server', phases: [
      wait(1), open('data', '/srv/hot.dat', HOT, 'random'), hotReads('data', HOT, 0.2, 4000, 10_000), snap('roomy'), signal(2), wait(3),
      hotReads('data', HOT, 0.2, 4000, 10_000), snap('tight'),
    ] },
    { name: 'hog', phases: [...hog('first', ROOMY), signal(1), wait(2), ...hog('rest', TIGHT, 20_000), signal(3), { op: 'sleep', ms: 20_000 }] },
  ],
  durationMs: 40_000,
})
