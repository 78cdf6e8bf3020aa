/** Seed 001: what becomes of a clean file page, a dirty one, and an anonymous one, when memory runs short. */
import { definePreset } from './define'
import { MEASURED_SYSCTLS, measuredGuest } from './machines'
import type { Phase } from '../../engine'
import { hog, open, readThrough, sleep, snap, unmap } from './phases'

const CLEAN = 60_000
/** Every second page of its file: each is a request of its own, so the flusher takes seconds. */
const DIRTY = 10_000
const SHORT = 70_000

/** Memory runs short by the same amount each time. */
const short = (r: string): readonly Phase[] => [...hog(r, SHORT), sleep(1500)]

export const CLEAN_DIRTY_SWAP = definePreset({
  id: 'clean-dirty-swap',
  title: { en: 'Clean, dirty, anonymous: three ways out of memory', zh: '干净页、脏页、匿名页：离开内存的三条路' },
  about: {
    en: '"Dirty file pages are written back and then freed, clean ones just freed; anonymous pages are compressed into swap, without disk IO." What 6.1 does: a clean page is freed on the spot and leaves a shadow. A dirty page is activated and marked, perhaps more than once; the flusher writes it, the end of its write moves it to the tail of its list (pgrotated), and a later scan frees it: reclaim itself writes few file pages (nr_vmscan_write less pswpout: some hundreds of 10,000), and while they are dirty it turns to anonymous pages. An anonymous page goes to its swap slot by real disk IO, from direct reclaim too; only zram or zswap compress. Three stages, a snapshot after each. Try: lab follow clean-dirty-swap --page file:/mnt/wr.dat:15000',
    zh: '“脏的文件页先回写再释放，干净的直接释放；匿名页压缩进 swap，不产生磁盘 IO。”6.1 的做法：干净页当场释放，留下 shadow。脏页被激活并打上标记，可能不止一次，由 flusher 写回，写完移到链表尾部（pgrotated），之后的扫描才释放；这里回收本身很少写文件页（nr_vmscan_write 减 pswpout：10,000 页中的几百页），在它们还脏时转向匿名页。匿名页经真正的磁盘 IO 写进 swap 槽，直接回收也会写；只有 zram 和 zswap 才压缩。三个阶段，每段后有快照。可试：lab follow clean-dirty-swap --page file:/mnt/wr.dat:15000',
  },
  machine: measuredGuest(131_071),
  // The flusher is left without reason to write on its own: half of memory may be dirty before it is told.
  sysctls: { ...MEASURED_SYSCTLS, 'vm.dirty_background_ratio': 50, 'vm.dirty_ratio': 60 },
  files: [{ path: '/mnt/rd.dat', pages: CLEAN, disk: 'vda' }, { path: '/mnt/wr.dat', pages: 2 * DIRTY, disk: 'vda' }],
  processes: [{ name: 'app', phases: [
    open('clean', '/mnt/rd.dat', CLEAN), readThrough('clean', CLEAN), snap('clean cached'), ...short('a'), snap('clean gone'), unmap('a'), { op: 'drop_caches', what: 1 },
    open('dirty', '/mnt/wr.dat', 2 * DIRTY), { op: 'fwrite', r: 'dirty', pat: 'seq', start: 0, len: DIRTY, stride: 2, count: DIRTY, rate: 0 }, snap('dirty cached'), ...hog('b', 106_000, 25_000), sleep(5000), ...hog('more', 6000, 3000), snap('dirty gone'),
    unmap('b'), unmap('more'), { op: 'drop_caches', what: 1 },
    ...hog('cold', 70_000), snap('anon cold'), ...short('c'), snap('anon gone'),
  ] }],
  durationMs: 45_000,
})
