/** The benchmark's: 60 simulated seconds of steady work on the 4 GiB machine. */
import { definePreset } from './define'
import { seed000Machine } from './machines'
import { hog, hotReads, hotTouches, open, readThrough, signal, wait } from './phases'

const ANON = 550_000
const FILE = 600_000

export const BENCHMARK = definePreset({
  id: '4gib-60s',
  title: { en: 'Benchmark: 4 GiB, 60 seconds', zh: '基准：4 GiB，60 秒' },
  about: {
    en: 'Steady work for 60 simulated seconds: 200,000 anonymous touches and 8,000 file reads a second over more than the machine holds, so kswapd is at work all the time. The benchmark measures how long it takes.',
    zh: '60 秒模拟时间的平稳负载：每秒 200,000 次匿名访问和 8,000 次文件读，总量超过内存，kswapd 一直在工作。基准测试量它要跑多久。',
  },
  machine: seed000Machine({ free: [758_226, 145_291], swapPages: 524_287 }),
  files: [{ path: '/data/big.dat', pages: FILE, disk: 'vda' }],
  processes: [
    { name: 'app', phases: [...hog('heap', ANON), signal(1), hotTouches('heap', ANON, 1.1, 200_000, 60_000)] },
    { name: 'reader', phases: [wait(1), open('scan', '/data/big.dat', FILE), readThrough('scan', FILE), open('file', '/data/big.dat', FILE, 'random'), hotReads('file', FILE, 0.7, 8000, 60_000)] },
  ],
  durationMs: 60_000,
})
