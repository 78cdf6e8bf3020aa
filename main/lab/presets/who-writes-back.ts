/** Seed 002: who writes dirty file pages back - the flusher, kswapd, or the process that reclaims? */
import { definePreset } from './define'
import { MEASURED_SYSCTLS, measuredGuest } from './machines'
import { hog, open, signal, sleep, snap, wait } from './phases'

/** Every second page is written, so that no two go to disk together: the flusher can't simply send everything at once. */
const DIRTY = 60_000
const FILE = 2 * DIRTY

export const WHO_WRITES_BACK = definePreset({
  id: 'who-writes-back',
  title: { en: 'Who writes back?', zh: '谁来写回？' },
  about: {
    en: '"Direct reclaim writes dirty pages back, which stalls the system; kswapd does under conditions; after 48 scanned pages flushers are started." Here half of memory is dirty before anybody is told, in pages that can\'t be written together, so reclaim meets little but dirty pages: the worst case. Still direct reclaim writes not one file page (since 3.2); it wakes the flusher when a batch was all dirty (the 48-page rule is 3.18\'s). kswapd writes file pages only as a last resort: when a pass met nothing but unqueued dirty pages and the page came round a second time, marked. nr_vmscan_write minus pswpout is what kswapd wrote to files, about a quarter here; the rest of the disk\'s write pages are the flusher\'s. Anonymous pages both write.',
    zh: '“直接回收会回写脏页，造成卡顿；kswapd 满足条件才写；扫描超过 48 页就启动 flush 线程。”这里一半内存都脏了才会通知，而且这些页不能合并写，于是回收遇到的几乎全是脏页：最坏的情形。即便如此，直接回收一个文件页也不写（3.2 起）；一批全是脏页时它唤醒 flusher（48 页的规则属于 3.18）。kswapd 只在最后才写文件页：一轮只遇到未排队的脏页，而且该页带着标记第二次被遇到。nr_vmscan_write 减 pswpout 是 kswapd 写的文件页，这里约占四分之一，磁盘其余的写都是 flusher 的。匿名页两者都写。',
  },
  machine: measuredGuest(131_071),
  sysctls: { ...MEASURED_SYSCTLS, 'vm.dirty_background_ratio': 75, 'vm.dirty_ratio': 85 },
  files: [{ path: '/mnt/wr.dat', pages: FILE, disk: 'vda' }],
  processes: [
    { name: 'writer', phases: [open('out', '/mnt/wr.dat', FILE), { op: 'fwrite', r: 'out', pat: 'seq', start: 0, len: DIRTY, stride: 2, count: DIRTY, rate: 0 }, snap('dirty'), signal(1), sleep(8000)] },
    { name: 'hog', phases: [wait(1), ...hog('heap', 60_000), snap('taken'), sleep(3000)] },
  ],
  durationMs: 40_000,
})
