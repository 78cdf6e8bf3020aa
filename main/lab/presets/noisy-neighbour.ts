/** Two memory cgroups on one machine: what protects the quiet one from the one that streams and hogs, and what that costs. */
import { definePreset } from './define'
import { MEASURED_SYSCTLS, measuredGuest } from './machines'
import { hog, open, readThrough, signal, wait } from './phases'

/** Pages of the victim's file: 156 MiB, all of it cached when the neighbour comes. */
const VICTIM = 40_000
/** The file, its xarray nodes and what a CPU charges in advance. */
const PROTECTED = 42_000
const STREAM = 163_840
const HOG = 100_000
/** Far less than the hog: once it is full, anonymous memory can't be reclaimed any more. */
const SWAP = 20_000
const HIGH = 50_000

const GROUPS = [{ path: 'victim' }, { path: 'neighbour' }] as const

export const NOISY_NEIGHBOUR = definePreset({
  id: 'noisy-neighbour',
  title: { en: 'Noisy neighbour: memory.low, memory.min, memory.high', zh: '吵闹的邻居：memory.low、memory.min、memory.high' },
  about: {
    en: 'A victim reads random pages of a file that is wholly cached (156 MiB of 420); a neighbour streams another file and writes 390 MiB, with 78 MiB of swap. Without protection reclaim takes from both groups in proportion, and about half of the victim\'s reads miss. memory.low on the victim: reclaim passes it over as long as the neighbour has something to give; when swap is full it has not, so the protection is broken (events.low) and some reads miss. memory.min: never broken, so the machine runs out of memory and the neighbour\'s hog is killed. memory.high on the neighbour: its own tasks must reclaim, and sleep when that is not enough; the victim notices nothing, nobody is killed, and the neighbour is slow.',
    zh: '受害者随机读一个完全缓存的文件（420 MiB 中的 156 MiB）；邻居顺序读另一个文件并写入 390 MiB，swap 只有 78 MiB。没有保护时，回收按比例从两个组取页，受害者约一半的读不命中。给受害者设 memory.low：只要邻居还有可回收的页，就跳过受害者；swap 用满后邻居再没有可给的，保护被打破（events.low），部分读不命中。memory.min：绝不打破，于是整机内存不足，邻居的 hog 被杀。给邻居设 memory.high：它自己的任务必须回收，不够就睡眠；受害者毫无感觉，没有人被杀，邻居变慢。',
  },
  machine: measuredGuest(SWAP),
  sysctls: MEASURED_SYSCTLS,
  files: [{ path: '/srv/victim.dat', pages: VICTIM, disk: 'vda' }, { path: '/srv/stream.dat', pages: STREAM, disk: 'vda' }],
  memcgs: GROUPS,
  processes: [
    {
      name: 'victim', memcg: 'victim',
      phases: [open('f', '/srv/victim.dat', VICTIM), readThrough('f', VICTIM), signal(1), { op: 'fread', r: 'f', pat: 'rand', start: 0, len: VICTIM, count: 60_000, rate: 2000, dur: 30_000 }],
    },
    { name: 'stream', memcg: 'neighbour', daemon: 1, phases: [wait(1), open('s', '/srv/stream.dat', STREAM), readThrough('s', STREAM, 1, 3000)] },
    { name: 'hog', memcg: 'neighbour', daemon: 1, phases: [wait(1), ...hog('a', HOG, 5000), { op: 'touch', r: 'a', rw: 'w', pat: 'rand', start: 0, len: HOG, count: 20_000, rate: 500 }] },
  ],
  durationMs: 60_000,
  variants: [
    { label: 'memory.low on the victim', memcgs: [{ path: 'victim', low: PROTECTED }, GROUPS[1]] },
    { label: 'memory.min on the victim', memcgs: [{ path: 'victim', min: PROTECTED }, GROUPS[1]] },
    { label: 'memory.high on the neighbour', memcgs: [GROUPS[0], { path: 'neighbour', high: HIGH }] },
  ],
  seeds: 3,
})
