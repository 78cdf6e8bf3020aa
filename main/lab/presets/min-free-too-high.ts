/** Seed 004 quotes the kernel: min_free_kbytes too high "will OOM your machine instantly". */
import { definePreset } from './define'
import { measuredGuest } from './machines'
import { hog, sleep } from './phases'

export const MIN_FREE_TOO_HIGH = definePreset({
  id: 'min-free-too-high',
  title: { en: 'min_free_kbytes too high', zh: 'min_free_kbytes 过高' },
  about: {
    en: 'Documentation of vm.min_free_kbytes: "Setting this too high will OOM your machine instantly". Here it is 470,000 kB on a machine of 468 MiB: MIN lies above what is free, so every request of a program fails its test at once, there is nothing to reclaim, and the OOM killer takes one process after the other within milliseconds, with more than 400 MiB free in its own printout. Open the event "mark_victim" to read it.',
    zh: 'vm.min_free_kbytes 的文档说：“设得太高，机器会立刻 OOM”。这台 468 MiB 的机器设为 470,000 kB：MIN 高于空闲量，程序的每次申请立即失败，又没有可回收的页，OOM killer 在几毫秒内把进程逐个杀死，而它自己打印的空闲内存还有 400 多 MiB。打开事件 mark_victim 可读全文。',
  },
  machine: measuredGuest(131_071),
  sysctls: { 'vm.min_free_kbytes': 470_000 },
  processes: [{ name: 'database', phases: [...hog('heap', 40_000), sleep(1000)] }, { name: 'shell', phases: [sleep(10), ...hog('heap', 10_000), sleep(1000)] }, { name: 'cron', phases: [sleep(20), ...hog('heap', 2000), sleep(1000)] }],
  durationMs: 10_000, sampleMs: 10,
})
