/** Three kernels and anonymous memory: where new pages begin, who remembers evicted ones, what decides between anon and file. */
import { definePreset } from './define'
import { OTHER_KERNELS } from './kernels'
import { MEASURED_SYSCTLS, measuredGuest } from './machines'
import { hog, hotReads, hotTouches, open, readThrough, signal, sleep, snap, wait } from './phases'

const HOT = 30_000
const FILE = 40_000

export const KERNELS_ANON = definePreset({
  id: 'kernels-anon',
  title: { en: 'Three kernels: anonymous memory', zh: '三个内核：匿名内存' },
  about: {
    en: 'A program fills 30,000 pages and goes on using some of them; a reader goes over a file; then a hog writes 100,000 pages that nobody touches again. In 3.18 new anonymous pages begin on the active list (snapshot "filled": nr_active_anon holds nearly all), and only what was never touched since is sorted out by deactivation; from 5.9 on they begin inactive and must be used again to get on. An anonymous page that comes back from swap is remembered since 5.9 (workingset_refault_anon), in 3.18 nobody knows it was here. And what is scanned follows another rule: how many of the pages looked at were in use (recent_rotated / recent_scanned), where later kernels weigh the IO that reclaim has caused.',
    zh: '一个程序写满 30,000 页并继续使用其中一部分；一个读者把文件读一遍；然后 memhog 写 100,000 页，写完再没人碰。3.18 中新匿名页从 active 链表开始（快照 "filled"：几乎都在 nr_active_anon），靠降级把之后没人碰过的挑出来；5.9 起从 inactive 开始，再被使用才升级。从 swap 回来的匿名页 5.9 起有记录（workingset_refault_anon），3.18 没人知道它来过。扫描比例的依据也不同：3.18 看扫描过的页有多少正在使用（recent_rotated / recent_scanned），后来的内核看回收引起了多少 IO。',
  },
  machine: measuredGuest(131_071),
  sysctls: MEASURED_SYSCTLS,
  files: [{ path: '/srv/a.dat', pages: FILE, disk: 'vda' }],
  processes: [
    { name: 'app', phases: [...hog('heap', HOT), snap('filled'), signal(1), hotTouches('heap', HOT, 0.6, 4000, 14_000), snap('end of work')] },
    { name: 'reader', phases: [wait(1), open('f', '/srv/a.dat', FILE), readThrough('f', FILE), signal(2), hotReads('f', 4000, 0.5, 500, 8000)] },
    { name: 'hog', phases: [wait(2), ...hog('once', 100_000, 20_000), sleep(6000)] },
  ],
  variants: OTHER_KERNELS,
  durationMs: 20_000,
})
