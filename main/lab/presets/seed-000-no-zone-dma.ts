/** Seed 000's advice tried: the same machine and session with ZONE_DMA compiled out. */
import type { Machine } from '../../engine'
import { definePreset } from './define'
import { seed000Machine } from './machines'
import { RAISE_THEN_MEMHOG } from './seed-000-raise-min-free'

/** Without the zone its pages belong to DMA32; with it goes what it printed. */
function withoutZoneDma(machine: Machine): Machine {
  const [dma, dma32, ...rest] = machine.zones
  const sum = (key: 'managed' | 'free'): number => (dma[key] ?? 0) + (dma32[key] ?? 0)
  return { ...machine, zones: [{ ...dma32, managed: sum('managed'), free: sum('free'), managedAtWmarkSetup: (dma32.managedAtWmarkSetup ?? dma32.managed) + dma.managed }, ...rest] }
}

export const NO_ZONE_DMA = definePreset({
  id: 'seed-000-no-zone-dma',
  title: { en: 'ZONE_DMA compiled out', zh: '编译时去掉 ZONE_DMA' },
  about: {
    en: 'The first article advises to build without ZONE_DMA, since that small zone would easily make the node look balanced. Compare with `seed-000-raise-min-free`: the same session, DMA\'s 3,840 pages now in DMA32. kswapd is woken all the same and gives up all the same, for DMA never passed in 5.15 or 6.1: it keeps 3,914 pages from such requests and has 3,840. What changes is small: DMA32 has 3,840 pages more, but its LOW grows by 3,579, so that kswapd is woken 261 pages later (50,217 instead of 49,956).',
    zh: '第一篇文章建议编译时去掉 ZONE_DMA，说这个小 zone 容易让节点显得已平衡。与 `seed-000-raise-min-free` 对比：同样的操作，DMA 的 3,840 页并入 DMA32。kswapd 照样被唤醒，照样放弃，因为在 5.15 和 6.1 里 DMA 从未通过检查：它对这类申请保留 3,914 页，自己只有 3,840 页。改变很小：DMA32 多了 3,840 页，但 LOW 也升高 3,579 页，所以 kswapd 只晚醒 261 页（50,217 而不是 49,956）。',
  },
  machine: withoutZoneDma(seed000Machine({ free: [757_824, 145_221], swapPages: 0 })),
  processes: RAISE_THEN_MEMHOG,
  durationMs: 20_000,
  sampleMs: 10,
})
