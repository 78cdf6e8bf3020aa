/** One program that swaps to a disk, to zram, or to zram with the disk behind it. */
import type { CompressedShare, Phase, SwapSpec } from '../../engine'
import { definePreset } from './define'
import { MEASURED_SYSCTLS, measuredGuest } from './machines'
import { hog, hotTouches, snap } from './phases'

const COLD = 70_000
const HOT = 80_000

/** Pages of an ordinary program: zero-filled ones, text and pointers, denser data, what is compressed already. */
const ORDINARY: readonly CompressedShare[] = [{ share: 0.1, same: 1 }, { share: 0.5, bytes: [700, 1500] }, { share: 0.3, bytes: [2000, 3000] }, { share: 0.1, bytes: [3257, 4096] }]

const zram = (pages: number): SwapSpec => ({ kind: 'zram', pages, priority: 100, compressed: ORDINARY })
const DISK: SwapSpec = { kind: 'disk', disk: 'vdb', pages: 131_071, priority: -2 }

/** A cold part written once, then a hot one, worked on for ten seconds, then random pages of the cold one. */
const COLD_AND_HOT: readonly Phase[] = [
  ...hog('cold', COLD), ...hog('hot', HOT), snap('filled'), hotTouches('hot', HOT, 0.6, 4000, 10_000), snap('worked'),
  { op: 'touch', r: 'cold', rw: 'r', pat: 'rand', start: 0, len: COLD, count: 20_000, rate: 0 }, snap('cold again'),
]

export const SWAP_KINDS = definePreset({
  id: 'swap-kinds',
  title: { en: 'Swap on a disk, in zram, or both', zh: 'swap：磁盘、zram，或两者' },
  about: {
    en: 'A program with 586 MiB of anonymous memory on a machine with 421 MiB free; three machines. On a disk what is swapped out leaves memory altogether, so the least must go, but each cold page needed again waits for the disk. zram compresses it and keeps it in memory: a tenth of the pages hold one repeated word and take none, half compress to 700 to 1500 bytes, three tenths to 2000 to 3000, a tenth not at all; 0.43 page each in the pool. So more must go, hot pages too, but coming back costs microseconds. With both, zram has priority 100 and room for 40,000 pages: slots come from it until it has none, in batches of 64 a CPU, then from the disk. What went first stays in zram: the kernel moves nothing from one area to the other. (A mem_limit on zram does not spill at all: the write fails and the page stays.)',
    zh: '程序有 586 MiB 匿名内存，机器空闲 421 MiB；三台机器。换到磁盘的页完全离开内存，所以换出最少，但再要用的每个冷页都得等磁盘。zram 把页压缩后留在内存：十分之一的页只含一个重复的字，不占内存，一半压到 700～1500 字节，十分之三压到 2000～3000，十分之一压不动；在池里平均每页占 0.43 页。所以要换出更多，热页也会走，但取回只要几微秒。两者都有时，zram 优先级 100、可放 40,000 页：槽先从它取，每 CPU 每批 64 个，取完才用磁盘。先换出的留在 zram，内核不会把页从一个区搬到另一个区。（zram 的 mem_limit 则完全不会溢出：写入失败，页留在内存。）',
  },
  machine: { ...measuredGuest(0), swap: [DISK] },
  variants: [{ label: 'zram', machine: { swap: [zram(131_072)] } }, { label: 'zram and disk', machine: { swap: [zram(40_000), DISK] } }],
  sysctls: MEASURED_SYSCTLS,
  processes: [{ name: 'app', phases: COLD_AND_HOT }],
  durationMs: 60_000,
})
