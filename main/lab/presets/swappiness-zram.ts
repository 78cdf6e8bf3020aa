/** Seed 001, and what swappiness means where swap is memory: 0, 60, 100, 200 on zram. */
import { definePreset } from './define'
import { SWAPPINESS, swappinessMachine } from './swappiness'

export const SWAPPINESS_ZRAM = definePreset({
  ...SWAPPINESS, id: 'swappiness-zram',
  title: { en: 'swappiness on zram', zh: 'zram 上的 swappiness' },
  about: {
    en: 'Programs touch 100,000 pages of memory, a few often and most seldom; a server reads 60,000 pages of files all alike; both don\'t fit. Four machines with vm.swappiness 60, 0, 100 and 200. swappiness is no share of memory and no threshold: it weighs what a page of either kind costs to bring back (anon : file = swappiness : 200 - swappiness), and only where get_scan_count weighs at all (SCAN_FRACT); list sizes and refaults shift the rest. At 0 no anonymous page is scanned. At 60 four of ten pages that go are anonymous, not three. At 200 hardly a file page goes. On zram a page comes back in 2 µs, from the SSD in 100: the reading takes 10 s at 0 and 5.3 s at 200, and the programs hardly notice, a touch costs 0.3 µs in the mean instead of 0.1. So swap in memory wants a swappiness above 100. The price is CPU time, and the pool itself: nr_zspages. Compare with `swappiness-ssd` and `swappiness-no-swap`: the same work.',
    zh: '程序访问 100,000 页内存，少数常用、多数冷；服务均匀地读 60,000 页文件；两者放不下。四台机器，vm.swappiness 为 60、0、100、200。swappiness 不是内存比例，也不是阈值：它是两类页取回代价的权重（匿名 : 文件 = swappiness : 200 - swappiness），而且只在 get_scan_count 真的加权时（SCAN_FRACT）有用，其余由链表长度和 refault 决定。0：完全不扫描匿名页。60：走掉的页里十分之四是匿名页，不是十分之三。200：几乎不动文件页。zram 上取回一页 2 微秒，从 SSD 要 100 微秒：读完文件在 0 时用 10 秒，200 时用 5.3 秒，程序几乎没感觉，每次访问平均 0.3 微秒，原为 0.1。所以内存里的 swap 适合 100 以上的 swappiness。代价是 CPU 时间和池本身：nr_zspages。可与 `swappiness-ssd`、`swappiness-no-swap` 对比：工作相同。',
  },
  machine: swappinessMachine([{ kind: 'zram', pages: 100_000, priority: 100 }]),
})
