/** Seed 004: extra_free_kbytes on the kernel that has it. */
import { ALLOCATION_WAVES } from './allocation-waves'
import { definePreset } from './define'

const { machine, files, processes, durationMs } = ALLOCATION_WAVES.scenario

export const KERNELS_EXTRA_FREE = definePreset({
  id: 'kernels-extra-free',
  title: { en: 'extra_free_kbytes on 3.18', zh: '3.18 的 extra_free_kbytes' },
  about: {
    en: 'The work of "Allocation waves": 20 MiB at once, again and again, while the page cache holds all there is. Android\'s 3.18 can keep more free between MIN and LOW: with extra_free_kbytes of 24 MiB kswapd makes room before the next wave, and the program hardly reclaims for itself. MIN, where direct reclaim begins, stays; LOW and HIGH move up by the same amount (LOW = MIN + extra + MIN / 4, HIGH = MIN + extra + MIN / 2). The price is page cache. Other kernels have no such knob; watermark_scale_factor comes nearest.',
    zh: '负载同“分配浪潮”：反复一次取 20 MiB，而页缓存占满内存。Android 的 3.18 可以在 MIN 与 LOW 之间多留空闲：extra_free_kbytes 设为 24 MiB，kswapd 会在下一波之前腾出空间，程序几乎不必自己回收。直接回收开始的 MIN 不变，LOW 和 HIGH 上移同样多（LOW = MIN + extra + MIN / 4，HIGH = MIN + extra + MIN / 2）。代价是页缓存。其他内核没有这个参数，最接近的是 watermark_scale_factor。',
  },
  machine, files, processes, durationMs,
  variants: [{ label: 'android-3.18', kernel: 'android-3.18' }, { label: 'android-3.18, 24 MiB extra', kernel: 'android-3.18', set: { 'vm.extra_free_kbytes': 24_576 } }],
})
