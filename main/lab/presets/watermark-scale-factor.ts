/** The same bursts with the gap between MIN, LOW and HIGH at 0.1 % and at 5 % of the zone. */
import { definePreset } from './define'
import { MEASURED_SYSCTLS, measuredGuest } from './machines'
import { hog, sleep, snap, sysctl, unmap } from './phases'
import type { Phase } from '../../engine'

function bursts(label: string): readonly Phase[] {
  const each = (i: number) => [...hog(`${label}${i}`, 6000), sleep(300), unmap(`${label}${i}`), sleep(700)]
  return [0, 1, 2, 3].flatMap(each)
}

export const WATERMARK_SCALE_FACTOR = definePreset({
  id: 'watermark-scale-factor',
  title: { en: 'A wider gap between the marks', zh: '加宽水位之间的距离' },
  about: {
    en: 'watermark_scale_factor widens MIN..LOW and LOW..HIGH without raising MIN (since 4.6; in 3.18 the gap is MIN / 4, or extra_free_kbytes on Android). 6000 pages come in a burst four times at 10 (0.1 % of a zone) and four times at 500 (5 %). With the wide gap kswapd starts sooner and frees more, so a burst finds its pages free; the price is that much memory less for use, always.',
    zh: 'watermark_scale_factor 加宽 MIN 到 LOW、LOW 到 HIGH 的距离而不抬高 MIN（4.6 起；3.18 里距离是 MIN / 4，Android 靠 extra_free_kbytes）。6000 页的突发，在 10（zone 的 0.1%）下来四次，在 500（5%）下再来四次。距离宽，kswapd 开始得早、放得多，突发来时已有空闲页；代价是平时一直少用这么多内存。',
  },
  machine: measuredGuest(131_071),
  sysctls: MEASURED_SYSCTLS,
  processes: [
    { name: 'resident', phases: [...hog('cold', 105_000), sleep(20_000)] },
    { name: 'burst', phases: [sleep(4000), snap('scale 10'), ...bursts('narrow'), sysctl('watermark_scale_factor', 500), snap('scale 500'), sleep(500), ...bursts('wide')] },
  ],
  durationMs: 40_000,
  sampleMs: 50,
})
