/** Seed 004: what if a zone that was below MIN had to be back at HIGH before anybody goes on? */
import { definePreset } from './define'
import { hog, snap, unmap } from './phases'
import { policyMachine, swapDisk } from './policy-machine'

const FITS = 28_000
const MORE = 12_000

export const HYSTERESIS_OF_2_3 = definePreset({
  id: 'hysteresis-of-2-3',
  title: { en: 'The hysteresis of 2.3', zh: '2.3 的滞回' },
  about: {
    en: 'A program takes 12,000 pages more than fit, twice and as fast as it goes, and free pages fall through MIN again and again. These kernels test every allocation for itself: whoever finds no page at MIN reclaims 32 and goes on, only kswapd fills up to HIGH. Before 2.4.0 a zone below MIN kept its flag low_on_memory until it was back at HIGH, and all who allocated meanwhile had to reclaim; the policy low-on-memory does that to the task that finds all its zones below MIN. Stalls become fewer, and each many times longer.',
    zh: '程序两次全速多要 12,000 页，空闲页反复跌穿 MIN。这些内核对每次申请单独检查：按 MIN 也拿不到页的回收 32 页就继续，只有 kswapd 补到 HIGH。2.4.0 之前，低于 MIN 的 zone 会保留 low_on_memory 标志直到回到 HIGH，期间申请者都得自己回收；策略 low-on-memory 让发现所有 zone 都低于 MIN 的任务这样做。停顿变少，但每次长得多。',
  },
  machine: policyMachine(swapDisk(30_000)),
  processes: [{ name: 'hog', phases: [...hog('fits', FITS), snap('full'), ...hog('more', MORE), unmap('more'), ...hog('again', MORE), unmap('again')] }],
  durationMs: 20_000,
  policies: ['low-on-memory'],
})
