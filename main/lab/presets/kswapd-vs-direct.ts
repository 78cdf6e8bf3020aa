/** Seed 002: who reclaims, kswapd or the process itself? */
import { definePreset } from './define'
import { MEASURED_SYSCTLS, measuredGuest } from './machines'
import type { Phase } from '../../engine'
import { sleep, snap, unmap } from './phases'

/** Fits into free memory. */
const BASE = 104_000
/** Has to be made room for. */
const MORE = 26_000

/** Fills memory, then takes `MORE` pages at `rate` pages a second. */
function grow(name: string, rate: number): readonly Phase[] {
  const pages = BASE + MORE
  return [
    { op: 'map', r: name, pages }, { op: 'touch', r: name, rw: 'w', pat: 'seq', start: 0, len: BASE, count: BASE, rate: 0 }, snap(`before ${name}`),
    { op: 'touch', r: name, rw: 'w', pat: 'seq', start: BASE, len: MORE, count: MORE, rate }, snap(`after ${name}`), unmap(name),
  ]
}

export const KSWAPD_VS_DIRECT = definePreset({
  id: 'kswapd-vs-direct',
  title: { en: 'kswapd against direct reclaim', zh: 'kswapd 对直接回收' },
  about: {
    en: 'Memory is filled, and 26,000 pages more than fit are taken, twice: first 3,000 a second, then as fast as it goes. Slowly, kswapd does nearly all of the reclaim, and allocations hardly wait. In the burst, free pages fall through MIN while kswapd waits for the disk, and the process reclaims for itself: allocstall rises, and so does the latency of single allocations. 32 pages are a direct reclaimer\'s target, not its limit, and it does write anonymous pages to swap.',
    zh: '先写满内存，再多要 26,000 页，做两次：第一次每秒 3,000 页，第二次全速。慢的时候几乎全由 kswapd 回收，申请几乎不等；突发时 kswapd 在等磁盘，空闲页跌穿 MIN，进程只好自己回收：allocstall 上升，单次申请的延迟也上升。32 页是直接回收的目标，不是上限；它也会把匿名页写到 swap。',
  },
  machine: measuredGuest(131_071),
  sysctls: MEASURED_SYSCTLS,
  processes: [{ name: 'hog', phases: [...grow('slow', 3000), sleep(3000), ...grow('fast', 0)] }],
  durationMs: 60_000,
  policies: ['watermark-early'],
})
