/** Seed 001: reclaim that starts late meets a heap of dirty pages; and the article's two remedies. */
import type { Phase } from '../../engine'
import { definePreset } from './define'
import { MEASURED_SYSCTLS, measuredGuest } from './machines'
import { hog, open, signal, sleep, snap, wait } from './phases'

/**
 * Pages of a database, every second one of its file, so that no two go to disk together. Fewer than dirty_background_bytes allows, and the flusher looks every 30 s only: nobody writes them
 * before they are old. (At each look all dirty pages of a disk that was idle go out, as it has no share of the threshold yet.)
 */
const HOT = 10_000
const FILE = 2 * HOT
/** Programs grow to where the marks are near. */
const GROW = 98_000
/** Then somebody wants this much at once. */
const BURST = 8_000
const MIB = 1_048_576

const rewrite = (count: number, rate: number): Phase => ({ op: 'fwrite', r: 'db', pat: 'seq', start: 0, len: HOT, stride: 2, count, rate })

export const IO_STORM = definePreset({
  id: 'io-storm',
  title: { en: 'Late reclaim meets dirty pages: the storm and its remedies', zh: '迟来的回收遇上脏页：IO 风暴与对策' },
  about: {
    en: '"With low and min too low, dirty pages pile up until reclaim begins; then all are written at once, an IO storm. Remedies: flush more often; raise low and min." Four machines, the same work: a database dirties 10,000 pages, programs grow until memory is nearly full, for 3 s nothing happens, then 8,000 pages are wanted at once. The flusher looks for old pages every 30 s only. As it is, nobody reclaims before the burst, and the burst meets dirty pages: reclaim does not write them, it marks them (nr_vmscan_immediate_reclaim), wakes the flusher and takes anonymous pages instead. Both go to one disk: 6,000 pages of swap, 120 stalls, single pages after 116 ms, since at MIN there is memory for few writes to swap at a time. The marks did not make the heap, dirty_background_bytes did; with other marks it is as large. Flushed early, the burst finds clean pages: no stall, no swap; the price is that what changes again is written again, nearly twice the requests to the file. With min_free_kbytes eight times as large reclaim comes earlier, but for the programs too, as MIN has risen with LOW: they stall while they grow. With watermark_scale_factor 300 only LOW and HIGH rise: kswapd alone meets the heap, the flusher it wakes uses the quiet seconds, the burst finds pages free and nobody waits. What is kept free is paid for: 15,000 pages are swapped, more than twice as many, but by kswapd alone.',
    zh: '“low、min 设得太低，脏页大量累积，一触发回收就全部回写，IO 暴增。对策：更频繁地回刷；调高 low 和 min。”四台机器，同样的工作：数据库弄脏 10,000 页，程序增长到内存将满，安静 3 秒，然后突然要 8,000 页。flusher 每 30 秒才查一次。原样运行时，突发之前没有人回收，突发遇到的是脏页：回收不写它们，只打标记（nr_vmscan_immediate_reclaim）、唤醒 flusher，转而换出匿名页。两者挤在一块盘上：换出 6,000 页，停顿 120 次，单页要等 116 毫秒，因为到了 MIN，剩下的内存只够同时向 swap 写很少的页。堆积的多少不由水位决定，而由 dirty_background_bytes 决定；换了水位也一样多。更早回刷：突发时页是干净的，不停顿、不换出；代价是再被改的页要再写，对文件的写请求接近两倍。min_free_kbytes 调到八倍，回收来得早，但 MIN 随 LOW 一起抬高，程序自己也早早要回收：在增长时就停顿。watermark_scale_factor 设为 300 只抬高 LOW 和 HIGH：只有 kswapd 遇到脏页，它唤醒的 flusher 用上了那几秒安静，突发时已有空闲页，没有人等。多留的空闲要付代价：换出 15,000 页，是原来的两倍多，不过全由 kswapd 来做。',
  },
  machine: measuredGuest(131_071),
  sysctls: { ...MEASURED_SYSCTLS, 'vm.dirty_background_bytes': 64 * MIB, 'vm.dirty_bytes': 128 * MIB, 'vm.dirty_writeback_centisecs': 3000 },
  files: [{ path: '/mnt/db.dat', pages: FILE, disk: 'vda' }],
  variants: [
    // At a sixteenth of the limit, and at the age of a second.
    { label: 'flushed early', set: { 'vm.dirty_background_bytes': 4 * MIB, 'vm.dirty_expire_centisecs': 100, 'vm.dirty_writeback_centisecs': 50 } },
    { label: 'min_free_kbytes x 8', set: { 'vm.min_free_kbytes': 8 * MEASURED_SYSCTLS['vm.min_free_kbytes'] } },
    { label: 'wider gap', set: { 'vm.watermark_scale_factor': 300 } },
  ],
  processes: [
    { name: 'database', phases: [open('db', '/mnt/db.dat', FILE), rewrite(2 * HOT, 6000), snap('dirty'), signal(1), rewrite(4800, 600), { op: 'fsync', r: 'db' }] },
    { name: 'programs', phases: [wait(1), ...hog('heap', GROW, 25_000), snap('grown'), sleep(3000), snap('waited'), signal(2), wait(3), sleep(1000)] },
    { name: 'burst', phases: [wait(2), ...hog('heap', BURST), snap('burst'), signal(3), sleep(1000)] },
  ],
  durationMs: 40_000,
})
