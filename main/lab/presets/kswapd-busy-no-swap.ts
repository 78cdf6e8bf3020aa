/** kswapd at 100 % without swap: when it can't succeed but never quite fails, and when it gives up. */
import { definePreset } from './define'
import { MEASURED_SYSCTLS, measuredGuest, ssd } from './machines'
import type { Phase } from '../../engine'
import { hog, open, signal, sleep, snap, wait } from './phases'

/** So much that without any page cache still fewer pages than HIGH would be free: kswapd can never be content. */
const HEAP = 110_050
/** The programs' own code and data files, of which a thousand pages or so find room. */
const FILE = 4_000
const READ_MS = 5_000

const read = (): Phase => ({ op: 'fread', r: 'libs', pat: 'rand', start: 0, len: FILE, count: 10 * READ_MS, rate: 0, dur: READ_MS })

export const KSWAPD_BUSY_NO_SWAP = definePreset({
  id: 'kswapd-busy-no-swap',
  title: { en: 'kswapd at 100 % without swap', zh: '不开 swap，kswapd 占满一个 CPU' },
  about: {
    en: 'Without swap anonymous pages can\'t go, so of this machine only a little page cache is reclaimable, less than what is missing to HIGH. What does kswapd do? First nothing is read: after 16 runs that freed nothing it gives the node up (kswapd_failures, "hopeless") and sleeps, though fewer pages are free than LOW asks for. Then programs read their own files again and again. Each page read comes at the price of another; whoever must reclaim for himself and succeeds sets kswapd_failures back to 0 and kswapd is woken; it never reaches HIGH, so it doesn\'t sleep, but finds a page now and then, which counts as success, and so seldom fails 16 times in a row: nine tenths of a CPU for as long as the reading goes on, and nine of ten pages read are refaults. The reading stops: at most 16 runs more, then silence. At last the program gives up 4,000 pages (MADV_DONTNEED): kswapd reaches HIGH again, runs twenty times, and the same reading takes two fifths of the time. Neither faster reclaim nor a kinder kswapd helps such a machine: it lacks memory, or swap. The machine beside it has 20,000 slots: kswapd writes 5,800 cold pages out in two runs, and the whole file stays.',
    zh: '不开 swap，匿名页动不了，这台机器可回收的只有一点页缓存，比离 HIGH 还差的还少。kswapd 会怎样？先是没有人读文件：连续 16 次什么都没释放后它放弃这个节点（kswapd_failures，“没救了”）去睡，尽管空闲页低于 LOW。然后程序反复读自己的文件：每读入一页就要挤掉另一页；谁只好自己回收而且成功了，kswapd_failures 就清零，kswapd 被唤醒；它永远到不了 HIGH，所以不睡，但时不时找到一页就算成功，于是很少连续失败 16 次：读多久，它就占用一个 CPU 的九成多久，而读入的页十之八九是 refault。停止读取后：最多再跑 16 次，就安静了。最后程序放弃 4,000 页（MADV_DONTNEED）：kswapd 又能到 HIGH，只跑二十次，同样的读取只用五分之二的时间。这样的机器，回收更快、kswapd 更温和都没有用：缺的是内存，或者 swap。旁边那台机器有 20,000 个槽：kswapd 跑两次，写出 5,800 个冷页，整个文件就都留下了。',
  },
  machine: { ...measuredGuest(0), cpus: 2, disks: [ssd('vda'), ssd('vdb')] },
  sysctls: { ...MEASURED_SYSCTLS, 'vm.watermark_scale_factor': 100 },
  variants: [{ label: 'with swap', machine: { swap: [{ kind: 'disk', disk: 'vdb', pages: 20_000, priority: -2 }] } }],
  files: [{ path: '/usr/lib/libs', pages: FILE, disk: 'vda' }],
  processes: [
    { name: 'app', phases: [
      ...hog('heap', HEAP), sleep(1000), snap('full'), signal(1), wait(2), sleep(3000), snap('quiet'),
      { op: 'dontneed', r: 'heap', start: 0, len: 4000, stride: 4000, run: 4000 }, snap('some room'), signal(3), wait(4), snap('read with room'),
    ] },
    { name: 'reader', phases: [wait(1), open('libs', '/usr/lib/libs', FILE, 'random'), read(), snap('read'), signal(2), wait(3), read(), signal(4)] },
  ],
  durationMs: 40_000,
})
