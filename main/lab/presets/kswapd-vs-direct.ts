/** Seed 002: who reclaims, kswapd or the process itself? */
import { definePreset } from './define'
import { MEASURED_SYSCTLS, measuredGuest } from './machines'
import { hog, sleep, snap, unmap } from './phases'

const SLOW = 130_000
const FAST = 130_000

export const KSWAPD_VS_DIRECT = definePreset({
  id: 'kswapd-vs-direct',
  title: { en: 'kswapd against direct reclaim', zh: 'kswapd 对直接回收' },
  about: {
    en: 'The same 508 MiB twice on a 512 MiB machine with swap: first at 6,000 pages a second, then as fast as it goes. Slowly, kswapd keeps ahead, and allocations hardly wait. In the burst, free pages fall through MIN while kswapd waits for the disk, and the process reclaims for itself: allocstall rises, and so does the latency of single allocations. 32 pages are a direct reclaimer\'s target, not its limit, and it does write anonymous pages to swap.',
    zh: '同样的 508 MiB，在 512 MiB、有 swap 的机器上来两次：先每秒 6,000 页，再全速。慢的时候 kswapd 走在前面，申请几乎不等；突发时 kswapd 在等磁盘，空闲页跌穿 MIN，进程只好自己回收：allocstall 上升，单次申请的延迟也上升。32 页是直接回收的目标，不是上限；它也会把匿名页写到 swap。',
  },
  machine: measuredGuest(131_071),
  sysctls: MEASURED_SYSCTLS,
  processes: [{ name: 'hog', phases: [...hog('slow', SLOW, 6000), snap('slow'), unmap('slow'), sleep(3000), ...hog('fast', FAST), snap('fast'), unmap('fast')] }],
  durationMs: 60_000,
  policies: ['watermark-early'],
})
