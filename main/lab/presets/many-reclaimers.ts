/** Seed 002, question 8: can many reclaimers, each with its own isolated pages, run into OOM while there is something to reclaim? */
import type { Phase } from '../../engine'
import { definePreset } from './define'
import { measuredDisk, measuredGuest } from './machines'
import { hog, signal, wait } from './phases'

const TASKS = 128
const PAGES = 2048
/** Together they want twice the memory there is. */
const EACH = (2 * PAGES) / TASKS

const again: Phase = { op: 'touch', r: 'heap', rw: 'w', pat: 'rand', start: 0, len: EACH, count: EACH * 12, rate: 0, dur: 20_000 }

export const MANY_RECLAIMERS = definePreset({
  id: 'many-reclaimers',
  title: { en: 'Many reclaimers at once', zh: '同时有许多回收者' },
  about: {
    en: 'Seed 002, question 8: every reclaimer takes pages off the LRU lists into a private list, where no other sees them; can a task run into OOM while there are pages to reclaim? 128 tasks on 8 CPUs fight for 8 MiB. Pages in private lists are indeed in no count. But each holds at most 32 of a list; too_many_isolated makes the others wait (thousands of VMSCAN_THROTTLE_ISOLATED, the largest part of the chart of slow allocations); a task gives up only after 17 rounds without progress, then needs the oom_lock and fails once more at HIGH. Nobody is killed. Give swap\'s disk a fault ("stalls": [{"atMs": 500, "ms": 45000}] on vdb), and reclaim makes no progress at all: a few tasks hold their private lists and wait for the disk, the others for them, and after 38 s tasks are killed (oom_kill) with almost all of swap free.',
    zh: '种子 002 问题 8：每个回收者把页从 LRU 摘到私有链表，别人看不见；会不会还有可回收的页就 OOM？128 个任务在 8 个 CPU 上争 8 MiB。私有链表里的页确实不计入任何统计。但每人每次最多持有一个链表的 32 页；too_many_isolated 让其余的等待（几千次 VMSCAN_THROTTLE_ISOLATED，占慢分配图表的大部分）；连续 17 轮毫无进展才会放弃，还要拿到 oom_lock，并在 HIGH 水位再失败一次。结果没有人被杀。若给 swap 的磁盘注入故障（vdb 的 "stalls": [{"atMs": 500, "ms": 45000}]），回收毫无进展：少数任务拿着私有链表等磁盘，其余的等它们，38 秒后 swap 几乎全空也会杀任务（oom_kill）。',
  },
  machine: {
    ...measuredGuest(131_071), cpus: 8, zones: [{ node: 0, name: 'Normal', managed: PAGES }], kernelMemory: undefined,
    disks: [{ ...measuredDisk('vda'), iops: 300 }, { ...measuredDisk('vdb'), iops: 300, maxRequestKb: 32 }],
  },
  processes: Array.from({ length: TASKS }, (_, i) => ({ name: `task-${i + 1}`, phases: [...hog('heap', EACH), signal(1), wait(1, TASKS), again] })),
  durationMs: 60_000,
})
