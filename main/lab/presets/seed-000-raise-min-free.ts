/** Seed 000's experiment as printed: min_free_kbytes 8000 -> 3000000, then memhog 10M and 300M. */
import type { ProcessSpec } from '../../engine'
import { definePreset } from './define'
import { seed000Machine } from './machines'
import { hog, signal, sleep, snap, sysctl, unmap, wait } from './phases'

const MIB = 256

/** The article's shell session: raise the value, then two hogs one after the other. */
export const RAISE_THEN_MEMHOG: readonly ProcessSpec[] = [
  { name: 'shell', phases: [snap('boot'), sleep(500), sysctl('min_free_kbytes', 3_000_000), snap('raised'), sleep(500), signal(1)] },
  { name: 'memhog-10M', phases: [wait(1), ...hog('heap', 10 * MIB), snap('10M held'), sleep(500), unmap('heap'), sleep(1000), snap('10M freed'), signal(2)] },
  { name: 'memhog-300M', phases: [wait(2), ...hog('heap', 300 * MIB), snap('300M held'), sleep(2000), unmap('heap'), snap('300M freed')] },
]

export const RAISE_MIN_FREE = definePreset({
  id: 'seed-000-raise-min-free',
  title: { en: 'Raise min_free_kbytes, then memhog', zh: '抬高 min_free_kbytes，再跑 memhog' },
  about: {
    en: 'min_free_kbytes sets MIN, not LOW; all nine raised marks are the printed ones. Normal is then below its MIN, yet nothing is reclaimed: requests fall back to DMA32, whose 757,824 free pages pass LOW + reserve (707,868). memhog 10M leaves pageoutrun at 0. memhog 300M uses up the 49,956 pages in between: the LOW test fails, kswapd is woken (see the event for task, gfp and call path), and the request goes on at MIN without direct reclaim. HIGH is above what DMA32 has, so kswapd can never balance the node and gives up after 16 fruitless runs.',
    zh: 'min_free_kbytes 定的是 MIN 而不是 LOW；抬高后的九个水位和文章打印的完全一致。此时 Normal 已低于 MIN，却没有回收：申请退到 DMA32，那里 757,824 页空闲，高于 LOW + 保留（707,868）。memhog 10M 之后 pageoutrun 仍为 0；memhog 300M 用完中间的 49,956 页，LOW 检查失败，kswapd 被唤醒（事件里有任务、gfp 和调用路径），申请随后在 MIN 处成功，不做直接回收。HIGH 比 DMA32 的全部内存还大，kswapd 永远不能让节点平衡，白跑 16 轮后放弃。',
  },
  machine: seed000Machine({ free: [757_824, 145_221], swapPages: 0 }),
  processes: RAISE_THEN_MEMHOG,
  durationMs: 20_000,
  sampleMs: 10,
})
