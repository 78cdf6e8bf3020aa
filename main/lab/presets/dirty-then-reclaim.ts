/** Seed 001: dirty pages pile up, then reclaim meets them. */
import { definePreset } from './define'
import { MEASURED_SYSCTLS, measuredGuest } from './machines'
import { hog, open, sleep, sysctl, unmap } from './phases'

const FILE = 65_536

export const DIRTY_THEN_RECLAIM = definePreset({
  id: 'dirty-then-reclaim',
  title: { en: 'Dirty pages, then reclaim', zh: '脏页，然后回收' },
  about: {
    en: '"Reclaim writes dirty file pages back and frees them, so low marks let dirty pages pile up." Direct reclaim has not written file pages since 3.2; kswapd does so only as a last resort. The flusher threads write, and a page goes once its write is done. How many dirty pages there are is bounded by the dirty ratios, not by the marks. The same hog comes twice; between the two, dirty_background_ratio goes from 10 to 1: the article\'s advice to flush earlier.',
    zh: '“回收时把脏文件页写回再释放；水位太低会让脏页大量累积。”从 3.2 起直接回收就不写文件页了，kswapd 也只在最后才写；写回由 flusher 线程做，写完的页才释放。脏页的多少由 dirty ratio 限制，与水位无关。同一个 memhog 来两次，中间把 dirty_background_ratio 从 10 改为 1，即文章建议的“更早回刷”。',
  },
  machine: measuredGuest(131_071),
  sysctls: MEASURED_SYSCTLS,
  files: [{ path: '/mnt/wr.dat', pages: FILE, disk: 'vda' }],
  processes: [
    { name: 'writer', phases: [open('out', '/mnt/wr.dat', FILE), { op: 'fwrite', r: 'out', pat: 'seq', start: 0, len: FILE, count: FILE * 3, rate: 12_000 }, { op: 'fsync', r: 'out' }] },
    { name: 'hog', phases: [
      sleep(3000), ...hog('first', 90_000), sleep(2000), unmap('first'), sysctl('dirty_background_ratio', 1), sleep(3000),
      ...hog('second', 90_000), sleep(2000), unmap('second'),
    ] },
  ],
  durationMs: 60_000,
})
