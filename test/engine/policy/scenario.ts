/** A short run in which every hook of the kernel is asked: reclaim by both reclaimers, swap, refaults, boost, dirty pages, a protected group, slab, an OOM kill. */
import type { Scenario } from '../../../main/engine/index'
import { MIB, fread, fwrite, machine, map, mmapf, open, scenario, sleep, stat, sysctl, touch, unmap } from '../support/tiny'

/** Four pageblocks, half of it in unmovable blocks' hands at once, so that page tables steal and boost. */
export const EVERYTHING: Scenario = {
  ...scenario({
    machine: machine({ zones: [{ node: 0, name: 'Normal', managed: 9 * MIB }], swapPages: 600 }), files: 1800, trees: 400, durationMs: 10_000,
    processes: [
      { name: 'p0', phases: [
        sysctl('vm.lowmem_reserve_ratio', '256 256 32 0'), sysctl('vm.watermark_scale_factor', 20), stat(400), open('f', 1800), fread(1800), fread(1800), mmapf('m', 1800), touch('m', 'r', 1500),
        fwrite(1700), map('a', 2000), touch('a', 'w', 2000), touch('a', 'w', 2000, { pat: 'zipf', s: 0.9, count: 3000 }), fread(1800), unmap('a'),
        map('sparse', 600 * 512), touch('sparse', 'w', 600, { stride: 512 }), unmap('sparse'), map('hog', 4000), touch('hog', 'w', 4000),
      ] },
      { name: 'quiet', memcg: 'quiet', phases: [map('q', 40), touch('q', 'w', 40), sleep(2000)] },
    ],
  }),
  memcgs: [{ path: 'quiet', low: 20 }],
}
